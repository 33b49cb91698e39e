/**
 * `npm run bench -- routes`: how long joins take by each route, of Node processes and of pages in real browsers; how long state is under way
 * over the relay; whether each pair of the lab's places joins or is told why not. Two hosts of the lab are 40 ms from each other, one way,
 * and 20 ms from its servers.
 */
import type { Page } from 'playwright-core'
import { NO_RELAY_PORT, SIGNALING_PORT } from '../../lab/addresses.ts'
import type { Joined } from '../../lab/joining.ts'
import { isAnswered, matrix, table } from '../../lab/matrix.ts'
import { Lab } from '../../lab/peers.ts'
import { whyNoLab } from '../../lab/rights.ts'
import { type Bench, type BenchOptions, measured, median, type Row } from '../bench.ts'
import { lagRows } from './lag.ts'
import { stallRows } from './stall.ts'

const JOINS = 10

/** From a host to the middle, ms: half of the way between two hosts. */
const LINE_MS = 20

/** A host and a guest whose best route this is, and how long a join may take, ms. Without a relay no join begins on another route. */
const routes = [
  // Two homes. A browser with a public address hides it behind a name, and STUN shows it none that differs: from afar it is met by TURN.
  { route: 'direct', host: 'port-restricted', guest: 'port-restricted', port: NO_RELAY_PORT, targetMs: 1000 },
  { route: 'turn', host: 'symmetric', guest: 'symmetric', port: NO_RELAY_PORT, targetMs: 1800 },
  // A page reaches TURN by TCP there, and libdatachannel does not: so there is none in this case.
  { route: 'relayed', host: 'public', guest: 'only-443', port: SIGNALING_PORT, targetMs: 1500 },
  // As players have it: the first route that works.
  { route: null, host: 'symmetric', guest: 'symmetric', port: SIGNALING_PORT, targetMs: null },
] as const
type Case = (typeof routes)[number]

/** In the order in which they run. */
const parts: Record<string, (lab: Lab) => Promise<Row[]>> = {
  stall: async () => stallRows(),
  nodes: (lab) => each((of) => joinsOf(lab, of, 'Node', nodeJoins)),
  // One by one: all of them take minutes.
  ...Object.fromEntries(
    routes.map((of) => [`pages-${of.route ?? 'first'}`, (lab: Lab) => joinsOf(lab, of, 'pages', pageJoins)]),
  ),
  lag: async (lab) => {
    const rows = await lagRows(lab)
    lab.setDelay(LINE_MS)
    return rows
  },
  matrix: matrixRows,
}

export const routesBench: Bench = {
  summary: `joins across the NATs of the lab, p50 of ${JOINS} by route, and all pairs of its places (Linux, root)`,
  cases: Object.keys(parts),
  async run({ only }: BenchOptions) {
    const why = whyNoLab()
    if (why !== null) {
      console.error(`skipped: ${why}`)
      return stallRows()
    }
    const lab = await Lab.open({ delayMs: LINE_MS, pages: only === null || only.startsWith('pages') || only === 'lag' })
    try {
      const rows: Row[] = []
      for (const [name, run] of Object.entries(parts)) {
        if (only !== null && only !== name) continue
        rows.push(...(await partOf(lab, name, run)))
      }
      return rows
    } finally {
      lab.close()
    }
  },
}

/** One part that fails leaves the others, which take minutes, as they are. */
async function partOf(lab: Lab, name: string, run: (lab: Lab) => Promise<Row[]>): Promise<Row[]> {
  console.error(`${name} …`)
  const began = performance.now()
  try {
    return await run(lab)
  } catch (error) {
    console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}`)
    return [measured('failed before it was measured', name, 1, 'count', 'lower', 0)]
  } finally {
    console.error(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
  }
}

async function each(rows: (of: Case) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = []
  for (const of of routes) all.push(...(await rows(of)))
  return all
}

async function matrixRows(lab: Lab): Promise<Row[]> {
  const cells = await matrix(lab)
  console.error(table(cells))
  const share = (100 * cells.filter(isAnswered).length) / cells.length
  const joined = (100 * cells.filter(({ reason }) => reason === 'joined').length) / cells.length
  return [
    measured('joined, or refused with a report in 15 s', 'all pairs', share, '%', 'higher', 100),
    measured('joined', 'all pairs', joined, '%', 'higher'),
  ]
}

/** All joins of one case, one after the other, to one host. */
type Joins = (lab: Lab, of: Case) => Promise<Joined[]>

async function joinsOf(lab: Lab, of: Case, peers: string, joins: Joins): Promise<Row[]> {
  const { route, guest, targetMs } = of
  const joined = (await joins(lab, of)).filter(({ reason }) => reason === 'joined')
  const times = joined.filter((join) => route === null || join.route === route).map(({ ms }) => ms)
  const name = `${route ?? 'the first that works'}, ${peers}`
  return [
    measured(`join to first frame p50, guest at ${guest}`, name, median(times), 'ms', 'lower', targetMs),
    measured(`joins of ${JOINS} that took it`, name, times.length, 'count', 'higher', JOINS),
  ]
}

async function nodeJoins(lab: Lab, { host, guest, port }: Case): Promise<Joined[]> {
  const hosting = await lab.host(lab.addHost(host), port)
  const at = lab.addHost(guest)
  const joined: Joined[] = []
  for (let i = 0; i < JOINS; i++) joined.push(await lab.join(at, hosting.code, port))
  hosting.stop()
  return joined
}

/** Each guest is a page of its own: it has loaded the code of a join by no earlier one. */
async function pageJoins(lab: Lab, { route, host, guest, port }: Case): Promise<Joined[]> {
  const hosting = await lab.browser(lab.addHost(host))
  const guesting = await lab.browser(lab.addHost(guest))
  try {
    const hostPage = await hosting.open(port)
    const code = await hostPage.evaluate(() => window.lab.host())
    const joined: Joined[] = []
    for (let i = 0; i < JOINS; i++)
      joined.push(await joinOnce(await guesting.open(port), code, route === 'relayed' ? [] : null))
    return joined
  } finally {
    await Promise.all([hosting.close(), guesting.close()])
  }
}

/** `iceServers`: in place of those that signalling hands out. */
async function joinOnce(page: Page, code: string, iceServers: RTCIceServer[] | null): Promise<Joined> {
  const joined = await page.evaluate(([code, servers]) => window.lab.join(code, servers ?? undefined), [
    code,
    iceServers,
  ] as const)
  await page.close()
  return joined
}
