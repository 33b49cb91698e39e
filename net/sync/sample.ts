/** A state at any moment, fraction included: what is drawn, and what `step` sees of what it does not predict. */

import { AXIS_COLUMNS, type Axis, AxisColumn, fromSteps, type Group, type Layout } from '../wire/layout.ts'
import type { RecordState } from '../wire/states.ts'
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'

/** Longer than this nothing is moved on by its rate: a quarter of a second, as Source's `cl_extrapolate_amount`. */
export const MAX_EXTRAPOLATION_SECONDS = 0.25

/** The axis's value at a moment, not bound to its grid. */
function valueAt({ table, axes }: Group, i: number, { lines }: RecordState, tick: number): number {
  const column = i * AXIS_COLUMNS
  const { value, begin, at } = axes[i] as Axis
  const perTick = table[column + AxisColumn.perTick] as number
  const steps = (lines[at] as number) + (lines[at + 1] as number) * perTick * (tick - (lines[begin] as number))
  return intoRange(value.field, steps * (table[column + AxisColumn.step] as number))
}

/** Writes what moves of a state, along its lines to `tick`. */
export function sampleLines({ groups }: Layout, state: RecordState, tick: number, into: Row): void {
  const { numbers } = into
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group
    for (let i = 0; i < group.axes.length; i++)
      numbers[(group.axes[i] as Axis).value.field.slot] = valueAt(group, i, state, tick)
  }
}

/** Writes what moves, at the moment `tick` on the way from `a` at `aTick` to `b` at `bTick`. */
export function sampleLinesBetween(
  { groups }: Layout,
  a: RecordState,
  aTick: number,
  b: RecordState,
  bTick: number,
  tick: number,
  into: Row,
): void {
  const share = (tick - aTick) / (bTick - aTick)
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group
    for (let i = 0; i < group.axes.length; i++) {
      const { field } = (group.axes[i] as Axis).value
      const start = valueAt(group, i, a, aTick)
      const end = valueAt(group, i, b, bTick)
      into.numbers[field.slot] = intoRange(field, start + difference(field, start, end) * share)
    }
  }
}

/** Writes the rates of what moves, which stay as long as the state does. */
export function sampleRates({ grid, groups }: Layout, state: RecordState, into: Row): void {
  for (let g = 0; g < groups.length; g++) {
    const { axes } = groups[g] as Group
    for (let i = 0; i < axes.length; i++) {
      const { rate, at } = axes[i] as Axis
      if (rate) into.numbers[rate.field.slot] = fromSteps(rate, grid, state.lines[at + 1] as number)
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
