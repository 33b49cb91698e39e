/**
 * Rounds rows to the simulation's grid. This happens after each tick on every machine, so that equal states are equal to
 * the bit although engines differ in the last bits of a sum.
 */
import { fromNumber, simSteps, toNumber, toSimGrid } from './grid.ts'
import type { Row } from './record.ts'
import type { ObjectField, RecordType } from './schema.ts'

export function roundRow(type: RecordType, row: Row): void {
  const { numbers } = row
  for (const field of type.numbers) {
    // All other kinds are rounded when they are written.
    if (field.kind !== 'fixed' && field.kind !== 'angle') continue
    const value = numbers[field.column] ?? 0
    numbers[field.column] = simSteps(field, value) * field.simStep + 0
  }
  // Text is truncated when it is written. Rules can change a list in place, so a list is truncated and rounded here.
  for (const field of type.objects)
    if (field.kind === 'list') row.objects[field.column] = fitList(field, row.objects[field.column])
}

/** Changes the list in place, since the rules may hold the array. What is no value of its kind becomes the initial value. */
function fitList(field: ObjectField, list: unknown): unknown[] {
  const { of } = field
  if (!of || !Array.isArray(list)) return []
  if (list.length > field.max) list.length = field.max
  for (let i = 0; i < list.length; i++) {
    const number = toNumber(of, list[i])
    list[i] = fromNumber(of, Number.isNaN(number) ? of.initial : toSimGrid(of, number))
  }
  return list
}
