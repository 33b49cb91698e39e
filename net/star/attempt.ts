/** What both sides of a star share when they connect. */
import { StarwireError } from '../errors/starwire-error.ts'
import { describeGiven } from '../world/given.ts'

/** From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. */
export const JOIN_DEADLINE_MS = 15_000

/**
 * `relay-only`: this page makes no connection to another page, so no player learns its address: neither an address nor a description of
 * a connection leaves it. All goes through the relay of signalling. It costs time, and the operator can read it.
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
