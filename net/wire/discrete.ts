/**
 * Discrete fields: what does not move but changes now and then. Their values stand in a state in two parts, what everybody
 * is told and what only the owner or their team is; a part is replaced as a whole, and never changed.
 */
import type { Row } from '../world/record.ts'
import type { ObjectField } from '../world/schema.ts'
import {
  type DiscreteField,
  DiscreteValues,
  fromSteps,
  type Grid,
  itemsAsList,
  listItems,
  type Scale,
  stepsOf,
} from './layout.ts'

/** The values of a part as they are now: `before` itself where they are the same. */
export function cutDiscrete(
  grid: Grid,
  fields: readonly DiscreteField[],
  row: Row,
  before: DiscreteValues | null,
  initial: DiscreteValues,
): DiscreteValues {
  if (before !== null && holds(grid, fields, before, row)) return before
  return fields.length === 0 ? initial : valuesOf(grid, fields, row, initial)
}

function holds(grid: Grid, fields: readonly DiscreteField[], before: DiscreteValues, row: Row): boolean {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as DiscreteField
    if (field.store === 'number') {
      if (scale && stepsOf(scale, grid, row.numbers[field.slot] ?? 0) !== before.numbers[slot]) return false
    } else if (!sameObject(objectSteps(grid, scale, field, row), before.objects[slot])) return false
  }
  return true
}

/** The values of fields in a row, in steps. `initial`: of those fields, to be copied. */
export function valuesOf(
  grid: Grid,
  fields: readonly DiscreteField[],
  row: Row,
  initial: DiscreteValues,
): DiscreteValues {
  const numbers = initial.numbers.slice()
  const objects = initial.objects.length > 0 ? initial.objects.slice() : initial.objects
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as DiscreteField
    if (field.store === 'number') numbers[slot] = scale ? stepsOf(scale, grid, row.numbers[field.slot] as number) : 0
    else (objects as (string | readonly number[])[])[slot] = objectSteps(grid, scale, field, row)
  }
  return new DiscreteValues(numbers, objects)
}

function objectSteps(grid: Grid, scale: Scale | null, field: ObjectField, row: Row): string | readonly number[] {
  const value = row.objects[field.slot]
  if (typeof value === 'string') return value
  return listItems(field, value).map((item) => (scale ? stepsOf(scale, grid, item) : 0))
}

/** Writes the values of fields into a row. */
export function writeDiscrete(grid: Grid, fields: readonly DiscreteField[], values: DiscreteValues, into: Row): void {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, slot } = fields[i] as DiscreteField
    if (field.store === 'number') {
      if (scale) into.numbers[field.slot] = fromSteps(scale, grid, values.numbers[slot] ?? 0)
      continue
    }
    const value = values.objects[slot]
    if (typeof value === 'string') into.objects[field.slot] = value
    else if (scale)
      into.objects[field.slot] = itemsAsList(
        field,
        (value ?? []).map((steps) => fromSteps(scale, grid, steps)),
      )
  }
}

export function sameDiscrete({ field, slot }: DiscreteField, a: DiscreteValues, b: DiscreteValues): boolean {
  return field.store === 'number' ? a.numbers[slot] === b.numbers[slot] : sameObject(a.objects[slot], b.objects[slot])
}

/** Whether a field is as in every new record, which costs one bit. */
export function isInitial({ field, slot, initial }: DiscreteField, values: DiscreteValues): boolean {
  return field.store === 'number' ? values.numbers[slot] === initial : (values.objects[slot]?.length ?? 0) === 0
}

function sameObject(a: string | readonly number[] | undefined, b: string | readonly number[] | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
