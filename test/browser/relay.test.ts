/** The relay that other tests and the benchmarks trust to be the only way between two pages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPair, type RealPair, realStream } from '../bench/congestion/real-pair.ts'
import { benchPages } from '../bench/pages.ts'
import type { Harness } from './harness.ts'
import { startRelay } from './relay.ts'

describe('a signalling text', () => {
  it('leads to the relay for the first address of a page, and nowhere for all others', async () => {
    using relay = startRelay()
    const candidate = (place: string): string => `candidate:1 1 udp 2122 ${place} typ host generation 0`
    const first = await relay.rewrite('a', JSON.stringify({ candidate: candidate('192.168.1.7 50001') }))
    expect(first).toMatch(/"candidate:1 1 udp 2122 127\.0\.0\.1 \d+ typ host generation 0"/)
    expect(first).not.toContain('127.0.0.1 9 ')
    expect(await relay.rewrite('a', candidate('10.0.0.3 50002'))).toContain(' 127.0.0.1 9 typ host')
    expect(await relay.rewrite('a', candidate('fe80::1 50003'))).toContain(' 127.0.0.1 9 typ host')
    // Again, as a part of a description.
    expect(await relay.rewrite('a', `v=0\r\na=${candidate('192.168.1.7 50001')}\r\n`)).not.toContain('192.168.1.7')
    expect(await relay.rewrite('b', 'no candidate at all')).toBe('no candidate at all')
  })
})

describe('between two pages', { tags: ['long'] }, () => {
  let harness: Harness
  let pair: RealPair

  beforeAll(async () => {
    harness = await benchPages()
    pair = await openPair(harness)
  })
  afterAll(async () => {
    await pair.close()
    await harness.close()
  })

  it('carries every packet, as late as it is told to', async () => {
    const before = pair.relay.page('a').packets
    const stream = { perSecond: 50, size: 100, seconds: 1, guarded: false }
    const { deliveries } = await realStream(pair, { latencyMs: 80 }, stream, 1500)
    expect(deliveries).toHaveLength(50)
    expect(pair.relay.page('a').packets - before).toBeGreaterThanOrEqual(50)
    for (const { sentAt, arrivedAt } of deliveries) expect(arrivedAt - sentAt).toBeGreaterThan(78)
  })

  it('lets nothing through while it is cut', async () => {
    const stream = { perSecond: 50, size: 100, seconds: 1, guarded: true }
    // Longer than anybody waits here.
    pair.relay.cut(60_000)
    const { deliveries, offeredAt } = await realStream(pair, {}, stream, 300)
    expect(offeredAt).toHaveLength(50)
    expect(deliveries).toEqual([])
    harness.assertQuiet()
  })
})
