/**
 * The queue on a path, ms: how much longer packets take than the path itself needs. Delays of packets go in; a constant in all
 * of them does not matter, so the two ends' clocks may differ.
 *
 * The path's own delay is the shortest level of the last ten seconds (LEDBAT, RFC 6817). The present level is the second
 * smallest of the newest samples, because a delay that only scatters is no queue; the threshold grows with the scatter.
 */

/** How far back the shortest delay is looked for: after this time a path that became longer for good is known as such. */
const BASE_SECONDS = 10
/**
 * The level is the second smallest of so many samples: a single packet that came fast does not hide a queue. A path that
 * never showed one takes twice as many: Wi-Fi repeats a frame until it gets through, and delays all packets together for
 * 150 ms and more.
 */
const WARY_SAMPLES = 5
const CALM_SAMPLES = 11
/** Fewer samples decide nothing. */
const ENOUGH_SAMPLES = 3
/** A standing queue of so much is accepted: LEDBAT's target is 100 ms at most, a game's has to be less. */
const TARGET_QUEUE_MS = 30
/** The level of delays that scatter normally passes this many deviations about once in an hour. */
const NOISE_FACTOR = 3
const NOISE_SHARE = 1 / 16
/** The mean of |a − 2b + c| over normal deviates of deviation 1: the second difference leaves a steady growth out. */
const SECOND_DIFFERENCE = 1.954

export class QueueDelay {
  /** Set while the path has shown a queue, or nothing is known of it yet: then few samples are enough. */
  wary = true
  /** Standard deviation of single samples around their trend, ms. */
  noiseMs = 0
  /** The newest samples since the last `restart`. */
  private readonly newest: number[] = []
  /** The least level of each of the last seconds, by the second. */
  private readonly least: { second: number; ms: number }[] = []
  private readonly trend: number[] = []
  private samples = 0

  /** A packet took `ms`, plus or minus a constant that is the same for all packets. Times must come in order. */
  sample(now: number, ms: number): void {
    this.newest.push(ms)
    if (this.newest.length > CALM_SAMPLES) this.newest.shift()
    this.noteNoise(ms)
    this.noteLeast(Math.floor(now / 1000))
  }

  /** The second smallest of the newest samples, ms; null before the first. */
  private get levelMs(): number | null {
    const sorted = this.newest.slice(this.wary ? -WARY_SAMPLES : -CALM_SAMPLES).sort((a, b) => a - b)
    return sorted[Math.min(1, sorted.length - 1)] ?? null
  }

  private noteNoise(ms: number): void {
    this.trend.push(ms)
    if (this.trend.length > 3) this.trend.shift()
    const [a, b, c] = this.trend
    if (a === undefined || b === undefined || c === undefined) return
    const difference = Math.abs(a - 2 * b + c) / SECOND_DIFFERENCE
    this.samples++
    // A step, as at the end of a stall, is no scatter: it counts as no more than three times the usual scatter.
    const usual = this.samples * NOISE_SHARE < 1 ? difference : Math.min(difference, 5 + 3 * this.noiseMs)
    this.noiseMs += (usual - this.noiseMs) * Math.max(NOISE_SHARE, 1 / this.samples)
  }

  private noteLeast(second: number): void {
    const ms = this.levelMs ?? 0
    const last = this.least[this.least.length - 1]
    if (last?.second === second) last.ms = Math.min(last.ms, ms)
    else this.least.push({ second, ms })
    while ((this.least[0]?.second ?? second) <= second - BASE_SECONDS) this.least.shift()
  }

  /** The least level of the last ten seconds, ms; null before the first sample. */
  get baseMs(): number | null {
    return this.least.length === 0 ? null : Math.min(...this.least.map(({ ms }) => ms))
  }

  /** Whether enough samples have come since the last `restart`. */
  get known(): boolean {
    return this.newest.length >= ENOUGH_SAMPLES
  }

  /** The queue that packets wait in now, ms; 0 until it is known. */
  get growthMs(): number {
    const { levelMs, baseMs } = this
    return this.known && levelMs !== null && baseMs !== null ? Math.max(0, levelMs - baseMs) : 0
  }

  /** The growth beyond which it is a queue and not scatter, ms. */
  get thresholdMs(): number {
    return TARGET_QUEUE_MS + NOISE_FACTOR * this.noiseMs
  }

  /** The next samples were sent under other conditions: the level begins anew. */
  restart(): void {
    this.newest.length = 0
    this.trend.length = 0
  }

  /** The path itself has become longer: the present level is its own delay from now on. */
  rebase(): void {
    const { levelMs } = this
    const second = this.least[this.least.length - 1]?.second ?? 0
    if (levelMs !== null) this.least.splice(0, this.least.length, { second, ms: levelMs })
  }
}
