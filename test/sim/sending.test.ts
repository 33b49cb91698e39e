import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import { statsOf } from '../../net/runtime/session-face.ts'
import {
  type LinkConditions,
  type NetworkConditions,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../net/testing.ts'
import { MAX_STATE_BYTES } from '../../net/wire/lanes.ts'
import { virtualCrowd } from '../bench/congestion/virtual-crowd.ts'
import { arena } from '../bench/worlds/arena.ts'
import { arenaOptions, pilotsOf } from '../bench/worlds/scenarios.ts'
import { readPacket } from '../net/wire/read.ts'
import { confirmedFaults, predictionFaults } from './laws.ts'

type Arena = ShapeOf<typeof arena>

const QUEUE_BYTES = 65_536
const LATENCY_MS = 50
const TICK_MS = 1000 / 60

interface Arrival {
  readonly at: number
  readonly beyondMs: number
  readonly bytes: number
}

/** A match of the bench arena with all its asteroids, and what each guest hears. */
function watched(players: number, network: NetworkConditions, more: Partial<SimulationOptions<Arena>> = {}) {
  const pilots = pilotsOf('L', 1)
  const match = simulate(arena, { players, network, options: arenaOptions('L'), ...more })
  const arrivals = match.clients.map((): Arrival[] => [])
  for (const [i, { runner }] of match.clients.entries()) {
    const receive = runner.receive.bind(runner)
    runner.receive = (bytes, now) => {
      const { tick } = readPacket(bytes)!
      const beyondMs = match.now - tick * TICK_MS - LATENCY_MS
      arrivals[i]!.push({ at: match.now, beyondMs, bytes: bytes.length + 93 })
      receive(bytes, now)
    }
  }
  const fly = (): void => {
    for (const [seat, client] of match.clients.entries()) client.input({ ...pilots[seat]?.(null, []) })
  }
  return { match, arrivals, fly }
}

const narrow = (kbits: number) => ({
  latencyMs: LATENCY_MS,
  bottleneck: { bitsPerSecond: kbits * 1000, queueBytes: QUEUE_BYTES },
})
const p99 = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!

function sendingTo(match: Simulation<Arena>, guest: number) {
  return match.host.session.sending.sendingTo(match.now).get(match.clients[guest]!.me)!
}

describe('a narrow path', () => {
  it('of 96 kbit/s with room for five seconds delivers scenario L within 150 ms, from the third second on', {
    timeout: 60_000,
    tags: ['long'],
  }, () => {
    const { deliveries } = virtualCrowd(narrow(96), { latencyMs: LATENCY_MS }, 12_000, 1000)
    const late = deliveries.filter(({ sentAt }) => sentAt > 3000)
    expect(late.length).toBeGreaterThan(9 * 10)
    expect(p99(late.map(({ sentAt, arrivedAt }) => arrivedAt - sentAt - LATENCY_MS))).toBeLessThan(150)
  })

  it('that comes and goes is told in the figures, and the drawn world never jumps', {
    timeout: 60_000,
    tags: ['long'],
  }, () => {
    const { match, fly } = watched(2, { latencyMs: LATENCY_MS })
    match.run(3000, fly)
    const guest = match.clients[1]!
    expect(sendingTo(match, 1)).toMatchObject({
      snapshotsPerSecond: 30,
      limitBytes: MAX_STATE_BYTES,
      limitedBy: null,
    })
    const steps: number[] = []
    let drawn = guest.view().tick
    const watch = {
      eachTick: fly,
      eachFrame: (client: typeof guest) => {
        if (client !== guest) return
        const { tick } = guest.view()
        steps.push(tick - drawn)
        drawn = tick
      },
    }
    match.setConditions(guest, { toHost: { latencyMs: LATENCY_MS }, toGuest: narrow(40) })
    match.run(6000, watch)
    const there = sendingTo(match, 1)
    expect(there.limitedBy).toBe('queue')
    expect(there.snapshotsPerSecond).toBeLessThan(30)
    expect(statsOf(match.clients[0]!.runner, match.host, match.now).sending.get(guest.me)).toEqual(there)
    expect(guest.session.stats().sending.size).toBe(0)
    match.setConditions(guest, { latencyMs: LATENCY_MS })
    // What stood in the queue may wait; then it is drawn at full speed again, whatever the interval is.
    match.run(20_000, watch)
    expect(sendingTo(match, 1)).toMatchObject({ snapshotsPerSecond: 30, limitedBy: null })
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...steps)).toBeLessThan(1.2)
    expect(confirmedFaults(match, guest)).toEqual([])
    expect(predictionFaults(match, guest)).toEqual([])
  })

  it('up to the host makes a client send fewer packets, and its inputs come in time again', { timeout: 60_000 }, () => {
    const { match, fly } = watched(2, { toHost: narrow(40), toGuest: { latencyMs: LATENCY_MS } })
    const guest = match.clients[1]!
    match.run(4000, fly)
    expect(guest.runner.session.sending.uplink.everyTicks).toBeGreaterThan(1)
    const { inputs } = match.host.session.clients.get(guest.me)!
    expect(inputs.recentStarvedTicks).toBeLessThan(8)
    expect(guest.session.stats().rttMs).toBeLessThan(300)
    expect(guest.session.stats().up.packetsPerSecond).toBeLessThanOrEqual(31)
    expect(predictionFaults(match, guest)).toEqual([])
  })
})

