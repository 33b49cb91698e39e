/**
 * Millions of samples of one figure in little memory: counted in steps. Plain data, so that it passes between threads.
 * Values are rounded to the nearest step, so a zero stays zero.
 */

export interface Distribution {
  readonly step: number
  /** How often each multiple of the step was seen. */
  readonly counts: Map<number, number>
}

/** Error and motion: finer than any target. */
export const PX_STEP = 1 / 128
/** Times. */
export const MS_STEP = 0.1

export function distribution(step: number): Distribution {
  return { step, counts: new Map() }
}

export function add({ step, counts }: Distribution, value: number): void {
  const bucket = Math.round(value / step)
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
}

export function merge(into: Distribution, from: Distribution): void {
  for (const [bucket, count] of from.counts) into.counts.set(bucket, (into.counts.get(bucket) ?? 0) + count)
}

export function size({ counts }: Distribution): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

/** The value that the given share of all lies at or below, by the nearest rank; of no values, NaN. */
export function quantileOf(values: Distribution, share: number): number {
  const rank = Math.max(1, Math.ceil(size(values) * share))
  let seen = 0
  for (const [bucket, count] of [...values.counts].sort(([a], [b]) => a - b)) {
    seen += count
    if (seen >= rank) return bucket * values.step
  }
  return Number.NaN
}

/** Adds a tally to another of the same shape, in place: counts, distributions, lists, and tallies within. */
export function mergeTallies<T extends object>(into: T, from: T): T {
  for (const [name, value] of Object.entries(from)) {
    const target = into as Record<string, unknown>
    const mine = target[name]
    if (mine === undefined) target[name] = structuredClone(value)
    else if (typeof value === 'number') target[name] = (mine as number) + value
    else if (Array.isArray(value)) (mine as unknown[]).push(...value)
    else if (isDistribution(value)) merge(mine as Distribution, value)
    else mergeTallies(mine as object, value as object)
  }
  return into
}

function isDistribution(value: unknown): value is Distribution {
  return (value as Distribution).counts instanceof Map
}
