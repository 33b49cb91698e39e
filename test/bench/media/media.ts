/**
 * `npm run bench -- media`: what voices and videos do to a match of Dogstar between real pages, over a UDP relay with 20 ms each way that
 * media pass, too. Eight players: the host and one guest, who is measured, in a page each, the crowd in a third. How late the
 * host's packets come with eight voices and with four videos, beside the same without. Then, in two pages alone and without the relay:
 * how long a burst of sound takes from mouth to ear, beside a plain RTCPeerConnection.
 */
import { constants, setPriority } from 'node:os'
import { starwire } from '../../../net/vite.ts'
import { type Harness, startHarness } from '../../browser/harness.ts'
import { startRelay, type UdpRelay } from '../../browser/relay.ts'
import type { Bench, Row } from '../bench.ts'
import { cpuSince, cpuTimes } from '../idle.ts'
import { fakeDevices } from './devices.ts'
import type { MediaPage } from './page/main.ts'
import { earRows, mouthToEar, type Stretch, stretchOf, stretchRows } from './rows.ts'

declare global {
  interface Window {
    media: MediaPage
  }
}

const PATH = { latencyMs: 20 }
const CROWD = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6']
const VOICES = 8
const VIDEOS = 4
const QUEUE_BYTES = 64 * 1024
const FREE = { bitsPerSecond: 1e12, queueBytes: 1e12 }
const narrow = (megabits: number) => ({ bitsPerSecond: megabits * 1e6, queueBytes: QUEUE_BYTES })

/** Of one stretch of the match. */
const SECONDS = 10
const FULL_SECONDS = 30
/** For the match to find its pace after something changed. */
const SETTLE_MS = 4000
/** On a quiet machine 28 pairs of one lobby connect in some seconds. */
const CONNECT_MS = 45_000
const EAR_SECONDS = 15

type Page = Awaited<ReturnType<Harness['open']>>['page']
type Pages = Readonly<Record<'host' | 'guest' | 'crowd', Page>>
type Kind = 'voice' | 'video'

/** `voices` and `videos` compare a match with and without them; `ear` is mouth to ear. */
const CASES = ['voices', 'videos', 'ear']

export const media: Bench = {
  summary: 'a match of real pages with eight voices and four videos beside the same without, and mouth to ear',
  cases: CASES,
  async run({ full, seconds, only }) {
    const devices = fakeDevices()
    using _ = { [Symbol.dispose]: () => devices.remove() }
    await using harness = await startHarness({
      root: 'test/bench/media/page',
      flags: ['--autoplay-policy=no-user-gesture-required', ...devices.flags],
      plugins: [starwire({ iceServers: [], secret: 'a secret of the benchmarks, long enough' })],
    })
    stayAwake()
    const rows: Row[] = []
    if (only !== 'ear')
      rows.push(...(await matchRows(harness, 1000 * (seconds ?? (full ? FULL_SECONDS : SECONDS)), only)))
    if (only === null || only === 'ear') rows.push(...(await mouthToEarRows(harness)))
    harness.assertQuiet()
    return rows
  },
}

async function matchRows(harness: Harness, stretchMs: number, only: string | null): Promise<Row[]> {
  using relay = startRelay()
  const pages = { host: await open(harness), guest: await open(harness), crowd: await open(harness) }
  await startMatch(relay, pages)
  const during = duringMatch(relay, pages, stretchMs)
  const rows: Row[] = []
  if (only !== 'videos') rows.push(...(await voiceRows(relay, pages, during)))
  if (only !== 'voices') rows.push(...(await videoRows(relay, pages, during)))
  // Left in a row, so that nobody goes on as host after the others.
  for (const page of [pages.crowd, pages.guest, pages.host]) await page.close()
  return rows
}

/** The relay in this process is the network. Delayed by busy pages, it would be taken for a slow one. Only the administrator may. */
function stayAwake(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH)
  } catch {}
}

/** In a context of its own, so that it may have a process of its own. */
async function open(harness: Harness): Promise<Page> {
  return (await harness.open('/', await harness.newContext())).page
}

async function startMatch(relay: UdpRelay, pages: Pages): Promise<void> {
  for (const [name, page] of Object.entries(pages)) {
    await relay.expose(name, page)
    await page.exposeFunction('relayAs', (player: string, connection: string, text: string) =>
      relay.rewrite(player, text, connection),
    )
  }
  for (const name of [...Object.keys(pages), ...CROWD]) relay.page(name).setConditions(PATH)
  const code = await pages.host.evaluate(() => window.media.host('host'))
  const join = (page: Page, name: string, isCrowd: boolean) =>
    page.evaluate(([code, name, isCrowd]) => window.media.join(code, name, isCrowd), [code, name, isCrowd] as const)
  await join(pages.guest, 'guest', false)
  for (const name of CROWD) await join(pages.crowd, name, true)
  await pages.host.evaluate(() => window.media.start())
  await Promise.all(Object.values(pages).map((page) => page.evaluate(() => window.media.fly())))
}

type During = (uplink: typeof FREE, what: string) => Promise<Stretch>

