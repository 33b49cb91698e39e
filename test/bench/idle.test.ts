/** Which figures of real pages count: none of a machine that was busy with something else. */
import { expect, it } from 'vitest'
import { measured } from './bench.ts'
import { cpuSince, judged, MIN_IDLE } from './idle.ts'

it('gives no verdict on figures of a machine that had nothing left, and keeps the others', () => {
  const rows = [measured('a', 'case', 1, 'ms', 'lower', 2), measured('b', 'case', 3, 'ms', 'lower', 2)]
  expect(judged(rows, MIN_IDLE).map(({ met }) => met)).toEqual([true, false])
  const busy = judged(rows, MIN_IDLE - 0.01)
  expect(busy.map(({ met }) => met)).toEqual([null, null])
  expect(busy.map(({ value, target }) => [value, target])).toEqual([
    [1, 2],
    [3, 2],
  ])
})

it('counts idle time as a share of all time', () => {
  const share = cpuSince({ idle: 0, all: 0 })
  expect(share).toBeGreaterThan(0)
  expect(share).toBeLessThanOrEqual(1)
})
