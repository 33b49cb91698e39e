/** How tense the fight of this page's pilot is, 0 to 1: what the music follows. */
import { HULLS, TICK_RATE } from '../rules/balance.ts'
import { areMates } from '../rules/sides.ts'
import type { DogstarView, ShipView } from './parts.ts'

/** Units at which a foe is as near as it gets, and from which it is none. */
const NEAR = 220
const FAR = 1100
/** The end of a round is near. */
const LAST_SECONDS = 60

/** `ship`: the one that is followed; null between two ships. */
export function tensionOf(view: DogstarView, ship: ShipView | null): number {
  const { phase, endsAt } = view.globals
  if (phase !== 'playing') return 0.08
  const ends = endsAt - view.tick < LAST_SECONDS * TICK_RATE ? 0.3 : 0
  if (!ship) return 0.15 + ends
  const hurt = 1 - Math.min(1, ship.hp / HULLS[ship.hull].hp)
  return Math.min(1, 0.15 + ends + 0.4 * nearness(view, ship) + 0.3 * hurt)
}

function nearness(view: DogstarView, own: ShipView): number {
  let nearest = FAR
  for (const { owner, x, y } of view.all('ship')) {
    if (owner === null || owner === own.owner || !view.players.includes(owner)) continue
    if (own.owner !== null && areMates(view.player(own.owner), view.player(owner))) continue
    nearest = Math.min(nearest, Math.hypot(x - own.x, y - own.y))
  }
  return Math.min(1, (FAR - nearest) / (FAR - NEAR))
}
