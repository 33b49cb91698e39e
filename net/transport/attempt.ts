/** What both sides do alike around an attempt to connect. */
import { StarwireError } from '../wire/reasons.ts'

/** From asking to join to open lanes. A join takes 0.1 to 0.5 s; relays and slow DNS take some seconds. */
export const JOIN_DEADLINE_MS = 15_000

/** Runs `leave` when the page goes away: a closed tab is heard of in 0.1 s then, and in 5 s without. */
export function onPageGone(leave: () => void): () => void {
  if (!('onpagehide' in globalThis)) return () => {}
  globalThis.addEventListener('pagehide', leave)
  return () => globalThis.removeEventListener('pagehide', leave)
}

/** Whether the browser knows that this page has no network. False where nobody knows. */
export function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false
}

/** Calls back when the page is shown again or the network is back; does nothing where there is no page. */
export function onWake(wake: () => void): () => void {
  const shown = () => {
    if (document.visibilityState === 'visible') wake()
  }
  const hasDocument = typeof document !== 'undefined'
  const hasEvents = typeof addEventListener === 'function'
  if (hasEvents) addEventListener('online', wake)
  if (hasDocument) document.addEventListener('visibilitychange', shown)
  return () => {
    if (hasEvents) removeEventListener('online', wake)
    if (hasDocument) document.removeEventListener('visibilitychange', shown)
  }
}

/**
 * What a failed signalling call is to the player. A RangeError or TypeError stays what it is: the developer's mistake,
 * with a sentence of its own.
 */
export function signalingError(error: unknown): Error {
  if (error instanceof StarwireError || error instanceof RangeError || error instanceof TypeError) return error
  return new StarwireError('signaling-down', String(error))
}
