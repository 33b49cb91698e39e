import { describe, expect, it } from 'vitest'
import { RecentSamples } from '../../../net/clock/recent-samples.ts'

const samples = (): RecentSamples => new RecentSamples({ windowMs: 1000, outlier: 20, shiftMs: 300 })

describe('recent samples', () => {
  it('give the value that a share of them lies below', () => {
    const some = samples()
    for (let i = 0; i < 100; i++) some.add(i, ((i * 37) % 100) / 10)
    expect([some.quantile(0), some.quantile(0.05), some.quantile(0.5), some.quantile(1)]).toEqual([0, 0.5, 5, 9.9])
  })

  it('are of the window only', () => {
    const some = samples()
    some.add(0, -5)
    some.add(900, 1)
    expect(some.quantile(0)).toBe(-5)
    some.add(1001, 2)
    expect([some.quantile(0), some.count]).toEqual([1, 2])
  })

  it('know what is usual now, which the past and a burst do not move', () => {
    const some = samples()
    for (let i = 0; i < 200; i++) some.add(i, 10)
    for (let i = 200; i < 245; i++) some.add(i, i % 3 === 0 ? 0 : 4)
    expect(some.usual).toBe(4)
    expect(some.quantile(0.5)).toBe(10)
  })

  it('do not count an outage, however deep', () => {
    const some = samples()
    for (let i = 0; i < 50; i++) some.add(i * 10, 0)
    for (let i = 0; i < 4; i++) some.add(500 + i, -500)
    // What the outage had held back comes in between.
    some.add(520, -15)
    some.add(1480, -2)
    expect(some.quantile(0.5)).toBe(0)
    expect(some.quantile(0)).toBe(0)
    some.add(1550, -3)
    expect(some.quantile(0)).toBe(-3)
  })

  it.each([-500, 500])('begin anew when all is other by %i than it was', (shift) => {
    const some = samples()
    for (let i = 0; i < 50; i++) some.add(i * 10, 0)
    for (let i = 0; i < 12; i++) some.add(500 + i * 33, shift)
    expect([some.quantile(0), some.quantile(1)]).toEqual([shift, shift])
  })

  it('forget a past that was worse throughout, and not one that was worse at times', () => {
    const better = new RecentSamples({ windowMs: 60_000, outlier: 20, shiftMs: 300 })
    const same = new RecentSamples({ windowMs: 60_000, outlier: 20, shiftMs: 300 })
    for (let i = 0; i < 450; i++) {
      better.add(i * 33, i < 200 ? -(i % 7) : 2)
      same.add(i * 33, i % 20 === 0 ? -6 : i % 2)
    }
    expect([better.quantile(0), better.quantile(1)]).toEqual([2, 2])
    expect(same.count).toBe(450)
  })

  it('give the value that they fall short of by so much all together', () => {
    const some = samples()
    for (const [i, value] of [5, -10, 4, -6, 5].entries()) some.add(i, value)
    expect([some.shortBy(0), some.shortBy(2), some.shortBy(4), some.shortBy(8), some.shortBy(27)]).toEqual([
      -10, -8, -6, -4, 5,
    ])
    expect(samples().shortBy(1)).toBeNaN()
  })

  it('take one that is lower than all for chance', () => {
    const some = samples()
    for (let i = 0; i < 50; i++) some.add(i, i === 7 ? -9 : i % 5)
    expect([some.low(0), some.low(0.5), some.quantile(0)]).toEqual([0, 2, -9])
  })

  it('are NaN of none', () => {
    expect([samples().quantile(0.5), samples().usual]).toEqual([Number.NaN, Number.NaN])
  })
})
