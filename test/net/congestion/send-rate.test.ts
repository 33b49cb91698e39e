import { describe, expect, it } from 'vitest'
import { SendRate } from '../../../net/congestion/send-rate.ts'
import { LEAST, MOST, type ToyConditions, ToyPath } from './toy-path.ts'

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** What a path carries, bytes per second. */
const carries = (kbits: number): number => kbits * 125

describe('through a narrow path', () => {
  // A packet's own time to pass counts: 20 packets a second through 96 kbit/s take 40 ms each.
  it.each([
    [48, 260],
    [64, 180],
    [96, 150],
    [128, 120],
    [160, 120],
  ])('of %i kbit/s no more than %i ms of queue stand after three seconds, and most of it is used', (kbits, mostMs) => {
    const path = new ToyPath({ kbits }, 700).run(33)
    expect(quantile(path.beyond(3, 30), 0.99)).toBeLessThan(mostMs)
    expect(path.throughput(3, 30)).toBeGreaterThan(0.7 * carries(kbits))
  })

  it('the start fills the queue for little more than a second, whatever fits into it', () => {
    for (const kbits of [64, 96, 160]) {
      const path = new ToyPath({ kbits, queueBytes: 1e6 }).run(4)
      expect(quantile(path.beyond(0, 4), 1), `${kbits} kbit/s`).toBeLessThan(1300)
    }
  })

  it('nothing is sent less than the least, so that there is a game', () => {
    const path = new ToyPath({ kbits: 16 }, 700).run(10)
    expect(Math.min(...path.rates.map(({ bytesPerSecond }) => bytesPerSecond))).toBe(LEAST)
  })

  it.each([
    ['5 % loss and jitter of 10 ms', { loss: 0.05, jitterMs: 10 }, 200, 0.7],
    // What is lost does not arrive: four fifths are all there is.
    ['20 % loss', { loss: 0.2 }, 160, 0.5],
    ['jitter of 30 ms', { jitterMs: 30 }, 260, 0.6],
    ['300 ms round trip', { latencyMs: 150 }, 170, 0.8],
  ])('with %s the queue stays short too', (_name, conditions, mostMs, least) => {
    const path = new ToyPath({ kbits: 96, ...conditions }, 700).run(33)
    expect(quantile(path.beyond(3, 30), 0.99)).toBeLessThan(mostMs)
    expect(path.throughput(3, 30)).toBeGreaterThan(least * carries(96))
  })

  it('that becomes narrow under way is found within a second, and found wide again', () => {
    const path = new ToyPath({ kbits: 1000 }, 700).run(5)
    expect(path.rate.bytesPerSecond).toBe(MOST)
    path.conditions = { kbits: 96 }
    path.run(1)
    expect(path.rate.bytesPerSecond).toBeLessThan(carries(96))
    path.run(10)
    expect(quantile(path.beyond(8, 16), 0.99)).toBeLessThan(150)
    path.conditions = { kbits: 1000 }
    path.run(30)
    expect(path.throughput(40, 46)).toBeGreaterThan(0.95 * 30 * 793)
  })

  it('sends packets that are smaller and fewer', () => {
    expect(new ToyPath({ kbits: 80 }, 700).run(10).packetsPerSecond).toBe(20)
    expect(new ToyPath({ kbits: 48 }, 700).run(10).packetsPerSecond).toBe(10)
  })
})

describe('no queue of ours', () => {
  const unharmed = (conditions: ToyConditions, demand = 700): number => {
    const path = new ToyPath(conditions, demand).run(30)
    return Math.min(...path.rates.map(({ bytesPerSecond }) => bytesPerSecond))
  }

  it.each([0.05, 0.2, 0.4])('loss of %f alone lowers nothing', (loss) => {
    expect(unharmed({ loss })).toBe(MOST)
  })

  it('a small world on a path of 96 kbit/s is sent whole', () => {
    expect(unharmed({ kbits: 96 }, 150)).toBe(MOST)
  })

  it.each([5, 15, 30])('jitter of %i ms, which reorders, lowers next to nothing', (jitterMs) => {
    const path = new ToyPath({ jitterMs }, 700).run(60)
    expect(path.cuts).toBeLessThanOrEqual(2)
    expect(path.throughput(3, 60)).toBeGreaterThan(0.85 * 30 * 793)
  })

  it('after an outage of two seconds it goes on at once as before', () => {
    const path = new ToyPath({}, 700).run(5)
    path.conditions = { cut: true }
    path.run(2)
    expect(path.rate.outageMs(path.now)).toBeGreaterThan(0)
    path.conditions = {}
    path.run(0.4)
    expect(path.rate.outageMs(path.now)).toBe(0)
    expect(path.rate.bytesPerSecond).toBe(MOST)
    path.run(1)
    expect(path.throughput(7.4, 8.4)).toBeGreaterThan(0.9 * 30 * 793)
  })

  it('after the client’s page stood still for three seconds it goes on at once as before', () => {
    const path = new ToyPath({}, 700).run(5)
    path.conditions = { frozen: true }
    path.run(3)
    path.conditions = {}
    path.run(1)
    expect(path.rate.bytesPerSecond).toBe(MOST)
    expect(path.throughput(8.3, 9)).toBeGreaterThan(0.85 * 30 * 793)
  })

  it('a way that became longer for good is taken for that within two seconds', () => {
    const path = new ToyPath({}, 700).run(5)
    path.conditions = { extraMs: 120 }
    path.run(2)
    expect(path.rate.bytesPerSecond).toBe(MOST)
    path.run(10)
    expect(path.throughput(8, 16)).toBeGreaterThan(0.95 * 30 * 793)
  })

  it('acks that queue on their way back cost a little of the way there, and not for long', () => {
    const path = new ToyPath({}, 700).run(5)
    for (let backMs = 0; backMs < 400; backMs += 10) {
      path.conditions = { backMs }
      path.run(0.1)
    }
    path.run(6)
    expect(path.throughput(9, 15)).toBeGreaterThan(0.5 * 30 * 793)
    path.conditions = {}
    path.run(12)
    expect(path.throughput(22, 27)).toBeGreaterThan(0.8 * 30 * 793)
  })
})

