/**
 * How a type of record is laid out for the wire, on one of its two grids: which fields move along segments, and which are
 * discrete (they change now and then). All of it follows from the schema, so host and client have the same layouts.
 */
import { fromNumber, fromWireSteps, simSteps, toNumber, wireSteps } from '../world/grid.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from '../world/schema.ts'
import { bitsFor } from './bits.ts'

/** `exact`: the simulation's grid, for what the receiver predicts. `presented`: the wire's grid, for what it only draws. */
export type Grid = 'exact' | 'presented'

/** Fraction bits of a rate. A rate is a whole number of 2^−28 steps per tick, so a segment stays exact over minutes. */
export const RATE_SHIFT = 28
/** Rates that the host estimates count 16ths of a wire step per tick: a step in 16 ticks is as near as it can tell. */
const ESTIMATED_RATE_SHIFT = 4
const ESTIMATED_RATE_LIMIT = 2 ** 18

/** One number on its grid: whole steps from `min` to `max`. */
export interface Scale {
  readonly field: NumberField
  readonly min: number
  readonly max: number
  /** How many steps one turn has where the field wraps, else 0. */
  readonly around: number
  /** Bits of a value in full. */
  readonly bits: number
}

/** A field that moves, with its rate. */
export interface Axis {
  readonly value: Scale
  /** The rate's own field; null where the host estimates it. */
  readonly rate: Scale | null
  readonly rateMin: number
  readonly rateMax: number
  readonly rateBits: number
  /** Steps of the value per tick and unit of rate, times 2^28. */
  readonly perTick: number
  /** The first of this axis's three parameters: the value's residual, the rate's residual, an estimated rate itself. */
  readonly parameter: number
  /** Indices into a state's segments: the tick at which the segment begins, and the value there. The rate follows the value. */
  readonly beginIndex: number
  readonly valueIndex: number
}

/** Axes that share a segment's first tick: when one leaves its segment, all begin a new one. */
export interface Group {
  /** The parameter of a segment's age. */
  readonly age: number
  /** Index into a state's segments: the first tick of this group. */
  readonly beginIndex: number
  readonly axes: readonly Axis[]
  /** Per axis, flat, the numbers of `AxisColumn`, for the loops that every record goes through. */
  readonly table: Float64Array
}

/** What `Group.table` holds of an axis. */
export const AxisEntry = {
  /** The column of the field in a row, and its step. */
  column: 0,
  step: 1,
  perStep: 2,
  around: 3,
  min: 4,
  max: 5,
  /** What a value above max becomes: max, or min where the axis wraps. */
  beyond: 6,
  /** Steps per tick and unit of rate. */
  perTick: 7,
  /** The rate's own field: its column, −1 for none, and its step. */
  rateColumn: 8,
  rateStep: 9,
  rateMin: 10,
  rateMax: 11,
  rateBeyond: 12,
} as const
export const AXIS_ENTRIES = 13

function tableOf(axes: readonly Axis[], grid: Grid): Float64Array {
  const stepOf = (field: NumberField): number => (grid === 'exact' ? field.simStep : field.wireStep)
  return Float64Array.from(
    axes.flatMap(({ value: { field, around, min, max }, rate, rateMin, rateMax, perTick }) => [
      field.column,
      stepOf(field),
      1 / stepOf(field),
      around,
      min,
      max,
      around > 0 ? min : max,
      perTick / 2 ** RATE_SHIFT,
      rate ? rate.field.column : -1,
      rate ? stepOf(rate.field) : 1,
      rateMin,
      rateMax,
      rate && rate.around > 0 ? rateMin : rateMax,
    ]),
  )
}

/** The values of one set of discrete fields, in steps. Immutable, so a baseline keeps its values. */
export class DiscreteValues {
  /** By `DiscreteField.index`. */
  readonly numbers: readonly number[]
  /** Text, or the steps of a list's items, by `DiscreteField.index`. */
  readonly objects: readonly (string | readonly number[])[]

  constructor(numbers: readonly number[], objects: readonly (string | readonly number[])[]) {
    this.numbers = numbers
    this.objects = objects
  }

  /** The values in a record of which nothing was told. */
  static initial(fields: readonly DiscreteField[]): DiscreteValues {
    const numbers = fields.filter(({ field }) => field.store === 'number').map(({ initial }) => initial)
    const objects = fields.filter(({ field }) => field.store === 'object')
    return new DiscreteValues(
      asDoubles(numbers),
      objects.map(({ field }) => (field.kind === 'string' ? '' : [])),
    )
  }
}

