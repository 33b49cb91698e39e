/** What both sides of a star share when they connect. */
import { StarwireError } from '../errors/starwire-error.ts'
import { describeGiven } from '../world/given.ts'

/** From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. */
export const JOIN_DEADLINE_MS = 15_000

/**
 * `relay-only`: no packet goes from this page straight to another one, so no player learns its address. Where there is TURN, it connects
 * through that, and of its candidates only those of the TURN server leave it. Else all goes through the relay of signalling. Both cost
 * time. The operator of either sees this page's address; that of the relay can read what passes.
 */
export type Privacy = 'relay-only'

/** @throws RangeError for a value that there is not. */
export function checkPrivacy(privacy: unknown): void {
  if (privacy === undefined || privacy === 'relay-only') return
  throw new RangeError(`privacy is 'relay-only' or left out, not ${describeGiven(privacy)}.`)
}

/**
 * The error of a failed signalling call. A RangeError or TypeError is the developer's mistake and stays as it is; anything unknown is
 * `signaling-down`.
 */
export function signalingError(error: unknown): Error {
  if (error instanceof StarwireError || error instanceof RangeError || error instanceof TypeError) return error
  return new StarwireError('signaling-down', String(error))
}
