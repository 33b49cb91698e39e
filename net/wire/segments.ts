/**
 * Segments of trajectories: what moves goes straight on from a tick, until it has turned by more than a step. Both sides
 * compute with whole numbers, so that they agree to the bit.
 */
import { AXIS_COLUMNS, type Axis, AxisColumn, type Grid, type Group, RATE_SHIFT, stepsOf } from './layout.ts'

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
  const { begin, at } = axis
  return fold(
    axis,
    (segments[at] as number) + travel(axis, segments[at + 1] as number, tick - (segments[begin] as number)),
  )
}

/**
 * The receiver's guess of an axis at `tick`, in steps, not folded: the old segment held until `since`, and from then on its
 * rate changed evenly to `rate`. It comes near for what has long flown straight, and for what turns all the time.
 */
export function foresee(
  { perTick, begin, at }: Axis,
  segments: Segments,
  rate: number,
  tick: number,
  since: number,
): number {
  const from = segments[begin] as number
  const before = segments[at + 1] as number
  const held = since < from ? from : since
  const turn = held < tick ? held : tick
  const straight = Math.floor((before * perTick * (turn - from) + HALF) / UNIT)
  const changing = Math.floor(((before + rate) * perTick * (tick - turn) + UNIT) / TWICE)
  return (segments[at] as number) + straight + changing
}

/** The numbers of a record a tick ago, for the rates that no field gives. */
export interface LastTick {
  /** The value of a field, by its slot in the row. */
  valueOf(slot: number): number
}

/** Whether a group's segment still holds: within one step of the truth, or on the exact grid exactly. */
export function segmentHolds(
  grid: Grid,
  group: Group,
  segments: Segments,
  numbers: Float64Array,
  tick: number,
): boolean {
  if (tick - (segments[group.begin] as number) > MAX_SEGMENT_TICKS) return false
  return grid === 'exact'
    ? holdsExactly(group.axes, segments, numbers, tick)
    : holdsNearly(group, segments, numbers, tick)
}

/** `ChangeDetector` asks the same of flat numbers. */
function holdsNearly({ begin, table }: Group, segments: Segments, numbers: Float64Array, tick: number): boolean {
  const age = tick - (segments[begin] as number)
  for (let column = 0, at = begin + 1; column < table.length; column += AXIS_COLUMNS, at += 2) {
    const rate = (segments[at + 1] as number) * (table[column + AxisColumn.perTick] as number)
    if (!isNear(table, column, (segments[at] as number) + Math.floor(rate * age + 0.5), numbers)) return false
  }
  return true
}

/** Whether an axis is within a step of `given`, the steps that its segment gives. */
export function isNear(table: Float64Array, column: number, given: number, numbers: Float64Array): boolean {
  const around = table[column + AxisColumn.around] as number
  const value = numbers[table[column + AxisColumn.place] as number] as number
  const perStep = table[column + AxisColumn.perStep] as number
  if (around > 0) {
    const off = given - value * perStep
    const way = off - Math.floor(off / around + 0.5) * around
    return way <= NEAR && way >= -NEAR
  }
  const min = table[column + AxisColumn.min] as number
  const max = table[column + AxisColumn.max] as number
  const off = (given < min ? min : given > max ? max : given) - value * perStep
  return off <= NEAR && off >= -NEAR
}

function holdsExactly(axes: readonly Axis[], segments: Segments, numbers: Float64Array, tick: number): boolean {
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i] as Axis
    const { value, rate, at } = axis
    if (along(axis, segments, tick) !== stepsOf(value, 'exact', numbers[value.field.slot] as number)) return false
    if (rate && stepsOf(rate, 'exact', numbers[rate.field.slot] as number) !== segments[at + 1]) return false
  }
  return true
}

/** Writes into `segments` a segment of the group that begins at `tick`. */
export function cutSegment(
  grid: Grid,
  { axes, table, begin }: Group,
  numbers: Float64Array,
  tick: number,
  last: LastTick | null,
  segments: number[],
): void {
  segments[begin] = tick
  for (let column = 0, at = begin + 1; column < table.length; column += AXIS_COLUMNS, at += 2) {
    const place = table[column + AxisColumn.place] as number
    const value = Math.round((numbers[place] as number) / (table[column + AxisColumn.step] as number))
    const min = table[column + AxisColumn.min] as number
    const max = table[column + AxisColumn.max] as number
    segments[at] = notMinusZero(value > max ? (table[column + AxisColumn.beyond] as number) : value < min ? min : value)
    const ratePlace = table[column + AxisColumn.ratePlace] as number
    if (ratePlace < 0) {
      const axis = axes[column / AXIS_COLUMNS] as Axis
      segments[at + 1] = last && grid === 'presented' ? estimate(axis, numbers, last) : 0
      continue
    }
    const rate = Math.round((numbers[ratePlace] as number) / (table[column + AxisColumn.rateStep] as number))
    const rateMin = table[column + AxisColumn.rateMin] as number
    const rateMax = table[column + AxisColumn.rateMax] as number
    segments[at + 1] = notMinusZero(
      rate > rateMax ? (table[column + AxisColumn.rateBeyond] as number) : rate < rateMin ? rateMin : rate,
    )
  }
}

/** The same whole number, but never −0, which no receiver has in its place. */
function notMinusZero(steps: number): number {
  return steps + 0
}

/** The rate that the last tick suggests, in units of the axis's rate. */
function estimate(axis: Axis, numbers: Float64Array, last: LastTick): number {
  const { slot, wireStep } = axis.value.field
  const moved = ((numbers[slot] as number) - last.valueOf(slot)) / wireStep
  const rate = Math.round((way(axis, 0, moved) * UNIT) / axis.perTick)
  return notMinusZero(Math.max(axis.rateMin, Math.min(axis.rateMax, rate)))
}
