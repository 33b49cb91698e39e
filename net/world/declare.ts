/** What a definition is written with, beside `t`: types of entity, event and command. */

import { fail } from './definition-error.ts'
import type { Field, Fields } from './fields.ts'
import type {
  CommandDefinition,
  EntityDefinition,
  EventDefinition,
  EventTiming,
  OutOfRange,
  Prediction,
} from './game-shape.ts'
import { checkNames } from './given.ts'

/**
 * A type of entity: its fields, which of its entities a client predicts (`predict`, default `'owner'`), and how many there
 * may be at once, of all players together (`max`, 1 to 65,536).
 *
 * `max` protects the match from rules that spawn without end. A limit such as "three mines per player" is a rule: count in
 * `step`. When a type is at its `max`, `spawn` does not throw. It returns an entity that is not in the world: you can write
 * to it, but it is never listed, drawn or sent, and `world.get` does not find it. There is room again when an entity of
 * the type is removed. The host counts all entities, a client only those that it predicts; so a client may show one that
 * the host then denies, like any wrong prediction. In development the console says once per type that it is full.
 * `session.stats().load` counts what was kept out.
 *
 * Without `max`, `spawn` throws when there are 65,536 of the type.
 */
export function entity<const F extends Fields>(
  fields: F,
  options: { readonly predict?: Prediction; readonly max?: number } = {},
): EntityDefinition<F> {
  checkNames('entity', options, ['predict', 'max'])
  const { predict = 'owner', max } = options
  return { fields, predict, ...(max !== undefined && { max }) }
}

/** A type of event; `timing` says when clients hear of it, default `'presentation'`: when the drawn world reaches its tick. */
export function event<const F extends Fields>(
  fields: F,
  options: { readonly timing?: EventTiming } = {},
): EventDefinition<F> {
  checkNames('event', options, ['timing'])
  return { fields, timing: options.timing ?? 'presentation' }
}

/**
 * A request of a client to the referee. It is delivered once and in order, and answered with a value of `result`.
 * `outOfRange` says what happens to numbers out of range and to texts and lists that are too long. `'clamp'` (the
 * default): they are brought into range. `'reject'`: nothing is sent, and `session.command` rejects with a RangeError
 * that names the field.
 */
export function command<const F extends Fields, R>(
  fields: F,
  options: { readonly result: Field<R>; readonly outOfRange?: OutOfRange },
): CommandDefinition<F, Field<R>> {
  checkNames('command', options, ['result', 'outOfRange'])
  const { result, outOfRange = 'clamp' } = options
  if (!result) fail('command', 'it has no result', 'Say what it answers with, such as { result: t.bool() }.')
  return { fields, result, outOfRange }
}
