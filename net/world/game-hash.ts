/**
 * The hash by which two pages know that they have the same game. It has two halves: one of what the definition declares, and one
 * of the rules' sources, which the Vite plugin makes.
 */

import type { Definition } from './compile-schema.ts'
import { fail } from './definition-error.ts'
import type { AnyGame, Game } from './game.ts'
import type { GameShape } from './game-shape.ts'
import { checkGame } from './given.ts'
import { hashText } from './random.ts'
import type { GameRules } from './rules.ts'

/** Stands for the hash of the rules' sources when nobody stated it. Then only what is declared is compared. */
const UNSTATED = 'unstated'

/**
 * The same game with another hash of its rules' sources. For Node and for bundlers without the Vite plugin.
 *
 * @param rulesHash as `hashRules` of `starwire/vite` gives it.
 * @throws TypeError for what `defineGame` has not made, and when `rulesHash` is not 1 to 40 letters, digits, dots, dashes or underscores.
 */
export function withRulesHash<G extends GameShape>(game: Game<G>, rulesHash: string): Game<G> {
  checkGame('withRulesHash', game)
  const [declared = ''] = game.hash.split('-', 1)
  return { ...game, hash: joinHash(declared, rulesHash) }
}

export function joinHash(declared: string, rulesHash: unknown = UNSTATED): string {
  if (typeof rulesHash !== 'string' || !/^[\w.-]{1,40}$/.test(rulesHash))
    fail(
      'game.rulesHash',
      `${JSON.stringify(rulesHash)} is not a hash`,
      'Write 1 to 40 letters, digits, dots, dashes or underscores.',
    )
  return `${declared}-${rulesHash}`
}

/** Whether two games can play together. `theirs` may come from a stranger. */
export function sameHash(ours: string, theirs: string): boolean {
  const [ourDeclared, ourRules] = splitHash(ours)
  const [theirDeclared, theirRules] = splitHash(theirs)
  if (ourDeclared !== theirDeclared) return false
  return ourRules === theirRules || ourRules === UNSTATED || theirRules === UNSTATED
}

/** Whether the hash of the rules' sources is missing, so that changed rules go unnoticed. */
export function isUnstated(hash: string): boolean {
  return splitHash(hash)[1] === UNSTATED
}

function splitHash(hash: string): [declared: string, rules: string] {
  const at = hash.indexOf('-')
  return at < 0 ? [hash, ''] : [hash.slice(0, at), hash.slice(at + 1)]
}

/**
 * Leaves out the text of functions, because bundlers, minifiers and compilers change it. Includes which optional rules there
 * are.
 */
export function hashDeclared(definition: Definition & Omit<GameRules<GameShape>, 'step'>, tickRate: number): string {
  const { id, version, maxPlayers, input, entities, globals, player, options, settings, events, commands } = definition
  const { memory, bots } = definition
  const { referee, relevant, mayChoose } = definition as Partial<AnyGame['rules']>
  const data = [
    { id, version, maxPlayers, tickRate },
    { referee: referee !== undefined, relevant: relevant !== undefined, mayChoose: mayChoose !== undefined },
    { input, entities, globals, player, options, settings, events, commands, memory, bots },
  ]
  return hashText(JSON.stringify(data, (_key, value: unknown) => (typeof value === 'function' ? 'function' : value)))
}
