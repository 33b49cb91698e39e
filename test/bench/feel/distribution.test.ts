import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, distribution, merge, mergeTallies, quantileOf, size } from './distribution.ts'

describe('a distribution', () => {
  it('gives the quantiles of what was added, by the nearest rank, to half a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const all = distribution(0.1)
          for (const value of values) add(all, value)
          const exact = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]!
          expect(Math.abs(quantileOf(all, share) - exact)).toBeLessThanOrEqual(0.05 + 1e-9)
        },
      ),
    )
  })

  it('keeps a zero a zero, however coarse the step', () => {
    const all = distribution(10)
    add(all, 0)
    add(all, -1e-12)
    expect(quantileOf(all, 1)).toBe(0)
  })

  it('says NaN of nothing', () => {
    expect(quantileOf(distribution(1), 0.5)).toBeNaN()
  })

  it('merged from two is as if all had been added to one', () => {
    const [a, b, both] = [distribution(1), distribution(1), distribution(1)]
    for (const value of [1, 2, 2]) add(a, value)
    for (const value of [2, 7]) add(b, value)
    for (const value of [1, 2, 2, 2, 7]) add(both, value)
    merge(a, b)
    expect(a).toEqual(both)
    expect(size(a)).toBe(5)
  })
})

describe('tallies', () => {
  it('are pooled by count, list and distribution, also where one side lacks a part', () => {
    const [here, there] = [distribution(1), distribution(1)]
    add(here, 3)
    add(there, 3)
    const into = { count: 2, list: [1], within: { delay: here } as Record<string, unknown> }
    mergeTallies(into, { count: 5, list: [9], within: { delay: there, only: { lost: 1 } } })
    expect(into.count).toBe(7)
    expect(into.list).toEqual([1, 9])
    expect(size(here)).toBe(2)
    expect(into.within.only).toEqual({ lost: 1 })
  })
})
