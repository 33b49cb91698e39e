/**
 * `npm run bench -- files`: a file of 20 MB in a running match of Dogstar between real pages, over a UDP relay with 20 Mbit/s and
 * 20 ms each way: how fast it is beside a raw data channel that has the same path for itself, and how much later the match's own
 * packets come meanwhile. From the host to a guest, and from guest to guest through the host. Figures of a machine that was busy
 * have no verdict.
 */
import { starwire } from '../../../net/vite.ts'
import { type Harness, startHarness } from '../../browser/harness.ts'
import { startRelay, type UdpRelay } from '../../browser/relay.ts'
import { type Bench, measured, median, quantile, type Row } from '../bench.ts'
import { match } from '../congestion/delays.ts'
import { cpuSince, cpuTimes, judged } from '../idle.ts'
import type { FilesPage } from './page/main.ts'
import type { Mark } from './page/watched.ts'
import { virtualFile, virtualRaw } from './virtual-file.ts'

declare global {
  interface Window {
    files: FilesPage
  }
}

const SIZE = 20_000_000
const PATH = { latencyMs: 20, bottleneck: { bitsPerSecond: 20_000_000, queueBytes: 256 * 1024 } }
/** A match without a file, for as long as a file takes. */
const ALONE_SECONDS = 8
const WARM_UP_MS = 4000
const ROUNDS = 1
const FULL_ROUNDS = 3
/** What is still under way has arrived after so long. */
const DRAIN_MS = 500

const DIRECT = '20 MB host to guest'
const THROUGH = '20 MB guest to guest'

type Page = Awaited<ReturnType<Harness['open']>>['page']
type Pages = Readonly<Record<'host' | 'bea' | 'cleo', Page>>

export const files: Bench = {
  summary: `a file of 20 MB in a running match of real pages, 20 Mbit/s and 20 ms each way, beside a raw channel (--full: ${FULL_ROUNDS} times)`,
  async run({ full }) {
    const rounds: Round[] = []
    for (let i = 0; i < (full ? FULL_ROUNDS : ROUNDS); i++) rounds.push(await round())
    const idle = Math.min(...rounds.map((round) => round.idle))
    return [...judged(rowsOf(rounds), idle), ...(await virtualRows())]
  },
}

interface Delays {
  readonly p50: number
  readonly p99: number
}

interface Round {
  readonly rawMs: number
  readonly alone: Delays
  readonly direct: Delays & { readonly ms: number }
  readonly through: Delays & { readonly ms: number; readonly senders: Delays }
  /** Of the CPU while files went, 0 to 1. */
  readonly idle: number
}

async function round(): Promise<Round> {
  await using harness = await startHarness({
    root: 'test/bench/files/page',
    plugins: [starwire({ iceServers: [], secret: 'a secret of the benchmarks, long enough' })],
  })
  using relay = startRelay()
  const pages = { host: await open(harness), bea: await open(harness), cleo: await open(harness) }
  for (const [name, page] of Object.entries(pages)) {
    await relay.expose(name, page)
    // Before anything is connected: to change the path under a link would measure how soon bulk finds that out.
    relay.page(name).setConditions(PATH)
  }
  const rawMs = await rawTime(relay, pages)
  console.error(`raw channel: ${rawMs.toFixed(0)} ms`)
  await startMatch(pages)
  await pause(WARM_UP_MS)
  const alone = await delaysDuring(pages, 'bea', () => pause(ALONE_SECONDS * 1000))
  const before = cpuTimes()
  const direct = await timed(pages, 'host', 'Bea', 'bea')
  console.error(`host to guest: ${direct.ms.toFixed(0)} ms`)
  const through = await timed(pages, 'cleo', 'Bea', 'bea')
  console.error(`guest to guest: ${through.ms.toFixed(0)} ms`)
  const idle = cpuSince(before)
  harness.assertQuiet()
  return { rawMs, alone, direct, through, idle }
}

/** In a context of its own, so that it may have a process of its own. */
async function open(harness: Harness): Promise<Page> {
  return (await harness.open('/', await harness.newContext())).page
}

/** How long a raw channel takes from the host's page to Bea's, before there is a match. */
async function rawTime(relay: UdpRelay, { host, bea }: Pages): Promise<number> {
  const offer = await relay.rewrite('host', await host.evaluate(() => window.files.raw.offer()), 'raw')
  const answer = await bea.evaluate((offer) => window.files.raw.answer(offer), offer)
  const rewritten = await relay.rewrite('bea', answer, 'raw')
  await host.evaluate((answer) => window.files.raw.accept(answer), rewritten)
  for (const page of [host, bea]) await page.evaluate(() => window.files.raw.opened())
  const receiving = bea.evaluate((size) => window.files.raw.receive(size), SIZE)
  await host.evaluate((size) => window.files.raw.send(size), SIZE)
  const ms = await receiving
  for (const page of [host, bea]) await page.evaluate(() => window.files.raw.close())
  return ms
}

async function startMatch(pages: Pages): Promise<void> {
  const code = await pages.host.evaluate(() => window.files.host())
  for (const [page, name] of [
    [pages.bea, 'Bea'],
    [pages.cleo, 'Cleo'],
  ] as const)
    await page.evaluate(([code, name]) => window.files.join(code, name), [code, name] as const)
  await pages.host.evaluate(() => window.files.start())
  await Promise.all(Object.values(pages).map((page) => page.evaluate(() => window.files.fly())))
}

