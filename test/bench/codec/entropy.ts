/**
 * How many bits an ideal coder would need for what a snapshot says, if it told the same things in the same order and knew
 * nothing of them but how often each value comes: the entropy of order zero, taken apart for each *stream*, that is
 * everything of one meaning (the gaps between ships that changed, the residuals of a bullet's new vx …).
 *
 * The frequencies are those of the whole run, so no coder pays for learning them. Values from 16 on are not told apart one
 * by one, or a run that is short beside their range would be its own codebook: they fall in classes by their length in
 * bits, and below its leading one a value counts its bits in full.
 */

const SINGLE_VALUES = 16

export class Stream {
  /** Bits that were sent. */
  bits = 0
  private readonly counts = new Map<number, number>()
  private total = 0
  private lowBits = 0

  /** `value` is a whole number that is not negative; `bits` is what it took. */
  add(value: number, bits: number): void {
    this.bits += bits
    this.total++
    const length = value < SINGLE_VALUES ? 0 : Math.floor(Math.log2(value)) + 1
    const symbol = length === 0 ? value : SINGLE_VALUES + length
    this.counts.set(symbol, (this.counts.get(symbol) ?? 0) + 1)
    if (length > 0) this.lowBits += length - 1
  }

  /** Bits that the ideal coder would send. */
  get floorBits(): number {
    let bits = this.lowBits
    for (const count of this.counts.values()) bits += count * Math.log2(this.total / count)
    return bits
  }
}

/** A number of either sign as one that is not negative: 0, −1, 1, −2 … */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
