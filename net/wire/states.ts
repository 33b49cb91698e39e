/**
 * A record's state as the wire knows it: lines for what moves, whole steps for the rest. Whole numbers only, so that
 * both sides agree to the bit; states are never changed, so that a baseline stays what it was.
 */

import type { EntityId, PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import type { ObjectField } from '../world/schema.ts'
import {
  AXIS_COLUMNS,
  type Axis,
  AxisColumn,
  fromSteps,
  type Grid,
  type Group,
  itemsAsList,
  type Layout,
  listItems,
  RATE_SHIFT,
  type Rest,
  type RestField,
  type Scale,
  stepsOf,
} from './layout.ts'

export interface RecordState {
  readonly id: EntityId
  readonly owner: PlayerId | null
  /**
   * Lines one after the other, group by group: the tick that it begins at, then by axis where it is then, in steps, and
   * how fast it goes on, in units of the axis's rate. A line is cut at most once a tick: its tick tells it from others.
   */
  readonly lines: readonly number[]
  /** By part, as `Layout.rests`. */
  readonly rests: readonly [Rest, Rest]
}

const HALF = 2 ** (RATE_SHIFT - 1)
const UNIT = 2 ** RATE_SHIFT
const TWICE = 2 * UNIT

/** How far from the truth a line may pass, in steps: one, less what floating point makes of one. */
export const NEAR = 1 - 2 ** -20

/** A line on the wire is replaced before it grows older than this: two minutes at 60 a second. */
export const MAX_LINE_TICKS = 8192

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
export function along(axis: Axis, lines: readonly number[], tick: number): number {
  const { begin, at } = axis
  return fold(axis, (lines[at] as number) + travel(axis, lines[at + 1] as number, tick - (lines[begin] as number)))
}

/**
 * Where a line would be at `tick` if it had gone on as it was until `since`, and its rate had then changed evenly to
 * `rate`. What rests or flies straight for seconds is found where it is, and what turns all the time, too.
 */
export function foresee(
  { perTick, begin, at }: Axis,
  lines: readonly number[],
  rate: number,
  tick: number,
  since: number,
): number {
  const from = lines[begin] as number
  const before = lines[at + 1] as number
  const held = since < from ? from : since
  const turn = held < tick ? held : tick
  const straight = Math.floor((before * perTick * (turn - from) + HALF) / UNIT)
  const changing = Math.floor(((before + rate) * perTick * (tick - turn) + UNIT) / TWICE)
  return (lines[at] as number) + straight + changing
}

/** Bit of the rests among what no longer holds; bit g is that of group g's line. */
export const RESTS = 1 << 30

/**
 * The state of a row at a tick. `before` is the same record's state when it was last looked at, whose parts are kept but
 * for those that are `broken`; `last` are its numbers a tick ago, as far as they are needed. Allocates nothing where
 * nothing has changed.
 */
export function cutState(
  layout: Layout,
  row: Row & Pick<RecordState, 'id' | 'owner'>,
  tick: number,
  before: RecordState | null,
  last: LastTick | null,
  broken: number = before ? brokenParts(layout, before, row, tick) : -1,
): RecordState {
  const { groups, grid } = layout
  let lines = before ? before.lines : layout.zeros
  if ((broken & ~RESTS) !== 0) {
    const anew = lines.slice()
    for (let g = 0; g < groups.length; g++)
      if (((broken >> g) & 1) !== 0) cutLine(grid, groups[g] as Group, row.numbers, tick, last, anew)
    lines = anew
  }
  let rests = before?.rests
  if (!rests || (broken & RESTS) !== 0) {
    const first = cutRest(layout, 0, row, rests ? rests[0] : null)
    const second = cutRest(layout, 1, row, rests ? rests[1] : null)
    if (first !== rests?.[0] || second !== rests[1]) rests = [first, second]
  }
  if (before && lines === before.lines && rests === before.rests) return before
  return { id: row.id, owner: row.owner, lines, rests }
}

/** Where axes were a tick ago, for the rates that no field gives. */
export interface LastTick {
  readonly numbers: Float64Array
  /** Where the record begins in it. */
  readonly at: number
}

/** Which lines no longer hold; and the rests, since whether they do is seen when they are cut. */
function brokenParts({ groups, grid }: Layout, { lines }: RecordState, row: Row, tick: number): number {
  let broken = RESTS
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as Group
    const isHeld = grid === 'exact' ? holdsExactly(group.axes, lines, row, tick) : holds(group, lines, row, tick)
    if (!isHeld || tick - (lines[group.begin] as number) > MAX_LINE_TICKS) broken |= 1 << g
  }
  return broken
}

/** The part of the rests as it is now: `before` itself where that is the same. */
function cutRest(layout: Layout, part: 0 | 1, row: Row, before: Rest | null): Rest {
  const { grid, rests, initial } = layout
  return before && restHolds(grid, rests[part], before, row) ? before : newRest(grid, rests[part], row, initial[part])
}

function restHolds(grid: Grid, fields: readonly RestField[], before: Rest, row: Row): boolean {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as RestField
    if (field.store === 'number') {
      if (scale && stepsOf(scale, grid, row.numbers[field.slot] ?? 0) !== before.numbers[slot]) return false
    } else if (!sameObject(objectSteps(grid, scale, field, row), before.objects[slot])) return false
  }
  return true
}

function objectSteps(grid: Grid, scale: Scale | null, field: ObjectField, row: Row): string | readonly number[] {
  const value = row.objects[field.slot]
  if (typeof value === 'string') return value
  return listItems(field, value).map((item) => (scale ? stepsOf(scale, grid, item) : 0))
}

