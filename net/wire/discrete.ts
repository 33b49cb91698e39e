/**
 * Discrete fields: those that do not move along segments, but change now and then. A state holds their values in two sets:
 * those that everybody is told, and those that only the owner or their team is told. A set is immutable: when a value
 * changes, a new set replaces it. So two equal references mean that nothing has changed.
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

/** The values of a set of fields in a row. Returns `before` itself when they are the same. */
export function updateDiscrete(
  grid: Grid,
  fields: readonly DiscreteField[],
  row: Row,
  before: DiscreteValues | null,
  initial: DiscreteValues,
): DiscreteValues {
  if (before !== null && sameAsRow(grid, fields, before, row)) return before
  return fields.length === 0 ? initial : valuesOf(grid, fields, row, initial)
}

function sameAsRow(grid: Grid, fields: readonly DiscreteField[], before: DiscreteValues, row: Row): boolean {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, index } = fields[i] as DiscreteField
    if (field.store === 'number') {
      if (scale && stepsOf(scale, grid, row.numbers[field.column] ?? 0) !== before.numbers[index]) return false
    } else if (!sameObject(objectSteps(grid, scale, field, row), before.objects[index])) return false
  }
  return true
}

/** The values of fields in a row, in steps. `initial` is copied first. */
export function valuesOf(
  grid: Grid,
  fields: readonly DiscreteField[],
  row: Row,
  initial: DiscreteValues,
): DiscreteValues {
  const numbers = initial.numbers.slice()
  const objects = initial.objects.length > 0 ? initial.objects.slice() : initial.objects
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, index } = fields[i] as DiscreteField
    if (field.store === 'number') numbers[index] = scale ? stepsOf(scale, grid, row.numbers[field.column] as number) : 0
    else (objects as (string | readonly number[])[])[index] = objectSteps(grid, scale, field, row)
  }
  return new DiscreteValues(numbers, objects)
}

function objectSteps(grid: Grid, scale: Scale | null, field: ObjectField, row: Row): string | readonly number[] {
  const value = row.objects[field.column]
  if (typeof value === 'string') return value
  return listItems(field, value).map((item) => (scale ? stepsOf(scale, grid, item) : 0))
}

/** Writes the values of fields into a row. */
export function writeDiscrete(grid: Grid, fields: readonly DiscreteField[], values: DiscreteValues, into: Row): void {
  for (let i = 0; i < fields.length; i++) {
    const { field, scale, index } = fields[i] as DiscreteField
    if (field.store === 'number') {
      if (scale) into.numbers[field.column] = fromSteps(scale, grid, values.numbers[index] ?? 0)
      continue
    }
    const value = values.objects[index]
    if (typeof value === 'string') into.objects[field.column] = value
    else if (scale)
      into.objects[field.column] = itemsAsList(
        field,
        (value ?? []).map((steps) => fromSteps(scale, grid, steps)),
      )
  }
}

export function sameDiscrete({ field, index }: DiscreteField, a: DiscreteValues, b: DiscreteValues): boolean {
  return field.store === 'number'
    ? a.numbers[index] === b.numbers[index]
    : sameObject(a.objects[index], b.objects[index])
}

/** Whether a field has the value of a new record. On the wire that takes one bit. */
export function isInitial({ field, index, initial }: DiscreteField, values: DiscreteValues): boolean {
  return field.store === 'number' ? values.numbers[index] === initial : (values.objects[index]?.length ?? 0) === 0
}

function sameObject(a: string | readonly number[] | undefined, b: string | readonly number[] | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
