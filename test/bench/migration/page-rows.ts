/** The events that a match has to outlive in real pages, and the rows of each. */
import type { LinkConditions } from '../../../net/testing.ts'
import { measured, median, type Row } from '../bench.ts'
import { cpuSince, cpuTimes, judged } from '../idle.ts'
import { clock, type FourPages, NAMES, type Name, pause } from './four-pages.ts'
import type { PageLog } from './page/log.ts'
import { standingOf } from './standing.ts'

const RUNS = 20
/** Of what takes half a minute, and on a bad network. */
const FEW_RUNS = 3
/** Who does not play again within this time never does, ms. */
const NEVER_MS = 20_000
const LOOK_MS = 25
const STALL_MS = 1500
const CUT_MS = 3000
const OUTAGE_MS = 30_000
/** 100 ms from page to page and back, and 2 % of all packets lost each way. */
const FAR: LinkConditions = { latencyMs: 50, loss: 0.02 }
const FAR_NAME = ', 100 ms round trip, 2 % loss'
/** How long frames are looked at around a planned change, ms. */
const AROUND_MS = 3000

type Measure = (pages: FourPages, runs: number | null) => Promise<Row[]>

/** What one run of an event came to. */
interface Outcome {
  readonly at: number
  /** Of each page that has to play again, ms after the event; infinite: it never did. */
  readonly again: readonly number[]
  readonly logs: ReadonlyMap<Name, PageLog>
}

/** What happens, and when. `played`: who has to play again, and whether at another host. */
interface Event {
  readonly name: string
  /** Of the product's times, ms: median and worst. */
  readonly bounds: readonly [p50: number, worst: number]
  readonly prepare?: (pages: FourPages) => Promise<void>
  /** Returns when it happened. */
  readonly happen: (pages: FourPages, run: number) => Promise<Happened>
  readonly recover?: (pages: FourPages) => Promise<void>
}

interface Happened {
  readonly at: number
  readonly played: readonly Name[]
  readonly isOtherHost: boolean
}

const [HOST, ...GUESTS] = NAMES

async function kill(pages: FourPages): Promise<Happened> {
  const page = pages.page(HOST)
  const session = await page.context().newCDPSession(page)
  const at = clock()
  session.send('Page.crash').catch(() => {})
  return { at, played: GUESTS, isOtherHost: true }
}

/** The first guest who is no heir. */
async function plainGuest(pages: FourPages): Promise<Name> {
  const heirs = await pages.page(HOST).evaluate(() => window.migration.heirs())
  for (const name of GUESTS) if (!heirs.includes((await pages.state(name)).me)) return name
  throw new Error('All guests are heirs.')
}

const killed: Event = {
  name: 'host killed',
  bounds: [1200, 2500],
  happen: kill,
  recover: (pages) => pages.forget(HOST),
}

const killedAlone: Event = {
  name: 'host killed, no signalling',
  bounds: [3500, 5000],
  async prepare(pages) {
    await pages.killServer()
    await pause(500)
  },
  happen: kill,
  async recover(pages) {
    await pages.forget(HOST)
    await pages.restartServer()
  },
}

const leaves: Event = {
  name: 'host leaves',
  bounds: [250, 500],
  async happen(pages) {
    const at = await pages.page(HOST).evaluate(() => window.migration.leave())
    return { at, played: GUESTS, isOtherHost: true }
  },
}

const closes: Event = {
  name: 'host closes tab',
  bounds: [500, 1000],
  async happen(pages) {
    const at = clock()
    await pages.page(HOST).close({ runBeforeUnload: true })
    return { at, played: GUESTS, isOtherHost: true }
  },
  recover: (pages) => pages.forget(HOST),
}

const cut: Event = {
  name: 'client cut 3 s',
  bounds: [500, 1500],
  async happen(pages) {
    const name = await plainGuest(pages)
    pages.relay.page(name).isolate(CUT_MS)
    await pause(CUT_MS)
    return { at: clock(), played: [name], isOtherHost: false }
  },
}

const guestReloads: Event = {
  name: 'guest reloads',
  bounds: [1500, 3000],
  async happen(pages) {
    const name = await plainGuest(pages)
    return { at: await reload(pages, name), played: [name], isOtherHost: false }
  },
}

const hostReloads: Event = {
  name: 'host reloads',
  bounds: [1500, 3000],
  async happen(pages) {
    return { at: await reload(pages, HOST), played: [HOST], isOtherHost: false }
  },
}

async function reload(pages: FourPages, name: Name): Promise<number> {
  const { me } = await pages.state(name)
  const at = clock()
  await pages.page(name).reload({ waitUntil: 'commit' })
  await pages.until(
    () => `${name} has no seat after a reload`,
    async () => {
      const state = await pages.state(name).catch(() => null)
      if (state?.state && state.me !== me) throw new Error(`${name} came back to another seat.`)
      return state?.state === 'playing'
    },
  )
  return at
}

