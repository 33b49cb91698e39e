/** Compiles a whole definition to a game: checks what it states, compiles its schema, hashes it. */

import type { Bot } from './bot-types.ts'
import { compileSchema } from './compile-schema.ts'
import { fail } from './definition-error.ts'
import type { Fields } from './fields.ts'
import type { AnyGame, Game } from './game.ts'
import { hashDeclared, joinHash } from './game-hash.ts'
import type { CommandDefinition, EntityDefinition, EventDefinition } from './game-shape.ts'
import { checkNames, describeGiven } from './given.ts'
import { MAX_SEATS } from './ids.ts'
import type { GameRules } from './rules.ts'

// biome-ignore lint/complexity/noBannedTypes: the shape of a group that the definition leaves out is exactly {}.
type None = {}
type ShapeOfParts<
  I extends Fields,
  E extends { readonly [name: string]: EntityDefinition },
  W extends Fields,
  P extends Fields,
  O extends Fields,
  S extends Fields,
  V extends { readonly [name: string]: EventDefinition },
  C extends { readonly [name: string]: CommandDefinition },
  M extends Fields,
  B extends string,
> = {
  input: I
  entities: E
  globals: W
  player: P
  options: O
  settings: S
  events: V
  commands: C
  memory: M
  bots: B
}

/** What a definition may state. */
const DEFINITION_KEYS = [
  ...['id', 'version', 'rulesHash', 'maxPlayers', 'tickRate', 'input', 'entities', 'globals', 'player', 'options'],
  ...['settings', 'events', 'commands', 'step', 'referee', 'relevant', 'mayChoose', 'memory', 'bots'],
]

/**
 * Checks and compiles a definition. `defineGame` of the package's face also checks that all of it fits on the wire
 * (wire/define-game.ts).
 *
 * @throws TypeError naming the field and what to write instead, when the definition is wrong.
 */
export function compileGame<
  const I extends Fields,
  const E extends { readonly [name: string]: EntityDefinition },
  const W extends Fields = None,
  const P extends Fields = None,
  const O extends Fields = None,
  const S extends Fields = None,
  const V extends { readonly [name: string]: EventDefinition } = None,
  const C extends { readonly [name: string]: CommandDefinition } = None,
  const M extends Fields = None,
  const B extends string = never,
>(
  definition: {
    /** What a player does in a tick. */
    readonly input: I
    /** The types of entity, at most 60. A game without any, of cards or of words, writes `{}`. */
    readonly entities: E
    /** State of the match as a whole; only `referee` writes it. */
    readonly globals?: W
    /** A record per player that outlives its entities; only `referee` writes it. */
    readonly player?: P
    /** Fixed when the lobby is created. */
    readonly options?: O
    /** The host may change them before each match; a match is played with those of its start. */
    readonly settings?: S
    readonly events?: V
    readonly commands?: C
    /** What each bot remembers from tick to tick. */
    readonly memory?: M
    /** Who may play without a person, by name: what they do in a tick. The same on every page. */
    readonly bots?: {
      readonly [K in B]: Bot<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>>
    }
  } & GameRules<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>>,
): Game<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>> {
  checkNames('defineGame', definition, DEFINITION_KEYS)
  const { id, version, maxPlayers, tickRate = 60 } = definition
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,40}$/.test(id))
    fail('game.id', `"${id}" is not an id`, 'Write 1 to 40 characters of a–z, 0–9 and "-".')
  if (!Number.isSafeInteger(version) || version < 0)
    fail('game.version', `${version} is not a version`, 'Write a whole number and raise it with the rules.')
  if (!Number.isInteger(maxPlayers) || maxPlayers < 1 || maxPlayers > MAX_SEATS)
    fail('game.maxPlayers', `${maxPlayers} is out of range`, `Write 1 to ${MAX_SEATS}.`)
  if (!Number.isInteger(tickRate) || tickRate < 10 || tickRate > 120)
    fail('game.tickRate', `${tickRate} is out of range`, 'Write 10 to 120 ticks per second.')
  checkRules(definition)
  const schema = compileSchema(definition, maxPlayers)
  return {
    id,
    version,
    maxPlayers,
    tickRate,
    schema,
    rules: definition as unknown as AnyGame['rules'],
    hash: joinHash(hashDeclared(definition, tickRate), definition.rulesHash),
  }
}

/** @throws TypeError for a rule that is no plain function, and for a missing `step`. */
function checkRules(definition: { readonly [rule in 'step' | 'referee' | 'relevant' | 'mayChoose']?: unknown }): void {
  for (const rule of ['step', 'referee', 'relevant', 'mayChoose'] as const) {
    const given: unknown = definition[rule]
    const kind = Object.prototype.toString.call(given)
    if (kind === '[object Function]' || (given === undefined && rule !== 'step')) continue
    fail(
      `game.${rule}`,
      given === undefined
        ? 'is missing'
        : typeof given === 'function'
          ? 'is async or a generator, and a tick cannot wait'
          : `is ${describeGiven(given)}`,
      `Write a function, ${rule}(…) { … }.`,
    )
  }
}