describe('a host’s uplink of 700 kbit/s', () => {
  it('serves eight guests alike, none with a long queue', { timeout: 600_000, tags: ['long'] }, () => {
    const { match, arrivals, fly } = watched(
      9,
      { latencyMs: LATENCY_MS },
      { hostUplink: { bitsPerSecond: 700_000, queueBytes: QUEUE_BYTES } },
    )
    match.run(10_000, fly)
    const later = arrivals.slice(1).map((list) => list.filter(({ at }) => at > 4000))
    const bytes = later.map((list) => list.reduce((sum, arrival) => sum + arrival.bytes, 0))
    const mean = bytes.reduce((a, b) => a + b, 0) / bytes.length
    expect(Math.min(...bytes)).toBeGreaterThan(0.8 * mean)
    for (const list of later) expect(p99(list.map(({ beyondMs }) => beyondMs))).toBeLessThan(150)
  })
})

describe('a good path', () => {
  const isSentAll = (network: LinkConditions) => () => {
    const { match, fly } = watched(2, network)
    match.run(2000, fly)
    let full = 0
    for (let i = 0; i < 40; i++) {
      match.run(200, fly)
      const { snapshotsPerSecond, limitedBy } = sendingTo(match, 1)
      if (snapshotsPerSecond === 30 && limitedBy === null) full++
    }
    expect(full).toBeGreaterThanOrEqual(36)
  }
  const lossy = { latencyMs: LATENCY_MS, loss: 0.2 }
  it('with 20 % loss is sent 30 full snapshots a second', { timeout: 60_000, tags: ['long'] }, isSentAll(lossy))

  it.each([
    ['5 % loss', { latencyMs: LATENCY_MS, loss: 0.05 }],
    ['loss in bursts', { latencyMs: LATENCY_MS, burst: { share: 0.05, meanMs: 120 } }],
    ['jitter of 20 ms', { latencyMs: 80, jitterMs: 20 }],
    ['reordering', { latencyMs: LATENCY_MS, reorder: { share: 0.1, byMs: 30 } }],
    ['stalls, as Wi-Fi has them', { latencyMs: LATENCY_MS, stall: { share: 0.002, ms: 120 } }],
  ])('with %s is sent 30 full snapshots a second', { timeout: 60_000, tags: ['long'] }, (_name, network) =>
    isSentAll(network)(),
  )

  it('is used in full within half a second of an outage of two seconds, and of a frozen tab', {
    timeout: 60_000,
    tags: ['long'],
  }, () => {
    const { match, arrivals, fly } = watched(2, { latencyMs: LATENCY_MS })
    const guest = match.clients[1]!
    match.run(3000, fly)
    for (const fault of ['cut', 'freeze'] as const) {
      match[fault](guest, 2000)
      match.run(1000, fly)
      expect(sendingTo(match, 1)).toMatchObject({ snapshotsPerSecond: 10, limitedBy: 'outage' })
      match.run(1500, fly)
      const from = match.now
      match.run(1000, fly)
      expect(arrivals[1]!.filter(({ at }) => at > from).length).toBeGreaterThanOrEqual(28)
      expect(sendingTo(match, 1)).toMatchObject({ snapshotsPerSecond: 30, limitedBy: null })
    }
  })
})

describe('forged acks', () => {
  it('get a guest no more than the budget of any', { timeout: 60_000 }, () => {
    const { match, arrivals, fly } = watched(2, { latencyMs: LATENCY_MS })
    const { session } = match.host
    const { me } = match.clients[1]!
    match.run(2000, fly)
    const from = match.now
    match.run(4000, () => {
      fly()
      const { downlink, baselines } = session.clients.get(me)!
      for (let back = -3; back < 6; back++)
        downlink.acknowledge(
          { sequence: (baselines.sequence - back + 65_536) % 65_536, earlier: 2 ** 32 - 1, holdMs: 999 },
          match.now,
        )
    })
    const bytes = arrivals[1]!.filter(({ at }) => at > from).reduce((sum, arrival) => sum + arrival.bytes - 93, 0)
    expect(bytes).toBeLessThan(4 * 24_000 + 2320)
    expect(sendingTo(match, 1).bytesPerSecond).toBeLessThanOrEqual(27_000)
  })
})
