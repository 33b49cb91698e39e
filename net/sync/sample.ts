/** A state at any moment, fraction included: what is drawn, and what `step` sees of what it does not predict. */

import { type Axis, fromSteps, type Layout, RATE_SHIFT } from '../wire/layout.ts'
import type { Line, RecordState } from '../wire/states.ts'
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'

/** Longer than this nothing is moved on by its rate: a quarter of a second, as Source's `cl_extrapolate_amount`. */
export const MAX_EXTRAPOLATION_SECONDS = 0.25

const PER_STEP = 2 ** -RATE_SHIFT

/** The axis's value at a moment, not bound to its grid. */
function valueAt(axis: Axis, grid: Layout['grid'], line: Line, index: number, tick: number): number {
  const { field } = axis.value
  const step = grid === 'exact' ? field.simStep : field.wireStep
  const steps = (line.values[index] ?? 0) + (line.rates[index] ?? 0) * axis.perTick * PER_STEP * (tick - line.tick)
  return intoRange(field, steps * step)
}

/** Writes what moves of a state, along its lines to `tick`. */
export function sampleLines(layout: Layout, state: RecordState, tick: number, into: Row): void {
  const { grid } = layout
  for (let g = 0; g < layout.groups.length; g++) {
    const group = layout.groups[g]
    const line = state.lines[g]
    if (!group || !line) continue
    for (let i = 0; i < group.axes.length; i++) {
      const axis = group.axes[i]
      if (!axis) continue
      into.numbers[axis.value.field.slot] = valueAt(axis, grid, line, i, tick)
      if (axis.rate) into.numbers[axis.rate.field.slot] = fromSteps(axis.rate, grid, line.rates[i] ?? 0)
    }
  }
}

/** Writes what moves, at the moment `tick` on the way from `a` at `aTick` to `b` at `bTick`. */
export function sampleLinesBetween(
  layout: Layout,
  a: RecordState,
  aTick: number,
  b: RecordState,
  bTick: number,
  tick: number,
  into: Row,
): void {
  const { grid } = layout
  const share = (tick - aTick) / (bTick - aTick)
  for (let g = 0; g < layout.groups.length; g++) {
    const group = layout.groups[g]
    const from = a.lines[g]
    const to = b.lines[g]
    if (!group || !from || !to) continue
    for (let i = 0; i < group.axes.length; i++) {
      const axis = group.axes[i]
      if (!axis) continue
      const { field } = axis.value
      const start = valueAt(axis, grid, from, i, aTick)
      const end = valueAt(axis, grid, to, i, bTick)
      into.numbers[field.slot] = intoRange(field, start + difference(field, start, end) * share)
      if (axis.rate) into.numbers[axis.rate.field.slot] = fromSteps(axis.rate, grid, from.rates[i] ?? 0)
    }
  }
}

/** Writes to `into` the row `share` (0 to 1) of the way from `a` to `b`. What does not move keeps a's value until b. */
export function interpolate(type: RecordType, into: Row, a: Row, b: Row, share: number): void {
  const from = share >= 1 ? b : a
  for (const field of type.numbers) {
    const { slot } = field
    const start = a.numbers[slot] ?? 0
    const end = b.numbers[slot] ?? 0
    if (start !== end && (field.kind === 'fixed' || field.kind === 'angle'))
      into.numbers[slot] = intoRange(field, start + difference(field, start, end) * share)
    else into.numbers[slot] = from.numbers[slot] ?? 0
  }
  for (let i = 0; i < from.objects.length; i++) into.objects[i] = from.objects[i]
}
