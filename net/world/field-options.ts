/** Checks the options of fields: which options each kind takes, and which of them suit the role of the record. */

import { fail } from './definition-error.ts'
import type { FieldSpec } from './fields.ts'
import { checkNames, describeGiven } from './given.ts'
import type { RecordRole } from './schema.ts'

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
export function checkOptions(path: string, spec: FieldSpec): AnyOptions {
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
export function checkRole(path: string, spec: FieldSpec, role: RecordRole): void {
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
