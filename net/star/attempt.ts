/** What both sides do alike around an attempt to connect. */
import { StarwireError } from '../errors/starwire-error.ts'

/** From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. */
export const JOIN_DEADLINE_MS = 15_000

/**
 * What a failed signalling call is to the player. A RangeError or TypeError stays what it is: the developer's mistake,
 * with a sentence of its own.
 */
export function signalingError(error: unknown): Error {
  if (error instanceof StarwireError || error instanceof RangeError || error instanceof TypeError) return error
  return new StarwireError('signaling-down', String(error))
}
