/** Which keys a scripted pilot holds. Carried into the page as text, so it uses nothing but its arguments. */
import type { RecordedFrame } from './recording.ts'

export interface HeldKeys {
  /** Left is -1. */
  readonly side: -1 | 0 | 1
  readonly thrust: boolean
  readonly fire: boolean
}

/**
 * Steers for half a second, then flies straight for 0.7: so there are turns out of straight flight to time. Towards the
 * other ship while it is far, around it when near, away from the walls. `ms`: of any clock.
 */
export function holdKeys(ms: number, frame: RecordedFrame | undefined): HeldKeys {
  const thrust = ms % 3000 < 2200
  const fire = ms % 4000 < 500
  const own = frame?.ships.find(({ mine }) => mine)
  if (!own || ms % 1200 >= 500) return { side: 0, thrust, fire }
  const other = frame?.ships.find(({ mine }) => !mine)
  const nearWall = own.x < 250 || own.x > 2750 || own.y < 250 || own.y > 1750
  const target = nearWall || !other ? { x: 1500, y: 1000 } : other
  const dx = target.x - own.x
  const dy = target.y - own.y
  const around = !nearWall && Math.sqrt(dx * dx + dy * dy) < 450 ? Math.PI / 2 : 0
  const off = Math.atan2(dy, dx) + around - own.angle
  const shortest = off - Math.round(off / (2 * Math.PI)) * 2 * Math.PI
  return { side: Math.abs(shortest) < 0.2 ? 0 : shortest < 0 ? -1 : 1, thrust, fire }
}
