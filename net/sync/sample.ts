/** A row between two rows, or beyond the last: what is drawn, and what `step` sees of what it does not predict. */
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'

/** Longer than this nothing is moved on by its rate: a quarter of a second, as Source's `cl_extrapolate_amount`. */
export const MAX_EXTRAPOLATION_SECONDS = 0.25

/** Writes to `into` the state `share` (0 to 1) of the way from `a` to `b`. What does not move keeps a's value until b. */
export function interpolate(type: RecordType, into: Row, a: Row, b: Row, share: number): void {
  const from = share >= 1 ? b : a
  for (const field of type.numbers) {
    const { slot } = field
    const start = a.numbers[slot] ?? 0
    const end = b.numbers[slot] ?? 0
    if (start !== end && (field.kind === 'fixed' || field.kind === 'angle'))
      into.numbers[slot] = intoRange(field, start + difference(field, start, end) * share)
    else into.numbers[slot] = from.numbers[slot] ?? 0
  }
  for (let i = 0; i < from.objects.length; i++) into.objects[i] = from.objects[i]
}

/** Writes to `into` the state `seconds` after `row`, each field moved by its declared rate. */
export function extrapolate(type: RecordType, into: Row, row: Row, seconds: number): void {
  const time = Math.min(seconds, MAX_EXTRAPOLATION_SECONDS)
  for (const field of type.numbers) {
    const value = row.numbers[field.slot] ?? 0
    const moved = value + (field.rate < 0 ? 0 : (row.numbers[field.rate] ?? 0) * time)
    into.numbers[field.slot] = intoRange(field, field.kind === 'int' ? Math.round(moved) : moved)
  }
  for (let i = 0; i < row.objects.length; i++) into.objects[i] = row.objects[i]
}
