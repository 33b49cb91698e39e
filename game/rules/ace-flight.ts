/** How Ace reckons: distances, headings, and the stick that leads to one. Pure. */
import { atan2 } from 'starwire'
import { BULLET_SPEED, TURN_STEPS } from './balance.ts'

export interface Place {
  readonly x: number
  readonly y: number
}

interface Flying extends Place {
  readonly vx: number
  readonly vy: number
}

/** Radians of full stick per radian that the nose is off, and seconds of turning that are under way already. */
const EAGERNESS = 2.4
const FORESIGHT = 0.07
/** Seconds of drift that a heading somewhere makes up for. */
const DRIFT = 0.4

/** Radians from the nose to a heading, counting the turn that is under way. */
export function aimAt(own: { readonly angle: number; readonly spin: number }, heading: number): number {
  return wrapped(heading - own.angle - own.spin * FORESIGHT)
}

/** To where a bullet meets the foe, if both fly on as they do. */
export function headingTo(own: Flying, foe: Flying, away: number): number {
  const seconds = away / BULLET_SPEED
  return atan2(foe.y + (foe.vy - own.vy) * seconds - own.y, foe.x + (foe.vx - own.vx) * seconds - own.x)
}

/** To a place at rest. */
export function headTo(own: Flying, place: Place): number {
  return atan2(place.y - own.y - own.vy * DRIFT, place.x - own.x - own.vx * DRIFT)
}

export function stick(off: number): number {
  return Math.max(-TURN_STEPS, Math.min(TURN_STEPS, Math.round(off * EAGERNESS * TURN_STEPS)))
}

export function distance(a: Place, b: Place): number {
  const dx = a.x - b.x
  const dy = a.y - b.y
  return Math.sqrt(dx * dx + dy * dy)
}

export function wrapped(angle: number): number {
  return angle - Math.round(angle / (2 * Math.PI)) * 2 * Math.PI
}
