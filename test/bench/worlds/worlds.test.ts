import { describe, expect, it } from 'vitest'
import type { RecordType } from '../../../net/world/schema.ts'
import { recordTrace, type Trace } from '../trace/record.ts'
import { arenaNames, pilotsOf } from './scenarios.ts'
import { YARD_MOVING } from './yard.ts'

/** The values of some fields of every entity of a type, at one tick. */
function valuesAt(trace: Trace, tick: number, type: RecordType, names: readonly string[]): number[][] {
  const slots = names.map((name) => type.numbers.find((field) => field.name === name)!.column)
  const values: number[][] = []
  for (let row = trace.firstRow[tick]!; row < trace.firstRow[tick + 1]!; row++)
    values.push(slots.map((slot) => trace.numbers[trace.at[row]! + slot]!))
  return values
}

describe('the bench worlds', () => {
  it('let a third of the walkers stand, and the others walk without any field that says how fast', () => {
    const trace = recordTrace('walkers', 1, 10)
    const walker = trace.game.schema.entities.get('walker')!
    const visible = walker.numbers.filter(({ audience }) => audience === 'all').map(({ name }) => name)
    expect(visible).toEqual(['x', 'y', 'facing', 'state'])
    const states = valuesAt(trace, 600, walker, ['state'])
    expect(states).toHaveLength(200)
    const standing = states.filter(([state]) => state === 0).length / 200
    expect(standing).toBeGreaterThan(0.2)
    expect(standing).toBeLessThan(0.45)
  })

  it('keep ninety bodies of the yard moving, each of which comes to rest', { tags: ['long'] }, () => {
    const trace = recordTrace('yard', 1, 5)
    const body = trace.game.schema.entities.get('body')!
    let [moving, wasMoving] = [new Set<number>(), new Set<number>()]
    for (let tick = 1; tick <= trace.ticks; tick++) {
      const resting = valuesAt(trace, tick, body, ['resting'])
      moving = new Set(resting.flatMap(([rests], i) => (rests ? [] : [i])))
      expect(moving.size).toBe(YARD_MOVING)
      if (tick === 120) wasMoving = moving
    }
    // A kick lasts 2.1 s at most, so 3 s later only those move that were kicked anew.
    const again = [...wasMoving].filter((i) => moving.has(i)).length
    expect(again).toBeLessThan(YARD_MOVING / 3)
  })

  it('keep the discs lively and apart', { tags: ['long'] }, () => {
    const trace = recordTrace('bodies', 1, 10)
    const disc = trace.game.schema.entities.get('disc')!
    const discs = valuesAt(trace, 600, disc, ['x', 'y', 'vx', 'vy'])
    const speed = discs.reduce((sum, [, , vx = 0, vy = 0]) => sum + Math.hypot(vx, vy), 0) / discs.length
    expect(speed).toBeGreaterThan(65)
    expect(speed).toBeLessThan(90)
    let nearest = Number.POSITIVE_INFINITY
    for (const [i, [ax = 0, ay = 0]] of discs.entries())
      for (const [bx = 0, by = 0] of discs.slice(i + 1)) nearest = Math.min(nearest, Math.hypot(ax - bx, ay - by))
    // Two radii are 26; what a tick pushes together it takes apart in the next.
    expect(nearest).toBeGreaterThan(22)
  })

  it.each([...arenaNames])('give the pilots of %s the same inputs for the same seed, whatever they see', (name) => {
    const own = { x: 0, y: 0, vx: 0, vy: 0, angle: 0 }
    const play = () => pilotsOf(name, 3).map((pilot) => Array.from({ length: 200 }, () => pilot(own, [])))
    expect(play()).toEqual(play())
  })
})
