/** Two axes, of a gamepad or of a thumb, as a direction. */

/** Where a stick points and how far, in shares of its reach beyond the dead zone. */
export interface Stick {
  /** Radians, 0 to the right, clockwise on the screen; null at rest. */
  readonly heading: number | null
  /** 0 to 1. */
  readonly push: number
}

export const atRest: Stick = { heading: null, push: 0 }

/** From this share on the engine burns: a light push only turns. */
export const BURNS_FROM = 0.62

/** `deadZone`: share of the reach within which a stick counts as at rest, 0 to 0.9: worn ones never come back to the middle. */
export function stickOf(x: number, y: number, deadZone: number): Stick {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return atRest
  const length = Math.hypot(x, y)
  if (length <= deadZone) return atRest
  return { heading: Math.atan2(y, x), push: Math.min(1, (length - deadZone) / (1 - deadZone)) }
}
