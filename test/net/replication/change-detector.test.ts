import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChangeDetector } from '../../../net/replication/change-detector.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import { MAX_SEGMENT_TICKS } from '../../../net/wire/segments.ts'
import { DISCRETE_CHANGED, type RecordState, updateState } from '../../../net/wire/states.ts'
import type { EntityId } from '../../../net/world/ids.ts'
import { copyRow, type Row } from '../../../net/world/record.ts'
import { World } from '../../../net/world/world.ts'
import { goldenGame } from '../wire/golden-game.ts'
import { anyValues } from '../world/everything.ts'

const world = new World({ game: goldenGame, seed: 1, predicting: null })
const { presented } = sectionsOf(goldenGame)

/** A layout, and a row that stays as it is, moves a little or jumps. */
const anyRun = fc.constantFrom(...presented).chain((layout) =>
  fc.record({
    layout: fc.constant(layout),
    rows: fc.array(
      anyValues(layout.type, 100).map((values) => copyRow(world.message(layout.type, values))),
      { minLength: 2, maxLength: 3 },
    ),
    steps: fc.array(
      fc.record({
        row: fc.nat(2),
        field: fc.nat(layout.type.numbers.length),
        by: fc.double({ min: -3, max: 3, noNaN: true }),
        ticks: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(MAX_SEGMENT_TICKS)),
      }),
      { minLength: 3, maxLength: 20 },
    ),
  }),
)

describe('what is watched as flat numbers', () => {
  it('is cut anew exactly when a look at its lines and values, one by one, would have it so', () => {
    fc.assert(
      fc.property(anyRun, fc.nat(30), ({ layout, rows, steps }, slot) => {
        const watch = new ChangeDetector(layout)
        watch.reserve(slot + 1)
        watch.forget(slot)
        let flat: RecordState | null = null
        let plain: RecordState | null = null
        let row: Row = rows[0]!
        let tick = 100
        for (const { row: next, field, by, ticks } of steps) {
          tick += ticks
          if (next === 0) row = copyRow(rows[tick % rows.length]!)
          const moved = layout.type.numbers[field]
          if (next === 1 && moved)
            row.numbers[moved.column] = clamped(moved, row.numbers[moved.column]! + by * moved.wireStep)
          const record = { ...row, id: (2 ** 20) as EntityId, owner: null }
          const changed = watch.findChanges(slot, row.numbers, tick)
          const before: RecordState | null = flat
          flat = changed === 0 ? flat : updateState(layout, record, tick, flat, null, changed)
          if (flat !== before || changed !== 0) watch.note(slot, flat!, row.numbers)
          plain = updateState(layout, record, tick, plain, null)
          expect(flat).toEqual(plain)
          if (layout.hasObjects) expect(changed & DISCRETE_CHANGED).toBe(DISCRETE_CHANGED)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function clamped(
  { simMin, simMax, simStep }: { simMin: number; simMax: number; simStep: number },
  value: number,
): number {
  return Math.max(simMin * simStep, Math.min(simMax * simStep, value))
}
