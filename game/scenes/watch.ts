/** Whom a spectator's picture follows: the best pilot at first, then whomever they turn to; nobody while they look around. Pure. */
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'
import { ranking } from './ranking.ts'

export interface Watch {
  /** Whether the picture follows nobody: the spectator moves it. */
  free: boolean
  /** The pilot who is followed; null when nobody plays. While the picture is free, the one whom it comes back to. */
  pilot(view: DogstarView): PlayerId | null
  /** Follows this pilot. */
  follow(pilot: PlayerId): void
  /** Follows the next pilot by rank, or with -1 the one before. */
  turn(view: DogstarView, step: 1 | -1): void
}

export function makeWatch(): Watch {
  // It stays with a pilot who loses the lead or the ship: a picture that jumps by itself tells nothing.
  let followed: PlayerId | null = null
  return {
    free: false,
    pilot(view) {
      if (followed === null || !view.players.includes(followed)) followed = ranking(view)[0] ?? null
      return followed
    },
    follow(pilot) {
      this.free = false
      followed = pilot
    },
    turn(view, step) {
      this.free = false
      const order = ranking(view)
      const now = this.pilot(view)
      const at = now === null ? -1 : order.indexOf(now)
      followed = order[(at + step + order.length) % order.length] ?? null
    },
  }
}
