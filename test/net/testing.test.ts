import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulate } from '../../net/testing.ts'
import { tag } from '../browser/fixtures/tag/tag.ts'
import { act, arena } from '../sim/arena.ts'
import { digest, play, predictionFaults, seededRandom } from '../sim/laws.ts'

type Tag = ShapeOf<typeof tag>

const TICK_MS = 1000 / 60

describe('a connection that is lost', () => {
  it('comes back after the time that was said: meanwhile nothing goes either way', async () => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 20 } })
    match.run(1000)
    const guest = match.clients[1]!
    const { link } = guest
    const { tick } = guest.session.stats()
    match.lose(guest, 500)
    match.run(400)
    expect(guest.session.stats().tick).toBe(tick)
    expect(match.host.session.clients.get(guest.me)?.connected).toBe(false)
    match.run(1100)
    expect(guest.session.stats().tick).toBeGreaterThan(match.host.session.world.tick)
    expect([guest.link === link, guest.link.open, link.open]).toEqual([false, true, false])
    expect([...guest.view().all('runner')]).toHaveLength(2)
    expect(() => match.lose(match.clients[0]!, 1)).toThrow(RangeError)
    expect(() => match.lose(guest, -1)).toThrow(RangeError)
    let ended = false
    void guest.session.ended.then(() => {
      ended = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toBe(false)
    match.drop(guest)
    match.run(1000)
    expect(await guest.session.ended).toBe('host-left')
  })
})

/** A match whose packets are hashed with the exact times at which they arrive. */
function hashOfMatch(options: Partial<SimulationOptions<ShapeOf<typeof arena>>>): number {
  let hash = 0x811c9dc5
  const note = (now: number, bytes: Uint8Array): void => {
    hash = digest(digest(hash, new Uint8Array(Float64Array.of(now).buffer)), bytes)
  }
  const match = simulate(arena, { players: 3, ...options })
  const hostReceive = match.host.receive.bind(match.host)
  match.host.receive = (player, bytes, now) => {
    note(match.now, bytes)
    hostReceive(player, bytes, now)
  }
  for (const { runner } of match.clients) {
    const receive = runner.receive.bind(runner)
    runner.receive = (bytes, now) => {
      note(match.now, bytes)
      receive(bytes, now)
    }
  }
  play(match, 1500, seededRandom(9), act)
  match.cut(match.clients[1]!, 400)
  match.freeze(match.clients[2]!, 300)
  play(match, 1500, seededRandom(10), act)
  return hash
}

describe('a seed', () => {
  const everything = {
    network: {
      toHost: { latencyMs: 30, jitterMs: 8, loss: 0.1, burst: { share: 0.05, meanMs: 120 } },
      toGuest: {
        latencyMs: 50,
        duplicate: 0.1,
        reorder: { share: 0.05, byMs: 40 },
        stall: { share: 0.02, ms: 60 },
        bottleneck: { bitsPerSecond: 400_000, queueBytes: 20_000 },
      },
    },
    hostUplink: { bitsPerSecond: 2_000_000, queueBytes: 50_000 },
    clocks: (client: number) => ({ offsetMs: client * 1e6, driftPpm: client * 150 - 200, phaseMs: client * 3 }),
  }

  it('gives the same match, to the byte and to the last bit of every time', () => {
    const hash = hashOfMatch({ ...everything, seed: 21 })
    expect(hashOfMatch({ ...everything, seed: 21 })).toBe(hash)
    expect(hashOfMatch({ ...everything, seed: 22 })).not.toBe(hash)
  })
})

