import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventQueue } from '../../../net/platform/event-queue.ts'
import { type LinkConditions, SimulatedNetwork, seededRandom } from '../../../net/testing.ts'
import { Path } from '../../../net/transport/simulated/path.ts'

const EVERY_MS = 10

/** When each of many packets of one path arrives, sent every 10 ms; an empty list for one that is lost. */
function arrivals(conditions: LinkConditions, count: number, payloadBytes = 100): (readonly number[])[] {
  const path = new Path(conditions, seededRandom(1))
  return Array.from({ length: count }, (_, i) => path.arrivals(i * EVERY_MS, payloadBytes))
}

const lostShare = (all: readonly (readonly number[])[]): number =>
  all.filter((times) => times.length === 0).length / all.length

describe('what happens in virtual time', () => {
  it('happens in the order of time, then rank, then of asking', () => {
    const events = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), rank: fc.integer({ min: 0, max: 2 }) }))
    fc.assert(
      fc.property(events, (asked) => {
        const queue = new EventQueue()
        const happened: number[] = []
        for (const [i, { at, rank }] of asked.entries()) queue.add(at, rank, () => happened.push(i))
        for (let event = queue.takeFirst(); event; event = queue.takeFirst()) event.run()
        const expected = [...asked.entries()]
          .sort(([i, a], [j, b]) => a.at - b.at || a.rank - b.rank || i - j)
          .map(([i]) => i)
        expect(happened).toEqual(expected)
      }),
    )
  })

  it('happens at its exact time, also what is asked for meanwhile, and never in the past', () => {
    const network = new SimulatedNetwork(1)
    const times: number[] = []
    network.at(10.25, () => {
      times.push(network.now)
      network.at(12, () => times.push(network.now))
      network.at(3, () => times.push(network.now))
    })
    network.advanceTo(11)
    expect(times).toEqual([10.25, 10.25])
    network.advanceTo(20)
    expect(times).toEqual([10.25, 10.25, 12])
    expect(network.now).toBe(20)
  })
})