/** Measures stretches of the match, each after a while that the match has to find its pace. */
function duringMatch(relay: UdpRelay, pages: Pages, stretchMs: number): During {
  return async (uplink, what) => {
    relay.page('host').setUplink(uplink)
    await pause(SETTLE_MS)
    const stretch = await measuredStretch(pages, stretchMs)
    console.error(`${what}: p99 ${stretch.p99.toFixed(1)} ms, ${(100 * stretch.idle).toFixed(0)} % idle`)
    return stretch
  }
}

async function voiceRows(relay: UdpRelay, pages: Pages, during: During): Promise<Row[]> {
  const alone = await during(FREE, 'match alone')
  const alone2 = await during(narrow(2), 'match alone, 2 Mbit/s')
  relay.page('host').setUplink(FREE)
  const allTalk = await take(pages, 'voice', VOICES)
  const voices = await during(FREE, '8 voices')
  const voices2 = await during(narrow(2), '8 voices, 2 Mbit/s')
  relay.page('host').setUplink(FREE)
  await leave(pages, 'voice')
  return [
    ...stretchRows('8 voices, free line', voices, alone, allTalk, 1.15),
    ...stretchRows('8 voices, 2 Mbit/s up', voices2, alone2, allTalk, 1.5),
  ]
}

async function videoRows(relay: UdpRelay, pages: Pages, during: During): Promise<Row[]> {
  const alone = await during(narrow(4), 'match alone, 4 Mbit/s')
  const allShow = await take(pages, 'video', VIDEOS)
  const videos = await during(narrow(4), '4 videos, 4 Mbit/s')
  await leave(pages, 'video')
  relay.page('host').setUplink(FREE)
  return stretchRows('4 videos, 4 Mbit/s up', videos, alone, allShow, 1.5)
}

/** The host, the guest, and as many of the crowd take part. Resolves to whether all are connected to the host, when they are or should be. */
async function take(pages: Pages, kind: Kind, count: number): Promise<boolean> {
  const shares = [
    [pages.host, 1],
    [pages.guest, 1],
    [pages.crowd, count - 2],
  ] as const
  for (const [page, share] of shares) {
    if (share === 0) continue
    const refusals = await page.evaluate(([kind, share]) => window.media.take(kind, share), [kind, share] as const)
    for (const refusal of refusals) if (refusal) throw new Error(`No ${kind}: ${refusal}.`)
  }
  const giveUpAt = performance.now() + CONNECT_MS
  let connected = 0
  while (connected < count - 1 && performance.now() < giveUpAt) {
    await pause(200)
    connected = await pages.host.evaluate((kind) => window.media.connected(kind), kind)
  }
  console.error(`${kind}: the host has ${connected} of ${count - 1} connections`)
  return connected === count - 1
}

async function leave(pages: Pages, kind: Kind): Promise<void> {
  for (const page of Object.values(pages)) await page.evaluate((kind) => window.media.leave(kind), kind)
}

async function measuredStretch({ host, guest }: Pages, ms: number): Promise<Stretch> {
  await host.evaluate(() => window.media.takeSent())
  await guest.evaluate(() => window.media.takeHeard())
  const before = cpuTimes()
  await pause(ms)
  const idle = cpuSince(before)
  const sent = await host.evaluate(() => window.media.takeSent())
  const heard = await guest.evaluate(() => window.media.takeHeard())
  return stretchOf(sent, heard, await guest.evaluate(() => window.media.lateShare()), idle)
}

/** Two pages on loopback, alone: in the voice of a lobby, then over a plain connection. Nothing stands between them in either case. */
async function mouthToEarRows(harness: Harness): Promise<Row[]> {
  const [talker, listener] = [await open(harness), await open(harness)]
  for (const page of [talker, listener]) await page.evaluate(() => window.media.measureEar())
  const code = await talker.evaluate(() => window.media.host('talker'))
  await listener.evaluate((code) => window.media.join(code, 'listener', false), code)
  for (const page of [talker, listener]) await page.evaluate(() => window.media.take('voice', 1))
  const idle: number[] = []
  const delays = async (face: 'voice' | 'plain'): Promise<number[]> => {
    await pause(SETTLE_MS)
    const before = cpuTimes()
    for (const page of [talker, listener]) await page.evaluate((face) => window.media[face].take(), face)
    await pause(EAR_SECONDS * 1000)
    idle.push(cpuSince(before))
    const { spoken } = await talker.evaluate((face) => window.media[face].take(), face)
    const { ear } = await listener.evaluate((face) => window.media[face].take(), face)
    return mouthToEar(spoken, ear)
  }
  const voice = await delays('voice')
  for (const page of [talker, listener]) await page.evaluate(() => window.media.leave('voice'))
  const offer = await talker.evaluate(() => window.media.plain.speak())
  const answer = await listener.evaluate((offer) => window.media.plain.listen(offer), offer)
  await talker.evaluate((answer) => window.media.plain.accept(answer), answer)
  const plain = await delays('plain')
  for (const page of [talker, listener]) await page.close()
  return earRows('voice, loopback', voice, plain, Math.min(...idle))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
