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
  fromSteps,
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

/** Where a group's axes were at a tick, and how fast they went on. */
export interface Line {
  readonly tick: number
  /** Steps, by axis. */
  readonly values: readonly number[]
  /** Units of the axis's rate, by axis. */
  readonly rates: readonly number[]
}

export interface RecordState {
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly lines: readonly Line[]
  /** By part, as `Layout.rests`. */
  readonly rests: readonly [Rest, Rest]
}

const HALF = 2 ** (RATE_SHIFT - 1)
const UNIT = 2 ** RATE_SHIFT

/** How far from the truth a line may pass, in steps: one, less what floating point makes of one. */
const NEAR = 1 - 2 ** -20

/** A line is replaced before it grows older than this, so that no product passes 2^53. Two minutes at 60 a second. */
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
export function along(axis: Axis, line: Line, index: number, tick: number): number {
  return fold(axis, (line.values[index] ?? 0) + travel(axis, line.rates[index] ?? 0, tick - line.tick))
}

/**
 * Where a line would be at `tick` if it had gone on as it was until `since`, and its rate had then changed evenly to
 * `rate`. What rests or flies straight for seconds is found where it is, and what turns all the time, too.
 */
export function foresee(axis: Axis, line: Line, index: number, rate: number, tick: number, since: number): number {
  const value = line.values[index] ?? 0
  const before = line.rates[index] ?? 0
  const turn = Math.min(tick, Math.max(line.tick, since))
  const changing = Math.floor(((before + rate) * axis.perTick * (tick - turn) + UNIT) / (2 * UNIT))
  return value + travel(axis, before, turn - line.tick) + changing
}

/**
 * The state of a row at a tick; `before` is the same record's state when it was last looked at, whose parts are kept
 * where they still hold; `restsStand` says that all is as it was but for what moves. Allocates nothing where nothing has changed, since every record is looked at for every tick
 * that is sent.
 */
export function cutState(
  layout: Layout,
  row: Row & Pick<RecordState, 'id' | 'owner'>,
  tick: number,
  before: RecordState | null,
  last: Row | null,
  restsStand = false,
): RecordState {
  if (!before) {
    const rests: [Rest, Rest] = [cutRest(layout.grid, layout.rests[0], row), cutRest(layout.grid, layout.rests[1], row)]
    return {
      id: row.id,
      owner: row.owner,
      lines: layout.groups.map((group) => cutLine(layout, group, row, tick, last)),
      rests,
    }
  }
  let lines = before.lines
  for (let g = 0; g < layout.groups.length; g++) {
    const group = layout.groups[g]
    const line = before.lines[g]
    if (!group || (line && holds(layout, group, line, row, tick))) continue
    if (lines === before.lines) lines = before.lines.slice()
    ;(lines as Line[])[g] = cutLine(layout, group, row, tick, last)
  }
  const { rests } = before
  if (restsStand) return lines === before.lines ? before : { id: row.id, owner: row.owner, lines, rests }
  const everybody = restHolds(layout.grid, layout.rests[0], rests[0], row)
    ? rests[0]
    : cutRest(layout.grid, layout.rests[0], row)
  const own = restHolds(layout.grid, layout.rests[1], rests[1], row)
    ? rests[1]
    : cutRest(layout.grid, layout.rests[1], row)
  if (everybody === rests[0] && own === rests[1])
    return lines === before.lines ? before : { id: row.id, owner: row.owner, lines, rests }
  return { id: row.id, owner: row.owner, lines, rests: [everybody, own] }
}

function restHolds(grid: Layout['grid'], fields: readonly RestField[], before: Rest, row: Row): boolean {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as RestField
    if (field.store === 'number') {
      if (scale && stepsOf(scale, grid, row.numbers[field.slot] ?? 0) !== before.numbers[slot]) return false
    } else if (!sameObject(objectSteps(grid, scale, field, row), before.objects[slot])) return false
  }
  return true
}

function objectSteps(
  grid: Layout['grid'],
  scale: Scale | null,
  field: ObjectField,
  row: Row,
): string | readonly number[] {
  const value = row.objects[field.slot]
  if (typeof value === 'string') return value
  return listItems(field, value).map((item) => (scale ? stepsOf(scale, grid, item) : 0))
}

/** Whether a line still passes within one step of the truth. Exact states are held to the truth itself, rates included. */
function holds({ grid }: Layout, { axes, table }: Group, line: Line, row: Row, tick: number): boolean {
  const age = tick - line.tick
  if (age > MAX_LINE_TICKS) return false
  if (grid === 'exact') return holdsExactly(axes, line, row, tick)
  const { numbers } = row
  const { values, rates } = line
  for (let i = 0, column = 0; i < axes.length; i++, column += AXIS_COLUMNS) {
    const around = table[column + 3] as number
    let steps = (values[i] as number) + Math.floor((rates[i] as number) * (table[column + 2] as number) * age + 0.5)
    if (around === 0) steps = Math.min(table[column + 5] as number, Math.max(table[column + 4] as number, steps))
    let off = steps - (numbers[table[column] as number] as number) * (table[column + 1] as number)
    if (around > 0) off -= Math.floor(off / around + 0.5) * around
    if (off > NEAR || off < -NEAR) return false
  }
  return true
}

function holdsExactly(axes: readonly Axis[], line: Line, row: Row, tick: number): boolean {
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i] as Axis
    const { field } = axis.value
    if (along(axis, line, i, tick) !== stepsOf(axis.value, 'exact', row.numbers[field.slot] as number)) return false
    if (axis.rate && stepsOf(axis.rate, 'exact', row.numbers[axis.rate.field.slot] as number) !== line.rates[i])
      return false
  }
  return true
}

function cutLine({ grid }: Layout, { axes }: Group, row: Row, tick: number, last: Row | null): Line {
  return {
    tick,
    values: axes.map(({ value }) => stepsOf(value, grid, row.numbers[value.field.slot] ?? 0)),
    rates: axes.map((axis) => rateOf(axis, grid, row, last)),
  }
}

/** The rate of its own field, or what the last tick suggests. */
function rateOf(axis: Axis, grid: Layout['grid'], row: Row, last: Row | null): number {
  if (axis.rate) return stepsOf(axis.rate, grid, row.numbers[axis.rate.field.slot] ?? 0)
  if (!last || grid === 'exact') return 0
  const { field } = axis.value
  const moved = ((row.numbers[field.slot] ?? 0) - (last.numbers[field.slot] ?? 0)) / field.wireStep
  const rate = Math.round((way(axis, 0, moved) * UNIT) / axis.perTick)
  return Math.max(axis.rateMin, Math.min(axis.rateMax, rate)) + 0
}

function cutRest(grid: Layout['grid'], fields: readonly RestField[], row: Row): Rest {
  const numbers: number[] = []
  const objects: (string | readonly number[])[] = []
  for (const { field, scale } of fields) {
    if (field.store === 'number') numbers.push(scale ? stepsOf(scale, grid, row.numbers[field.slot] ?? 0) : 0)
    else objects.push(objectSteps(grid, scale, field, row))
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
  for (const [g, { axes }] of layout.groups.entries()) {
    const line = state.lines[g]
    if (!line) continue
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i]
      if (!axis) continue
      into.numbers[axis.value.field.slot] = fromSteps(axis.value, grid, along(axis, line, i, tick))
      if (axis.rate) into.numbers[axis.rate.field.slot] = fromSteps(axis.rate, grid, line.rates[i] ?? 0)
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
