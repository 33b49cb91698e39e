/**
 * Samples of the last seconds, and the values below which given shares of them lie. A higher value is a better one: a packet
 * that came earlier. Outages do not count, and a change of the path clears what was sampled before it.
 */

/** At least so many samples show that a path has changed: see {@link RecentSamples.add}. */
const SHIFT_SAMPLES = 5
/** For so long after an outage, ms, samples do not count: SCTP starts slowly, and what it had held back comes late. */
const AFTERMATH_MS = 1000
/**
 * The usual value is the upper quartile of so many samples: a second and a half at 30 a second. Three quarters of them would
 * have to be late to move it.
 */
const USUAL_SAMPLES = 45
const USUAL_SHARE = 0.75
/** The path has become better when all but this share of the newest samples exceed the usual value by this share of `outlier`. */
const BETTER_BUT_SHARE = 0.05
const BETTER_SHARE = 1 / 48

/** A sample that is further than this from the usual value comes from an outage. */
const PATH_OUTAGE_SECONDS = 0.4
/** When all samples are that far off for this long, ms, the path has changed. */
const PATH_SHIFT_MS = 300

/** Samples of a path's delay, in ticks, over the last `windowMs`. */
export function pathSamples(tickRate: number, windowMs: number): RecentSamples {
  const outlier = PATH_OUTAGE_SECONDS * tickRate
  return new RecentSamples({ windowMs, outlier, shiftMs: PATH_SHIFT_MS })
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
   * A value further than `outlier` from the usual one comes from an outage. It does not count, nor do those within a second
   * after it: no delay could bridge an outage. When only such values come for `shiftMs`, the path or the host's time has
   * changed, and older samples are dropped. They are also dropped when nearly all of the newest are better.
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

  /** Whether the newest are so much higher than those before that the older ones say nothing of the path any more. */
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

  /** The clock that samples are measured by was set: each sample would now be higher by this. */
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

  /** The upper quartile of the newest 45; NaN without samples. */
  get usual(): number {
    if (this.quartile === null) {
      const newest = inOrder(this.values.slice(-USUAL_SAMPLES))
      this.quartile = newest[Math.floor(newest.length * USUAL_SHARE)] ?? Number.NaN
    }
    return this.quartile
  }

  /** The value that `share` (0 to 1) of the samples lie below. At least the second lowest, since the lowest may be chance. NaN without samples. */
  low(share: number): number {
    return this.quantile(Math.max(share, 1.5 / this.values.length))
  }

  /** The value that the samples below it fall short of by `sum` in all; NaN without samples. */
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

  /** The value that `share` (0 to 1) of the samples lie below; NaN without samples. */
  quantile(share: number): number {
    const sorted = this.inOrder
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }
}

/** A typed array sorts by number without a function of ours, and this runs several times a tick. */
function inOrder(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort()
}
