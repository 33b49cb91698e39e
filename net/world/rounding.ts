/** After each tick every value is put on the simulation's grid, on every machine alike, so that equal means equal. */
import { fromNumber, simSteps, toNumber, toSimGrid } from './grid.ts'
import type { Row } from './record.ts'
import type { ObjectField, RecordType } from './schema.ts'

export function roundRow(type: RecordType, row: Row): void {
  const { numbers } = row
  for (const field of type.numbers) {
    // Whole numbers were rounded when they were written.
    if (field.kind !== 'fixed' && field.kind !== 'angle') continue
    const value = numbers[field.slot] ?? 0
    numbers[field.slot] = simSteps(field, value) * field.simStep + 0
  }
  // Text is fitted when it is written; a list can be changed in place, so it is fitted here.
  for (const field of type.objects)
    if (field.kind === 'list') row.objects[field.slot] = fitList(field, row.objects[field.slot])
}

/** Lists keep the identity of the array, since the rules may hold it, but lose what is no value of their kind. */
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