/** Whether a line still passes within one step of the truth. `ChangeDetector` asks the same of flat numbers. */
function holds({ begin, table }: Group, lines: readonly number[], { numbers }: Row, tick: number): boolean {
  const age = tick - (lines[begin] as number)
  for (let column = 0, at = begin + 1; column < table.length; column += AXIS_COLUMNS, at += 2) {
    const rate = (lines[at + 1] as number) * (table[column + AxisColumn.perTick] as number)
    if (!isNear(table, column, (lines[at] as number) + Math.floor(rate * age + 0.5), numbers)) return false
  }
  return true
}

/** Whether an axis is near the steps that a line gives. */
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

function holdsExactly(axes: readonly Axis[], lines: readonly number[], { numbers }: Row, tick: number): boolean {
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i] as Axis
    const { value, rate, at } = axis
    if (along(axis, lines, tick) !== stepsOf(value, 'exact', numbers[value.field.slot] as number)) return false
    if (rate && stepsOf(rate, 'exact', numbers[rate.field.slot] as number) !== lines[at + 1]) return false
  }
  return true
}

function cutLine(
  grid: Grid,
  { axes, table, begin }: Group,
  numbers: Float64Array,
  tick: number,
  last: LastTick | null,
  lines: number[],
): void {
  lines[begin] = tick
  for (let column = 0, at = begin + 1; column < table.length; column += AXIS_COLUMNS, at += 2) {
    const place = table[column + AxisColumn.place] as number
    const value = Math.round((numbers[place] as number) / (table[column + AxisColumn.step] as number))
    const min = table[column + AxisColumn.min] as number
    const max = table[column + AxisColumn.max] as number
    lines[at] = small(value > max ? (table[column + AxisColumn.beyond] as number) : value < min ? min : value)
    const ratePlace = table[column + AxisColumn.ratePlace] as number
    if (ratePlace < 0) {
      const axis = axes[column / AXIS_COLUMNS] as Axis
      lines[at + 1] = last && grid === 'presented' ? estimate(axis, numbers, last) : 0
      continue
    }
    const rate = Math.round((numbers[ratePlace] as number) / (table[column + AxisColumn.rateStep] as number))
    const rateMin = table[column + AxisColumn.rateMin] as number
    const rateMax = table[column + AxisColumn.rateMax] as number
    lines[at + 1] = small(
      rate > rateMax ? (table[column + AxisColumn.rateBeyond] as number) : rate < rateMin ? rateMin : rate,
    )
  }
}

/**
 * The same whole number, but never −0, which a receiver has not in its place; and rounded last, which makes it one of V8's
 * small integers again. One of another kind in a list makes it a list of doubles, for which all that reads lines was
 * compiled again.
 */
function small(steps: number): number {
  return Math.round(steps + 0)
}

/** The rate that the last tick suggests. */
function estimate(axis: Axis, numbers: Float64Array, last: LastTick): number {
  const { slot, wireStep } = axis.value.field
  const moved = ((numbers[slot] as number) - (last.numbers[last.at + slot] as number)) / wireStep
  const rate = Math.round((way(axis, 0, moved) * UNIT) / axis.perTick)
  return small(Math.max(axis.rateMin, Math.min(axis.rateMax, rate)))
}

function newRest(grid: Grid, fields: readonly RestField[], row: Row, initial: Rest): Rest {
  if (fields.length === 0) return initial
  const numbers = initial.numbers.slice()
  const objects = initial.objects.length > 0 ? initial.objects.slice() : []
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as RestField
    if (field.store === 'number') numbers[slot] = scale ? stepsOf(scale, grid, row.numbers[field.slot] as number) : 0
    else objects[slot] = objectSteps(grid, scale, field, row)
  }
  return { numbers, objects }
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}

export function sameObject(
  a: string | readonly number[] | undefined,
  b: string | readonly number[] | undefined,
): boolean {
  if (a === b) return true
  return typeof a === 'object' && typeof b === 'object' && sameNumbers(a, b)
}

/** Writes the state at a tick into a row, on its grid. `tick` may have a fraction where it is only drawn. */
export function writeRow(layout: Layout, state: RecordState, tick: number, into: Row): void {
  const { grid } = layout
  for (let g = 0; g < layout.groups.length; g++) {
    const { axes } = layout.groups[g] as Group
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { value, rate, at } = axis
      into.numbers[value.field.slot] = fromSteps(value, grid, along(axis, state.lines, tick))
      if (rate) into.numbers[rate.field.slot] = fromSteps(rate, grid, state.lines[at + 1] as number)
    }
  }
  writeRests(layout, state, into)
}

/** Writes all of a state that does not move. */
export function writeRests(layout: Layout, state: RecordState, into: Row): void {
  const { grid } = layout
  for (let part = 0; part < layout.rests.length; part++) {
    const rest = state.rests[part]
    const fields = layout.rests[part]
    if (!rest || !fields) continue
    for (let i = 0; i < fields.length; i++) {
      const { field, scale, slot } = fields[i] as RestField
      if (field.store === 'number') {
        if (scale) into.numbers[field.slot] = fromSteps(scale, grid, rest.numbers[slot] ?? 0)
        continue
      }
      const value = rest.objects[slot]
      if (typeof value === 'string') into.objects[field.slot] = value
      else if (scale)
        into.objects[field.slot] = itemsAsList(
          field,
          (value ?? []).map((steps) => fromSteps(scale, grid, steps)),
        )
    }
  }
}
