import { describe, expect, it } from 'vitest'
import { TURN_RATE } from '../worlds/arena.ts'
import { PressMatcher } from './presses.ts'
import { FRAME_MS } from './setting.ts'

/** Whoever turns to a side from one frame to another, frames counted from 0. */
interface Turn {
  readonly from: number
  readonly until: number
  readonly side: number
}

/** What is found when the screen shows the turns; in frames. */
function look(presses: readonly { frame: number; side: number }[], turns: readonly Turn[], share = 0.001): number[] {
  const matcher = new PressMatcher(share)
  const found: number[] = []
  let angle = 3
  for (let frame = 0; frame < 200; frame++) {
    for (const { from, until, side } of turns)
      if (frame >= from && frame < until) angle += (side * TURN_RATE * FRAME_MS) / 1000
    const delay = matcher.look(frame * FRAME_MS, FRAME_MS, { id: 1, angle })
    if (delay !== null) found.push(Math.round(delay / FRAME_MS))
    for (const press of presses) if (press.frame === frame) matcher.press(frame * FRAME_MS, press.side)
  }
  return [...found, ...Array.from({ length: matcher.lost }, () => Number.POSITIVE_INFINITY)]
}

describe('from press to screen', () => {
  it('is a frame where the next frame turns, and one more for each that does not', () => {
    expect(look([{ frame: 50, side: 1 }], [{ from: 51, until: 70, side: 1 }])).toEqual([1])
    expect(look([{ frame: 50, side: -1 }], [{ from: 54, until: 70, side: -1 }])).toEqual([4])
  })

  it('takes each turn for its own press, also when the next was given before the first is seen', () => {
    const presses = [
      { frame: 50, side: 1 },
      { frame: 56, side: -1 },
    ]
    const turns = [
      { from: 60, until: 64, side: 1 },
      { from: 66, until: 80, side: -1 },
    ]
    expect(look(presses, turns)).toEqual([10, 10])
  })

  it('takes no turn to the other side for the answer', () => {
    expect(look([{ frame: 50, side: 1 }], [{ from: 51, until: 70, side: -1 }])).toEqual([Number.POSITIVE_INFINITY])
  })

  it('overlooks what the wire’s grid strays by where it is told to', () => {
    const stray = [{ from: 40, until: 41, side: 0.1 }]
    expect(look([{ frame: 39, side: 1 }], stray)).toEqual([1])
    expect(look([{ frame: 39, side: 1 }], [...stray, { from: 45, until: 60, side: 1 }], 0.25)).toEqual([6])
  })
})
