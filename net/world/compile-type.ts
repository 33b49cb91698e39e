/** Compiles one group of fields (an entity, the input, an event's payload, …) to a `RecordType`. */

import { compileNumbers, onSimGrid, whole } from './compile-number.ts'
import { checkName, fail } from './definition-error.ts'
import { checkOptions, checkRole } from './field-options.ts'
import type { FieldSpec, Fields, NumberOptions } from './fields.ts'
import type { Prediction } from './game-shape.ts'
import { describeGiven } from './given.ts'
import { MAX_RECORDS, MAX_SEATS } from './ids.ts'
import type {
  Audience,
  CompiledBase,
  CompiledField,
  NumberField,
  ObjectField,
  RecordRole,
  RecordType,
} from './schema.ts'
import { fitText } from './text.ts'

/** Names of a record's own properties. */
const reserved = new Set([
  'id',
  'type',
  'owner',
  'mine',
  'numbers',
  'objects',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
])

function compileObject(path: string, spec: FieldSpec, base: CompiledBase, column: number, seats: number): ObjectField {
  const common = { ...base, store: 'object', column, of: null, opaque: null, max: 0, initial: null } as const
  switch (spec.kind) {
    case 'string': {
      const max = whole(path, spec.max, 1, 255, 'the length')
      const initial = spec.options.default ?? ''
      if (typeof initial !== 'string')
        return fail(path, `the default is ${describeGiven(initial)}`, 'Write a text, in quotes.')
      if (fitText(initial, max) !== initial)
        fail(path, 'the default is longer than the field', `Write at most ${max} bytes.`)
      return { ...common, kind: 'string', max, initial }
    }
    case 'list': {
      const max = whole(path, spec.max, 1, 255, 'the length')
      const { by, to, rate, chosen } = checkOptions(`${path}[]`, spec.of)
      if (by !== undefined || to !== undefined || rate !== undefined || chosen !== undefined)
        fail(`${path}[]`, 'what a list is made of has no by, to, rate or chosen', 'Give them to the list itself.')
      const numbers = compileNumbers(`${path}[]`, spec.of)
      if (!numbers || numbers.kind === 'button')
        return fail(
          path,
          `a list of ${spec.of.kind} is not possible`,
          'Lists hold numbers, angles, bools, enums, players, entities or ticks; make an entity for each richer thing.',
        )
      const of = onSimGrid({ ...numbers, ...base, store: 'number', column: 0, seats, rate: -1 })
      const initial = spec.options.default ?? []
      if (!Array.isArray(initial) || initial.length > max)
        fail(path, 'its default does not fit it', `Write a list of at most ${max} values.`)
      return { ...common, kind: 'list', max, of, initial }
    }
    case 'opaque': {
      const { create, save, load } = spec.options
      if (![create, save, load].every((f) => typeof f === 'function'))
        fail(path, 'is incomplete', 'Write t.opaque({ create, save, load }).')
      return { ...common, kind: 'opaque', opaque: spec.options, audience: 'nobody', authority: true }
    }
    default:
      return fail(path, 'is not a field', 'Use the field types of t.')
  }
}

/** Compiles one group of fields. `index`: its position in `Schema.types`, −1 for messages. */
export function compileType(
  path: string,
  name: string,
  role: RecordRole,
  predict: Prediction,
  fields: Fields,
  index: number,
  seats: number = MAX_SEATS,
  max?: number,
): RecordType {
  if (max !== undefined && !(Number.isInteger(max) && max >= 1 && max <= MAX_RECORDS))
    fail(path, `max is ${describeGiven(max)}`, `Write a whole number from 1 to ${MAX_RECORDS}, or leave it out.`)
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    fail(path, `is ${describeGiven(fields)}`, 'Write an object of fields.')
  const names = Object.keys(fields)
  if (names.length > 64) fail(path, `has ${names.length} fields`, 'Split it: 64 is the most.')
  const compiled: CompiledField[] = []
  const numbers: NumberField[] = []
  const objects: ObjectField[] = []
  for (const [fieldIndex, field] of names.entries()) {
    const here = `${path}.${field}`
    const spec = checkField(path, field, fields, role)
    const base = compileBase(field, fieldIndex, spec, role)
    const values = compileNumbers(here, spec)
    if (values) {
      const rateName = 'rate' in spec.options ? (spec.options as NumberOptions).rate : undefined
      const compiledField = onSimGrid({
        ...base,
        ...values,
        store: 'number',
        column: numbers.length,
        seats,
        rate: rateColumn(here, rateName, fields),
      })
      numbers.push(compiledField)
      compiled.push(compiledField)
    } else {
      const object = compileObject(here, spec, base, objects.length, seats)
      objects.push(object)
      compiled.push(object)
    }
  }
  return { index, name, role, predict, max: max ?? null, fields: compiled, numbers, objects, names: new Set(names) }
}

function checkField(path: string, name: string, fields: Fields, role: RecordRole): FieldSpec {
  checkName(path, name)
  const here = `${path}.${name}`
  if (reserved.has(name)) fail(here, `"${name}" is taken by the record itself`, 'Choose another name.')
  const spec = fields[name]
  if (typeof spec !== 'object' || spec === null || !('kind' in spec))
    return fail(here, 'is not a field', 'Use the field types of t, such as t.int(0, 100).')
  checkRole(here, spec, role)
  return spec
}

function compileBase(name: string, index: number, spec: FieldSpec, role: RecordRole): CompiledBase {
  const options = spec.options as { by?: 'referee'; to?: Audience }
  const audience = options.to ?? 'all'
  const authority = role === 'globals' || role === 'player' || options.by === 'referee' || audience === 'nobody'
  return { name, index, authority, audience }
}

/** Number fields take columns in the order of the definition, so a rate's column is known before the rate is compiled. */
function rateColumn(path: string, rate: string | undefined, fields: Fields): number {
  if (rate === undefined) return -1
  const spec = fields[rate]
  if (!spec || (spec.kind !== 'fixed' && spec.kind !== 'int'))
    return fail(
      path,
      `its rate "${rate}" is not a number field beside it`,
      'Name a t.fixed or t.int field of the same entity.',
    )
  const before = Object.keys(fields).slice(0, Object.keys(fields).indexOf(rate))
  return before.filter((name) => !['string', 'list', 'opaque'].includes(fields[name]?.kind ?? 'string')).length
}
