/**
 * `npm run bench -- match`: a whole match of Dogstar with 16 players, each a session over real DataChannels in Chromium,
 * flown by pilots. What the sessions count, what `getStats` counts, and what the network carries, over the same seconds.
 */
import { starwire } from '../../../net/vite.ts'
import { type Harness, startHarness } from '../../browser/harness.ts'
import { type Bench, measured, PACKET_OVERHEAD_BYTES, type Row } from '../bench.ts'
import type { ConnectionCounts, Flow } from './page/connections.ts'
import type { MatchPage, PageCounts } from './page/main.ts'

declare global {
  interface Window {
    match: MatchPage
  }
}

const GUESTS = 15
/** Several guests share a page: a browser with 16 pages is slower than a match with 16 players. */
const GUESTS_PER_PAGE = 5
const WARM_UP_SECONDS = 6
const SECONDS = 20
const FULL_SECONDS = 120
/** What IP and UDP put around each packet; getStats counts what is inside of them. */
const IP_UDP_BYTES = 28
const CASE = `dogstar ${GUESTS + 1}`

export const match: Bench = {
  summary: `bytes of a match of Dogstar with ${GUESTS + 1} players on real channels, ${SECONDS} s (--full: ${FULL_SECONDS} s)`,
  async run({ full, seconds }) {
    await using harness = await startHarness({
      root: 'test/bench/match/page',
      plugins: [starwire({ iceServers: [], secret: 'a secret of the benchmarks, long enough' })],
    })
    const host = await openPage(harness)
    const code = await host.evaluate(() => window.match.host())
    const guests = []
    for (let left = GUESTS; left > 0; left -= GUESTS_PER_PAGE) {
      const page = await openPage(harness)
      const count = Math.min(left, GUESTS_PER_PAGE)
      await page.evaluate(([code, count]) => window.match.join(code, count), [code, count] as const)
      console.error(`${GUESTS - left + count} guests are in the lobby`)
      guests.push(page)
    }
    await host.evaluate(() => window.match.start())
    const pages = [host, ...guests]
    await Promise.all(pages.map((page) => page.evaluate(() => window.match.fly())))
    const count = (): Promise<PageCounts[]> =>
      Promise.all(pages.map((page) => page.evaluate(() => window.match.count())))
    const wait = (s: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, s * 1000))
    await wait(WARM_UP_SECONDS)
    const before = await count()
    const length = seconds ?? (full ? FULL_SECONDS : SECONDS)
    console.error(`counting for ${length} s`)
    await wait(length)
    const after = await count()
    harness.assertQuiet()
    for (const page of guests) await page.evaluate(() => window.match.leave())
    await host.evaluate(() => window.match.leave())
    return rowsOf(before, after)
  },
}

/** In a context of its own, so that it may have a process of its own. */
async function openPage(harness: Harness) {
  const { page } = await harness.open('/', await harness.newContext())
  return page
}

/** Everything of one direction of one player, per second. */
interface Rates {
  readonly sessionBytes: number
  readonly channels: Flow
  readonly transport: Flow
  readonly pair: Flow
}

function rowsOf(before: readonly PageCounts[], after: readonly PageCounts[]): Row[] {
  const [hostBefore, ...guestsBefore] = before
  const [hostAfter, ...guestsAfter] = after
  if (!hostBefore || !hostAfter) throw new Error('The host did not answer.')
  const down = guestsAfter.flatMap((page, p) => ratesOf(guestsBefore[p], page, 'received'))
  const up = guestsAfter.flatMap((page, p) => ratesOf(guestsBefore[p], page, 'sent'))
  const seconds = (hostAfter.now - hostBefore.now) / 1000
  const ticks = ((hostAfter.players[0]?.tick ?? 0) - (hostBefore.players[0]?.tick ?? 0)) / seconds
  const sum = (pick: (counts: ConnectionCounts) => number): number =>
    hostAfter.connections.reduce((total, counts) => total + pick(counts), 0) -
    hostBefore.connections.reduce((total, counts) => total + pick(counts), 0)
  const uplink = sum(({ transport }) => transport.sent.bytes + IP_UDP_BYTES * transport.sent.count) / seconds
  const rtts = guestsAfter.flatMap(({ players }) => players.map(({ rttMs }) => rttMs))
  return [
    ...directionRows('down', down),
    ...directionRows('up', up),
    measured('host uplink, IP and UDP included', CASE, (uplink * 8) / 1000, 'kbit/s', 'lower'),
    measured('guests connected', CASE, down.length, 'count', 'higher', GUESTS),
    // Where it is below 60 the machine was too slow for 16 players, and all rates above are too low by as much.
    measured('host ticks per second', CASE, ticks, 'ticks/s', 'higher'),
    measured('round trip mean', CASE, meanOf(rtts), 'ms', 'lower'),
  ]
}

function ratesOf(before: PageCounts | undefined, after: PageCounts, way: 'sent' | 'received'): Rates[] {
  if (!before) return []
  const seconds = (after.now - before.now) / 1000
  const flow = (kind: 'channels' | 'transport' | 'pair', i: number): Flow => {
    const [from, to] = [before.connections[i]?.[kind][way], after.connections[i]?.[kind][way]]
    return {
      bytes: ((to?.bytes ?? 0) - (from?.bytes ?? 0)) / seconds,
      count: ((to?.count ?? 0) - (from?.count ?? 0)) / seconds,
    }
  }
  const bytes = way === 'sent' ? 'sentBytes' : 'receivedBytes'
  return after.players.map(({ lanes }, i) => {
    const earlier = before.players[i]?.lanes
    const counted = lanes.state[bytes] + lanes.bulk[bytes] - (earlier?.state[bytes] ?? 0) - (earlier?.bulk[bytes] ?? 0)
    return {
      sessionBytes: counted / seconds,
      channels: flow('channels', i),
      transport: flow('transport', i),
      pair: flow('pair', i),
    }
  })
}

function directionRows(way: 'down' | 'up', rates: readonly Rates[]): Row[] {
  const mean = (pick: (rates: Rates) => number): number => meanOf(rates.map(pick))
  const told = (what: string, value: number, unit: string): Row =>
    measured(`${way}, per guest: ${what}`, CASE, value, unit, 'lower')
  const payload = mean(({ channels }) => channels.bytes)
  const messages = mean(({ channels }) => channels.count)
  const inside = mean(({ transport }) => transport.bytes)
  const packets = mean(({ transport }) => transport.count)
  const wire = inside + IP_UDP_BYTES * packets
  return [
    told(
      'payload as the session counts',
      mean(({ sessionBytes }) => sessionBytes),
      'B/s',
    ),
    told('payload as getStats counts', payload, 'B/s'),
    told('messages', messages, '1/s'),
    told('payload of a message', payload / messages, 'B'),
    told('transport as getStats counts', inside, 'B/s'),
    told(
      'candidate pair as getStats counts',
      mean(({ pair }) => pair.bytes),
      'B/s',
    ),
    told('UDP packets', packets, '1/s'),
    told('on the wire, IP and UDP included', (wire * 8) / 1000, 'kbit/s'),
    told('computed, 93 B a message', ((payload + PACKET_OVERHEAD_BYTES * messages) * 8) / 1000, 'kbit/s'),
    // Acks of SCTP and checks of ICE are part of it: they ride along, or go in packets of their own.
    told('overhead of a message on the wire (93 assumed)', (wire - payload) / messages, 'B'),
    told('overhead of a packet on the wire', (wire - payload) / packets, 'B'),
  ]
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
