import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../net/congestion/token-bucket.ts'

describe('a budget', () => {
  it('is full at first, fills at its rate, and saves no more than its limit', () => {
    const bucket = new TokenBucket(1000, 50)
    expect(bucket.available(7)).toBe(50)
    bucket.spend(50)
    expect(bucket.available(7)).toBe(0)
    expect(bucket.available(27)).toBe(20)
    expect(bucket.available(9999)).toBe(50)
  })

  it('that was overspent pays its debt before it gives anything', () => {
    const bucket = new TokenBucket(1000, 50)
    bucket.available(0)
    bucket.spend(80)
    expect(bucket.available(29)).toBe(0)
    expect(bucket.available(40)).toBeCloseTo(10, 9)
  })

  it('gives nothing twice to a clock that goes back', () => {
    const bucket = new TokenBucket(1000, 50)
    bucket.available(100)
    bucket.spend(50)
    expect(bucket.available(60)).toBe(0)
    expect(bucket.available(100)).toBe(0)
    expect(bucket.available(110)).toBeCloseTo(10, 9)
  })

  it('that is refitted keeps its debt, and of what it saved no more than the new limit', () => {
    const bucket = new TokenBucket(1000, 50)
    bucket.refit(0, 500, 20)
    expect(bucket.available(0)).toBe(20)
    bucket.spend(40)
    bucket.refit(0, 1000, 80)
    expect(bucket.available(20)).toBe(0)
    expect(bucket.available(60)).toBeCloseTo(40, 9)
    expect(bucket.available(9999)).toBe(80)
  })

  it('never lets through more than its rate and what was saved', () => {
    const waits = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(waits, (list) => {
        const bucket = new TokenBucket(300, 40)
        let now = 0
        let spent = 0
        for (const wait of list) {
          now += wait
          const available = bucket.available(now)
          expect(available).toBeGreaterThanOrEqual(0)
          bucket.spend(available)
          spent += available
        }
        expect(spent).toBeLessThanOrEqual(40 + 0.3 * now + 1e-6)
      }),
    )
  })
})
