/** A star whose connections all go through the relay, by the option `transport.peerConnection`. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import type { Star } from './fixtures/star/main.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'
import { startRelay, type UdpRelay } from './relay.ts'

declare global {
  interface Window {
    star: Star
  }
}

let harness: Harness
let relay: UdpRelay
const pages: Record<'host' | 'ann' | 'bea', TestPage> = {} as never

beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/star', plugins: [starwire({ iceServers: [] })] })
  relay = startRelay()
  for (const name of ['host', 'ann', 'bea'] as const) {
    pages[name] = await harness.open()
    await relay.expose(name, pages[name].page)
  }
})
afterAll(async () => {
  relay?.close()
  await harness?.close()
})
afterEach(() => harness.assertQuiet())

let lobbies = 0
async function connect(...guests: ('ann' | 'bea')[]): Promise<void> {
  const channel = `relay-${String(++lobbies).padStart(5, '0')}`
  await pages.host.page.evaluate((channel) => window.star.host(channel, 16, true), channel)
  for (const name of guests) {
    const joined = await pages[name].page.evaluate(
      ([channel, name]) => window.star.join(channel, name, { overRelay: true }),
      [channel, name] as const,
    )
    expect(joined).toMatchObject({ reason: null })
    await pages.host.page.waitForFunction((name) => window.star.heard(name), name, { polling: 20 })
  }
}

const hears = (page: TestPage, name: string, count: number) =>
  page.page.waitForFunction(([name, n]) => window.star.heard(name)!.messages.length >= n, [name, count] as const, {
    polling: 20,
  })

describe('a star over the relay', { tags: ['long'] }, () => {
  it('has one uplink for all that a page sends, over whichever connection', async () => {
    await connect('ann', 'bea')
    // 1 MB in all takes 2 s at least. Two lines of as much would take one.
    relay.page('host').setUplink({ bitsPerSecond: 4_000_000, queueBytes: 64 * 1024 })
    const started = performance.now()
    await pages.host.page.evaluate(() =>
      Promise.all(['ann', 'bea'].map((name) => window.star.sendAll(name, 'bulk', [500_000]))),
    )
    await hears(pages.ann, 'ann', 1)
    await hears(pages.bea, 'bea', 1)
    expect(performance.now() - started).toBeGreaterThan(1900)
    relay.page('host').setUplink({ bitsPerSecond: 1e12, queueBytes: 1e12 })
  })

  it('moves a link to a connection that was signalled on its own bulk lane, without a gap', async () => {
    await connect('ann')
    for (const name of ['host', 'ann'] as const) relay.page(name).setConditions({ latencyMs: 20, loss: 0.005 })
    const sizes = Array.from({ length: 40 }, (_, i) => 20_000 + i)
    const before = await pages.ann.page.evaluate(() => window.star.live())
    await pages.ann.page.evaluate(() => window.star.switchOver('ann', false))
    const sending = ['host', 'ann'].map((name) =>
      pages[name as 'host' | 'ann'].page.evaluate((sizes) => window.star.sendDrained('ann', 'bulk', sizes), sizes),
    )
    await pages.host.page.evaluate(() => window.star.switchOver('ann', true))
    await Promise.all(sending)
    // The old connection is closed once nothing is under way on it.
    for (const name of ['host', 'ann'] as const)
      await pages[name].page.waitForFunction(() => window.star.live().then(({ open }) => open === 1), null, {
        polling: 50,
      })
    expect((await pages.ann.page.evaluate(() => window.star.live())).created).toBe(before.created + 1)
    for (const name of ['host', 'ann'] as const) {
      await hears(pages[name], 'ann', sizes.length)
      const { messages, closed } = (await pages[name].page.evaluate(() => window.star.heard('ann')))!
      expect(messages).toEqual(sizes.map((size) => ({ lane: 'bulk', size, intact: true })))
      expect(closed).toBeNull()
    }
    // And the first connection is really not needed any more.
    await pages.host.page.evaluate(() => window.star.sendAll('ann', 'bulk', [1]))
    await hears(pages.ann, 'ann', sizes.length + 1)
  })
})
