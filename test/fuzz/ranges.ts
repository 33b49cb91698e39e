/** Whether what a game gets to see is what its schema declares. */
import { intoRange, toNumber } from '../../net/world/grid.ts'
import { isEntityId, isPlayerId } from '../../net/world/ids.ts'
import type { Row } from '../../net/world/record.ts'
import type { NumberField, RecordType } from '../../net/world/schema.ts'

const utf8 = new TextEncoder()

function rightNumber(field: NumberField, value: number): boolean {
  if (field.kind === 'player') return value === 0 || isPlayerId(value)
  if (field.kind === 'entity') return value === 0 || isEntityId(value)
  const whole = field.kind !== 'fixed' && field.kind !== 'angle'
  return (!whole || Number.isInteger(value)) && intoRange(field, value) === value
}

/** The first thing in a row that its type does not allow; null when all is right. */
export function wrongRow(type: RecordType, row: Row): string | null {
  for (const field of type.fields) {
    if (field.store === 'number') {
      const value = row.numbers[field.column] ?? Number.NaN
      if (!rightNumber(field, value)) return `${type.name}.${field.name} is ${value}`
    } else if (field.kind === 'string') {
      const value = row.objects[field.column]
      if (typeof value !== 'string' || utf8.encode(value).length > field.max)
        return `${type.name}.${field.name} is ${JSON.stringify(value)}`
    } else if (field.kind === 'list') {
      const value = row.objects[field.column]
      const { of } = field
      const right = Array.isArray(value) && value.length <= field.max
      if (!right || (of && value.some((item) => Number.isNaN(toNumber(of, item)))))
        return `${type.name}.${field.name} is ${JSON.stringify(value)}`
    }
  }
  return null
}
