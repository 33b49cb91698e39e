/**
 * How long a receiver has held what it acknowledges. The wire says at most a second, so a second means "that long or
 * longer": the trip of such a packet is not known, and whoever reckons with it goes wrong by as much as it was held.
 */

/** ms; the longest hold that is told. */
export const MAX_HOLD_MS = 1000

/** What to tell of a packet that came so long ago, ms. */
export function holdMsOf(agoMs: number): number {
  return Math.min(MAX_HOLD_MS, Math.max(0, Math.round(agoMs)))
}

/** When the packet arrived at the other side, by this side's clock but for the ack's way back, ms; null: not known. */
export function arrivalOf(ackAt: number, holdMs: number): number | null {
  return holdMs < MAX_HOLD_MS ? ackAt - holdMs : null
}
