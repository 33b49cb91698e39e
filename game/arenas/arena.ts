/**
 * A drawn arena as people make, share and choose it, and as the lobby's settings carry it into a match. Plain data, bounded by the rules
 * (game/rules/balance.ts). `arena-file.ts` reads strangers' files into it.
 */
import { type RockPlace, rocksIn } from '../rules/arena.ts'
import { ARENA_HEIGHT, ARENA_WIDTH } from '../rules/balance.ts'
import type { DogstarSettings } from '../rules/shape.ts'

/** How the name of an arena's file ends. */
export const ARENA_ENDING = '.arena.json'

export interface Arena {
  /** One clean line of 1 to 20 characters. */
  readonly name: string
  readonly width: number
  readonly height: number
  readonly rocks: readonly RockPlace[]
}

/** What of the settings is the arena. */
export type ArenaSettings = Pick<
  DogstarSettings,
  'arenaName' | 'arenaWidth' | 'arenaHeight' | 'rockX' | 'rockY' | 'rockSize'
>

/** No drawn arena. */
export const openField: ArenaSettings = {
  arenaName: '',
  arenaWidth: ARENA_WIDTH,
  arenaHeight: ARENA_HEIGHT,
  rockX: [],
  rockY: [],
  rockSize: [],
}

export function settingsOf({ name, width, height, rocks }: Arena): ArenaSettings {
  return {
    arenaName: name,
    arenaWidth: width,
    arenaHeight: height,
    rockX: rocks.map(({ x }) => x),
    rockY: rocks.map(({ y }) => y),
    rockSize: rocks.map(({ size }) => size),
  }
}

/** The arena that is set; null: the open field. */
export function arenaIn(settings: DogstarSettings): Arena | null {
  const { arenaName: name, arenaWidth: width, arenaHeight: height } = settings
  return name === '' ? null : { name, width, height, rocks: rocksIn(settings) }
}

/** A few letters that are another for another arena: pages name an arena to each other by it. No secret, and no proof. */
export function markOf(arena: Arena): string {
  let hash = 0
  for (const character of JSON.stringify(settingsOf(arena)))
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0
  return (hash >>> 0).toString(36)
}
