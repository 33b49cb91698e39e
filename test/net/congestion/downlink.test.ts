import { describe, expect, it } from 'vitest'
import { Downlink } from '../../../net/congestion/downlink.ts'

const TICK_MS = 1000 / 60

/** Sends at every tick that is due for so long, each packet as full as it may be; acknowledged after 50 ms. */
function send(sending: Downlink, fromTick: number, ticks: number, rest: 'none' | 'wait', fastestRate = 30) {
  let packets = 0
  let bytes = 0
  const intervals = new Set<number>()
  for (let tick = fromTick; tick < fromTick + ticks; tick++) {
    const now = tick * TICK_MS
    sending.update(now, fastestRate)
    const allowance = sending.claimTurn(tick, now, fastestRate)
    if (!allowance) continue
    const size = rest === 'none' ? 100 : Math.max(100, Math.floor(allowance.budgetBytes))
    sending.packetSent(now, packets, size, rest)
    sending.acknowledge({ sequence: packets, earlier: 2 ** 32 - 1, holdMs: 0 }, now + 1)
    intervals.add(allowance.interval)
    packets++
    bytes += size
  }
  return { packets, bytes, intervals: [...intervals] }
}

describe('a client that joins', () => {
  it('is sent as much as its path carries, beyond the budget, until it has everything', () => {
    const sending = new Downlink(60, 0)
    expect(send(sending, 1, 60, 'wait').bytes).toBeGreaterThan(1.3 * 24_000)
    expect(send(sending, 61, 2, 'none').packets).toBeGreaterThan(0)
    const after = send(sending, 63, 54, 'wait')
    expect(after.bytes).toBeLessThanOrEqual(0.9 * 24_000 + 2320)
    expect(after.packets).toBeLessThanOrEqual(28)
  })

  it('and never has everything is within the budget after two seconds', () => {
    const sending = new Downlink(60, 0)
    send(sending, 1, 125, 'wait')
    expect(send(sending, 126, 120, 'wait').bytes).toBeLessThanOrEqual(2 * 24_000 + 2320)
  })

  it('is told the usual interval, though packets come in every tick', () => {
    expect(send(new Downlink(60, 0), 1, 60, 'wait', 20).intervals).toEqual([3])
  })

  it('is sent nothing of the tick at which it came', () => {
    const sending = new Downlink(60, 600)
    sending.update(10_000, 30)
    expect(sending.claimTurn(600, 10_000, 30)).toBe(null)
    expect(sending.claimTurn(602, 10_033, 30)).not.toBe(null)
  })
})

describe('a client that has everything', () => {
  it('is sent 30 snapshots a second, 20 where the host cannot afford more, and knows it', () => {
    const sending = new Downlink(60, 0)
    send(sending, 1, 60, 'none')
    expect(send(sending, 61, 60, 'none')).toMatchObject({ packets: 30, intervals: [2] })
    send(sending, 121, 61, 'none', 20)
    expect(send(sending, 182, 60, 'none', 20)).toMatchObject({ packets: 20, intervals: [3] })
  })

  it('is sent all that its path carries at every tick rate: at 10 a second it is not taken for a third of it', () => {
    const perSecond = [10, 20, 45, 60].map((tickRate) => {
      const sending = new Downlink(tickRate, 0)
      const now = (tick: number): number => (tick * 1000) / tickRate
      sending.update(now(1), 30)
      sending.claimTurn(1, now(1), 30)
      sending.packetSent(now(1), 0, 100, 'none')
      sending.acknowledge({ sequence: 0, earlier: 0, holdMs: 0 }, now(1))
      let bytes = 0
      for (let tick = 2; tick <= tickRate * 4 + 1; tick++) {
        // What a narrow path carries, overhead included.
        sending.assign(9000)
        sending.update(now(tick), 30)
        const allowance = sending.claimTurn(tick, now(tick), 30)
        if (!allowance) continue
        const size = Math.floor(allowance.budgetBytes)
        sending.packetSent(now(tick), tick, size, 'wait')
        sending.acknowledge({ sequence: tick, earlier: 2 ** 32 - 1, holdMs: 0 }, now(tick))
        bytes += size + 93
      }
      return bytes / 4
    })
    for (const bytes of perSecond) {
      expect(bytes).toBeGreaterThan(7500)
      expect(bytes).toBeLessThan(9900)
    }
  })

  it('is sent to at the same ticks as all others of its interval, whenever it came', () => {
    const [early, late] = [new Downlink(60, 0), new Downlink(60, 7)]
    const dueAt = (sending: Downlink): number[] => {
      const ticks: number[] = []
      for (let tick = 120; tick < 140; tick++) {
        sending.update(tick * TICK_MS, 30)
        if (sending.claimTurn(tick, tick * TICK_MS, 30)) ticks.push(tick)
      }
      return ticks
    }
    send(early, 1, 119, 'none')
    send(late, 8, 112, 'none')
    expect(dueAt(early)).toEqual(dueAt(late))
  })
})
