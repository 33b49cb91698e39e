import { expect, it } from 'vitest'
import { earRows, mouthToEar, stretchOf, stretchRows } from './rows.ts'

const marks = (at: readonly number[]) => at.map((at, i) => ({ digest: i, at, bytes: 100 }))
const stretch = (p99: number, idle = 0.5) => ({ p50: p99 / 2, p99, lateShare: 0.01, idle })

it('counts the delay of what arrived, the path’s own with it, and leaves out what never came', () => {
  const sent = marks([0, 10, 20, 30])
  const heard = marks([20, 30, 45]).concat({ digest: 99, at: 50, bytes: 100 })
  expect(stretchOf(sent, heard, 0.25, 0.4)).toEqual({ p50: 20, p99: 25, lateShare: 0.25, idle: 0.4 })
})

it('takes for each burst the first onset after it, and leaves out bursts that nobody heard', () => {
  expect(mouthToEar([0, 700, 1400, 2100], [-10, 80, 790, 2200])).toEqual([80, 90, 100])
})

it('compares a stretch with media and one without, and gives no verdict when either had too little of the CPU or somebody was missing', () => {
  const verdicts = (idle: number, isWhole = true) =>
    stretchRows('voices', stretch(30), stretch(25, idle), isWhole, 1.15).map(({ name, value, met }) => [
      name,
      value,
      met,
    ])
  expect(verdicts(0.5)[0]).toEqual(['state lane one-way p99 ÷ without', 1.2, false])
  expect(
    verdicts(0.5)
      .slice(1)
      .map(([, , met]) => met),
  ).toEqual([null, null, null, null, null, null])
  expect(verdicts(0.1)[0]).toEqual(['state lane one-way p99 ÷ without', 1.2, null])
  expect(verdicts(0.5, false)[0]?.[2]).toBeNull()
  expect(verdicts(0.1).at(-1)).toEqual(['idle CPU', 10, null])
})

it('compares the medians of mouth to ear, and says how many bursts were heard', () => {
  const rows = earRows('voice', [90, 110, 100], [100, 100], 0.5)
  expect(rows.map(({ value, met }) => [value, met])).toEqual([
    [1, true],
    [100, null],
    [100, null],
    [2, null],
    [50, null],
  ])
})
