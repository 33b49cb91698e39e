import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIN_BYTES, OVERHEAD_BYTES, scheduleFor, USEFUL_BYTES } from '../../../net/congestion/send-schedule.ts'

const rates = [30, 20, 10]
const at = (bytesPerSecond: number, present = 10, usefulBytes = USEFUL_BYTES) =>
  scheduleFor({ bytesPerSecond, rates, present, usefulBytes, maxBytes: 1128 })

describe('the pace', () => {
  it('is fewer packets rather than useless ones, the narrower the path', () => {
    expect(at(26_790).rate).toBe(30)
    expect(at(10_200, 20).rate).toBe(20)
    expect(at(5000).rate).toBe(10)
    expect(at(100).rate).toBe(10)
  })

  it('stays fast where a packet of everything is small', () => {
    expect(at(5000, 10, 60).rate).toBe(30)
  })

  it('does not go to and fro at a border', () => {
    const border = 20 * (USEFUL_BYTES + OVERHEAD_BYTES)
    expect(at(border * 1.02, 10).rate).toBe(10)
    expect(at(border * 1.02, 20).rate).toBe(20)
    expect(at(border * 0.98, 20).rate).toBe(10)
  })

  it('never sends more than the path carries, overhead included, nor packets out of bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2130, max: 72_000 }), fc.constantFrom(...rates), (bytesPerSecond, present) => {
        const pace = at(bytesPerSecond, present)
        expect(pace.bytesPerSecond + pace.rate * OVERHEAD_BYTES).toBeLessThanOrEqual(bytesPerSecond + 1e-6)
        expect(pace.limitBytes).toBeLessThanOrEqual(1128)
        expect(pace.limitBytes).toBeGreaterThanOrEqual(MIN_BYTES)
        expect(pace.burstBytes).toBeGreaterThanOrEqual(pace.bytesPerSecond / pace.rate)
      }),
    )
  })
})
