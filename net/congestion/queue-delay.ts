/**
 * How much longer packets take than they have to: the queue in front of the narrowest place of the path, wherever that
 * is. What they have to take is the least of the last ten seconds (LEDBAT, RFC 6817). A delay that only scatters is no
 * queue, so what counts is nearly the least of the newest few samples, and the more they scatter the more it may be.
 */

/** How far back the least delay is looked for: a way that became longer for good is known as such after this time. */
const BASE_SECONDS = 10
/**
 * The second smallest of so many samples is the level: a single one that came through fast does not hide a queue. On a
 * path that never showed one it takes twice as many: where a frame is repeated until it gets through, as on Wi-Fi, all
 * packets are held up together for 150 ms and more, on both ways, and that is no queue of ours.
 */
const WARY_SAMPLES = 5
const CALM_SAMPLES = 11
/** Fewer are no ground for a decision. */
const ENOUGH_SAMPLES = 3
/** A standing queue of this much is let be: LEDBAT's target is 100 ms at most, a game's has to be less. */
const TARGET_QUEUE_MS = 30
/** With the level as it is taken, delays that scatter normally pass this many deviations once in an hour. */
const NOISE_FACTOR = 3
const NOISE_SHARE = 1 / 16
/** The mean of |a − 2b + c| over normal deviates of deviation 1: the second difference leaves a steady growth out. */
const SECOND_DIFFERENCE = 1.954

export class QueueDelay {
  /** Whether the path has shown a queue, or nothing is known of it yet: then few samples are enough. */
  wary = true
  /** Standard deviation of single samples around their trend, ms. */
  noiseMs = 0
  /** The newest samples since the last `restart`. */
  private readonly newest: number[] = []
  /** The least level of each of the last seconds, by the second. */
  private readonly least: { second: number; ms: number }[] = []
  private readonly trend: number[] = []
  private samples = 0

  /** A packet took `ms`, whatever part of it is the same for all packets. Times must come in order. */
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
    // A step, as at the end of a stall, is no scatter: it counts for no more than three times what was usual.
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

  /** What comes next was sent under other conditions: the level is taken anew. */
  restart(): void {
    this.newest.length = 0
    this.trend.length = 0
  }

  /** The way itself has become longer: what is usual now is the least from now on. */
  rebase(): void {
    const { levelMs } = this
    const second = this.least[this.least.length - 1]?.second ?? 0
    if (levelMs !== null) this.least.splice(0, this.least.length, { second, ms: levelMs })
  }
}
