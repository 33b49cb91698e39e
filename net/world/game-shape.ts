/** The shape of a game: what its definition declares, as types. Everything that is typed by a game takes a `GameShape`. */

import type { AnyField, Fields } from './fields.ts'

/** Which entities a client predicts: its own, everybody's (a ball), or none. */
export type Prediction = 'owner' | 'all' | 'none'

export interface EntityDefinition<F extends Fields = Fields> {
  readonly fields: F
  readonly predict: Prediction
  /** Most entities of this type at once, 1 to 65,536. Default: not declared. */
  readonly max?: number
}

/**
 * When a page is told of an event. `'predicted'`: at once on the page of the event's owner, and denied later if the host
 * disagrees. `'now'`: when it arrives. `'presentation'`: when the drawn world reaches its tick, so that sound and picture
 * agree.
 */
export type EventTiming = 'predicted' | 'now' | 'presentation'

export interface EventDefinition<F extends Fields = Fields> {
  readonly fields: F
  readonly timing: EventTiming
}

/** What happens to numbers of a command that are out of range, and to texts and lists that are too long. */
export type OutOfRange = 'clamp' | 'reject'

export interface CommandDefinition<F extends Fields = Fields, R extends AnyField = AnyField> {
  readonly fields: F
  readonly result: R
  /** Default `'clamp'`. */
  readonly outOfRange?: OutOfRange
}

type EntityMap = { readonly [name: string]: EntityDefinition }
type EventMap = { readonly [name: string]: EventDefinition }
type CommandMap = { readonly [name: string]: CommandDefinition }

/** The shape of a game: all of its definition that is data. */
export interface GameShape {
  readonly input: Fields
  readonly entities: EntityMap
  readonly globals: Fields
  readonly player: Fields
  readonly options: Fields
  readonly settings: Fields
  readonly events: EventMap
  readonly commands: CommandMap
  /** What each bot remembers. */
  readonly memory: Fields
  /** The kinds of bots, by name. */
  readonly bots: string
}
