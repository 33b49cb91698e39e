/** The red edge of the picture when this page's ship is hurt: the harder the blow, the redder and the longer. */
import { element } from './elements.ts'

/** Hit points from which a blow is as red as any: the hardest collision. */
const HARDEST = 50
/** Opacity of the lightest scratch: seen, but no more than that. */
const LIGHTEST = 0.25
/** Milliseconds of the lightest and of the hardest blow. */
const MIN_MS = 300
const MAX_MS = 1000

/** Tells how many hit points a ship has lost since it was last looked at. Another ship has lost nothing: hulls differ in what they begin with. */
export function watchHull(): (ship: { readonly id: number; readonly hp: number } | null) => number {
  let id = 0
  let hp = 0
  return (ship) => {
    const lost = ship && ship.id === id ? Math.max(0, hp - ship.hp) : 0
    id = ship?.id ?? 0
    hp = ship?.hp ?? 0
    return lost
  }
}

export interface Vignette {
  /** `damage`: hit points lost at once. */
  flash(damage: number): void
}

/** Opacity 0 to 1 and length of the flash for so many hit points. */
export function flashOf(damage: number): { readonly opacity: number; readonly ms: number } {
  const share = Math.min(1, Math.max(0, damage) / HARDEST)
  return {
    opacity: LIGHTEST + (1 - LIGHTEST) * share,
    ms: Math.round(MIN_MS + (MAX_MS - MIN_MS) * share),
  }
}

/** `calm`: whether the player asked their system for less motion. Then the edge stands and goes, and nothing fades. */
export function makeVignette(parent: HTMLElement, calm: () => boolean): Vignette {
  const edge = element(parent, 'div', 'hurt')
  return {
    flash(damage) {
      const { opacity, ms } = flashOf(damage)
      for (const animation of edge.getAnimations()) animation.cancel()
      edge.animate([{ opacity }, { opacity: calm() ? opacity : 0 }], { duration: ms, easing: 'ease-out' })
    },
  }
}
