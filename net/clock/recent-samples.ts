/** Samples of the last seconds, and the values below which given shares of them lie. */

/** So many samples at the least show that a line has changed: see {@link RecentSamples.add}. */
const SHIFT_SAMPLES = 5
/** After an outage SCTP starts slowly, and what it had held back comes late. */
const AFTERMATH_MS = 1000
/**
 * What is usual now is the upper quartile of so many, which are of a second and a half at 30 a second: what comes late
 * would have to be three quarters of all to move it.
 */
const USUAL_SAMPLES = 45
const USUAL_SHARE = 0.75
/** If all but this share of the newest lie above what was usual, by this share of an outlier, the line has become better. */
const BETTER_BUT_SHARE = 0.05
const BETTER_SHARE = 1 / 48

/** What strays further from what is usual on a line is an outage, … */
const LINE_OUTAGE_SECONDS = 0.4
/** … and what stays so for this long, ms, another line. */
const LINE_SHIFT_MS = 300

/** For samples in ticks of what a line delays, as it was over the last `windowMs`. */
export function lineSamples(tickRate: number, windowMs: number): RecentSamples {
  const outlier = LINE_OUTAGE_SECONDS * tickRate
  return new RecentSamples({ windowMs, outlier, shiftMs: LINE_SHIFT_MS })
}

export class RecentSamples {
  private readonly windowMs: number
  private readonly outlier: number
  private readonly shiftMs: number
  private readonly values: number[] = []
  private readonly times: number[] = []
  private added = 0
  private sorted: Float64Array | null = null
  private quartile: number | null = null
  private strangeSince: number | null = null
  private strangeAt = Number.NEGATIVE_INFINITY
  private strangeCount = 0
  private strangeValue = 0

  /**
   * What lies further than `outlier` from the usual is of an outage, which no waiting could bridge, and does not count,
   * nor does what comes within a second of it, while the line gets going again; unless nothing else comes for `shiftMs`,
   * for then the line or the host's time has changed, and the past is forgotten. It is forgotten, too, when nearly all of
   * the newest are better than what was usual: the line is.
   */
  constructor({ windowMs, outlier, shiftMs }: { windowMs: number; outlier: number; shiftMs: number }) {
    this.windowMs = windowMs
    this.outlier = outlier
    this.shiftMs = shiftMs
  }

  get count(): number {
    return this.values.length
  }

  add(now: number, value: number): void {
    if (this.values.length > 0 && Math.abs(value - this.usual) > this.outlier) {
      // Packets queued in an outage show a falling delay; a changed path shows a constant one.
      if (Math.abs(value - this.strangeValue) > this.outlier / 3) this.strangeSince = null
      if (this.strangeSince === null) this.strangeCount = 0
      this.strangeSince ??= now
      this.strangeValue = value
      this.strangeAt = now
      this.strangeCount++
      if (now - this.strangeSince < this.shiftMs || this.strangeCount < SHIFT_SAMPLES) return
      this.clear()
    }
    this.strangeSince = null
    this.strangeCount = 0
    if (now - this.strangeAt < AFTERMATH_MS) return
    this.values.push(value)
    this.times.push(now)
    let old = 0
    while ((this.times[old] ?? now) < now - this.windowMs) old++
    this.forget(++this.added % USUAL_SAMPLES === 0 && this.isBetter ? this.values.length - USUAL_SAMPLES : old)
  }

  /** Whether the newest are so much higher than those before them that these tell nothing of the line any more. */
  private get isBetter(): boolean {
    const newest = inOrder(this.values.slice(-USUAL_SAMPLES))
    const before = inOrder(this.values.slice(0, -USUAL_SAMPLES))
    const usual = before[Math.floor(before.length * USUAL_SHARE)]
    if (usual === undefined) return false
    return (newest[Math.floor(newest.length * BETTER_BUT_SHARE)] ?? usual) > usual + this.outlier * BETTER_SHARE
  }

  private forget(oldest: number): void {
    if (oldest > 0) {
      this.values.splice(0, oldest)
      this.times.splice(0, oldest)
    }
    this.sorted = null
    this.quartile = null
  }

  /** All that was sampled would have been higher by so much: the time that it is measured in was set. */
  shift(by: number): void {
    for (let i = 0; i < this.values.length; i++) this.values[i] = (this.values[i] ?? 0) + by
    this.strangeSince = null
    this.strangeCount = 0
    this.strangeAt = Number.NEGATIVE_INFINITY
    this.sorted = null
    this.quartile = null
  }

  clear(): void {
    this.values.length = 0
    this.times.length = 0
    this.strangeCount = 0
    this.strangeSince = null
    this.strangeAt = Number.NEGATIVE_INFINITY
    this.sorted = null
    this.quartile = null
  }

  private get inOrder(): Float64Array {
    this.sorted ??= inOrder(this.values)
    return this.sorted
  }

  /** The upper quartile of the newest 45; NaN of none. */
  get usual(): number {
    if (this.quartile === null) {
      const newest = inOrder(this.values.slice(-USUAL_SAMPLES))
      this.quartile = newest[Math.floor(newest.length * USUAL_SHARE)] ?? Number.NaN
    }
    return this.quartile
  }

  /** The value that `share` (0 to 1) of the samples lie below, at least the second lowest: the lowest may be chance; NaN of none. */
  low(share: number): number {
    return this.quantile(Math.max(share, 1.5 / this.values.length))
  }

  /** The value that the samples fall short of by `sum` all together; NaN of none. */
  shortBy(sum: number): number {
    const sorted = this.inOrder
    let below = 0
    for (let i = 0; i < sorted.length; i++) {
      below += sorted[i] ?? 0
      const value = (sum + below) / (i + 1)
      if (value <= (sorted[i + 1] ?? Number.POSITIVE_INFINITY)) return value
    }
    return Number.NaN
  }

  /** From the oldest sample to the newest, ms. */
  get spanMs(): number {
    return (this.times[this.times.length - 1] ?? 0) - (this.times[0] ?? 0)
  }

  /** The value that `share` (0 to 1) of the samples lie below; NaN of none. */
  quantile(share: number): number {
    const sorted = this.inOrder
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }
}

/** Typed, so that no function of ours is called for each comparison: several times a tick this is asked for. */
function inOrder(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort()
}
