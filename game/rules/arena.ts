/**
 * The arena of a match, as the settings have it: its size, and where its rocks stand. All pages have the same settings from the start of
 * the match, late joiners too, so `step` may go by them everywhere. In: settings, which a hostile host may have filled with anything
 * in range. Out: an arena that can be played.
 */
import { ASTEROID_WEIGHT, MAX_ASTEROIDS } from './balance.ts'
import type { DogstarSettings } from './shape.ts'

/** A rock at rest. */
export interface RockPlace {
  readonly x: number
  readonly y: number
  /** 1 to 3, or a moon's. */
  readonly size: number
}

/** Whether somebody drew this arena. Otherwise chance throws the rocks into the open field. */
export function isDrawn({ arenaName }: DogstarSettings): boolean {
  return arenaName !== ''
}

/** The rocks of a drawn arena. What lies outside comes in, and what is too much for the field is left out. */
export function rocksIn(settings: DogstarSettings): RockPlace[] {
  const { arenaWidth, arenaHeight, rockX, rockY, rockSize } = settings
  const rocks: RockPlace[] = []
  let weight = 0
  for (const [i, size] of rockSize.entries()) {
    const [x, y] = [rockX[i], rockY[i]]
    weight += ASTEROID_WEIGHT[size as 1 | 2 | 3 | 4]
    if (x === undefined || y === undefined || weight > MAX_ASTEROIDS) break
    rocks.push({ x: Math.min(x, arenaWidth), y: Math.min(y, arenaHeight), size })
  }
  return rocks
}
