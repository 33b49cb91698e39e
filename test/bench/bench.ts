/** What every benchmark is: figures in rows, some of them with a target. It prints, and never fails for being slow. */

export interface BenchOptions {
  /** Longer, or more cases, than is usual. */
  readonly full: boolean
  /** How long to measure, where a benchmark measures in real time; null is its own default. */
  readonly seconds: number | null
  /** Ticks a second of the matches, 10 to 120; null is the usual 60. */
  readonly tickRate: number | null
  /** The one network profile to play; null is all. */
  readonly profile: string | null
  /** The one of the benchmark's cases to measure; null is all. */
  readonly only: string | null
  /** How often to play what is played once for each figure; null is the benchmark's own default. */
  readonly runs: number | null
}

export interface Bench {
  /** What it measures, in one line. */
  readonly summary: string
  /** Whether it plays at other tick rates. Default: no. */
  readonly anyTickRate?: boolean
  /** The networks that it can play alone. Default: none. */
  readonly profiles?: readonly string[]
  /** What it can measure alone, where all takes long. Default: none. */
  readonly cases?: readonly string[]
  /** Whether it plays something again and again, `--runs` times. Default: no. */
  readonly hasRuns?: boolean
  run(options: BenchOptions): Promise<Row[]>
  /** How its rows are printed, where a list of them would be too long to read. Default: `table`. */
  table?(rows: readonly Row[]): string
}

/** What the network adds to a message's payload, bytes: IP 20, UDP 8, DTLS 37, SCTP 12, DATA 16. */
export const PACKET_OVERHEAD_BYTES = 93

/** Which way is better: at most the target, or at least it. A count that has to be zero is `lower` than 0. */
export type Better = 'lower' | 'higher'

export interface Row {
  readonly name: string
  readonly case: string
  readonly value: number
  readonly unit: string
  /** Null for a figure that is only told. */
  readonly target: number | null
  readonly better: Better
  readonly met: boolean | null
}

/** A figure with a target. */
export function measured(
  name: string,
  caseName: string,
  value: number,
  unit: string,
  better: Better,
  target: number | null = null,
): Row {
  return {
    name,
    case: caseName,
    value,
    unit,
    target,
    better,
    met: target === null ? null : meets(value, better, target),
  }
}

function meets(value: number, better: Better, target: number): boolean {
  switch (better) {
    case 'lower':
      return value <= target
    case 'higher':
      return value >= target
  }
}

/** The value below which the given share of all lies; of no values, NaN. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

const signs: Record<Better, string> = { lower: '≤', higher: '≥' }

/** The rows as columns of text. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, case: caseName, value, unit, target, better, met }) => [
    caseName,
    name,
    `${format(value)} ${unit}`,
    target === null ? '' : `${signs[better]} ${format(target)}`,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ])
  const all = [['case', 'figure', 'value', 'target', ''], ...lines]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? []
  return all
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1)
}