describe('a path', () => {
  it('takes its latency and no more when nothing else is asked for', () => {
    for (const [i, times] of arrivals({ latencyMs: 40 }, 100).entries()) expect(times).toEqual([i * EVERY_MS + 40])
  })

  it('loses and doubles the shares that it is told to', () => {
    const all = arrivals({ loss: 0.1, duplicate: 0.2 }, 20_000)
    expect(lostShare(all)).toBeCloseTo(0.1, 1.5)
    const doubled = all.filter((times) => times.length === 2).length / all.filter((times) => times.length > 0).length
    expect(doubled).toBeCloseTo(0.2, 1.5)
  })

  it('loses everything during a burst, and bursts have the mean length and the share of time that they are told to', () => {
    const all = arrivals({ burst: { share: 0.05, meanMs: 300 } }, 400_000)
    expect(lostShare(all)).toBeGreaterThan(0.04)
    expect(lostShare(all)).toBeLessThan(0.06)
    let bursts = 0
    for (const [i, times] of all.entries()) if (times.length === 0 && all[i - 1]?.length !== 0) bursts++
    const meanMs = (lostShare(all) * all.length * EVERY_MS) / bursts
    // A burst that falls between two packets is not seen, which makes those that are seen longer by half a gap.
    expect(meanMs).toBeGreaterThan(270)
    expect(meanMs).toBeLessThan(340)
  })

  it('is as likely to be in a burst at the start as at any time', () => {
    const lostAt = (now: number): number => {
      let lost = 0
      for (let seed = 0; seed < 4000; seed++) {
        const path = new Path({ burst: { share: 0.2, meanMs: 200 } }, seededRandom(seed * 7919))
        path.arrivals(0, 1)
        if (path.arrivals(now, 1).length === 0) lost++
      }
      return lost / 4000
    }
    for (const now of [0, 100, 400]) expect(lostAt(now)).toBeCloseTo(0.2, 1.3)
  })

  it('has bursts of time, not of packets: twice as many packets are lost together at twice the rate', () => {
    const lostTogether = (everyMs: number): number => {
      const path = new Path({ burst: { share: 0.1, meanMs: 200 } }, seededRandom(3))
      let bursts = 0
      let count = 0
      let before = false
      for (let now = 0; now < 400_000; now += everyMs) {
        const gone = path.arrivals(now, 100).length === 0
        if (gone) count++
        if (gone && !before) bursts++
        before = gone
      }
      return count / bursts
    }
    expect(lostTogether(5) / lostTogether(10)).toBeCloseTo(2, 0)
  })

  it('delays each packet by its own jitter, with the deviation it is told to, and never below no delay at all', () => {
    const delays = arrivals({ latencyMs: 100, jitterMs: 20 }, 20_000).map(([at = 0], i) => at - i * EVERY_MS)
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
    const deviation = Math.sqrt(delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / delays.length)
    expect(mean).toBeCloseTo(100, 0)
    expect(deviation).toBeCloseTo(20, 0)
    for (const [i, times] of arrivals({ latencyMs: 1, jitterMs: 50 }, 1000).entries())
      expect(times[0]).toBeGreaterThanOrEqual(i * EVERY_MS)
  })

  it('lets a share of packets be overtaken, and no others', () => {
    const all = arrivals({ latencyMs: 20, reorder: { share: 0.1, byMs: 35 } }, 10_000)
    const late = all.filter(([at = 0], i) => at - i * EVERY_MS > 20)
    expect(late.length / all.length).toBeCloseTo(0.1, 1.5)
    for (const [i, [at = 0]] of all.entries()) expect([20, 55]).toContain(Math.round(at - i * EVERY_MS))
  })

  it('holds up everything behind a stalled packet, in order', () => {
    const all = arrivals({ latencyMs: 20, stall: { share: 0.02, ms: 80 } }, 10_000).map(([at = 0]) => at)
    for (const [i, at] of all.entries()) expect(at).toBeGreaterThanOrEqual(all[i - 1] ?? 0)
    const held = all.filter((at, i) => at - i * EVERY_MS > 20.01).length
    // Each stall of 80 ms holds eight packets that are sent in it.
    expect(held / all.length).toBeGreaterThan(0.1)
    expect(held / all.length).toBeLessThan(0.18)
  })

  it('passes a bottleneck at its rate, overhead included, and drops what its queue cannot hold', () => {
    // 100 + 93 B take 16.08 ms at 96 kbit/s, and come every 10.
    const bottleneck = { bitsPerSecond: 96_000, queueBytes: 2000 }
    const all = arrivals({ bottleneck }, 2000)
    const through = all.flat()
    expect(through[0]).toBeCloseTo((193 * 8) / 96)
    for (const [i, at] of through.entries())
      if (i > 0) expect(at - (through[i - 1] ?? 0)).toBeGreaterThanOrEqual((193 * 8) / 96 - 1e-6)
    expect(through.length).toBeGreaterThan((20_000 / 16.1) * 0.98)
    const waits = all.flatMap(([at], i) => (at === undefined ? [] : [at - i * EVERY_MS]))
    expect(Math.max(...waits)).toBeLessThanOrEqual((2000 * 8) / 96 + 1e-6)
    expect(Math.max(...waits)).toBeGreaterThan((1700 * 8) / 96)
    expect(arrivals({ bottleneck: { ...bottleneck, overheadBytes: 0 } }, 1)[0]?.[0]).toBeCloseTo((100 * 8) / 96)
  })

  it('lets nothing set out while it is cut, and what was under way arrive', () => {
    const path = new Path({ latencyMs: 50 }, seededRandom(1))
    expect(path.arrivals(90, 1)).toEqual([140])
    path.cut(200)
    expect(path.arrivals(100, 1)).toEqual([])
    expect(path.arrivals(199, 1)).toEqual([])
    expect(path.arrivals(200, 1)).toEqual([250])
  })

  it('is another from one packet to the next when its conditions change', () => {
    const path = new Path({ latencyMs: 50 }, seededRandom(1))
    expect(path.arrivals(0, 1)).toEqual([50])
    path.conditions = { latencyMs: 10, loss: 1 }
    expect(path.arrivals(1, 1)).toEqual([])
    path.conditions = { latencyMs: 10 }
    expect(path.arrivals(2, 1)).toEqual([12])
  })
})

