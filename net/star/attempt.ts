/** What both sides of a star share when they connect. */
import { StarwireError } from '../errors/starwire-error.ts'

/** From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. */
export const JOIN_DEADLINE_MS = 15_000

/**
 * The error of a failed signalling call. A RangeError or TypeError is the developer's mistake and stays as it is; anything unknown is
 * `signaling-down`.
 */
export function signalingError(error: unknown): Error {
  if (error instanceof StarwireError || error instanceof RangeError || error instanceof TypeError) return error
  return new StarwireError('signaling-down', String(error))
}
