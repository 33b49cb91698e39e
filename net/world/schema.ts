/**
 * Compiles the fields of a definition into tables: for each type of record its fields, each with its column, its two grids and its
 * audience. All generic code (rounding, saving, the wire, presentation) reads these tables. A wrong definition throws
 * here; the sentence has the path of the field and says what to write instead.
 */
import type { AngleOptions, FieldSpec, Fields, FixedOptions, NumberOptions, OpaqueOptions } from './fields.ts'
import { checkNames, describeGiven } from './given.ts'
import { MAX_RECORDS, MAX_SEATS, MAX_TICK } from './ids.ts'
import { fitText } from './text.ts'
import type { Prediction } from './types.ts'

export type Audience = 'all' | 'owner' | 'team' | 'nobody'

/** Default step of the simulation's grid: small enough for drag and thrust, large enough to hide that engines round differently. */
export const DEFAULT_SIM_STEP = 1 / 4096
const ANGLE_SIM_STEPS = 65536
const MAX_GRID = 2 ** 40

interface CompiledBase {
  readonly name: string
  /** Position among the type's fields, in the order of the definition. */
  readonly index: number
  /** Only `referee` writes it. */
  readonly authority: boolean
  readonly audience: Audience
}

/** A field whose value is one number in the record's row. */
export interface NumberField extends CompiledBase {
  readonly store: 'number'
  readonly kind: 'int' | 'fixed' | 'angle' | 'bool' | 'button' | 'enum' | 'player' | 'entity' | 'tick'
  /** Index into `Row.numbers`. */
  readonly column: number
  /** The value is a whole number of `simStep` between `simMin` and `simMax` after each tick. */
  readonly simStep: number
  readonly simMin: number
  readonly simMax: number
  /** On the wire's grid the value is a whole number of `wireStep` between `wireMin` and `wireMax`. */
  readonly wireStep: number
  readonly wireMin: number
  readonly wireMax: number
  /** Length of the range where it wraps around, else 0. */
  readonly wrap: number
  /** Column of the rate per second that moves it, or −1. */
  readonly rate: number
  readonly initial: number
  readonly names: readonly string[]
  /** Seats of the game: a player field can name one of them. */
  readonly seats: number
}

/** A field whose value is an object: text, a list, opaque state. */
export interface ObjectField extends CompiledBase {
  readonly store: 'object'
  readonly kind: 'string' | 'list' | 'opaque'
  /** Index into `Row.objects`. */
  readonly column: number
  /** Text: most UTF-8 bytes. List: most values. */
  readonly max: number
  /** List: the field of each value. */
  readonly of: NumberField | null
  readonly opaque: OpaqueOptions<unknown> | null
  readonly initial: string | readonly unknown[] | null
}

export type CompiledField = NumberField | ObjectField

export type RecordRole = 'globals' | 'player' | 'input' | 'entity' | 'message'

export interface RecordType {
  /** Position in `Schema.types`; −1 for messages (events, commands), which are not replicated as state. */
  readonly index: number
  readonly name: string
  readonly role: RecordRole
  readonly predict: Prediction
  /** Most entities of this type at once; null: not declared. */
  readonly max: number | null
  readonly fields: readonly CompiledField[]
  readonly numbers: readonly NumberField[]
  readonly objects: readonly ObjectField[]
  /** The names of all fields. */
  readonly names: ReadonlySet<string>
}

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

export function fail(path: string, problem: string, instead: string): never {
  throw new TypeError(`${path}: ${problem}. ${instead}`)
}

const named = /^[a-z][A-Za-z0-9]{0,39}$/

export function checkName(path: string, name: string): void {
  if (!named.test(name))
    fail(`${path}.${name}`, 'is not a name', 'Begin with a small letter and use at most 40 letters and digits.')
}

function whole(path: string, value: unknown, min: number, max: number, what: string): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    fail(path, `${what} is ${String(value)}`, `Write a whole number from ${min} to ${max}.`)
  return value as number
}

function multiple(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-6
}

type Numbers = Pick<
  NumberField,
  'kind' | 'simStep' | 'simMin' | 'simMax' | 'wireStep' | 'wireMin' | 'wireMax' | 'wrap' | 'initial' | 'names'
>

function onGrid(
  kind: NumberField['kind'],
  min: number,
  max: number,
  initial: number,
  names: readonly string[] = [],
): Numbers {
  return {
    kind,
    simStep: 1,
    simMin: min,
    simMax: max,
    wireStep: 1,
    wireMin: min,
    wireMax: max,
    wrap: 0,
    initial,
    names,
  }
}

function nearest(path: string, given: number | undefined, min: number, max: number): number {
  if (given === undefined) return Math.min(max, Math.max(min, 0))
  if (typeof given !== 'number')
    return fail(path, `the default is ${describeGiven(given)}`, `Write a number from ${min} to ${max}.`)
  if (!(given >= min && given <= max))
    fail(path, `the default ${given} is out of range`, `Write one from ${min} to ${max}.`)
  return given
}

