/**
 * Segments of trajectories: what moves goes straight on from a tick, until it has turned by more than a step. Both sides
 * compute with whole numbers, so that they agree to the bit.
 */
import { AXIS_ENTRIES, type Axis, AxisEntry, type Grid, type Group, RATE_SHIFT, stepsOf } from './layout.ts'

/**
 * The segments of a state, group by group: the tick that the group's segment begins at, then for each axis where it is
 * then, in steps, and how fast it goes on, in units of the axis's rate. A group has at most one segment begin in a tick: the
 * tick tells it from others.
 */
export type Segments = readonly number[]

const HALF = 2 ** (RATE_SHIFT - 1)
const UNIT = 2 ** RATE_SHIFT
const TWICE = 2 * UNIT

/** How far from the truth a segment may pass, in steps: one, less what floating point makes of one. */
export const NEAR = 1 - 2 ** -20

/** A segment is replaced before it grows older than this: two minutes at 60 ticks a second. */
export const MAX_SEGMENT_TICKS = 8192

/** Steps brought into the axis's range: around the edge, or stopped at it. */
export function fold({ value }: Axis, steps: number): number {
  const { min, max, around } = value
  if (around > 0) return steps - Math.floor((steps - min) / around) * around
  return steps < min ? min : steps > max ? max : steps
}

/** The way from `a` to `b` in steps, the short way around where the axis wraps. */
export function way({ value }: Axis, a: number, b: number): number {
  const { around } = value
  if (around === 0) return b - a
  const d = b - a
  return d - Math.floor(d / around + 0.5) * around
}

/** How far `rate` goes in `ticks`, in steps: floor(rate × perTick × ticks ÷ 2^28 + ½). */
export function travel(axis: Axis, rate: number, ticks: number): number {
  return Math.floor((rate * axis.perTick * ticks + HALF) / UNIT)
}

/** The axis at a tick, in whole steps: what both sides compute alike. */
export function along(axis: Axis, segments: Segments, tick: number): number {
  const { beginIndex, valueIndex } = axis
  return fold(
    axis,
    (segments[valueIndex] as number) +
      travel(axis, segments[valueIndex + 1] as number, tick - (segments[beginIndex] as number)),
  )
}

/**
 * The receiver's guess of an axis at `tick`, in steps, not folded: the old segment held until `since`, and from then on its
 * rate changed evenly to `rate`. It comes near for what has long flown straight, and for what turns all the time.
 */
export function foresee(
  { perTick, beginIndex, valueIndex }: Axis,
  segments: Segments,
  rate: number,
  tick: number,
  since: number,
): number {
  const from = segments[beginIndex] as number
  const before = segments[valueIndex + 1] as number
  const held = since < from ? from : since
  const turn = held < tick ? held : tick
  const straight = Math.floor((before * perTick * (turn - from) + HALF) / UNIT)
  const changing = Math.floor(((before + rate) * perTick * (tick - turn) + UNIT) / TWICE)
  return (segments[valueIndex] as number) + straight + changing
}

/** The numbers of a record a tick ago, for the rates that no field gives. */
export interface LastTick {
  /** The value of a field, by its column in the row. */
  valueOf(column: number): number
}

/** Whether a group's segment still holds: within one step of the truth, or on the exact grid exactly. */
export function segmentHolds(
  grid: Grid,
  group: Group,
  segments: Segments,
  numbers: Float64Array,
  tick: number,
): boolean {
  if (tick - (segments[group.beginIndex] as number) > MAX_SEGMENT_TICKS) return false
  return grid === 'exact'
    ? holdsExactly(group.axes, segments, numbers, tick)
    : holdsNearly(group, segments, numbers, tick)
}

/** `ChangeDetector` asks the same of flat numbers. */
function holdsNearly({ beginIndex, table }: Group, segments: Segments, numbers: Float64Array, tick: number): boolean {
  const age = tick - (segments[beginIndex] as number)
  for (let entry = 0, i = beginIndex + 1; entry < table.length; entry += AXIS_ENTRIES, i += 2) {
    const rate = (segments[i + 1] as number) * (table[entry + AxisEntry.perTick] as number)
    if (!isNear(table, entry, (segments[i] as number) + Math.floor(rate * age + 0.5), numbers)) return false
  }
  return true
}

/** Whether an axis is within a step of `given`, where its segment has it. `entry`: where the axis begins in the table. */
export function isNear(table: Float64Array, entry: number, given: number, numbers: Float64Array): boolean {
  const around = table[entry + AxisEntry.around] as number
  const value = numbers[table[entry + AxisEntry.column] as number] as number
  const perStep = table[entry + AxisEntry.perStep] as number
  if (around > 0) {
    const off = given - value * perStep
    const way = off - Math.floor(off / around + 0.5) * around
    return way <= NEAR && way >= -NEAR
  }
  const min = table[entry + AxisEntry.min] as number
  const max = table[entry + AxisEntry.max] as number
  const off = (given < min ? min : given > max ? max : given) - value * perStep
  return off <= NEAR && off >= -NEAR
}

function holdsExactly(axes: readonly Axis[], segments: Segments, numbers: Float64Array, tick: number): boolean {
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i] as Axis
    const { value, rate, valueIndex } = axis
    if (along(axis, segments, tick) !== stepsOf(value, 'exact', numbers[value.field.column] as number)) return false
    if (rate && stepsOf(rate, 'exact', numbers[rate.field.column] as number) !== segments[valueIndex + 1]) return false
  }
  return true
}

/** Writes into `segments` a segment of the group that begins at `tick`. */
export function beginSegment(
  grid: Grid,
  { axes, table, beginIndex }: Group,
  numbers: Float64Array,
  tick: number,
  last: LastTick | null,
  segments: number[],
): void {
  segments[beginIndex] = tick
  for (let entry = 0, i = beginIndex + 1; entry < table.length; entry += AXIS_ENTRIES, i += 2) {
    const column = table[entry + AxisEntry.column] as number
    const value = Math.round((numbers[column] as number) / (table[entry + AxisEntry.step] as number))
    const min = table[entry + AxisEntry.min] as number
    const max = table[entry + AxisEntry.max] as number
    segments[i] = notMinusZero(value > max ? (table[entry + AxisEntry.beyond] as number) : value < min ? min : value)
    const rateColumn = table[entry + AxisEntry.rateColumn] as number
    if (rateColumn < 0) {
      const axis = axes[entry / AXIS_ENTRIES] as Axis
      segments[i + 1] = last && grid === 'presented' ? estimate(axis, numbers, last) : 0
      continue
    }
    const rate = Math.round((numbers[rateColumn] as number) / (table[entry + AxisEntry.rateStep] as number))
    const rateMin = table[entry + AxisEntry.rateMin] as number
    const rateMax = table[entry + AxisEntry.rateMax] as number
    segments[i + 1] = notMinusZero(
      rate > rateMax ? (table[entry + AxisEntry.rateBeyond] as number) : rate < rateMin ? rateMin : rate,
    )
  }
}

/** The same whole number, but never −0, which no receiver has in its place. */
function notMinusZero(steps: number): number {
  return steps + 0
}

/** The rate that the last tick suggests, in units of the axis's rate. */
function estimate(axis: Axis, numbers: Float64Array, last: LastTick): number {
  const { column, wireStep } = axis.value.field
  const moved = ((numbers[column] as number) - last.valueOf(column)) / wireStep
  const rate = Math.round((way(axis, 0, moved) * UNIT) / axis.perTick)
  return notMinusZero(Math.max(axis.rateMin, Math.min(axis.rateMax, rate)))
}
