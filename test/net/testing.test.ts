import { defineGame, entity, type ShapeOf, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { expectConverged, type SimulationOptions, simulate } from '../../net/testing.ts'
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

  it.each([
    ['sooner', 500, 800],
    ['later', 800, 500],
  ])('and lost again before it is back comes back at the later time: the first %s', (_which, first, second) => {
    const match = simulate(tag, { players: 2 })
    match.run(100)
    const guest = match.clients[1]!
    match.lose(guest, first)
    match.lose(guest, second)
    match.run(780)
    expect(guest.link.open).toBe(false)
    match.run(300)
    expect([guest.link.open, match.host.session.clients.get(guest.me)?.connected]).toEqual([true, true])
    expectConverged(match)
  })

  it('does not come back when its player is dropped or leaves meanwhile', async () => {
    const match = simulate(tag, { players: 3, resumeSeconds: 1 })
    match.run(100)
    const [, left, dropped] = match.clients
    for (const guest of [left!, dropped!]) match.lose(guest, 300)
    match.leave(left!)
    match.drop(dropped!)
    match.run(600)
    for (const guest of [left!, dropped!]) {
      expect([guest.link.open, match.host.session.clients.get(guest.me)?.connected]).toEqual([false, false])
      expect(() => match.lose(guest, 300)).toThrow('has left')
    }
    expect(await dropped!.session.ended).toBe('host-left')
  })

  it('is cut when it is back for as long as was said while it was away', () => {
    const match = simulate(tag, { players: 2 })
    match.run(100)
    const guest = match.clients[1]!
    match.lose(guest, 100)
    match.cut(guest, 600)
    match.run(590)
    expect([guest.link.open, guest.link.stats().state.receivedMessages]).toEqual([true, 0])
    match.run(300)
    expectConverged(match)
  })
})