describe('a network', () => {
  it.each<[string, LinkConditions]>([
    ['latencyMs', { latencyMs: -1 }],
    ['jitterMs', { jitterMs: Number.NaN }],
    ['loss', { loss: 5 }],
    ['duplicate', { duplicate: -0.1 }],
    ['burst.share', { burst: { share: 1, meanMs: 100 } }],
    ['burst.share', { burst: { share: 2, meanMs: 100 } }],
    ['burst.meanMs', { burst: { share: 0.1, meanMs: 0 } }],
    ['reorder.share', { reorder: { share: 1.5, byMs: 10 } }],
    ['reorder.byMs', { reorder: { share: 0.1, byMs: Number.POSITIVE_INFINITY } }],
    ['stall.share', { stall: { share: -1, ms: 10 } }],
    ['stall.ms', { stall: { share: 0.1, ms: -10 } }],
    ['bottleneck.bitsPerSecond', { bottleneck: { bitsPerSecond: 0, queueBytes: 1 } }],
    ['bottleneck.queueBytes', { bottleneck: { bitsPerSecond: 1, queueBytes: Number.NaN } }],
    ['bottleneck.overheadBytes', { bottleneck: { bitsPerSecond: 1, queueBytes: 1, overheadBytes: -1 } }],
  ])('names %s when it is out of range', (name, conditions) => {
    const network = new SimulatedNetwork(1)
    expect(() => network.pair(conditions)).toThrow(RangeError)
    expect(() => network.pair({}, conditions)).toThrow(name)
  })

  it('gives each link its own dice, so that another link changes nothing', () => {
    const heard = (links: number): number[][] => {
      const network = new SimulatedNetwork(9)
      const ends = Array.from({ length: links }, () => network.pair({ latencyMs: 30, jitterMs: 5, loss: 0.3 }))
      const times = ends.map(([, b]) => {
        const mine: number[] = []
        b.listen({ message: () => mine.push(network.now) > 0, closed: () => {} })
        return mine
      })
      for (let i = 0; i < 200; i++) {
        network.advanceTo(i * 20)
        for (const [a] of ends) a.send('state', Uint8Array.of(i))
      }
      network.advanceTo(5000)
      return times
    }
    const [first, second] = heard(3)
    expect(first?.length).toBeGreaterThan(100)
    expect(heard(1)[0]).toEqual(first)
    expect(second).not.toEqual(first)
  })

  it('lets links share an uplink: what one sends, the other waits for', () => {
    const network = new SimulatedNetwork(1)
    const uplink = network.uplink({ bitsPerSecond: 96_000, queueBytes: 65_536 })
    const arrived: string[] = []
    const ends = ['first', 'second'].map((name) => {
      const [a, b] = network.pair({}, {}, { uplink })
      b.listen({
        message: () => {
          arrived.push(`${name} ${Math.round(network.now)}`)
        },
        closed: () => {},
      })
      return a
    })
    for (const end of ends) end.send('state', new Uint8Array(1107))
    network.advanceTo(1000)
    expect(arrived).toEqual(['first 100', 'second 200'])
    expect(() => network.uplink({ bitsPerSecond: -1, queueBytes: 1 })).toThrow(RangeError)
  })
})

