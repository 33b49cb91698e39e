/** Bots as the developer writes them: a function from what a player would see to an input. */

import type { GameShape } from './game-shape.ts'
import type { EntityId, PlayerId } from './ids.ts'
import type { SeenGlobals, SeenOptions, SeenPlayer, SeenSettings, Values, ViewEntity } from './record-types.ts'

/**
 * What a bot sees: what a player's screen would show. Entities that a client would predict stand as they are now, all else as it
 * was 0.2 s ago, without what `relevant` hides from this player and without fields that they are not told. It can only be read.
 */
export interface BotView<G extends GameShape> {
  /** The tick that all others are seen at. */
  readonly tick: number
  readonly players: readonly PlayerId[]
  readonly globals: SeenGlobals<G>
  readonly options: SeenOptions<G>
  readonly settings: SeenSettings<G>
  player(id: PlayerId): SeenPlayer<G>
  /** All entities of a type in id order. */
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<ViewEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): ViewEntity<G, Name> | null
}

/** The bot's own player. */
export interface BotSelf {
  readonly id: PlayerId
  /** As it was given with `lobby.addBot`: 0 to 1. */
  readonly skill: number
  /** A number in [0, 1) from the match's seed, the tick, this player and `n`. */
  random(n: number): number
}

/**
 * Plays for a player without a person, on the host's page: called once before each tick, returns the input of the tick.
 * Fields left out are neutral. `memory` is this bot's own; it is saved with the world. Keep nothing elsewhere: another page may go on
 * with the bot. A bot that throws, or returns what is no input, sits still from then on, and the host's console says why.
 */
export type Bot<G extends GameShape> = (
  view: BotView<G>,
  me: BotSelf,
  memory: Values<G['memory']>,
) => Partial<Values<G['input']>>
