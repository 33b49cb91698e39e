/** The events that a match has to outlive in real pages, and the rows of each. */
import type { LinkConditions } from '../../../net/testing.ts'
import { measured, median, type Row } from '../bench.ts'
import { cpuSince, cpuTimes, judged } from '../idle.ts'
import { clock, type FourPages, NAMES, type Name, pause } from './four-pages.ts'
import type { LoggedStep, PageLog } from './page/log.ts'
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

/** A run that fails counts as one in which nobody plays again, and those after it are played all the same. */
async function tryOnce(pages: FourPages, event: Event, run: number, conditions: LinkConditions): Promise<Outcome> {
  try {
    return await playOnce(pages, event, run, conditions)
  } catch (error) {
    console.error(`  run ${run + 1} failed: ${error instanceof Error ? error.message : error}`)
    await pages.reset()
    return { at: clock(), again: [Number.POSITIVE_INFINITY], logs: new Map() }
  }
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
    const outcome = await tryOnce(pages, event, run, conditions)
    outcomes.push(outcome)
    if (event === leaves) printStanding(run, outcome)
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

/** A run that went back further is told of, ms: the bound of the median. */
const TOLD_LOST_MS = 50

/** The steps of a run in the middle and of the slowest, on all pages. */
function printTimeLines({ outcomes }: Played): void {
  const sorted = outcomes.toSorted((a, b) => Math.max(...a.again) - Math.max(...b.again))
  const [middle, slowest] = [sorted[sorted.length >> 1], sorted.at(-1)]
  if (middle && middle !== slowest) printTimeLine('a run in the middle', middle)
  if (slowest) printTimeLine('the slowest run', slowest)
}

const FIRST_ACK = 'first own input acked'

/** What happened on a page, and when its own ship was acked by the next host. */
function stepsOf({ steps, acks, changes }: PageLog): LoggedStep[] {
  const after = acks.find((ack) => ack.epoch === changes[0]?.epoch)
  return after ? [...steps, { at: after.at, what: FIRST_ACK }] : [...steps]
}

function printTimeLine(title: string, { at, logs }: Outcome): void {
  console.error(`  ${title}:`)
  const steps = [...logs].flatMap(([name, log]) => stepsOf(log).map((step) => ({ ...step, name })))
  for (const step of steps.sort((a, b) => a.at - b.at))
    if (step.at > at - 500 && step.at < at + 6000)
      console.error(`  ${(step.at - at).toFixed(0).padStart(6)} ms  ${step.name}: ${step.what}`)
}

/** Steps from a host's death to play, in their order. Of several pages the first one counts, or the last. */
const LINE: readonly (readonly [what: string, of: 'first' | 'last'])[] = [
  ['last packet of the old host', 'last'],
  ['host-gone counts', 'first'],
  ['claims', 'first'],
  ['hears vote', 'first'],
  ['signalling grants', 'first'],
  ['host', 'first'],
  ['goes on with the new host', 'last'],
  ['first packet of the new host', 'last'],
  [FIRST_ACK, 'last'],
]

/** When each step came after the kill, ms: the median of the runs that had it. */
function lineRows(caseName: string, { outcomes }: Played): Row[] {
  return LINE.flatMap(([what, of]) => {
    const times = outcomes.flatMap(({ at, logs }) => {
      const all = [...logs.values()].flatMap((log) => stepsOf(log).filter((step) => step.what === what))
      if (all.length === 0) return []
      const ats = all.map((step) => step.at - at)
      return [of === 'first' ? Math.min(...ats) : Math.max(...ats)]
    })
    return times.length > 0 ? [measured(`${what} (${of}) p50`, caseName, median(times), 'ms', 'lower')] : []
  })
}

function measureEvent(event: Event): Measure {
  return async (pages, runs) => {
    const played = await play(pages, event, runs ?? RUNS)
    printTimeLines(played)
    return againRows(event, played)
  }
}

async function measureKills(pages: FourPages, runs: number | null): Promise<Row[]> {
  const played = await play(pages, killed, runs ?? RUNS)
  printTimeLines(played)
  const whole = played.outcomes.filter(({ logs }) => logs.size > 0)
  const lost = whole.map(lostMs)
  const most = whole.toSorted((a, b) => lostMs(b) - lostMs(a))[0]
  if (most && lostMs(most) > TOLD_LOST_MS) printTimeLine(`the run that went back ${lostMs(most).toFixed(0)} ms`, most)
  return [
    ...againRows(killed, played),
    ...lineRows(killed.name, played),
    ...judged(pair('match time lost', killed.name, lost, 'ms', [50, 150]), played.idle),
  ]
}

const longestFrame = ({ frames }: PageLog, from: number, to: number): number => longestOf(frames, from, to)

/** The longest time between two of these, ms. */
function longestOf(all: readonly { readonly at: number }[], from: number, to: number): number {
  const times = all.map(({ at }) => at).filter((at) => at > from && at < to)
  return Math.max(0, ...times.slice(1).map((at, i) => at - (times[i] ?? at)))
}

/** A ship that was off for so long is told of, ms: the bound of the median. */
const TOLD_MS = 100

/** The ships of one run that were off for long, and what their pages and the hosts did at that time. */
function printStanding(run: number, { at, logs }: Outcome): void {
  const long = standingOf(logs, at - 500, at + AROUND_MS).filter(({ ms }) => ms > TOLD_MS)
  for (const { page, ship, ms, frozenMs, offMs, worstOffPx, inLongFramesMs, from, to, worstAheadTicks } of long) {
    const hosts = [...logs].filter(([, { ticks }]) =>
      ticks.some((tick) => tick.at > at - 500 && tick.at < at + AROUND_MS),
    )
    const waits = hosts.map(([name, log]) => `${name} ${longestOf(log.ticks, from, to).toFixed(0)}`)
    console.error(
      `  run ${run + 1}, ${page}, ship ${ship}: ${ms.toFixed(0)} ms, frozen ${frozenMs.toFixed(0)}, off ${offMs.toFixed(0)} by up to ${worstOffPx.toFixed(1)} px, ` +
        `from ${sinceMs(at, from)} to ${sinceMs(at, to)}; ${inLongFramesMs.toFixed(0)} in long frames; up to ${worstAheadTicks.toFixed(1)} ticks beyond the newest; ` +
        `longest time between two ticks of hosts meanwhile: ${waits.join(', ')} ms`,
    )
  }
}

async function measureLeaving(pages: FourPages, runs: number | null): Promise<Row[]> {
  const played = await play(pages, leaves, runs ?? RUNS)
  printTimeLines(played)
  const of = (fromMs: number, toMs: number): number[] =>
    played.outcomes.flatMap(({ at, logs }) => standingOf(logs, at + fromMs, at + toMs).map(({ ms }) => ms))
  const around = of(-500, AROUND_MS)
  const before = of(-AROUND_MS - 500, 0)
  // While a page draws nothing all ships stand, whatever the host does.
  const frames = played.outcomes.flatMap(({ at, logs }) =>
    [...logs.values()].map((log) => longestFrame(log, at - 500, at + AROUND_MS)),
  )
  return [
    ...againRows(leaves, played),
    ...judged(
      [
        ...pair('others frozen or off', leaves.name, around, 'ms', [100, 250]),
        measured('ships that were looked at', leaves.name, around.length, 'count', 'higher'),
        ...pair('others frozen or off in as long before it', leaves.name, before, 'ms', null),
        ...pair('longest frame around it', leaves.name, frames, 'ms', null),
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

/** A time without an ack. `drawnMs`: the longest time between two frames in it: a page that does not draw waits for the machine. */
interface Gap {
  readonly at: number
  readonly ms: number
  readonly drawnMs: number
}

function longestGap({ acks, frames }: PageLog, endsAt: number): Gap {
  let longest: Gap = { at: 0, ms: 0, drawnMs: 0 }
  const times = [...acks.map(({ at }) => at).filter((at) => at < endsAt), endsAt]
  for (const [i, at] of times.entries()) {
    const before = times[i - 1] ?? at
    if (at - before <= longest.ms) continue
    const drawn = frames.filter((frame) => frame.at >= before && frame.at <= at).map((frame) => frame.at)
    const between = [before, ...drawn, at].map((time, place, all) => time - (all[place - 1] ?? time))
    longest = { at: before, ms: at - before, drawnMs: Math.max(...between) }
  }
  return longest
}

const sinceMs = (from: number, at: number): string => (at - from).toFixed(0)

/** Without an ack for so long a player notices that their shots do not count, ms. */
const HITCH_MS = 500

/** The lobby server is killed in the middle of a match, and comes back with no memory. */
async function measureOutage(pages: FourPages, runs: number | null): Promise<Row[]> {
  let drops = 0
  const gaps: Gap[] = []
  const before = cpuTimes()
  for (let run = 0; run < (runs ?? FEW_RUNS); run++) {
    await pages.play()
    const { epoch } = await pages.state(HOST)
    for (const name of NAMES) await pages.page(name).evaluate(() => window.migration.takeLog())
    const logs = new Map<Name, PageLog>()
    const killedAt = clock()
    await pages.killServer()
    await pause(OUTAGE_MS)
    const restartsAt = clock()
    await pages.restartServer()
    await pause(5000)
    // To read a page's log holds it up for seconds, and its guests with it: what comes from now on is of this benchmark.
    const endsAt = clock()
    const states = await Promise.all(NAMES.map((name) => pages.state(name)))
    for (const [i, name] of NAMES.entries()) {
      const state = states[i] as (typeof states)[number]
      drops += state.drops + Number(state.epoch !== epoch) + Number(state.state !== 'playing')
      const log = await pages.page(name).evaluate(() => window.migration.takeLog())
      logs.set(name, log)
      const gap = longestGap(log, endsAt)
      gaps.push(gap)
      const when =
        gap.at < restartsAt
          ? `${sinceMs(killedAt, gap.at)} ms after the end`
          : `${sinceMs(restartsAt, gap.at)} ms after the new start`
      console.error(
        `  ${name}: ${gap.ms.toFixed(0)} ms without an ack, ${when}; ${gap.drawnMs.toFixed(0)} ms without a frame in it`,
      )
    }
    const longest = gaps.slice(-NAMES.length).toSorted((a, b) => b.ms - a.ms)[0]
    if (longest && longest.ms > HITCH_MS) printTimeLine('around the longest', { at: longest.at, again: [], logs })
    await pages.end()
  }
  const idle = cpuSince(before)
  const long = gaps.filter(({ ms }) => ms > HITCH_MS)
  const stood = long.filter(({ ms, drawnMs }) => drawnMs > ms / 2).length
  const hitches = long.length - stood
  const caseName = 'signalling killed 30 s'
  return judged(
    [
      measured('drops', caseName, drops, 'count', 'lower', 0),
      measured('longest time without an ack', caseName, Math.max(...gaps.map(({ ms }) => ms)), 'ms', 'lower'),
      measured('hitches', caseName, hitches, 'count', 'lower', 0),
      measured('pages that stood still themselves', caseName, stood, 'count', 'lower'),
      measured('runs', caseName, runs ?? FEW_RUNS, 'count', 'higher'),
      measured('CPU idle', caseName, 100 * idle, '%', 'higher'),
    ],
    idle,
  )
}

/** Of an event on a long and lossy path. */
function measureFar(event: Event): Measure {
  return async (pages, runs) => againRows(event, await play(pages, event, runs ?? FEW_RUNS, FAR), true)
}

const events: readonly (readonly [name: string, event: Event])[] = [
  ['kill', killed],
  ['kill-alone', killedAlone],
  ['leave', leaves],
  ['close', closes],
  ['cut', cut],
  ['guest-reload', guestReloads],
  ['host-reload', hostReloads],
]

/** By the name that `--case` takes. */
export const pageCases: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ...events.map(([name, event]) => [name, measureEvent(event)] as const),
  ['kill', measureKills],
  ['leave', measureLeaving],
  ['stall', measureStalls],
  ['outage', measureOutage],
  ...events.map(([name, event]) => [`far-${name}`, measureFar(event)] as const),
])
