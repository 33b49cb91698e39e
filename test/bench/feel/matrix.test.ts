import { describe, expect, it } from 'vitest'
import { measured } from '../bench.ts'
import { BOUND, baselines, matrix } from './matrix.ts'

describe('the table', () => {
  it('shows each figure with its target, its bound and the baselines beside it, and marks what is missed', () => {
    const text = matrix([
      measured('staleness p50', 'good', 60, 'ms', 'lower', 70),
      measured('staleness p50', 'poor', 251, 'ms', 'lower', 250),
      measured(`staleness p50${baselines.latest}`, 'poor', 20.55, 'ms', 'lower'),
      measured('teleports', 'good', 0, 'count', 'lower', 0),
      measured(`teleports${BOUND}`, 'good', 3.689, 'count', 'lower'),
      measured('replay of 12 ticks median', 'arena', 0.5, 'ms', 'lower', 4),
    ])
    const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '))
    expect(lines).toContain('staleness p50, ms 60 ≤70 ✗ 251 ≤250')
    expect(lines).toContain('(a) 20.55')
    expect(lines).toContain('bound 3.69')
    expect(text).toMatch(/arena +replay of 12 ticks median/)
    expect(text).toContain('3 of 4 targets met')
  })
})