async function playOnce(pages: FourPages, event: Event, run: number, conditions: LinkConditions): Promise<Outcome> {
  await pages.play()
  for (const name of NAMES) pages.relay.page(name).setConditions(conditions)
  if (conditions === FAR) await pause(2000)
  await event.prepare?.(pages)
  const { epoch } = await pages.state(HOST)
  const { at, played, isOtherHost } = await event.happen(pages, run)
  const again = await Promise.all(played.map((name) => playsAgain(pages, name, at, isOtherHost ? epoch : 0)))
  if (event === leaves) await pause(AROUND_MS)
  const logs = new Map<Name, PageLog>()
  await event.recover?.(pages)
  for (const name of pages.names) logs.set(name, await pages.page(name).evaluate(() => window.migration.takeLog()))
  await pages.end()
  return { at, again, logs }
}

/** When a page's own ship is acked again, ms after the event. */
async function playsAgain(pages: FourPages, name: Name, at: number, epoch: number): Promise<number> {
  for (const giveUpAt = clock() + NEVER_MS; clock() < giveUpAt; await pause(LOOK_MS)) {
    const acked = await pages
      .page(name)
      .evaluate(([at, epoch]) => window.migration.acked(at, epoch), [at, epoch] as const)
      .catch(() => null)
    if (acked !== null) return acked - at
  }
  const state = await pages.state(name).catch(() => null)
  console.error(`${name} never played again: ${JSON.stringify(state)}`)
  return Number.POSITIVE_INFINITY
}

interface Played {
  readonly outcomes: readonly Outcome[]
  readonly idle: number
}

async function play(pages: FourPages, event: Event, runs: number, conditions: LinkConditions = {}): Promise<Played> {
  const outcomes: Outcome[] = []
  const before = cpuTimes()
  for (let run = 0; run < runs; run++) {
    const outcome = await playOnce(pages, event, run, conditions)
    outcomes.push(outcome)
    console.error(`  ${outcome.again.map((ms) => ms.toFixed(0)).join(', ')} ms`)
  }
  const idle = cpuSince(before)
  console.error(`  ${(100 * idle).toFixed(0)} % of the CPU idle`)
  return { outcomes, idle }
}

/** Median and worst. Without bounds they are only told. */
function pair(
  name: string,
  caseName: string,
  values: readonly number[],
  unit: string,
  bounds: readonly [number, number] | null,
): Row[] {
  return [
    measured(`${name} p50`, caseName, median(values), unit, 'lower', bounds?.[0] ?? null),
    measured(`${name} worst`, caseName, Math.max(...values), unit, 'lower', bounds?.[1] ?? null),
  ]
}

function againRows({ name, bounds }: Event, { outcomes, idle }: Played, isFar = false): Row[] {
  // A run counts when the last of them plays.
  const slowest = outcomes.map(({ again }) => Math.max(...again))
  const caseName = isFar ? name + FAR_NAME : name
  const never = slowest.filter((ms) => !Number.isFinite(ms)).length
  return judged(
    [
      ...pair('playing again', caseName, slowest, 'ms', isFar ? null : bounds),
      measured('runs without play', caseName, never, 'count', 'lower'),
      measured('runs', caseName, outcomes.length, 'count', 'higher'),
      measured('CPU idle', caseName, 100 * idle, '%', 'higher'),
    ],
    idle,
  )
}

/** The newest tick of the old host that a survivor had taken, less the tick that the match goes on from, ms. */
function lostMs({ logs }: Outcome): number {
  const changes = [...logs.values()].flatMap(({ changes }) => changes.slice(0, 1))
  return Math.max(...changes.map(({ tick, confirmed }) => Math.max(0, ((confirmed - tick) * 1000) / 60)))
}

/** The steps of the slowest run, on all pages. */
function printSlowest({ outcomes }: Played): void {
  const [slowest] = outcomes.toSorted((a, b) => Math.max(...b.again) - Math.max(...a.again))
  if (!slowest) return
  const { at, logs } = slowest
  const steps = [...logs].flatMap(([name, { steps, acks, changes }]) => {
    const [change] = changes
    const after = acks.find((ack) => ack.epoch === change?.epoch)
    return [
      ...steps.map((step) => ({ ...step, name })),
      ...(after ? [{ at: after.at, what: 'first own input acked', name }] : []),
    ]
  })
  for (const step of steps.sort((a, b) => a.at - b.at))
    if (step.at > at - 500 && step.at < at + 6000)
      console.error(`  ${(step.at - at).toFixed(0).padStart(6)} ms  ${step.name}: ${step.what}`)
}

