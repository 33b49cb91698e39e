/**
 * Whom the picture of a spectator, or of a pilot without a ship, follows: the best of the others at first, then whomever they turn to; nobody while
 * they look around. Pure.
 */
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'
import { ranking } from './ranking.ts'

export interface Watch {
  /** Whether the picture follows nobody: the spectator moves it. */
  free: boolean
  /** The pilot who is followed: one who has stepped aside only while all have; null when nobody plays. While the picture is free, the one whom it comes back to. */
  pilot(view: DogstarView): PlayerId | null
  /** Follows this pilot. */
  follow(pilot: PlayerId): void
  /** Follows the next pilot by rank, or with -1 the one before. */
  turn(view: DogstarView, step: 1 | -1): void
}

/** Seconds that the picture stays where the own ship was lost. */
const WRECK = 0.9

/** Whether a pilot who has had no ship for so many seconds sees the others instead: not the own wreck, and not the table after a round. */
export function looksOn({ globals }: DogstarView, shiplessSeconds: number): boolean {
  return shiplessSeconds > WRECK && globals.phase !== 'over'
}

/** Who can be watched, the best first. Nothing moves where somebody stepped aside. */
function watchable(view: DogstarView): PlayerId[] {
  const others = ranking(view).filter((pilot) => pilot !== view.me)
  const active = others.filter((pilot) => !view.player(pilot).aside)
  return active.length > 0 ? active : others
}

export function makeWatch(): Watch {
  // It stays with a pilot who loses the lead or the ship: a picture that jumps by itself tells nothing.
  let followed: PlayerId | null = null
  return {
    free: false,
    pilot(view) {
      const others = watchable(view)
      if (followed === null || !others.includes(followed)) followed = others[0] ?? null
      return followed
    },
    follow(pilot) {
      this.free = false
      followed = pilot
    },
    turn(view, step) {
      this.free = false
      const order = watchable(view)
      const now = this.pilot(view)
      const at = now === null ? -1 : order.indexOf(now)
      followed = order[(at + step + order.length) % order.length] ?? null
    },
  }
}
