/** Comparing rows: predicted state equals the host's to the bit, or it is wrong. */
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'

export type MayKnow = (field: RecordType['fields'][number]) => boolean

/** The name of the first field in which two rows differ, among those that both sides know; null when they are equal. */
export function firstDifference(type: RecordType, a: Row, b: Row, knows: MayKnow): string | null {
  for (const field of type.fields) {
    if (!knows(field)) continue
    if (field.store === 'number') {
      if (a.numbers[field.slot] !== b.numbers[field.slot]) return field.name
    } else if (!sameObject(a.objects[field.slot], b.objects[field.slot])) return field.name
  }
  return null
}

function sameObject(a: unknown, b: unknown): boolean {
  if (a === b) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => value === b[i])
}
