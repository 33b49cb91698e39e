import { describe, expect, it } from 'vitest'
import { InputQueue } from '../../../net/prediction/input-queue.ts'
import { feelArena } from './game.ts'
import { inputTally, meterInputs } from './inputs.ts'
import { FRAME_MS } from './setting.ts'

/** A queue that takes tick 1 to 100, each input given so many ticks before; the given ones never. */
function run(early: number, missing: readonly number[] = []) {
  const { input } = feelArena.schema
  const queue = new InputQueue(input, 60, 0)
  const tally = inputTally()
  let now = 0
  meterInputs(queue, tally, { now: () => now, tickMs: FRAME_MS, counts: () => now >= 20 * FRAME_MS })
  const row = { numbers: new Float64Array(input.numbers.length), objects: [] }
  for (let tick = 1; tick <= 100; tick++) {
    now = tick * FRAME_MS
    queue.consume(tick, tick)
    const given = tick + early
    if (!missing.includes(given)) queue.receive(given, [row], tick)
    // Redundancy brings the old ones again: they have been here.
    else queue.receive(given - 1, [row, row], tick)
  }
  return tally
}

describe('the meter of inputs', () => {
  it('finds how long inputs lie in the queue', () => {
    const { ticks, late, waitedTicks } = run(3)
    expect(late).toBe(0)
    expect(waitedTicks / ticks).toBeCloseTo(3, 9)
  })

  it('finds the ticks whose input was missing, and only those that are measured', () => {
    const { ticks, late } = run(3, [10, 40, 50, 60])
    expect(ticks).toBe(81)
    expect(late).toBe(3)
  })
})
