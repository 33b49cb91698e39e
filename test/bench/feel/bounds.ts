/** How far from the truth a pooled count may be: the ends of 95 % intervals. */

/** Two-sided 95 %. */
const Z = 1.96

export interface Interval {
  readonly low: number
  readonly high: number
}

/** Wilson's score interval of a share, as shares (E. B. Wilson, 1927). Of no trials: all that is possible. */
export function wilson(hits: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 }
  const share = hits / trials
  const square = Z * Z
  const centre = share + square / (2 * trials)
  const half = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials))
  const scale = 1 + square / trials
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

/**
 * The upper end of a Poisson count's interval, by Byar's approximation to the exact one (Rothman and Boice, 1979);
 * of nothing seen it is 3.7, as in the exact one.
 */
export function poissonUpper(count: number): number {
  if (count === 0) return 3.689
  const next = count + 1
  return next * (1 - 1 / (9 * next) + Z / (3 * Math.sqrt(next))) ** 3
}
