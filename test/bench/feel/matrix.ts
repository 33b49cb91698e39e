/** The rows as a table of figures by profiles: ours with its target, and the baselines beside it. */
import { type Row, table } from '../bench.ts'

/** Ends the name of a row that is the bound of another. */
export const BOUND = ', 95 % bound'
/** Ends the name of a baseline's row. */
export const baselines = {
  latest: ', (a) latest snapshot',
  delayed: ', (b) 100 ms behind',
  fixed: ', (c) fixed buffers',
} as const

/** The lines of a figure: ours, its bound, the three baselines. */
const SUFFIXES = ['', BOUND, baselines.latest, baselines.delayed, baselines.fixed] as const
const HEADS = ['', 'bound', '(a)', '(b)', '(c)'] as const

export function matrix(rows: readonly Row[]): string {
  const byKey = new Map(rows.map((row) => [`${row.case}|${row.name}`, row]))
  const isMain = ({ name }: Row): boolean => !SUFFIXES.some((suffix) => suffix !== '' && name.endsWith(suffix))
  const profiles = [...new Set(rows.filter((row) => byKey.has(`${row.case}|staleness p50`)).map((row) => row.case))]
  const names = [...new Set(rows.filter((row) => isMain(row) && profiles.includes(row.case)).map(({ name }) => name))]
  const lines: string[][] = [['', '', ...profiles]]
  for (const name of names)
    for (const [i, suffix] of SUFFIXES.entries()) {
      const found = profiles.map((profile) => byKey.get(`${profile}|${name}${suffix}`))
      if (found.every((row) => row === undefined)) continue
      const unit = found.find((row) => row !== undefined)?.unit ?? ''
      lines.push([suffix === '' ? `${name}, ${unit}` : '', HEADS[i] ?? '', ...found.map(cell)])
    }
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const text = lines.map((line) =>
    line
      .map((entry, column) => pad(entry, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  )
  const others = rows.filter((row) => !profiles.includes(row.case))
  const judged = rows.filter(({ met }) => met !== null)
  return [
    ...text,
    '',
    others.length > 0 ? `${table(others)}\n` : '',
    `${judged.filter(({ met }) => met).length} of ${judged.length} targets met; "≤" and "≥" are targets, "✗" is a target that is missed.`,
  ].join('\n')
}

function cell(row: Row | undefined): string {
  if (!row) return ''
  const { value, target, better, met } = row
  if (target === null) return format(value)
  return `${met ? '' : '✗ '}${format(value)} ${better === 'lower' ? '≤' : '≥'}${target}`
}

function format(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size < 1 ? 3 : size < 100 ? 2 : 0)
}

function pad(text: string, width: number, column: number): string {
  return column < 2 ? text.padEnd(width) : text.padStart(width)
}