function measureEvent(event: Event): Measure {
  return async (pages, runs) => {
    const played = await play(pages, event, runs ?? RUNS)
    printSlowest(played)
    return againRows(event, played)
  }
}

async function measureKills(pages: FourPages, runs: number | null): Promise<Row[]> {
  const played = await play(pages, killed, runs ?? RUNS)
  printSlowest(played)
  const lost = played.outcomes.map(lostMs)
  return [
    ...againRows(killed, played),
    ...judged(pair('match time lost', killed.name, lost, 'ms', [50, 150]), played.idle),
  ]
}

async function measureLeaving(pages: FourPages, runs: number | null): Promise<Row[]> {
  const played = await play(pages, leaves, runs ?? RUNS)
  const around = played.outcomes.flatMap(({ at, logs }) => standingOf([...logs.values()], at - 500, at + AROUND_MS))
  const before = played.outcomes.flatMap(({ at, logs }) => standingOf([...logs.values()], at - AROUND_MS - 500, at))
  return [
    ...againRows(leaves, played),
    ...judged(
      [
        ...pair('others frozen or off', leaves.name, around, 'ms', [100, 250]),
        measured('ships that were looked at', leaves.name, around.length, 'count', 'higher'),
        ...pair('others frozen or off in as long before it', leaves.name, before, 'ms', null),
      ],
      played.idle,
    ),
  ]
}

/** The host's main thread stalls again and again: nobody takes its place. */
async function measureStalls(pages: FourPages, runs: number | null): Promise<Row[]> {
  await pages.play()
  const before = cpuTimes()
  const { epoch } = await pages.state(HOST)
  for (let run = 0; run < (runs ?? RUNS); run++) {
    await pages.page(HOST).evaluate((ms) => window.migration.stall(ms), STALL_MS)
    await pause(2000)
  }
  const states = await Promise.all(NAMES.map((name) => pages.state(name)))
  const changes = Math.max(...states.map((state) => state.epoch - epoch))
  const drops = states.reduce((sum, state) => sum + state.drops, 0)
  const idle = cpuSince(before)
  await pages.end()
  const caseName = 'host stalls 1.5 s'
  return judged(
    [
      measured('migrations', caseName, Math.min(changes, 1), 'count', 'lower', 0),
      measured('drops', caseName, drops, 'count', 'lower'),
      measured('runs', caseName, runs ?? RUNS, 'count', 'higher'),
      measured('CPU idle', caseName, 100 * idle, '%', 'higher'),
    ],
    idle,
  )
}

/** The lobby server is killed in the middle of a match, and comes back with no memory. */
async function measureOutage(pages: FourPages, runs: number | null): Promise<Row[]> {
  let drops = 0
  const gaps: number[] = []
  const before = cpuTimes()
  for (let run = 0; run < (runs ?? FEW_RUNS); run++) {
    await pages.play()
    const { epoch } = await pages.state(HOST)
    for (const name of NAMES) await pages.page(name).evaluate(() => window.migration.takeLog())
    await pages.killServer()
    await pause(OUTAGE_MS)
    await pages.restartServer()
    await pause(5000)
    for (const name of NAMES) {
      const state = await pages.state(name)
      drops += state.drops + Number(state.epoch !== epoch) + Number(state.state !== 'playing')
      const { acks } = await pages.page(name).evaluate(() => window.migration.takeLog())
      gaps.push(Math.max(...acks.slice(1).map(({ at }, i) => at - (acks[i]?.at ?? at))))
    }
    await pages.end()
  }
  const idle = cpuSince(before)
  const caseName = 'signalling killed 30 s'
  return judged(
    [
      measured('drops', caseName, drops, 'count', 'lower', 0),
      measured('longest time without an ack', caseName, Math.max(...gaps), 'ms', 'lower'),
      measured('runs', caseName, runs ?? FEW_RUNS, 'count', 'higher'),
      measured('CPU idle', caseName, 100 * idle, '%', 'higher'),
    ],
    idle,
  )
}

/** One row of each on a long and lossy path. */
async function measureFar(pages: FourPages, runs: number | null): Promise<Row[]> {
  const rows: Row[] = []
  for (const event of [killed, killedAlone, leaves, closes, cut, guestReloads, hostReloads]) {
    console.error(`  ${event.name}`)
    rows.push(...againRows(event, await play(pages, event, runs ?? FEW_RUNS, FAR), true))
  }
  return rows
}

/** By the name that `--case` takes. */
export const pageCases: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['kill', measureKills],
  ['kill-alone', measureEvent(killedAlone)],
  ['leave', measureLeaving],
  ['close', measureEvent(closes)],
  ['cut', measureEvent(cut)],
  ['guest-reload', measureEvent(guestReloads)],
  ['host-reload', measureEvent(hostReloads)],
  ['stall', measureStalls],
  ['outage', measureOutage],
  ['far', measureFar],
])