/** A file from one page to a player, and how late the host's packets came to the receiver, and the sender's to the host, meanwhile. */
async function timed(pages: Pages, from: keyof Pages, to: string, at: keyof Pages) {
  let ms = 0
  const delays = await delaysDuring(
    pages,
    at,
    async () => {
      const end = await pages[from].evaluate(([to, size]) => window.files.share(to, size), [to, SIZE] as const)
      const received = await pages[at].evaluate(() => window.files.received())
      if (end !== 'done' || received?.bytes !== SIZE) throw new Error(`The file ended as ${end}.`)
      ms = received.ms
    },
    from,
  )
  return { ...delays, ms }
}

/** One-way delay of the state lane from the host to a guest while something goes on, the path's own not counted; and from `up` to the host. */
async function delaysDuring(pages: Pages, at: keyof Pages, run: () => Promise<void>, up: keyof Pages = at) {
  for (const page of Object.values(pages)) {
    await page.evaluate(() => window.files.takeSent())
    await page.evaluate(() => window.files.takeHeard())
  }
  await run()
  await pause(DRAIN_MS)
  const taken = async (page: Page) => ({
    sent: await page.evaluate(() => window.files.takeSent()),
    heard: await page.evaluate(() => window.files.takeHeard()),
  })
  const [host, guest, sender] = [
    await taken(pages.host),
    await taken(pages[at]),
    up === at || up === 'host' ? null : await taken(pages[up]),
  ]
  return { ...delaysOf(host.sent, guest.heard), senders: delaysOf((sender ?? guest).sent, host.heard) }
}

function delaysOf(sent: readonly Mark[], heard: readonly Mark[]): Delays {
  const delays = match(sent, heard).map(({ sentAt, arrivedAt }) => arrivedAt - sentAt - PATH.latencyMs)
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) }
}

function rowsOf(rounds: readonly Round[]): Row[] {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick))
  const told = (
    name: string,
    caseName: string,
    value: number,
    unit: string,
    better: 'lower' | 'higher' = 'lower',
  ): Row => measured(name, caseName, value, unit, better)
  const mbits = (ms: number): number => (SIZE * 8) / ms / 1000
  return [
    measured(
      'throughput ÷ raw reliable channel',
      DIRECT,
      of(({ rawMs, direct }) => rawMs / direct.ms),
      'ratio',
      'higher',
      0.6,
    ),
    measured(
      'state lane one-way p99 added',
      DIRECT,
      of(({ alone, direct }) => direct.p99 - alone.p99),
      'ms',
      'lower',
      20,
    ),
    told(
      'state lane one-way p50 added',
      DIRECT,
      of(({ alone, direct }) => direct.p50 - alone.p50),
      'ms',
    ),
    told(
      'throughput',
      DIRECT,
      of(({ direct }) => mbits(direct.ms)),
      'Mbit/s',
      'higher',
    ),
    told(
      'throughput ÷ raw reliable channel',
      THROUGH,
      of(({ rawMs, through }) => rawMs / through.ms),
      'ratio',
      'higher',
    ),
    told(
      'state lane one-way p99 added, host to receiver',
      THROUGH,
      of(({ alone, through }) => through.p99 - alone.p99),
      'ms',
    ),
    told(
      'state lane one-way p99, sender to host, beyond the path',
      THROUGH,
      of(({ through }) => through.senders.p99),
      'ms',
    ),
    told(
      'throughput',
      'raw reliable channel',
      of(({ rawMs }) => mbits(rawMs)),
      'Mbit/s',
      'higher',
    ),
    told(
      'state lane one-way p50 beyond the path',
      'match alone',
      of(({ alone }) => alone.p50),
      'ms',
    ),
    told(
      'state lane one-way p99 beyond the path',
      'match alone',
      of(({ alone }) => alone.p99),
      'ms',
    ),
    // Where little is left, delays are the machine's.
    told('idle CPU while files went', 'machine', 100 * of(({ idle }) => idle), '%', 'higher'),
  ]
}

/** The same in virtual time, where no machine is busy. */
async function virtualRows(): Promise<Row[]> {
  const rawMs = virtualRaw(SIZE, PATH)
  const alone = await virtualFile(0, PATH, 'direct', ALONE_SECONDS * 1000)
  const rows: Row[] = []
  for (const [way, name] of [
    ['direct', DIRECT],
    ['through', THROUGH],
  ] as const) {
    const { ms, delays } = await virtualFile(SIZE, PATH, way)
    const caseName = `${name}, simulated`
    const added = (share: number): number => quantile(delays, share) - quantile(alone.delays, share)
    rows.push(
      measured('throughput', caseName, (SIZE * 8) / ms / 1000, 'Mbit/s', 'higher'),
      measured('throughput ÷ raw reliable lane', caseName, rawMs / ms, 'ratio', 'higher'),
      measured('state lane one-way p50 added', caseName, added(0.5), 'ms', 'lower'),
      measured('state lane one-way p99 added', caseName, added(0.99), 'ms', 'lower'),
    )
  }
  return rows
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