describe('what is given to a match by mistake', () => {
  const match = simulate(tag, { players: 2 })
  const guest = match.clients[1]!
  const given = <T>(value: unknown): T => value as T
  it.each<[string, () => unknown]>([
    ['a time to run in a text', () => match.run(given('5'))],
    ['no time to run', () => match.run(given(undefined))],
    ['what is no handler', () => match.run(1, given({ eachTick: 5 }))],
    ['a time of a cut in a text', () => match.cut(guest, given('5'))],
    ['no time of a cut', () => match.cut(guest, given(undefined))],
    ['no time of a freeze', () => match.freeze(guest, given(undefined))],
    ['a time of a freeze in a text', () => match.freeze(guest, given('5'))],
    ['no time of a loss', () => match.lose(guest, given(undefined))],
    ['a time of a loss in a list', () => match.lose(guest, given([5]))],
    ['a name that is a number', () => match.join(given(5))],
    ['a name that is null', () => match.join(given(null))],
    ['no client', () => match.drop(given(undefined))],
    ['a delay in a text', () => simulate(tag, { players: 2, network: { latencyMs: given('5') } })],
    ['a share in a text', () => simulate(tag, { players: 2, network: { loss: given('0.5') } })],
    ['a share that is null', () => simulate(tag, { players: 2, network: { loss: given(null) } })],
    ['bursts that are no group', () => simulate(tag, { players: 2, network: { burst: given(0) } })],
    ['a share of bursts left out', () => simulate(tag, { players: 2, network: { burst: given({ meanMs: 5 }) } })],
    ['a stall without its time', () => simulate(tag, { players: 2, network: { stall: given({ share: 0.5 }) } })],
    ['an order without its time', () => simulate(tag, { players: 2, network: { reorder: given({ share: 0.5 }) } })],
    ['a line in a text', () => simulate(tag, { players: 2, hostUplink: { bitsPerSecond: given('9'), queueBytes: 9 } })],
    ['no uplink but a 0', () => simulate(tag, { players: 2, hostUplink: given(0) })],
    ['a drift in a text', () => simulate(tag, { players: 2, clocks: () => ({ driftPpm: given('5') }) })],
    ['a phase in a text', () => simulate(tag, { players: 2, clocks: () => ({ phaseMs: given('5') }) })],
    ['no clock', () => simulate(tag, { players: 2, clocks: () => given(undefined) })],
    ['other conditions in a text', () => match.setConditions(guest, { jitterMs: given('5') })],
    ['no match', () => expectConverged(given<never>(undefined))],
    ['the promise of a match', () => expectConverged(given<never>(Promise.resolve(match)))],
    ['a time to converge in a text', () => expectConverged(match, { withinMs: given('5') })],
    ['a time of the network in a text', () => match.network.advanceTo(given('5'))],
    ['a time to come in a text', () => match.network.at(given('5'), () => {})],
  ])('is told in a sentence: %s', (_what, misuse) => {
    const before = match.now
    // What the machine says of its own accord names no way out.
    expect(misuse).toThrow(/^(?!Cannot read)(?!.*is not a function).* .*\.$/)
    expect(match.now).toBe(before)
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

  it('gives the same match, to the byte and to the last bit of every time', { tags: ['long'] }, () => {
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

/** A small game whose rules can be made to throw, or to know what only one page knows. */
const slips = { step: null as number | null, referee: null as number | null, relevant: null as number | null, odd: 0 }
const field = defineGame({
  id: 'field',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1) },
  entities: {
    walker: entity({ x: t.fixed({ min: 0, max: 999, step: 1 / 16 }) }),
    sheep: entity({ x: t.fixed({ min: 0, max: 999, step: 1 / 16 }), shorn: t.bool() }, { predict: 'none' }),
    wolf: entity({ x: t.int(0, 99) }, { predict: 'none' }),
  },
  globals: { round: t.int(0, 999), seed: t.int(0, 9, { to: 'nobody' }) },
  player: { score: t.int(0, 99), bank: t.int(0, 99, { to: 'owner' }) },
  step(world) {
    const { predicting } = world as unknown as { predicting: number | null }
    if (slips.step !== null && slips.step === (predicting ?? 0)) throw new Error('step slipped')
    for (const walker of world.all('walker')) walker.x += world.inputOf(walker.owner).x
  },
  referee(world) {
    if (world.tick === slips.referee) throw new Error('the referee slipped')
    world.globals.round = world.tick >> 3
    world.globals.seed = 7
    for (const owner of world.joined) {
      world.spawn('walker', { owner, x: 500 })
      world.player(owner).score = 5
      world.player(owner).bank = 9
    }
    if (world.tick === 1) for (let i = 0; i < 3; i++) world.spawn('sheep', { x: 100 + i })
    if (world.tick === 2) world.spawn('wolf', {})
    for (const sheep of world.all('sheep')) sheep.x += Math.sin(world.tick / 20) * 3
  },
  relevant(entity, _player, world) {
    if (world.tick === slips.relevant) throw new Error('relevance slipped')
    return entity.type === 'wolf' ? 0 : 1
  },
})

describe('rules that throw', () => {
  it.each<[string, Partial<typeof slips>, RegExp]>([
    ['in step, on the host', { step: 0 }, /step slipped/],
    ['in step, on a client', { step: 65 }, /step slipped/],
    ['in the referee', { referee: 40 }, /the referee slipped/],
    ['in the relevance', { relevant: 40 }, /relevance slipped/],
  ])('%s are heard of: run throws what they threw, and goes on doing so', async (_name, slip, sentence) => {
    const match = simulate(field, { players: 2 })
    Object.assign(slips, slip)
    try {
      expect(() => match.run(1000)).toThrow(sentence)
      expect(() => match.run(10)).toThrow(sentence)
      expect(await match.clients[1]!.session.ended).toBe('rules-failed')
    } finally {
      Object.assign(slips, { step: null, referee: null, relevant: null })
    }
  })
})

describe('the seats of a match', () => {
  it('are taken again when their players have left for good, and a match may have hundreds of guests', () => {
    const match = simulate(field, { players: 2 })
    const ids = new Set<number>()
    for (let i = 0; i < 70; i++) {
      const guest = match.join()
      ids.add(guest.me)
      match.run(60)
      match.leave(guest)
      match.run(60)
    }
    expect(ids.size).toBe(70)
    expect(match.host.session.world.players).toHaveLength(2)
    expect([...match.host.session.world.all('walker')]).toHaveLength(2)
    match.join()
    match.join()
    expect(() => match.join()).toThrow('All 4 seats of field are taken')
  })

  it('are kept for the resume time after a connection was lost, then given to the next', async () => {
    const match = simulate(field, { players: 4, resumeSeconds: 1, network: { latencyMs: 5 } })
    const [, guest, slow] = match.clients
    match.run(300)
    match.drop(guest!)
    match.lose(slow!, 3000)
    match.run(800)
    expect(() => match.join()).toThrow(RangeError)
    match.run(500)
    const next = match.join()
    match.run(500)
    expect(next.me % 64).toBe(guest!.me % 64)
    expect(next.me).not.toBe(guest!.me)
    expect([...next.view().all('walker')]).toHaveLength(3)
    match.run(2000)
    expect(await slow!.session.ended).toBe('seat-lost')
  })

  it('have names, which the session knows after their players left', () => {
    const match = simulate(field, { players: 1 })
    const bea = match.join('Bea')
    const other = match.join('Bea')
    match.run(200)
    match.leave(bea)
    match.run(200)
    const { session } = match.clients[0]!
    expect([bea.me, other.me, match.clients[0]!.me].map(session.nameOf)).toEqual(['Bea', 'Bea 2', 'Player'])
    expect(session.players).toEqual([
      { id: match.clients[0]!.me, name: 'Player', mine: true, here: true },
      { id: bea.me, name: 'Bea', mine: false, here: false },
      { id: other.me, name: 'Bea 2', mine: false, here: true },
    ])
    expect(session.nameOf(255 as never)).toBe('Player')
  })
})

describe('what a session reports of the world', () => {
  it('has the globals and the players’ records, as far as this page is told', () => {
    const match = simulate(field, { players: 2, network: { latencyMs: 10 } })
    match.run(500)
    const [host, guest] = match.clients
    const truth = match.host.session.report()
    const seen = guest!.session.world()
    expect(truth.globals).toEqual({ tick: truth.tick, fields: { round: truth.tick >> 3 } })
    expect(seen.globals!.fields).toEqual({ round: seen.globals!.tick >> 3 })
    expect(seen.players.map(({ id, fields }) => [id, fields])).toEqual([
      [host!.me, { score: 5 }],
      [guest!.me, { score: 5, bank: 9 }],
    ])
    expect(truth.players.map(({ fields }) => fields)).toEqual([
      { score: 5, bank: 9 },
      { score: 5, bank: 9 },
    ])
    expect(seen.entities.map(({ type }) => type).sort()).toEqual(['sheep', 'sheep', 'sheep', 'walker', 'walker'])
  })
})

describe('expectConverged', () => {
  const played = (network = {}) => {
    const match = simulate(field, { players: 3, network: { latencyMs: 30, ...network }, seed: 3 })
    match.run(700, (now) => {
      for (const { input } of match.clients) input({ x: Math.round(now / 100) % 2 ? 1 : -1 })
    })
    return match
  }

  it('is content with an honest match, whatever is on its way, hidden or lost meanwhile', () => {
    const match = played({ loss: 0.2, jitterMs: 20 })
    expectConverged(match)
    match.drop(match.clients[2]!)
    match.join()
    expectConverged(match)
    expect(() => expectConverged(match, { within: 5 } as never)).toThrow(/no option "within"/)
    expect(() => expectConverged(match, { withinMs: -1 })).toThrow(RangeError)
  })

  it('names the entity, the field, the tick and both values where a client knows something else', () => {
    const match = played()
    const guest = match.clients[1]!.runner.session
    const report = guest.report.bind(guest)
    const wrong = (type: string, name: string, value: unknown): void => {
      guest.report = (tick) => {
        const seen = report(tick)
        const change = <T extends { fields: object }>(record: T): T => ({
          ...record,
          fields: { ...record.fields, [name]: value },
        })
        return {
          ...seen,
          globals: type === 'globals' && seen.globals ? change(seen.globals) : seen.globals,
          players: type === 'player' ? seen.players.map(change) : seen.players,
          entities: seen.entities.map((entity) => (entity.type === type ? change(entity) : entity)),
        }
      }
    }
    wrong('walker', 'x', 1.5)
    expect(() => expectConverged(match, { withinMs: 50 })).toThrow(
      /within 50 ms: walker\.x of walker \d+ at tick \d+: \d+(\.\d+)? at the host, 1\.5 at player 65\./,
    )
    wrong('sheep', 'shorn', true)
    expect(() => expectConverged(match, { withinMs: 0 })).toThrow(
      /sheep\.shorn of sheep \d+ at tick \d+: false at the host, true at player 65/,
    )
    wrong('globals', 'round', 999)
    expect(() => expectConverged(match, { withinMs: 0 })).toThrow(
      /globals\.round of the globals at tick \d+: \d+ at the host, 999/,
    )
    wrong('player', 'score', 6)
    expect(() => expectConverged(match, { withinMs: 0 })).toThrow(
      /player\.score of player 64 at tick \d+: 5 at the host, 6/,
    )
    guest.report = (tick) => ({
      ...report(tick),
      entities: report(tick).entities.filter(({ type }) => type !== 'sheep'),
    })
    expect(() => expectConverged(match, { withinMs: 0 })).toThrow(
      /sheep \d+ at tick \d+: the host has it, and player 65 has not/,
    )
    guest.report = report
    expectConverged(match, { withinMs: 0 })
  })

  it('does not take a client that is cut off for one that agrees', () => {
    const match = played()
    match.cut(match.clients[2]!, 5000)
    match.run(1000)
    expect(() => expectConverged(match, { withinMs: 500 })).toThrow(
      /player 66 has heard of tick \d+ at the latest, and the host is at \d+/,
    )
  })
})
