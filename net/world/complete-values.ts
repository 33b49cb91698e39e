/**
 * Values of declared fields that belong to no world: options, settings, what a player chooses. In: values for some of the
 * fields. Out: a plain frozen object with all of them, in range and on the grid, the same on every machine.
 */
import type { EntityId } from './ids.ts'
import { assignInit, GameRecord, type Holder, plainValues } from './record.ts'
import { roundRow } from './rounding.ts'
import type { RecordType } from './schema.ts'
import { isInRange, isOfKind } from './values.ts'

export type PlainValues = Readonly<Record<string, unknown>>

/** Fields that are left out, or given a wrong value, get their default. `refused` is called with what was wrong. */
export function completeValues(
  type: RecordType,
  given: PlainValues,
  refused: (problem: string) => void = () => {},
): PlainValues {
  const holder: Holder = {
    refereeing: true,
    seesHidden: true,
    exists: () => false,
    refuse: refused,
    whyReadOnly: () => null,
  }
  const record = new GameRecord(type, holder, 0 as EntityId, null)
  assignInit(record, given)
  roundRow(type, record)
  return Object.freeze(plainValues(type, record))
}

/**
 * Reads values that a peer sent: all fields of the type or, with `known`, some of them, which replace the known ones. Null when a
 * name is no field of the type, a value is no value of its field, or a field is missing.
 */
export function readValues(type: RecordType, told: PlainValues, known?: PlainValues): PlainValues | null {
  const given = Object.entries(told)
  // A peer may send a million names: look at them only when there are no more than the type has.
  if (given.length > type.fields.length || (!known && given.length < type.fields.length)) return null
  for (const [name, value] of given) {
    const field = type.fields.find((other) => other.name === name)
    if (!field || !isOfKind(field, value) || !isInRange(field, value)) return null
  }
  return completeValues(type, { ...known, ...told })
}
