/**
 * How long the round trip takes: the mean of what is measured, the newest counting most. The one filter for both ends: a
 * client measures by its inputs, the host by its snapshots.
 */

/** Each sample moves the estimate by this share of its distance: a dozen samples are remembered. */
const SHARE = 1 / 12

export class RoundTrip {
  /** 0 before the first measurement. */
  ms = 0
  /** How often it was measured. */
  count = 0

  /** The path is another one, and its round trip longer by so much, ms. */
  changed(ms: number): void {
    this.ms = Math.max(0, this.ms + ms)
  }

  measured(ms: number): void {
    this.count++
    // The first samples are averaged alike, or the first one would stand for long.
    this.ms += (ms - this.ms) * Math.max(SHARE, 1 / this.count)
  }
}