/**
 * The same numbers in a list that V8 keeps as doubles. What is copied from it stays one, so that all lists of steps are one
 * kind to the engine: with two kinds, reading a snapshot of 130 changes took half as long again.
 */
function asDoubles(values: readonly number[]): readonly number[] {
  const doubles = values.map(() => 0.5)
  for (let i = 0; i < values.length; i++) doubles[i] = values[i] as number
  return doubles
}

export interface DiscreteField {
  readonly field: CompiledField
  /** For a number or each item of a list. */
  readonly scale: Scale | null
  /** Index among the numbers or objects of its set (`DiscreteValues`). */
  readonly index: number
  readonly parameter: number
  /** The value, in steps, for a receiver that is not told the field. */
  readonly initial: number
}

export interface Layout {
  readonly type: RecordType
  readonly grid: Grid
  /** The first field that only the team may see; null where the type has none. */
  readonly team: CompiledField | null
  readonly groups: readonly Group[]
  /** A zero for each number of a state's segments, to be copied. */
  readonly zeros: readonly number[]
  /** The discrete fields that everybody is told, and those that only the owner or their team is told. */
  readonly discrete: readonly [shared: readonly DiscreteField[], own: readonly DiscreteField[]]
  /** Both sets in a record of which nothing was told. */
  readonly initial: readonly [shared: DiscreteValues, own: DiscreteValues]
  /** Whether some field is for the owner's eyes. */
  readonly forOwner: boolean
  /** Whether the host estimates the rate of any axis. */
  readonly estimates: boolean
  /** The columns of the numbers in `discrete`. */
  readonly discreteColumns: readonly number[]
  /** Whether `discrete` has texts or lists, too. */
  readonly hasObjects: boolean
  /** How many coding parameters the type has on this grid, with those of `Structure`. */
  readonly parameters: number
}

/** Parameters that every type has, before those of its fields: how its lists and segments are written. */
export const Structure = { count: 0, gap: 1, spawnAge: 2, ordinal: 3, goneAge: 4 } as const
const STRUCTURE_PARAMETERS = 5

export function scaleOf(field: NumberField, grid: Grid): Scale {
  const [min, max, step] =
    grid === 'exact' ? [field.simMin, field.simMax, field.simStep] : [field.wireMin, field.wireMax, field.wireStep]
  return { field, min, max, around: field.wrap > 0 ? Math.round(field.wrap / step) : 0, bits: bitsFor(max - min) }
}

/** 0, never −0: a receiver decodes 0. */
export function stepsOf({ field }: Scale, grid: Grid, value: number): number {
  const steps = grid === 'exact' ? simSteps(field, value) : wireSteps(field, value)
  return steps === 0 ? 0 : steps
}

export function fromSteps({ field }: Scale, grid: Grid, steps: number): number {
  return grid === 'exact' ? steps * field.simStep + 0 : fromWireSteps(field, steps)
}

/** Gives the fields of a layout their coding parameters, numbered one after the other. */
class ParameterCounter {
  count = STRUCTURE_PARAMETERS

  /** Reserves `many` parameters and returns the number of the first. */
  reserve(many: number): number {
    const first = this.count
    this.count += many
    return first
  }
}

/** The layout of a type on a grid. `tickRate`: ticks per second, which turn rates into steps. */
export function layoutOf(type: RecordType, grid: Grid, tickRate: number): Layout {
  const counter = new ParameterCounter()
  const moving = type.role === 'entity' ? type.numbers.filter((field) => moves(type, field)) : []
  const groups = groupsOf(type, grid, tickRate, moving, counter)
  const discrete = discreteOf(type, grid, moving, counter)
  const all = discrete.flat().map(({ field }) => field)
  const discreteColumns = all.filter(({ store }) => store === 'number').map(({ column }) => column)
  const numbers = groups.reduce((sum, { axes }) => sum + 1 + axes.length * 2, 0)
  return {
    type,
    grid,
    team: type.fields.find(({ audience }) => audience === 'team') ?? null,
    groups,
    zeros: asDoubles(Array.from({ length: numbers }, () => 0)),
    discrete,
    initial: [DiscreteValues.initial(discrete[0]), DiscreteValues.initial(discrete[1])],
    forOwner: discrete[1].some(({ field }) => field.audience === 'owner'),
    estimates: grid === 'presented' && groups.some(({ axes }) => axes.some(({ rate }) => rate === null)),
    discreteColumns,
    hasObjects: discreteColumns.length < all.length,
    parameters: counter.count,
  }
}

