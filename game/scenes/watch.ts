/** Whom a spectator's picture follows: the best pilot at first, then whomever they turn to. */
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'
import { ranking } from './ranking.ts'

export interface Watch {
  /** The pilot who is followed; null when nobody plays. */
  pilot(view: DogstarView): PlayerId | null
  /** Turns to the next pilot by rank, or with -1 to the one before. */
  turn(view: DogstarView, step: 1 | -1): void
}

export function makeWatch(): Watch {
  // It stays with a pilot who loses the lead or the ship: a picture that jumps by itself tells nothing.
  let followed: PlayerId | null = null
  const pilot = (view: DogstarView): PlayerId | null => {
    if (followed === null || !view.players.includes(followed)) followed = ranking(view)[0] ?? null
    return followed
  }
  return {
    pilot,
    turn(view, step) {
      const order = ranking(view)
      const at = order.indexOf(pilot(view) as PlayerId)
      followed = order[(at + step + order.length) % order.length] ?? null
    },
  }
}
