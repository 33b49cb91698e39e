/** What both sides of a star share when they connect. */
import { StarwireError } from '../errors/starwire-error.ts'
import { describeGiven } from '../world/given.ts'

/**
 * From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. A player is to read a reason within
 * 15 s: half a second is left for a busy page to say it.
 */
export const JOIN_DEADLINE_MS = 14_500

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

/** Begins the `info` of a guest that wants another route for the link it has. No text that a player or game writes begins so. */
const REROUTE = '\u0000reroute:'

/** What a guest asks with that has lost the route of its link: the key that it has told the host over the link itself. */
export function rerouteInfo(key: Uint8Array): string {
  return `${REROUTE}${keyText(key)}`
}

/** The key as a text. Null: this guest asks for a new link. */
export function rerouteKey(info: string): string | null {
  return info.startsWith(REROUTE) ? info.slice(REROUTE.length) : null
}

export function keyText(key: Uint8Array): string {
  return Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The error of a failed signalling call. A RangeError or TypeError is the developer's mistake and stays as it is; anything unknown is
 * `signaling-down`.
 */
export function signalingError(error: unknown): Error {
  if (error instanceof StarwireError || error instanceof RangeError || error instanceof TypeError) return error
  return new StarwireError('signaling-down', String(error))
}