function compileInt(path: string, min: number, max: number, options: NumberOptions): Numbers {
  whole(path, min, -(2 ** 31), 2 ** 32, 'min')
  whole(path, max, -(2 ** 31), 2 ** 32, 'max')
  if (min >= max) fail(path, `min ${min} is not below max ${max}`, 'Write t.int(min, max) with min < max.')
  const initial = nearest(path, options.default, min, max)
  if (!Number.isInteger(initial)) fail(path, `the default ${initial} is not whole`, 'Use t.fixed for fractions.')
  const grid = onGrid('int', min, max, initial)
  if (!options.wrap) return grid
  return { ...grid, simMax: max - 1, wireMax: max - 1, wrap: max - min }
}

function compileFixed(path: string, options: FixedOptions): Numbers {
  const { min, max, step, sim = Math.min(DEFAULT_SIM_STEP, step), wrap = false } = options
  for (const [name, value] of Object.entries({ min, max, step, sim }))
    if (typeof value !== 'number' || !Number.isFinite(value))
      fail(path, `${name} is ${String(value)}`, 'Write t.fixed({ min, max, step }) with finite numbers.')
  if (min >= max) fail(path, `min ${min} is not below max ${max}`, 'Swap them.')
  if (step <= 0 || step > max - min)
    fail(path, `step ${step} does not fit the range`, 'Write a step above 0 and below max − min.')
  if (sim <= 0 || !multiple(step, sim))
    fail(
      path,
      `step ${step} is not a whole number of sim ${sim}`,
      'Make sim a fraction of step, such as 1/4096 of a unit under a step of 1/16.',
    )
  if ((max - min) / sim > MAX_GRID)
    fail(path, 'the range has more than 2^40 steps of the simulation', 'Narrow the range or write a coarser sim.')
  if (wrap && !(multiple(min, step) && multiple(max, step)))
    fail(path, 'a range that wraps has to begin and end on its grid', 'Make min and max whole multiples of step.')
  const end = wrap ? 1 : 0
  return {
    kind: 'fixed',
    simStep: sim,
    simMin: Math.ceil(min / sim - 1e-6) + 0,
    simMax: Math.floor(max / sim + 1e-6) - end,
    wireStep: step,
    wireMin: Math.round(min / step),
    wireMax: Math.round(max / step) - end,
    wrap: wrap ? max - min : 0,
    initial: nearest(path, options.default, min, max),
    names: [],
  }
}

function compileAngle(path: string, options: AngleOptions): Numbers {
  const steps = whole(path, options.steps ?? 1024, 4, ANGLE_SIM_STEPS, 'steps')
  if (ANGLE_SIM_STEPS % steps !== 0)
    fail(path, `${steps} steps do not divide a turn of ${ANGLE_SIM_STEPS}`, 'Write a power of two, such as 1024.')
  const turn = 2 * Math.PI
  return {
    kind: 'angle',
    simStep: turn / ANGLE_SIM_STEPS,
    simMin: -ANGLE_SIM_STEPS / 2,
    simMax: ANGLE_SIM_STEPS / 2 - 1,
    wireStep: turn / steps,
    wireMin: -steps / 2,
    wireMax: steps / 2 - 1,
    wrap: turn,
    initial: nearest(path, options.default, -Math.PI, Math.PI),
    names: [],
  }
}

function compileNumbers(path: string, spec: FieldSpec): Numbers | null {
  switch (spec.kind) {
    case 'int':
      return compileInt(path, spec.min, spec.max, spec.options)
    case 'fixed':
      return compileFixed(path, spec.options)
    case 'angle':
      return compileAngle(path, spec.options)
    case 'bool':
      if (!['boolean', 'undefined'].includes(typeof spec.options.default))
        fail(path, `the default is ${describeGiven(spec.options.default)}`, 'Write true or false.')
      return onGrid('bool', 0, 1, spec.options.default ? 1 : 0)
    case 'button':
      return onGrid('button', 0, 1, 0)
    case 'enum': {
      const { values } = spec
      if (
        !Array.isArray(values) ||
        values.length < 1 ||
        values.length > 256 ||
        new Set(values).size !== values.length ||
        !values.every((value) => typeof value === 'string')
      )
        fail(path, 'an enum needs 1 to 256 different names', "Write t.enum(['red', 'blue']).")
      const initial = spec.options.default === undefined ? 0 : values.indexOf(spec.options.default)
      if (initial < 0)
        fail(
          path,
          `the default "${spec.options.default}" is not one of its names`,
          `Write one of ${values.join(', ')}.`,
        )
      return onGrid('enum', 0, values.length - 1, initial, values)
    }
    case 'player':
      return onGrid('player', 0, 2 ** 14 - 1, 0)
    case 'entity':
      return onGrid('entity', 0, 2 ** 48 - 1, 0)
    case 'tick': {
      const initial = nearest(path, spec.options.default, 0, MAX_TICK)
      if (!Number.isInteger(initial)) fail(path, `the default ${initial} is not whole`, 'Ticks are counted.')
      return onGrid('tick', 0, MAX_TICK, initial)
    }
    case 'string':
    case 'list':
    case 'opaque':
      return null
    default:
      return fail(
        path,
        'is not a field',
        'Write one of t.int, t.fixed, t.angle, t.bool, t.button, t.enum, t.player, t.entity, t.tick, t.string, t.list, t.opaque.',
      )
  }
}

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