describe('the time of a match', () => {
  it('runs as far as it is told to, in whatever portions', () => {
    const ticksOf = (portions: readonly number[]): number => {
      const match = simulate(tag, { players: 2 })
      for (const ms of portions) match.run(ms)
      expect(match.now).toBeCloseTo(1000)
      return match.host.session.world.tick
    }
    const whole = ticksOf([1000])
    expect(ticksOf(Array(100).fill(10))).toBe(whole)
    expect(ticksOf(Array(60).fill(TICK_MS))).toBe(whole)
    expect(() => simulate(tag, { players: 2 }).run(-1)).toThrow(RangeError)
  })

  it('ticks the host 60 times a second, and tells of each tick before it', () => {
    const match = simulate(tag, { players: 2 })
    const times: number[] = []
    const ticks: number[] = []
    match.run(1000, {
      eachTick: (now) => {
        times.push(now)
        ticks.push(match.host.session.world.tick)
      },
    })
    expect(times).toHaveLength(60)
    for (const [i, now] of times.entries()) expect(now).toBeCloseTo((i + 1) * TICK_MS)
    expect(ticks.at(-1)).toBeLessThan(match.host.session.world.tick)
    const again: number[] = []
    match.run(100, (now) => again.push(now))
    expect(again).toHaveLength(6)
  })

  it('gives every client frames of its own phase, after its tick, at the time that they are', () => {
    const match = simulate(tag, { players: 3, clocks: (client) => ({ phaseMs: client * 5 }) })
    const frames = match.clients.map(() => [] as number[])
    match.run(500, {
      eachFrame: (client, now) => {
        expect(now).toBe(match.now)
        frames[match.clients.indexOf(client)]?.push(now)
      },
    })
    for (const [i, times] of frames.entries()) {
      expect(times.length).toBeGreaterThanOrEqual(29)
      for (const now of times) expect((((now - i * 5) / TICK_MS + 0.5) % 1) - 0.5).toBeCloseTo(0)
    }
  })

  it('spreads the frames of clients that nothing is said of', () => {
    const match = simulate(tag, { players: 6 })
    const first = new Map<number, number>()
    match.run(TICK_MS, { eachFrame: ({ me }, now) => first.set(me, first.get(me) ?? now) })
    const phases = [...first.values()].toSorted((a, b) => a - b)
    for (const [i, phase] of phases.entries()) if (i > 0) expect(phase - (phases[i - 1] ?? 0)).toBeGreaterThan(1.5)
  })

  it('is delivered to each at its own clock: offset and drift are all that its session ever reads', () => {
    const match = simulate(tag, {
      players: 2,
      network: { latencyMs: 20 },
      clocks: (client) => (client === 1 ? { offsetMs: -5e8, driftPpm: 1000 } : { offsetMs: 7e7 }),
    })
    const [host, guest] = match.clients
    expect(guest?.localTime(1000)).toBeCloseTo(-5e8 + 1001)
    expect(host?.localTime(1000)).toBe(7e7 + 1000)
    const read: number[] = []
    const tick = guest!.runner.tick.bind(guest!.runner)
    guest!.runner.tick = (now) => {
      read.push(now)
      tick(now)
    }
    const hostRead: number[] = []
    const hostReceive = match.host.receive.bind(match.host)
    match.host.receive = (player, bytes, now) => {
      hostRead.push(now - match.now)
      hostReceive(player, bytes, now)
    }
    match.run(10_000)
    // A clock that runs fast has more frames in ten true seconds, a sixtieth of its own second apart.
    expect(read.length).toBeGreaterThanOrEqual(600)
    for (const [i, now] of read.entries()) if (i > 0) expect(now - (read[i - 1] ?? 0)).toBeCloseTo(TICK_MS, 4)
    expect(new Set(hostRead.map(Math.round))).toEqual(new Set([7e7]))
    match.run(500)
    expect(predictionFaults(match, guest!)).toEqual([])
    expect(guest!.session.stats().rttMs).toBeLessThan(80)
  })

  it.each([{ offsetMs: Number.NaN }, { driftPpm: 2e5 }, { phaseMs: -1 }])(
    'refuses a clock that is none: %o',
    (clock) => {
      expect(() => simulate(tag, { players: 2, clocks: (client) => (client === 1 ? clock : {}) })).toThrow(RangeError)
    },
  )
})

describe('a frozen tab', () => {
  it('runs nothing and hears nothing until the thaw, then all of it in order', () => {
    const match = simulate(tag, { players: 3, network: { latencyMs: 20, jitterMs: 5 } })
    const guest = match.clients[1]!
    match.run(1000)
    const heard: { at: number; tick: number }[] = []
    const receive = guest.runner.receive.bind(guest.runner)
    guest.runner.receive = (bytes, now) => {
      receive(bytes, now)
      heard.push({ at: match.now, tick: guest.session.world().tick })
    }
    let frames = 0
    const frozenAt = match.now
    match.freeze(guest, 700)
    match.run(699, {
      eachFrame: (client) => {
        if (client === guest) frames++
      },
    })
    expect(frames).toBe(0)
    expect(heard).toEqual([])
    match.run(1)
    expect(heard.length).toBeGreaterThan(8)
    expect(new Set(heard.map(({ at }) => at))).toEqual(new Set([frozenAt + 700]))
    for (const [i, { tick }] of heard.entries()) expect(tick).toBeGreaterThanOrEqual(heard[i - 1]?.tick ?? 0)
    match.run(1000)
    expect(predictionFaults(match, guest)).toEqual([])
  })

  it('of the host stops the host and its own player, and nobody else', () => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 20 } })
    match.run(1000)
    const { tick } = match.host.session.world
    const frames = new Map<number, number>()
    match.freeze('host', 500)
    match.run(499, { eachFrame: ({ me }) => frames.set(me, (frames.get(me) ?? 0) + 1) })
    expect(match.host.session.world.tick).toBe(tick)
    expect(frames.get(match.clients[0]!.me)).toBeUndefined()
    expect(frames.get(match.clients[1]!.me)).toBeGreaterThan(28)
    match.run(1000)
    expect(match.host.session.world.tick).toBeGreaterThan(tick + 50)
  })

  it.each([
    ['longer', 300, 400],
    ['shorter', 50, 300],
  ])('that freezes again meanwhile, for %s, stays frozen until the later time', (_name, againMs, end) => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 10 } })
    const guest = match.clients[1]!
    match.run(1000)
    let frames = 0
    let heard = 0
    const receive = guest.runner.receive.bind(guest.runner)
    guest.runner.receive = (bytes, now) => {
      heard++
      receive(bytes, now)
    }
    const count = { eachFrame: (client: typeof guest) => void (client === guest && frames++) }
    match.freeze(guest, 300)
    match.run(100, count)
    match.freeze(guest, againMs)
    match.run(end - 101, count)
    expect(frames + heard).toBe(0)
    match.run(100, count)
    expect(frames).toBeGreaterThan(4)
    expect(heard).toBeGreaterThan(4)
  })
})

