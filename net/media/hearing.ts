/** How a voice sounds from its place: left or right by `x`, quieter with the distance. Pure. */
import type { Hearing, Place } from './types.ts'

const DEFAULT_NEAR = 100
const DEFAULT_FAR = 1000

/** Nobody is heard from one side alone, which is tiring with headphones. */
const MAX_PAN = 0.8

export interface Heard {
  /** −1 left to 1 right. */
  readonly pan: number
  /** 0 silent to 1. */
  readonly gain: number
}

const FROM_THE_MIDDLE: Heard = { pan: 0, gain: 1 }

/**
 * The gain falls in a straight line from `near` to `far`; the pan is full at `near` to the side. Places that are not known, or
 * are no numbers, are heard from the middle.
 */
export function heardFrom(listener: Place | null, speaker: Place | null, hearing: Hearing = {}): Heard {
  const { near = DEFAULT_NEAR, far = DEFAULT_FAR } = hearing
  if (!listener || !speaker) return FROM_THE_MIDDLE
  const dx = speaker.x - listener.x
  const distance = Math.hypot(dx, speaker.y - listener.y)
  if (!Number.isFinite(distance)) return FROM_THE_MIDDLE
  const gain = distance <= near ? 1 : Math.max(0, 1 - (distance - near) / (far - near))
  const pan = distance === 0 ? 0 : (MAX_PAN * dx) / Math.max(distance, near)
  return { pan, gain }
}

/** @throws RangeError for distances that make no sense. */
export function checkHearing({ near = DEFAULT_NEAR, far = DEFAULT_FAR }: Hearing): void {
  if (!(near >= 0 && far > near && far < Number.POSITIVE_INFINITY))
    throw new RangeError(`hearing: near is ${near} and far is ${far}. Write near: 0 or more, and a far above it.`)
}
