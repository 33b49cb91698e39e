/** Checks values that a developer gives for fields: options, settings, choices, inputs, commands, defaults of lists. */
import { describeGiven, list } from './given.ts'
import { fromNumber, intoRange, toNumber } from './grid.ts'
import type { CompiledField, NumberField, RecordType } from './schema.ts'
import { fitText } from './text.ts'

/**
 * Checks that the type has a field of each name, and that each value is of its field's kind. Fields may be left out. Numbers
 * out of range pass, since fields clamp, unless `outOfRange` is 'reject'.
 *
 * @param what Whose values they are, as the sentence names them: "command buy".
 * @param options.skips Values that are not checked here.
 * @throws TypeError for a name or a kind, RangeError for what is out of range.
 */
export function checkValues(
  what: string,
  type: RecordType,
  given: unknown,
  { outOfRange = 'clamp', skips }: { outOfRange?: 'clamp' | 'reject'; skips?: (value: unknown) => boolean } = {},
): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what} was given ${describeGiven(given)}. Give an object of its fields: ${list(type.names)}.`)
  for (const [name, value] of Object.entries(given)) {
    const field = type.fields.find((other) => other.name === name)
    if (!field) throw new TypeError(`${what} has no field "${name}". It has ${list(type.names)}.`)
    if (value === undefined || skips?.(value)) continue
    if (!isOfKind(field, value))
      throw new TypeError(`${what}: ${name} cannot be ${describeGiven(value)}. It is ${kindOf(field)}.`)
    if (outOfRange === 'reject' && !isInRange(field, value))
      throw new RangeError(`${what}: ${name} is out of range with ${shown(value)}. It is ${kindOf(field)}.`)
  }
}

const shown = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : describeGiven(value))

export function isOfKind(field: CompiledField, value: unknown): boolean {
  if (field.store === 'number') return !Number.isNaN(toNumber(field, value))
  if (field.kind === 'string') return typeof value === 'string'
  const { of } = field
  return field.kind === 'list' ? Array.isArray(value) && of !== null && value.every((item) => isOfKind(of, item)) : true
}

export function isInRange(field: CompiledField, value: unknown): boolean {
  if (field.store === 'number') return typeof value !== 'number' || field.wrap > 0 || intoRange(field, value) === value
  if (field.kind === 'string') return typeof value === 'string' && fitText(value, field.max) === value
  const { of } = field
  return (
    !Array.isArray(value) || of === null || (value.length <= field.max && value.every((item) => isInRange(of, item)))
  )
}

/** What a field holds, as part of a sentence: "a number from 0 to 9". */
export function kindOf(field: CompiledField): string {
  switch (field.kind) {
    case 'string':
      return `a text of at most ${field.max} bytes`
    case 'list':
      return `a list of at most ${field.max}, each ${field.of ? kindOf(field.of) : 'a value'}`
    case 'opaque':
      return 'what its create gives'
    case 'bool':
    case 'button':
      return 'true or false'
    case 'enum':
      return `one of ${field.names.map((name) => `"${name}"`).join(', ')}`
    case 'player':
      return "a player's id, or null"
    case 'entity':
      return "an entity's id, or null"
    default:
      return `a number${rangeOf(field)}`
  }
}

function rangeOf(field: NumberField): string {
  const { simMin, simMax, simStep, wrap } = field
  if (wrap > 0) return ''
  return ` from ${String(fromNumber(field, simMin * simStep))} to ${String(fromNumber(field, simMax * simStep))}`
}
