/**
 * Checks of what a developer gives: options by their names, values by the fields that they are for. The types say the
 * same; plain JavaScript, and a name with a slip in it, come through here. What a peer sends is never checked here: that
 * never throws.
 */
import { fromNumber, intoRange, toNumber } from './grid.ts'
import type { CompiledField, NumberField, RecordType } from './schema.ts'
import { fitText } from './text.ts'

/** For a sentence: what was given instead. */
export function describeGiven(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given)
  if (Array.isArray(given)) return 'a list'
  if (typeof given === 'function') return 'a function'
  return typeof given === 'object' && given !== null ? 'an object' : String(given)
}

const list = (names: Iterable<string>): string => [...names].join(', ') || 'none'

/**
 * @param what Who takes the options: "createLobby", "entity".
 * @throws TypeError for what is no object of options, and for a name that is not among `names`.
 */
export function checkNames(what: string, given: unknown, names: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(
      `${what}: its options are ${describeGiven(given)}. Write an object with some of ${list(names)}.`,
    )
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new TypeError(`${what}: there is no option "${name}". Write one of ${list(names)}.`)
}

type Kind = 'boolean' | 'function' | 'string'
const kinds: Record<Kind, string> = { boolean: 'true or false', function: 'a function', string: 'a text' }

/** @throws TypeError for an option that is there and is none of the kind. */
export function checkKinds<T extends object>(what: string, given: T, wanted: { readonly [K in keyof T]?: Kind }): void {
  for (const [name, kind] of Object.entries(wanted) as [keyof T & string, Kind][]) {
    const value = given[name]
    if (value === undefined || typeof value === kind) continue
    throw new TypeError(`${what}: ${name} is ${describeGiven(value)}. Write ${kinds[kind]}.`)
  }
}

/** Seeds are sent to guests as 32 bits. @throws TypeError, RangeError for what is no seed. */
export function checkSeed(what: string, seed: unknown): void {
  if (typeof seed !== 'number')
    throw new TypeError(`${what}: the seed is ${describeGiven(seed)}. Write a whole number from 0 to 4294967295.`)
  if (!Number.isInteger(seed) || seed < 0 || seed > 4294967295)
    throw new RangeError(`${what}: the seed is ${seed}. Write a whole number from 0 to 4294967295.`)
}

/** @throws TypeError for what `defineGame` has not made. */
export function checkGame(what: string, game: unknown): void {
  const { schema, rules } = (game ?? {}) as { schema?: unknown; rules?: unknown }
  if (typeof schema !== 'object' || typeof rules !== 'object')
    throw new TypeError(`${what} was given ${describeGiven(game)} as its game. Give what defineGame returned.`)
}

/**
 * Whether values are of their fields: names that the type has, and each a value of its kind. Numbers out of range are
 * right, since fields clamp, unless `outOfRange` is 'reject'; fields left out are right, too.
 *
 * @param what Whose values they are, for the sentence: "command buy".
 * @param options.skips Values that are dealt with elsewhere.
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

function isInRange(field: CompiledField, value: unknown): boolean {
  if (field.store === 'number') return typeof value !== 'number' || field.wrap > 0 || intoRange(field, value) === value
  if (field.kind === 'string') return typeof value === 'string' && fitText(value, field.max) === value
  const { of } = field
  return (
    !Array.isArray(value) || of === null || (value.length <= field.max && value.every((item) => isInRange(of, item)))
  )
}

/** What a field holds, for the sentence that says that something is not. */
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
