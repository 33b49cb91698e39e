/** States at any moment, fraction included: for drawing, and for what `step` sees but does not predict. */

import { AXIS_ENTRIES, type Axis, AxisEntry, fromSteps, type Group, type Layout } from '../wire/layout.ts'
import type { RecordState } from '../wire/states.ts'
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'

/** Nothing is extrapolated for longer: a quarter of a second, as Source's `cl_extrapolate_amount`. */
export const MAX_EXTRAPOLATION_SECONDS = 0.25

/** Up to this far apart, states are joined by a straight line: at 20 snapshots a second its error is a fraction of a step. */
const STRAIGHT_SECONDS = 0.05

/** The same in ticks, at least one: from tick to tick the way is straight at every tick rate, as in the host's rewind. */
export function straightTicks(tickRate: number): number {
  return Math.max(1, Math.round(STRAIGHT_SECONDS * tickRate))
}

/** The axis's value at a moment, not bound to its grid. */
function valueAt({ table, axes }: Group, i: number, { segments }: RecordState, tick: number): number {
  const entry = i * AXIS_ENTRIES
  const { value, beginIndex, valueIndex } = axes[i] as Axis
  const perTick = table[entry + AxisEntry.perTick] as number
  const steps =
    (segments[valueIndex] as number) +
    (segments[valueIndex + 1] as number) * perTick * (tick - (segments[beginIndex] as number))
  return intoRange(value.field, steps * (table[entry + AxisEntry.step] as number))
}

/** Writes what moves of a state, along its segments to `tick`. */
export function sampleSegments({ groups }: Layout, state: RecordState, tick: number, into: Row): void {
  const { numbers } = into
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group
    for (let i = 0; i < group.axes.length; i++)
      numbers[(group.axes[i] as Axis).value.field.column] = valueAt(group, i, state, tick)
  }
}

/**
 * Writes what moves, at the moment `tick` on the way from `a` at `aTick` to `b` at `bTick`: along a cubic Hermite curve,
 * which leaves `a` and reaches `b` at the rates they had then (Fiedler, "Snapshot Interpolation"), so that a gap that a
 * burst of losses left is drawn as the turn it was, not as its chord. At 10 % loss in bursts, `npm run bench -- feel` saw
 * the errors of others' places fall to a third. Up to `straight` ticks apart a straight line is near enough.
 */
export function sampleBetween(
  { groups }: Layout,
  a: RecordState,
  aTick: number,
  b: RecordState,
  bTick: number,
  tick: number,
  straight: number,
  into: Row,
): void {
  const ticks = bTick - aTick
  const share = (tick - aTick) / ticks
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group
    for (let i = 0; i < group.axes.length; i++) {
      const { field } = (group.axes[i] as Axis).value
      const start = valueAt(group, i, a, aTick)
      const way = difference(field, start, valueAt(group, i, b, bTick))
      const bend =
        ticks > straight ? bendAt(share, way, ratePerTick(group, i, a) * ticks, ratePerTick(group, i, b) * ticks) : 0
      into.numbers[field.column] = intoRange(field, start + way * share + bend)
    }
  }
}

/** The axis's rate, per tick. */
export function ratePerTick({ table, axes }: Group, i: number, { segments }: RecordState): number {
  const entry = i * AXIS_ENTRIES
  const rate = segments[(axes[i] as Axis).valueIndex + 1] as number
  return rate * (table[entry + AxisEntry.perTick] as number) * (table[entry + AxisEntry.step] as number)
}

/** How far the Hermite curve over `way` lies off its chord, when it leaves as if for `out` and arrives as if from `back`. */
function bendAt(share: number, way: number, out: number, back: number): number {
  const left = 1 - share
  return share * left * ((out - way) * left - (back - way) * share)
}

/** Writes the rates of what moves, which stay as long as the state does. */
export function sampleRates({ grid, groups }: Layout, state: RecordState, into: Row): void {
  for (let g = 0; g < groups.length; g++) {
    const { axes } = groups[g] as Group
    for (let i = 0; i < axes.length; i++) {
      const { rate, valueIndex } = axes[i] as Axis
      if (rate) into.numbers[rate.field.column] = fromSteps(rate, grid, state.segments[valueIndex + 1] as number)
    }
  }
}

/** Writes to `into` the row `share` (0 to 1) of the way from `a` to `b`. What does not move keeps a's value until b. */
export function interpolate(type: RecordType, into: Row, a: Row, b: Row, share: number): void {
  const from = share >= 1 ? b : a
  for (const field of type.numbers) {
    const { column } = field
    const start = a.numbers[column] ?? 0
    const end = b.numbers[column] ?? 0
    if (start !== end && (field.kind === 'fixed' || field.kind === 'angle'))
      into.numbers[column] = intoRange(field, start + difference(field, start, end) * share)
    else into.numbers[column] = from.numbers[column] ?? 0
  }
  for (let i = 0; i < from.objects.length; i++) into.objects[i] = from.objects[i]
}
