/**
 * Aim help for thumbs and sticks: who fires about in the direction of a foe fires ahead of it, to where the bullet meets it. It bends the
 * player's own wish by some degrees, and never without one: the rules get a `turn` as from anybody else.
 */
import { BULLET_SPEED } from '../rules/balance.ts'

export interface Flying {
  readonly x: number
  readonly y: number
  readonly vx: number
  readonly vy: number
}

/** Radians beside the wish within which a foe is meant: what a thumb on glass cannot do better. */
const CONE = 0.3
/** Units from which a foe is too far to be meant. */
const RANGE = 750

/** The heading that is wished, or the one that hits whom it is near to. */
export function helpedHeading(heading: number, own: Flying, foes: Iterable<Flying>): number {
  let best = CONE
  let helped = heading
  for (const foe of foes) {
    if (Math.hypot(foe.x - own.x, foe.y - own.y) > RANGE) continue
    const wanted = headingTo(own, foe)
    const off = Math.abs(wrapped(wanted - heading))
    if (off >= best) continue
    best = off
    helped = wanted
  }
  return helped
}

/** To where a bullet meets the foe, if both fly on as they do. */
function headingTo(own: Flying, foe: Flying): number {
  const seconds = Math.hypot(foe.x - own.x, foe.y - own.y) / BULLET_SPEED
  return Math.atan2(foe.y + (foe.vy - own.vy) * seconds - own.y, foe.x + (foe.vx - own.vx) * seconds - own.x)
}

/** The same angle between -π and π. */
export function wrapped(angle: number): number {
  return angle - Math.round(angle / (2 * Math.PI)) * 2 * Math.PI
}
