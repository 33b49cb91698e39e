/**
 * Compares rows on the simulation grid. Both sides run the same rules, so equal means equal to the bit.
 *
 * Two other files compare something else: `wire/states.ts` compares values in wire steps, and `testing/converged.ts` compares
 * plain values within one wire step, since that is all that a client knows of what it presents.
 */
import type { Row } from '../world/record.ts'
import type { CompiledField, RecordType } from '../world/schema.ts'

/** The name of the first field in which two rows differ, among the fields that `compares` names; null when there is none. */
export function firstDifference(
  type: RecordType,
  a: Row,
  b: Row,
  compares: (field: CompiledField) => boolean,
): string | null {
  for (const field of type.fields) {
    if (!compares(field)) continue
    if (field.store === 'number') {
      if (a.numbers[field.column] !== b.numbers[field.column]) return field.name
    } else if (!sameObject(a.objects[field.column], b.objects[field.column])) return field.name
  }
  return null
}

function sameObject(a: unknown, b: unknown): boolean {
  if (a === b) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => value === b[i])
}
