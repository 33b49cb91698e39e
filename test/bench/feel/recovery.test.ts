import { describe, expect, it } from 'vitest'
import { delayGrowth, longestFrozen, recoveredAfter } from './recovery.ts'
import type { LookedFrame } from './screen.ts'

const FRAME_MS = 10

/** Frames from 0 on, every 10 ms. */
function frames(count: number, faults: (atMs: number) => Partial<LookedFrame>): LookedFrame[] {
  return Array.from({ length: count }, (_, i) => {
    const atMs = i * FRAME_MS
    return {
      atMs,
      elapsedMs: FRAME_MS,
      staleness: 80,
      error: 0,
      ownError: 0,
      ownStill: false,
      ahead: false,
      frozen: [],
      ...faults(atMs),
    }
  })
}

describe('recovery', () => {
  it('begins with the second in which all is well', () => {
    const shown = frames(500, (atMs) => (atMs < 1300 ? { error: 5 } : {}))
    expect(recoveredAfter(shown, 1000, 5000)).toBe(300)
  })

  it.each([
    ['the own ship four pixels off', { ownError: 4 }],
    ['another ship two pixels off', { error: 2 }],
    ['a world 120 ms old', { staleness: 120 }],
  ])('begins anew after one frame with %s', (_, fault) => {
    const shown = frames(500, (atMs) => (atMs === 1900 ? fault : {}))
    expect(recoveredAfter(shown, 1000, 5000)).toBe(910)
  })

  it('does not come where no second is well', () => {
    expect(
      recoveredAfter(
        frames(500, (atMs) => (atMs % 500 === 0 ? { error: 9 } : {})),
        1000,
        4000,
      ),
    ).toBeNull()
  })
})

describe('a stall', () => {
  it('is as long as the ship stood that stood longest', () => {
    const shown = frames(300, (atMs) => ({
      frozen: [...(atMs >= 1000 && atMs < 1030 ? [1] : []), ...(atMs >= 1010 && atMs < 1060 ? [2] : [])],
    }))
    expect(longestFrozen(shown, 1000, 2000)).toBe(50)
    expect(longestFrozen(shown, 2000, 3000)).toBe(0)
  })
})

describe('growth of delay', () => {
  it('is nothing for a steady delay, and what it grew by otherwise', () => {
    expect(delayGrowth(frames(6000, () => ({})))).toBe(0)
    // 1 ms a second, 50 s between the two tens of seconds.
    expect(delayGrowth(frames(6001, (atMs) => ({ staleness: atMs / 1000 })))).toBeCloseTo(50, 6)
  })
})
