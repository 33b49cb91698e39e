/**
 * The ack delay: how long a receiver held a packet before it acked it. The wire tells at most one second, which means "a second or
 * longer"; the round trip of such a packet cannot be known.
 */

/** The longest hold that is told, ms. */
export const MAX_HOLD_MS = 1000

/** The hold to tell of a packet that came so long ago, ms. */
export function holdMsOf(agoMs: number): number {
  return Math.min(MAX_HOLD_MS, Math.max(0, Math.round(agoMs)))
}

/** When the packet arrived at the other side, ms, by this side's clock, plus the ack's time back; null when it is not known. */
export function arrivalOf(ackAt: number, holdMs: number): number | null {
  return holdMs < MAX_HOLD_MS ? ackAt - holdMs : null
}