describe('a cut', () => {
  it('lets nothing through either way for its time, and the match goes on after it', () => {
    const match = simulate(tag, { players: 3, network: { latencyMs: 30 } })
    const [, guest, other] = match.clients
    match.run(1000)
    const start = match.now
    const heard = { up: [] as number[], down: [] as number[], other: 0 }
    const hostReceive = match.host.receive.bind(match.host)
    match.host.receive = (player, bytes, now) => {
      if (player === guest!.me) heard.up.push(match.now - start)
      hostReceive(player, bytes, now)
    }
    for (const client of [guest!, other!]) {
      const receive = client.runner.receive.bind(client.runner)
      client.runner.receive = (bytes, now) => {
        if (client === guest) heard.down.push(match.now - start)
        else heard.other++
        receive(bytes, now)
      }
    }
    match.cut(guest!, 1000)
    match.run(1029)
    for (const at of [...heard.up, ...heard.down]) expect(at).toBeLessThanOrEqual(30)
    expect(heard.other).toBeGreaterThan(25)
    match.run(2000)
    expect(heard.up.length).toBeGreaterThan(60)
    expect(predictionFaults(match, guest!)).toEqual([])
  })

  it('and other conditions are not for the host’s own player, who has no network', () => {
    const match = simulate(tag, { players: 2 })
    expect(() => match.cut(match.clients[0]!, 100)).toThrow(RangeError)
    expect(() => match.setConditions(match.clients[0]!, {})).toThrow(RangeError)
    expect(() => match.cut(simulate(tag, { players: 2 }).clients[1]!, 100)).toThrow(TypeError)
  })
})

describe('the network of a match', () => {
  it('is the same both ways, or each way its own, and can become another', () => {
    const match = simulate(tag, { players: 2, network: { toHost: { latencyMs: 10 }, toGuest: { latencyMs: 90 } } })
    const rtt = (): number => match.clients[1]!.session.stats().rttMs
    match.run(3000)
    expect(rtt()).toBeGreaterThan(100)
    expect(rtt()).toBeLessThan(140)
    match.setConditions(match.clients[1]!, { latencyMs: 15 })
    match.run(4000)
    expect(rtt()).toBeGreaterThan(30)
    expect(rtt()).toBeLessThan(60)
    expect(() => match.setConditions(match.clients[1]!, { loss: 2 })).toThrow(RangeError)
    expect(() => simulate(tag, { players: 2, network: { toHost: { loss: 2 }, toGuest: {} } })).toThrow(RangeError)
  })

  it('may have one uplink for all that the host sends', () => {
    const slow = simulate<Tag>(tag, { players: 4, hostUplink: { bitsPerSecond: 120_000, queueBytes: 10_000 } })
    slow.run(2000)
    const delivered = (): number =>
      slow.clients.slice(1).reduce((sum, { link }) => sum + link.stats().state.receivedMessages, 0)
    const before = delivered()
    slow.run(2000)
    const perSecond = (delivered() - before) / 2
    // 120 kbit/s carry 161 packets a second of 93 B and nothing in them.
    expect(perSecond).toBeLessThan(150)
    expect(() => simulate(tag, { players: 2, hostUplink: { bitsPerSecond: 0, queueBytes: 1 } })).toThrow(RangeError)
  })
})
