/** How much of the bulk lane is under way: beside a game, on a path that changes, in a busy page, on an uplink that links share. */
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../net/platform/seeded-chance.ts'
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import { BulkWindow, MAX_WINDOW_BYTES, MIN_WINDOW_BYTES } from '../../../net/transport/bulk-window.ts'

/** A page that sends a window at once, round trip after round trip; each of eight pieces takes as long as `ms` says. */
function trips(window: BulkWindow, count: number, ms: (trip: number, piece: number) => number, from = 0): number {
  let now = from
  for (let trip = 0; trip < count; trip++) {
    const times = Array.from({ length: 8 }, (_, piece) => ms(trip, piece))
    const bytes = window.bytes
    const leftAt = now
    for (const time of times.toSorted((a, b) => a - b)) {
      now = leftAt + time
      window.acknowledged(bytes / 8, time, true, now)
    }
  }
  return window.bytes
}

/** 0 to below 15 ms, in bursts, as an event loop that draws makes acknowledgements late. */
const busyPage = (trip: number, piece: number): number => ((trip * 7 + (piece >> 1) * 5) % 16) * 0.9

describe('the window of the bulk lane', () => {
  it('doubles each round trip until a queue shows, and never beyond its most', () => {
    const window = new BulkWindow()
    const first = window.bytes
    expect(trips(window, 3, () => 40)).toBe(8 * first)
    expect(trips(window, 20, () => 40)).toBe(MAX_WINDOW_BYTES)
  })

  it('falls to its least within some round trips when a queue grows, and grows again without one', () => {
    const window = new BulkWindow()
    trips(window, 10, () => 40)
    // Longer and longer, as a queue is that others fill: a path of one length would be found out.
    expect(trips(window, 12, (trip) => 200 + 20 * trip, 400)).toBe(MIN_WINDOW_BYTES)
    expect(window.pieceBytes).toBe(1024)
    expect(trips(window, 30, () => 40, 5000)).toBeGreaterThan(8 * MIN_WINDOW_BYTES)
  })

  it('is not made small by a page that is busy for up to 15 ms, but is by a queue of 25 ms', () => {
    const busy = new BulkWindow()
    const sizes = Array.from({ length: 200 }, (_, nth) =>
      trips(busy, 1, (_trip, piece) => 40 + busyPage(nth, piece), nth * 55),
    )
    // Half of the time at least, slowdowns counted.
    expect(sizes.toSorted((a, b) => a - b)[100]).toBeGreaterThan(256 * 1024)
    const queued = new BulkWindow()
    trips(queued, 3, (trip, piece) => 40 + busyPage(trip, piece))
    expect(trips(queued, 12, (trip, piece) => 65 + busyPage(trip, piece), 150)).toBeLessThan(16 * 1024)
  })

  it('takes a longer path for the path that it is, within seconds', () => {
    const window = new BulkWindow()
    trips(window, 5, () => 2)
    // 3 s.
    trips(window, 70, () => 42, 100)
    expect(window.bytes).toBeGreaterThan(100 * 1024)
  })

  it('becomes small for a round trip now and then, so that a queue drains that hid how short the path is', () => {
    const window = new BulkWindow()
    trips(window, 5, () => 40)
    const sizes: number[] = []
    let now = 400
    // Every round trip with a window has 8 ms of queue, which is what bulk aims at.
    for (let trip = 0; trip < 250; trip++) {
      sizes.push(trips(window, 1, () => 48, now))
      now += 48
    }
    const small = sizes.filter((bytes) => bytes === MIN_WINDOW_BYTES).length
    expect(small).toBeGreaterThanOrEqual(2)
    expect(small).toBeLessThan(20)
  })

  it('does not become small while nobody fills it: then there is no queue of its own', () => {
    const window = new BulkWindow()
    trips(window, 5, () => 40)
    window.acknowledged(1000, 48, false, 1000)
    for (let now = 2000; now < 60_000; now += 100) window.acknowledged(100, 40, false, now)
    expect(window.bytes).toBeGreaterThan(16 * 1024)
  })
})

