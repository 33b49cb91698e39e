/** Bytes and truth on links that lose, overtake, and acknowledge late. */
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { measured, type Row } from '../bench.ts'
import { mean, quantile } from '../rivals/timing.ts'
import { scenarios } from './bytes.ts'
import { arenas, isArena, type Lengths, progress, SEED, type Totals } from './course.ts'
import { randomLoss, reordered } from './loss.ts'
import { type Conditions, plain, play } from './play.ts'
import { textTable } from './where.ts'

interface Cell {
  /** After the scenario's name in `case`. */
  readonly title: string
  readonly conditions: Conditions
}

/** As it is sent in play: cut at the packet's limit, by the default bucket. */
const asSent: Conditions = { ...plain, limitBytes: MAX_STATE_BYTES, bucket: true }

const lossCells: readonly Cell[] = [
  { title: '0 % loss', conditions: asSent },
  { title: '5 % loss', conditions: { ...asSent, loss: randomLoss(0.05, false) } },
  { title: '20 % loss', conditions: { ...asSent, loss: randomLoss(0.2, false) } },
  { title: '5 % loss in bursts', conditions: { ...asSent, loss: randomLoss(0.05, true) } },
  { title: '20 % loss in bursts', conditions: { ...asSent, loss: randomLoss(0.2, true) } },
  { title: '10 % late by 60 ms', conditions: { ...asSent, lateness: reordered(0.1, 60) } },
]
const ackCells: readonly Cell[] = [50, 100, 200, 300].map((ackMs) => ({
  title: `acks at ${ackMs} ms`,
  conditions: { ...plain, ackMs },
}))

export function matrixRows(lengths: Lengths, totals: Totals, full: boolean): Row[] {
  const rows: Row[] = []
  const lines: string[][] = []
  for (const name of full ? scenarios : arenas) {
    const cells = [...lossCells, ...ackCells]
    progress(`${name}: ${cells.length} kinds of links`)
    // L under loss has targets of its own.
    const seconds = name === 'L' ? lengths.target : lengths.matrix
    const outcomes = play(
      name,
      SEED,
      seconds,
      lengths.viewers,
      cells.map(({ conditions }) => conditions),
    )
    const meanOf = (title: string): number =>
      mean(outcomes[cells.findIndex((cell) => cell.title === title)]?.sizes ?? [])
    for (const [i, { title, conditions }] of cells.entries()) {
      const outcome = outcomes[i]
      if (!outcome) continue
      const { sizes, packetSizes, wrong, cutShare } = outcome
      // A snapshot that is not cut is one packet; joining is left out of them.
      const tooLong = (conditions.bucket ? packetSizes : sizes).filter((size) => size > MAX_STATE_BYTES).length
      const caseName = `${name} ${title}`
      const targets = caseName === 'L 5 % loss' ? { p95: 950, cut: 2 } : { p95: null, cut: null }
      totals.wrong += wrong
      if (conditions.bucket) totals.tooLong += tooLong
      rows.push(
        measured('bytes mean', caseName, mean(sizes), 'B', 'lower'),
        measured('bytes p95', caseName, quantile(sizes, 0.95), 'B', 'lower', targets.p95),
        conditions.bucket
          ? measured('snapshots cut', caseName, cutShare * 100, '%', 'lower', targets.cut)
          : measured('packets over 1128 B, uncut', caseName, tooLong, 'count', 'lower'),
        measured('wrong states', caseName, wrong, 'count', 'lower'),
      )
      lines.push([
        caseName,
        mean(sizes).toFixed(0),
        quantile(sizes, 0.95).toFixed(0),
        quantile(sizes, 1).toFixed(0),
        conditions.bucket ? (cutShare * 100).toFixed(1) : 'uncut',
        String(wrong),
      ])
    }
    for (const ackMs of [50, 200, 300]) {
      const ratio = meanOf(`acks at ${ackMs} ms`) / meanOf('acks at 100 ms')
      const target = ackMs === 200 && isArena(name) ? 1.7 : null
      rows.push(measured(`bytes at ${ackMs} ms acks ÷ 100 ms`, name, ratio, 'ratio', 'lower', target))
    }
  }
  console.log(`\n${textTable(['link', 'mean B', 'p95 B', 'max B', 'cut %', 'wrong'], lines)}`)
  return rows
}