describe('the start', () => {
  it('waits for acks once eight kilobytes are on their way, and opens with them', () => {
    const rate = new SendRate({ start: MOST, max: 2 * MOST, min: LEAST })
    let sequence = 0
    const fill = (): number => {
      let sent = 0
      for (; sent < 50_000 && !rate.paused(100); sent += 1000) rate.packetSent(100, sequence++, 1000)
      return sent
    }
    expect(fill()).toBe(9000)
    rate.acknowledge({ sequence: 3, earlier: 2 ** 32 - 1, holdMs: 0 }, 150)
    // Four have gone and four more may follow: it doubles in a round trip.
    expect(fill()).toBe(8000)
  })
})

describe('cuts that were in vain', () => {
  it('are made good within seconds, not at the pace of a careful rise', () => {
    const path = new ToyPath({}, 1128).run(5)
    for (let backMs = 0; backMs < 140; backMs += 10) {
      path.conditions = { backMs }
      path.run(0.1)
    }
    path.conditions = {}
    path.run(0.5)
    const lowest = Math.min(...path.rates.map(({ bytesPerSecond }) => bytesPerSecond))
    path.run(2)
    expect(lowest).toBeLessThan(0.6 * MOST)
    expect(path.rate.bytesPerSecond).toBeGreaterThan(1.3 * lowest)
  })
})

describe('acks that lie', () => {
  it('and one held for as long as can be said, or longer, measures nothing', () => {
    const rate = new SendRate({ start: MOST, max: MOST, min: LEAST })
    rate.packetSent(0, 0, 500)
    rate.acknowledge({ sequence: 0, earlier: 0, holdMs: 1000 }, 5000)
    rate.update(5000, true)
    expect(rate.delay.baseMs).toBe(null)
  })

  it('of packets never sent, or acknowledged before, change nothing', () => {
    const rate = new SendRate({ start: MOST, max: MOST, min: LEAST })
    rate.packetSent(0, 5, 500)
    for (const sequence of [4, 6, 65_535]) rate.acknowledge({ sequence, earlier: 2 ** 32 - 1, holdMs: 0 }, 1)
    expect(rate.outageMs(2000)).toBeGreaterThan(0)
    rate.acknowledge({ sequence: 5, earlier: 0, holdMs: 0 }, 50)
    expect(rate.outageMs(2000)).toBe(0)
    const { baseMs } = rate.delay
    rate.acknowledge({ sequence: 5, earlier: 0, holdMs: 0 }, 900)
    rate.update(900, true)
    expect(rate.delay.baseMs === baseMs || rate.delay.baseMs === 50).toBe(true)
  })

  it('that never come hold no more than the packets whose ack may still come', () => {
    const rate = new SendRate({ start: MOST, max: MOST, min: LEAST })
    for (let i = 0; i < 10_000; i++) rate.packetSent(i, i % 65_536, 100)
    expect((rate as unknown as { sent: unknown[] }).sent.length).toBeLessThanOrEqual(128)
  })

  it('that claim a packet arrived before it was sent get nobody more than the most', () => {
    const rate = new SendRate({ start: MOST, max: MOST, min: LEAST })
    for (let i = 0; i < 600; i++) {
      const now = i * 33
      rate.packetSent(now, i, 800)
      rate.acknowledge({ sequence: i, earlier: 2 ** 32 - 1, holdMs: 999 }, now + 1)
      rate.update(now + 1, true)
      expect(rate.bytesPerSecond).toBeLessThanOrEqual(MOST)
      expect(rate.bytesPerSecond).toBeGreaterThanOrEqual(LEAST)
    }
  })
})
