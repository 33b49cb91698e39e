import { describe, expect, it } from 'vitest'
import { poissonUpper, wilson } from './bounds.ts'

describe('bounds of counts', () => {
  it('are those of the tables for a share: 990 of 1000 is 98.2 % to 99.5 %', () => {
    const { low, high } = wilson(990, 1000)
    expect(low).toBeCloseTo(0.9817, 4)
    expect(high).toBeCloseTo(0.9946, 4)
  })

  it('do not let a thousand of a thousand prove a hundred percent', () => {
    expect(wilson(1000, 1000).low).toBeCloseTo(0.9962, 4)
    expect(wilson(1000, 1000).high).toBe(1)
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
  })

  it('are those of the tables for a count: none may be 3.7, ten may be 18.4', () => {
    expect(poissonUpper(0)).toBeCloseTo(3.689, 3)
    expect(poissonUpper(10)).toBeCloseTo(18.39, 1)
    expect(poissonUpper(100)).toBeCloseTo(121.63, 1)
  })
})
