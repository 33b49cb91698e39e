/**
 * `npm run bench -- routes`: how long joins take by each route, and whether each pair of the lab's places joins or is told why not.
 * Peers are Node processes. The lab's lines add no delay yet, so its times are told and not judged.
 */
import { whyNoLab } from '../../lab/internet.ts'
import { isAnswered, matrix, pair, table } from '../../lab/matrix.ts'
import { Lab } from '../../lab/peers.ts'
import { type Bench, measured, median, type Row } from '../bench.ts'
import { stallRow } from './stall.ts'

const JOINS = 10

/** A host and a guest whose best route this is. */
const routes = {
  direct: ['public', 'port-restricted'],
  turn: ['symmetric', 'symmetric'],
  relay: ['public', 'only-443'],
} as const

export const routesBench: Bench = {
  summary: `joins across the NATs of the lab, p50 of ${JOINS} by route, and all pairs of its places (Linux, root)`,
  async run() {
    const why = whyNoLab()
    if (why !== null) {
      console.error(`skipped: ${why}`)
      return [stallRow()]
    }
    const lab = await Lab.open()
    try {
      const rows: Row[] = []
      for (const route of ['direct', 'turn', 'relay'] as const) rows.push(...(await rowsOf(lab, route)))
      const cells = await matrix(lab)
      console.error(table(cells))
      const share = (100 * cells.filter(isAnswered).length) / cells.length
      const joined = (100 * cells.filter(({ reason }) => reason === 'joined').length) / cells.length
      rows.push(measured('joined, or refused with a report in 15 s', 'all pairs', share, '%', 'higher', 100))
      rows.push(measured('joined', 'all pairs', joined, '%', 'higher'))
      rows.push(stallRow())
      return rows
    } finally {
      lab.close()
    }
  },
}

async function rowsOf(lab: Lab, route: keyof typeof routes): Promise<Row[]> {
  const [host, guest] = routes[route]
  const times: number[] = []
  for (let i = 0; i < JOINS; i++) {
    const cell = await pair(lab, host, guest)
    if (cell.route === (route === 'relay' ? 'relayed' : route)) times.push(cell.ms)
  }
  return [
    measured('join to first frame p50', route, median(times), 'ms', 'lower'),
    measured(`joins of ${JOINS} that took it`, route, times.length, 'count', 'higher'),
  ]
}
