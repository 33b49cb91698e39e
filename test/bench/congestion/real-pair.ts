/** Two pages of a real browser with a link between them, over a UDP relay that can be made as bad as one likes. */
import type { LinkConditions } from '../../../net/testing.ts'
import type { Harness, TestPage } from '../../browser/harness.ts'
import { startRelay, type UdpRelay } from '../../browser/relay.ts'
import { type Delivery, match } from './delays.ts'
import type { StreamOptions, StreamResult } from './virtual-stream.ts'

/** The two pages. */
type Side = 'a' | 'b'

export interface RealPair {
  readonly relay: UdpRelay
  readonly pages: Readonly<Record<Side, TestPage>>
  close(): Promise<void>
}

/** What still waits at the end gets so long to arrive. */
const DRAIN_MS = 6000
/** Between a change of the network and what is measured on it. */
const SETTLE_MS = 300

/** Opens two pages and connects them; the network is still perfect. */
export async function openPair(harness: Harness): Promise<RealPair> {
  const relay = startRelay()
  const pages = { a: await harness.open('/channels.html'), b: await harness.open('/channels.html') }
  const carry = async (from: Side, to: Side): Promise<void> => {
    let order = Promise.resolve()
    await pages[from].page.exposeFunction('sendSignal', (text: string) => {
      // One after the other: a candidate must not overtake the description it belongs to.
      order = order.then(async () => {
        const rewritten = await relay.rewrite(from, text)
        await pages[to].page.evaluate((text) => window.channels.signal(text), rewritten)
      })
      return order
    })
  }
  await carry('a', 'b')
  await carry('b', 'a')
  const answering = pages.b.page.evaluate(() => window.channels.connect(false))
  await pages.a.page.evaluate(() => window.channels.connect(true))
  await answering
  return {
    relay,
    pages,
    async close() {
      await pages.a.page.close()
      await pages.b.page.close()
      relay.close()
    },
  }
}

/** A steady stream from one page to the other; times count from its start. */
export async function realStream(
  { relay, pages: { a, b } }: RealPair,
  conditions: LinkConditions,
  options: StreamOptions,
  drainMs = DRAIN_MS,
): Promise<StreamResult> {
  relay.setConditions(conditions)
  await pause(SETTLE_MS)
  const started = await a.page.evaluate(() => window.channels.now())
  const result = await a.page.evaluate((options) => window.channels.stream(options), options)
  await pause(drainMs)
  const heard = await b.page.evaluate(() => window.channels.takeHeard())
  const fromStart = (time: number): number => time - started
  return {
    offeredAt: result.offeredAt.map(fromStart),
    skippedAt: result.skippedAt.map(fromStart),
    maxBuffered: result.maxBuffered,
    deliveries: heard.map(({ sentAt, arrivedAt }) => ({
      sentAt: fromStart(sentAt),
      arrivedAt: fromStart(arrivedAt),
      bytes: options.size,
    })),
  }
}

/** Scenario L from one page to a guest in the other; times count from its start. */
export async function realCrowd(
  { relay, pages: { a, b } }: RealPair,
  toGuest: LinkConditions,
  toHost: LinkConditions,
  seconds: number,
): Promise<Delivery[]> {
  relay.setConditions(toGuest, toHost)
  await pause(SETTLE_MS)
  const started = await b.page.evaluate(() => window.channels.playGuest())
  await a.page.evaluate(() => window.channels.playHost())
  await pause(seconds * 1000 + DRAIN_MS)
  const sent = await a.page.evaluate(() => window.channels.takeSent())
  const heard = await b.page.evaluate(() => window.channels.takeSeen())
  return match(sent, heard).map(({ sentAt, arrivedAt, bytes }) => ({
    sentAt: sentAt - started,
    arrivedAt: arrivedAt - started,
    bytes,
  }))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
