import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { PREDICTED_GLIDE_MS, VisualError } from '../../../net/prediction/visual-error.ts'
import type { Row } from '../../../net/world/record.ts'

const { schema } = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 1,
  input: {},
  entities: {
    ship: entity({
      x: t.fixed({ min: 0, max: 800, step: 1 / 16, wrap: true }),
      y: t.fixed({ min: 0, max: 800, step: 1 / 16 }),
      angle: t.angle(),
      hp: t.int(0, 100),
    }),
  },
  step() {},
})
const ship = schema.entities.get('ship') ?? schema.globals

function row(x: number, y: number, angle: number, hp: number): Row {
  return { numbers: Float64Array.of(x, y, angle, hp), objects: [] }
}

/** What is drawn of a ship that was corrected from `before` to `after`, in frames so many ms apart. */
function drawn(before: Row, gaps: readonly number[], after = row(100, 100, 0, 10)): number[][] {
  const error = new VisualError(ship)
  error.corrected(before, after, PREDICTED_GLIDE_MS)
  return gaps.map((ms) => {
    const frame = { numbers: after.numbers.slice(), objects: [] }
    error.draw(ms, frame)
    return [...frame.numbers]
  })
}

describe('a corrected entity', () => {
  it('is drawn where it was, comes nearer in even steps, and is there within 100 ms', () => {
    const places = drawn(row(120, 100, 0, 10), [0, ...Array.from({ length: 6 }, () => 1000 / 60)]).map(([x]) => x ?? 0)
    expect(places[0]).toBe(120)
    for (let i = 1; i < places.length; i++) expect((places[i - 1] ?? 0) - (places[i] ?? 0)).toBeCloseTo(20 / 6, 6)
    expect(places.at(-1)).toBe(100)
  })

  it('comes no faster for a small error that is added to a large one on its slow way', () => {
    const error = new VisualError(ship)
    const after = row(100, 100, 0, 10)
    error.corrected(row(150, 100, 0, 10), after, 500)
    const steps: number[] = []
    let [last, added] = [150, 0]
    for (let frame = 0; frame < 20; frame++) {
      const drawn = { numbers: after.numbers.slice(), objects: [] }
      error.draw(10, drawn)
      steps.push(last - (drawn.numbers[0] ?? 0))
      last = drawn.numbers[0] ?? 0
      error.corrected(row(100.1, 100, 0, 10), after, 100)
      last += 0.1
      added++
    }
    expect(added).toBe(20)
    expect(Math.max(...steps)).toBeLessThan(1.2)
    expect(Math.min(...steps)).toBeGreaterThan(0.9)
  })

  it('comes to stand exactly where it is', () => {
    const [, place, settled] = drawn(row(120, 90, 1, 10), [0, 1000, 0])
    expect(place?.[0]).toBeCloseTo(100, 6)
    expect(settled).toEqual([100, 100, 0, 10])
  })

  it('goes the short way around the edge of a world and of a circle', () => {
    const after = row(5, 100, -3.1, 10)
    expect(drawn(row(795, 100, 3.1, 10), [0], after)[0]?.[0]).toBeCloseTo(795, 9)
    const [later] = drawn(row(795, 100, 3.1, 10), [20], after)
    expect(later?.[0]).toBeGreaterThan(795)
    expect(Math.abs(later?.[2] ?? 0)).toBeGreaterThan(3.1)
  })

  it('does not glide where it was teleported, nor in what is no place', () => {
    expect(drawn(row(100, 700, 0, 90), [0])[0]).toEqual([100, 100, 0, 10])
  })

  it('that is corrected again on the way adds to what is left', () => {
    const error = new VisualError(ship)
    error.corrected(row(120, 100, 0, 10), row(100, 100, 0, 10), PREDICTED_GLIDE_MS)
    error.corrected(row(100, 100, 0, 10), row(90, 100, 0, 10), PREDICTED_GLIDE_MS)
    const frame = row(90, 100, 0, 10)
    error.draw(0, frame)
    expect(frame.numbers[0]).toBe(120)
  })
})