/** Angles are a group of their own: a new turn then does not begin a new segment for the position. */
function groupsOf(
  type: RecordType,
  grid: Grid,
  tickRate: number,
  moving: readonly NumberField[],
  counter: ParameterCounter,
): Group[] {
  const isAngle = ({ kind }: NumberField): boolean => kind === 'angle'
  const axes = [moving.filter((field) => !isAngle(field)), moving.filter(isAngle)].map((fields) =>
    fields.map((field) => axisOf(type, field, grid, tickRate, counter)),
  )
  let places = 0
  return axes
    .filter((some) => some.length > 0)
    .map((some): Group => {
      const begin = places
      // Every property in one order: V8 then gives all axes one hidden class, and every number on the wire reads its axis.
      const placed = some.map(({ value, rate, rateMin, rateMax, rateBits, perTick, parameter }, i): Axis => {
        const at = begin + 1 + i * 2
        return { value, rate, rateMin, rateMax, rateBits, perTick, parameter, beginIndex: begin, valueIndex: at }
      })
      places += 1 + placed.length * 2
      return { age: counter.reserve(1), beginIndex: begin, axes: placed, table: tableOf(placed, grid) }
    })
}

function axisOf(
  type: RecordType,
  field: NumberField,
  grid: Grid,
  tickRate: number,
  counter: ParameterCounter,
): Omit<Axis, 'beginIndex' | 'valueIndex'> {
  const parameter = counter.reserve(3)
  const rateField = type.numbers[field.rate]
  const value = scaleOf(field, grid)
  if (!rateField) {
    const limits = { rateMin: -ESTIMATED_RATE_LIMIT, rateMax: ESTIMATED_RATE_LIMIT, rateBits: 21 }
    return { value, rate: null, ...limits, perTick: 2 ** (RATE_SHIFT - ESTIMATED_RATE_SHIFT), parameter }
  }
  const stepOf = ({ simStep, wireStep }: NumberField): number => (grid === 'exact' ? simStep : wireStep)
  const rate = scaleOf(rateField, grid)
  const perTick = Math.round((stepOf(rateField) / (stepOf(field) * tickRate)) * 2 ** RATE_SHIFT)
  return { value, rate, rateMin: rate.min, rateMax: rate.max, rateBits: rate.bits, perTick, parameter }
}

/** All fields that do not move and are no rate of one that does. */
function discreteOf(
  type: RecordType,
  grid: Grid,
  moving: readonly NumberField[],
  counter: ParameterCounter,
): [DiscreteField[], DiscreteField[]] {
  const rates = new Set(moving.map(({ rate }) => rate))
  const discrete: [DiscreteField[], DiscreteField[]] = [[], []]
  for (const field of type.fields) {
    if (field.audience === 'nobody') continue
    const set = discrete[field.audience === 'all' ? 0 : 1]
    const index = set.filter((other) => other.field.store === field.store).length
    if (field.store === 'object') {
      set.push({
        field,
        scale: field.of ? scaleOf(field.of, grid) : null,
        index,
        parameter: counter.reserve(1),
        initial: 0,
      })
    } else if (!moving.includes(field) && !rates.has(field.column)) {
      const scale = scaleOf(field, grid)
      set.push({ field, scale, index, parameter: counter.reserve(1), initial: stepsOf(scale, grid, field.initial) })
    }
  }
  return discrete
}

/** All fields of a message (an input, a payload, a result), in the order of the definition, on the exact grid. */
export function messageFields(type: RecordType): DiscreteField[] {
  const fields: DiscreteField[] = []
  for (const field of type.fields) {
    if (field.kind === 'opaque') continue
    const index = fields.filter((other) => other.field.store === field.store).length
    const number = field.store === 'number' ? field : field.of
    fields.push({ field, scale: number ? scaleOf(number, 'exact') : null, index, parameter: 0, initial: 0 })
  }
  return fields
}

/** Fields with a rate move. So do `fixed` and `angle` fields without one: the host estimates their rate. */
function moves(type: RecordType, field: NumberField): boolean {
  if (field.audience !== 'all') return false
  if (field.rate >= 0) return type.numbers[field.rate]?.audience === 'all'
  if (field.kind !== 'fixed' && field.kind !== 'angle') return false
  return !type.numbers.some(({ rate }) => rate === field.column)
}

export function listItems(field: ObjectField, value: unknown): number[] {
  const { of } = field
  return of && Array.isArray(value) ? value.map((item) => toNumber(of, item)) : []
}

export function itemsAsList(field: ObjectField, items: readonly number[]): unknown[] {
  const { of } = field
  return of ? items.map((item) => fromNumber(of, item)) : []
}