const classes = ['by', 'to'] as const
const choosable = [...classes, 'chosen'] as const
/** The options that each kind of field takes. */
const optionNames: Record<FieldSpec['kind'], readonly string[]> = {
  int: [...choosable, 'default', 'wrap', 'rate'],
  fixed: [...choosable, 'min', 'max', 'step', 'sim', 'default', 'wrap', 'rate'],
  angle: [...choosable, 'steps', 'default', 'rate'],
  bool: [...choosable, 'default'],
  button: [],
  enum: [...choosable, 'default'],
  player: classes,
  entity: classes,
  tick: [...classes, 'default'],
  string: [...choosable, 'default'],
  list: [...choosable, 'default'],
  opaque: ['create', 'save', 'load'],
}

interface AnyOptions {
  readonly by?: unknown
  readonly to?: unknown
  readonly rate?: unknown
  readonly wrap?: unknown
  readonly chosen?: unknown
}

/** The field's options. @throws TypeError for one that its kind does not take. */
function checkOptions(path: string, spec: FieldSpec): AnyOptions {
  const names = optionNames[spec?.kind]
  if (!names) return fail(path, 'is not a field', 'Use the field types of t, such as t.int(0, 100).')
  checkNames(path, spec.options, names)
  const options: AnyOptions = spec.options
  for (const name of ['wrap', 'chosen'] as const)
    if (!['undefined', 'boolean'].includes(typeof options[name]))
      fail(path, `${name} is ${describeGiven(options[name])}`, 'Write true or false.')
  return options
}

/** @throws TypeError where a field does not suit the role of its record. */
function checkRole(path: string, spec: FieldSpec, role: RecordRole): void {
  if (spec.kind === 'button' && role !== 'input')
    fail(path, 'a button is an input', 'Use t.bool for state, and t.button in input.')
  if (spec.kind === 'opaque' && role !== 'entity' && role !== 'globals')
    fail(path, 'only entities and globals can hold opaque state', 'Move it to an entity or to globals.')
  if (role === 'input' && (spec.kind === 'string' || spec.kind === 'list'))
    fail(path, `a ${spec.kind} is too much for an input that is sent 60 times a second`, 'Send it as a command.')
  const options = checkOptions(path, spec)
  if (options.by !== undefined && options.by !== 'referee')
    fail(path, `by is ${String(options.by)}`, "Write by: 'referee', or leave it out.")
  if (options.to !== undefined && !['owner', 'team', 'nobody'].includes(String(options.to)))
    fail(path, `to is ${String(options.to)}`, "Write to: 'owner', 'team' or 'nobody', or leave it out.")
  if (options.chosen && role !== 'player')
    fail(path, 'only fields of player are chosen', 'Move it to player, or leave chosen out.')
  if (options.chosen && options.to !== undefined)
    fail(path, 'everybody sees what is chosen in the lobby', 'Leave to out, or chosen.')
  if ((role === 'input' || role === 'message') && (options.by || options.to))
    fail(path, 'inputs, options, settings, events and commands have no classes', 'Leave by and to out.')
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
  for (const [at, field] of names.entries()) {
    checkName(path, field)
    const here = `${path}.${field}`
    if (reserved.has(field)) fail(here, `"${field}" is taken by the record itself`, 'Choose another name.')
    const spec = fields[field]
    if (typeof spec !== 'object' || spec === null || !('kind' in spec))
      return fail(here, 'is not a field', 'Use the field types of t, such as t.int(0, 100).')
    checkRole(here, spec, role)
    const options = spec.options as { by?: 'referee'; to?: Audience }
    const audience = options.to ?? 'all'
    const refereeOnly = role === 'globals' || role === 'player' || options.by === 'referee' || audience === 'nobody'
    const base: CompiledBase = { name: field, index: at, authority: refereeOnly, audience }
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

/** Rounds the default to the simulation's grid: a new record equals the record after rounding, on every machine. */
function onSimGrid(field: NumberField): NumberField {
  const { simStep, simMin, simMax, wrap } = field
  const steps = Math.round(field.initial / simStep)
  const inside = steps > simMax ? (wrap > 0 ? simMin : simMax) : Math.max(steps, simMin)
  // Every property, always in this order: built by spreading, fields had 27 hidden classes in V8, and loops over them were slow.
  return {
    name: field.name,
    index: field.index,
    authority: field.authority,
    audience: field.audience,
    store: 'number',
    kind: field.kind,
    column: field.column,
    simStep,
    simMin,
    simMax,
    wireStep: field.wireStep,
    wireMin: field.wireMin,
    wireMax: field.wireMax,
    wrap,
    rate: field.rate,
    initial: inside * simStep + 0,
    names: field.names,
    seats: field.seats,
  }
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