describe('a simulated link', () => {
  function linked(conditions: LinkConditions = { latencyMs: 30 }) {
    const network = new SimulatedNetwork(1)
    const [a, b] = network.pair(conditions)
    const log: string[] = []
    for (const [name, end] of [
      ['a', a],
      ['b', b],
    ] as const)
      end.listen({
        message: (lane, bytes) => {
          log.push(`${name} ${lane} ${bytes[0]} ${network.now}`)
        },
        closed: (reason) => {
          log.push(`${name} closed ${reason} ${network.now}`)
        },
      })
    return { network, a, b, log }
  }

  it('hands over the bytes as they were when they were sent', () => {
    const { network, a, b } = linked()
    const heard: Uint8Array[] = []
    b.listen({ message: (_lane, bytes) => heard.push(bytes) > 0, closed: () => {} })
    const bytes = Uint8Array.of(1, 2, 3)
    a.send('state', bytes)
    bytes.fill(9)
    network.advanceTo(100)
    expect(heard).toEqual([Uint8Array.of(1, 2, 3)])
  })

  it('hands over each copy of what the network doubled as the receiver’s own', () => {
    const network = new SimulatedNetwork(1)
    const [a, b] = network.pair({ duplicate: 1 })
    const heard: Uint8Array[] = []
    b.listen({ message: (_lane, bytes) => heard.push(bytes) > 0, closed: () => {} })
    a.send('state', Uint8Array.of(1, 2, 3))
    a.send('bulk', Uint8Array.of(4))
    network.advanceTo(100)
    expect(heard).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3), Uint8Array.of(4)])
    heard[0]?.fill(9)
    expect(heard[1]).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('keeps what comes before anybody listens', () => {
    const network = new SimulatedNetwork(1)
    const [a, b] = network.pair({})
    a.send('state', Uint8Array.of(7))
    network.advanceTo(10)
    const heard: number[] = []
    b.listen({ message: (_lane, bytes) => heard.push(bytes[0] ?? 0) > 0, closed: () => {} })
    expect(heard).toEqual([7])
  })

  it('skips on the state lane what would wait, and says so, as a real one does', () => {
    const { network, a } = linked()
    const outcomes = Array.from({ length: 60 }, (_, i) => {
      network.advanceTo(i * 5)
      return a.send('state', new Uint8Array(1128))
    })
    expect(outcomes).toContain('sent')
    expect(outcomes).toContain('skipped')
    expect(a.stats().state.skipped).toBe(outcomes.filter((outcome) => outcome === 'skipped').length)
    expect(a.stats().state.sentMessages).toBe(outcomes.filter((outcome) => outcome === 'sent').length)
  })

  it('refuses what is empty or too large for a lane', () => {
    const { a } = linked()
    expect(() => a.send('state', new Uint8Array(1161))).toThrow(RangeError)
    expect(() => a.send('bulk', new Uint8Array(0))).toThrow(RangeError)
  })

  it('takes no more on the bulk lane than a real one', () => {
    const { a } = linked({ latencyMs: 100 })
    let sent = 0
    while (sent < 100 && a.send('bulk', new Uint8Array(256 * 1024)) === 'sent') sent++
    // 16 MiB, as a link over two channels.
    expect(sent).toBe(64)
  })

  it('says goodbye behind what was sent before on the bulk lane, and not in the stack of the caller', () => {
    const { network, a, b, log } = linked()
    a.send('bulk', Uint8Array.of(5))
    a.close('kicked')
    expect(a.open).toBe(false)
    expect(a.send('state', Uint8Array.of(1))).toBe('closed')
    expect(log).toEqual([])
    network.advanceTo(100)
    expect(log).toEqual(['a closed kicked 0', 'b bulk 5 30', 'b closed kicked 30'])
    expect(b.open).toBe(false)
  })

  it.each([
    ['only packet of its goodbye is lost', 30, 10],
    ['goodbye is lost again when it is resent', 30, 900],
    ['goodbye is lost on a long path', 300, 10],
  ])('has left, and is not lost, when the %s', (_what, latencyMs, cutMs) => {
    const { network, a, b, log } = linked({ latencyMs })
    a.send('bulk', Uint8Array.of(5))
    network.advanceTo(2000)
    a.cut(cutMs)
    a.close('left')
    network.advanceTo(20_000)
    expect(log.map((line) => line.replace(/ \d+$/, '')).slice(-2)).toEqual(['a closed left', 'b closed left'])
    expect(b.open).toBe(false)
  })

  it('is lost for the other end five seconds after the pipe is closed when the goodbye does not get through', () => {
    const { network, a, log } = linked()
    a.cut(10_000)
    a.close('left')
    network.advanceTo(20_000)
    expect(log).toEqual(['a closed left 0', 'b closed lost 10000'])
  })

  it('closes once when both ends close at the same time', () => {
    const { network, a, b, log } = linked()
    a.close('left')
    b.close('kicked')
    network.advanceTo(10_000)
    expect(log.toSorted()).toEqual(['a closed left 0', 'b closed kicked 0'])
  })
})
