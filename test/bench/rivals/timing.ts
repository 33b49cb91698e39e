/**
 * Timing two ways of doing the same in one process, so that a noisy machine disturbs both alike.
 *
 * What ran before in the process counts: Colyseus encodes scenario L twice as slowly once other schemas of it have run,
 * since its code is then compiled for many shapes. A ratio to it is strictest in a process that has measured nothing else.
 */

export interface PairedTimes {
  /** Medians, in µs per call. */
  readonly aUs: number
  readonly bUs: number
  /** `aUs ÷ bUs`: the figure to trust on a shared machine. */
  readonly ratio: number
}

export interface PairedOptions {
  /** How often each is called. */
  readonly count: number
  /** Calls at the beginning that are run but not counted, while the engine compiles. Default a fifth of `count`. */
  readonly warmup?: number
}

/** Calls `a(i)` and `b(i)` for i from 0, by turns first and second. Each may keep state from call to call. */
export function timePaired(
  a: (i: number) => unknown,
  b: (i: number) => unknown,
  { count, warmup = Math.floor(count / 5) }: PairedOptions,
): PairedTimes {
  const as: number[] = []
  const bs: number[] = []
  for (let i = 0; i < count; i++) {
    const aFirst = i % 2 === 0
    const first = timeUs(() => (aFirst ? a : b)(i))
    const second = timeUs(() => (aFirst ? b : a)(i))
    if (i < warmup) continue
    as.push(aFirst ? first : second)
    bs.push(aFirst ? second : first)
  }
  const [aUs, bUs] = [quantile(as, 0.5), quantile(bs, 0.5)]
  return { aUs, bUs, ratio: aUs / bUs }
}

export function timeUs(run: () => unknown): number {
  const begin = performance.now()
  run()
  return (performance.now() - begin) * 1000
}

/** The value below which a share of the values lies, by the nearest rank; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((p, q) => p - q)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
