/** Where the bytes of a snapshot go: by part, by type of entity, by field. */
import type { ScenarioName } from '../worlds/scenarios.ts'
import type { Meaning, Tally } from './dissect.ts'

/** Mean bytes of a snapshot by part: they add up to its mean. Bits, so with fractions. */
export interface Parts {
  /** What the client predicts, to the last bit. */
  readonly exact: number
  readonly presented: number
  /** Clocks, acks, flags for events, the filling of the last byte. */
  readonly head: number
  /** How numbers are coded: news of the learned Rice parameters. */
  readonly parameters: number
  /** The MessagePack array around it. */
  readonly envelope: number
}

export function partsOf(tally: Tally, snapshots: number): Parts {
  const of = (part: Meaning['part']): number => tally.bits((meaning) => meaning.part === part) / 8 / snapshots
  return {
    exact: of('exact'),
    presented: of('presented'),
    head: of('head'),
    parameters: of('parameters'),
    envelope: of('envelope'),
  }
}

/** Mean bytes of a snapshot by part and type of entity. */
export function typesOf(tally: Tally, snapshots: number): Map<string, number> {
  const types = new Map<string, number>()
  for (const { part, type, stream } of tally.all)
    if (type !== '') types.set(`${part} ${type}`, (types.get(`${part} ${type}`) ?? 0) + stream.bits / 8 / snapshots)
  return types
}

/** A line of the table is left out when it is below this share everywhere. */
const LEAST_SHARE = 0.015

function lineOf({ part, type, telling, group }: Meaning): string {
  if (type === '') return part
  if (telling === 'which') return `${part} ${type}: ${group}`
  return `${part} ${type}: ${telling}${group && `, ${group}`}`
}

export interface Column {
  readonly scenario: ScenarioName
  readonly tally: Tally
  readonly snapshots: number
}

/** Bytes of a mean snapshot by line, and of all; sorted by the last column's. */
function linesOf(columns: readonly Column[]): { line: string; bytes: number[] }[] {
  const lines = new Map<string, number[]>()
  for (const [c, { tally, snapshots }] of columns.entries())
    for (const meaning of tally.all) {
      const line = lineOf(meaning)
      const bytes = lines.get(line) ?? columns.map(() => 0)
      bytes[c] = (bytes[c] ?? 0) + meaning.stream.bits / 8 / snapshots
      lines.set(line, bytes)
    }
  return [...lines].map(([line, bytes]) => ({ line, bytes }))
}

/** The table of some scenarios that have types in common. `all`: also the lines that are next to nothing. */
export function whereTable(columns: readonly Column[], all: boolean): string {
  const lines = linesOf(columns)
  const totals = columns.map((_, c) => lines.reduce((sum, { bytes }) => sum + (bytes[c] ?? 0), 0))
  const share = (bytes: readonly number[]): number => Math.max(...bytes.map((b, c) => b / (totals[c] ?? 1)))
  const shown = lines.filter(({ bytes }) => all || share(bytes) >= LEAST_SHARE)
  shown.sort((a, b) => share(b.bytes) - share(a.bytes))
  const rest = columns.map((_, c) => (totals[c] ?? 0) - shown.reduce((sum, { bytes }) => sum + (bytes[c] ?? 0), 0))
  const rows = [...shown, { line: 'all else', bytes: rest }, { line: 'all', bytes: totals }]
  return textTable(
    ['B per snapshot', ...columns.map(({ scenario }) => scenario)],
    rows.map(({ line, bytes }) => [
      line,
      ...bytes.map((b, c) => (b === 0 ? '' : `${b.toFixed(1)} (${((100 * b) / (totals[c] ?? 1)).toFixed(0)} %)`)),
    ]),
  )
}

/** The first column to the left, the others to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, c) => Math.max(...all.map((row) => row[c]?.length ?? 0)))
  return all
    .map((row) =>
      row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '),
    )
    .join('\n')
}