/** How late the state lane's packets are when they share the way with bulk, ms beyond the path, in order. */
function delaysBeside(links: number, bulkBytes: number, path: LinkConditions, seconds: number): number[] {
  const network = new SimulatedNetwork(3)
  const { bottleneck, ...beyond } = path
  const uplink = bottleneck ? network.uplink(bottleneck) : null
  const late: number[] = []
  const ends = Array.from({ length: links }, (_, nth) => {
    const [a, b] = network.pair(beyond, beyond, { uplink })
    b.listen({
      message: (lane, bytes) => {
        if (lane === 'state') late.push(network.now - new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0))
      },
      closed: () => {},
    })
    // One after the other, so that the later ones meet the queue of the earlier.
    if (bulkBytes > 0) network.at(nth * 500, () => a.send('bulk', new Uint8Array(bulkBytes)))
    return a
  })
  const packet = new Uint8Array(200)
  for (let tick = 0; tick < seconds * 30; tick++) {
    network.advanceTo((tick * 1000) / 30)
    new DataView(packet.buffer).setFloat64(0, network.now)
    for (const end of ends) end.send('state', packet)
  }
  return late.map((ms) => ms - (path.latencyMs ?? 0)).toSorted((a, b) => a - b)
}

const p90 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.9)] ?? 0

describe('a game beside bulk', () => {
  it('is late by no more than the target and a piece', () => {
    const path = { latencyMs: 20, bottleneck: { bitsPerSecond: 8e6, queueBytes: 128 * 1024 } }
    const [alone, beside] = [delaysBeside(1, 0, path, 3), delaysBeside(1, 4e6, path, 3)]
    expect(beside.length).toBeGreaterThan(0.9 * alone.length)
    expect(p90(beside)).toBeLessThan(p90(alone) + 25)
  })

  it('is not made late by many links at one uplink, each of which takes the queue of the others for its path', () => {
    const path = { latencyMs: 20, bottleneck: { bitsPerSecond: 4e6, queueBytes: 256 * 1024 } }
    const beside = delaysBeside(6, 2e6, path, 12)
    expect(beside.length).toBeGreaterThan(0.9 * 6 * 12 * 30)
    expect(p90(beside)).toBeLessThan(60)
  })
})

/** When an event loop reads what comes at a time: it is busy for 8 to 20 of each 25 ms. */
function busyLoop(seed: number): (ms: number) => number {
  const random = seededRandom(seed)
  const busyMs: number[] = []
  return (ms) => {
    const turn = Math.floor(ms / 25)
    while (busyMs.length <= turn) busyMs.push(8 + 12 * random())
    return Math.max(ms, turn * 25 + (busyMs[turn] ?? 0))
  }
}

/** Megabits a second of a window over 20 Mbit/s and 20 ms each way, when both pages read between two pictures. */
function rateOfBusyPages(seed: number, seconds: number): number {
  const [reads, hears] = [busyLoop(seed), busyLoop(seed + 1)]
  const window = new BulkWindow()
  const timers = new SimulatedNetwork(1)
  let underWay = 0
  let freeAt = 0
  let done = 0
  const pump = (): void => {
    while (underWay < window.bytes) {
      const bytes = window.pieceBytes
      const leftAt = timers.now
      underWay += bytes
      freeAt = Math.max(leftAt, freeAt) + (bytes * 8) / 20_000
      timers.at(hears(reads(freeAt + 20) + 20), () => {
        const wasFull = underWay >= window.bytes
        underWay -= bytes
        done += bytes
        window.acknowledged(bytes, timers.now - leftAt, wasFull, timers.now)
        pump()
      })
    }
  }
  timers.at(0, pump)
  timers.advanceTo(seconds * 1000)
  return (done * 8) / seconds / 1e6
}

describe('bulk between pages that draw', () => {
  it('does not take the wait for an event loop for a queue', () => {
    const rates = [1, 2, 3, 4, 5].map((seed) => rateOfBusyPages(seed, 15)).toSorted((a, b) => a - b)
    expect(rates[2]).toBeGreaterThan(6)
  })
})
