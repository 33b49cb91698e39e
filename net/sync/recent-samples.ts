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

/** How a line behaves is seen over this time, ms; … */
const LINE_WINDOW_MS = 8000
/** … what strays further is an outage, … */
const LINE_OUTAGE_SECONDS = 0.4
/** … and what stays so for this long, ms, another line. */
const LINE_SHIFT_MS = 300

/** For samples in ticks of what a line delays. */
export function lineSamples(tickRate: number): RecentSamples {
  const outlier = LINE_OUTAGE_SECONDS * tickRate
  return new RecentSamples({ windowMs: LINE_WINDOW_MS, outlier, shiftMs: LINE_SHIFT_MS })
}

export class RecentSamples {
  private readonly windowMs: number
  private readonly outlier: number
  private readonly shiftMs: number
  private readonly values: number[] = []
  private readonly times: number[] = []
  private sorted: number[] | null = null
  private quartile: number | null = null
  private strangeSince: number | null = null
  private strangeAt = Number.NEGATIVE_INFINITY
  private strangeCount = 0
  private strangeValue = 0

  /**
   * What lies further than `outlier` from the usual is of an outage, which no waiting could bridge, and does not count,
   * nor does what comes within a second of it, while the line gets going again; unless nothing else comes for `shiftMs`,
   * for then the line or the host's time has changed, and the past is forgotten.
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
      // What an outage held back comes one less late than the other; on a changed line all are alike.
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
    if (old > 0) {
      this.values.splice(0, old)
      this.times.splice(0, old)
    }
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

  /** The value of most of the newest; NaN of none. */
  get usual(): number {
    if (this.quartile === null) {
      const newest = this.values.slice(-USUAL_SAMPLES).sort((a, b) => a - b)
      this.quartile = newest[Math.floor(newest.length * USUAL_SHARE)] ?? Number.NaN
    }
    return this.quartile
  }

  /** The value that `share` (0 to 1) of the samples lie below, but at least one if there are two: chance; NaN of none. */
  low(share: number): number {
    return this.quantile(Math.max(share, 1.5 / this.values.length))
  }

  /** The value that `share` (0 to 1) of the samples lie below; NaN of none. */
  quantile(share: number): number {
    const sorted = this.sorted ?? this.values.toSorted((a, b) => a - b)
    this.sorted = sorted
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }
}
