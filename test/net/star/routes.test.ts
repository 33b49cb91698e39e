/** Which route a link begins on, and how it moves: two sides in virtual time, with direct pipes and streams in the test's hand. */
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'
import { openLink } from '../../../net/star/open-link.ts'
import { RELAY_AFTER_MS, relayCode, WAIT_FOR_RELAY_MS } from '../../../net/star/routes.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import { testStreams } from '../transport/relay/test-stream.ts'
import { testPipes } from '../transport/test-pipe.ts'

let time: VirtualTime
let page: VirtualPage
beforeEach(() => {
  time = new VirtualTime()
  page = new VirtualPage(time, 1)
})
afterEach(async () => {
  await time.runTo(time.now + 30_000)
  expect(page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
})

beforeAll(async () => {
  await relayCode()
})

const TIMEOUT_MS = 15_000

function meeting({ hasRelay = true, hasDirect = true, existing = [] as LaneLink[] } = {}) {
  const direct = testPipes({ open: false })
  for (const end of direct) end.describe = () => ({ kind: 'direct' })
  const streams = testStreams()
  const log: string[] = []
  const links: (LaneLink | null)[] = [null, null]
  const sides = ['guest', 'host'].map((name, i) => {
    const attempt = openLink(hasDirect ? () => ({ pipe: direct[i]!, rejectedSignals: 0, signal() {} }) : null, {
      offer: i === 0 ? null : 'offer',
      iceServers: [],
      timeoutMs: TIMEOUT_MS,
      platform: page,
      ...(existing[i] && { existing: existing[i] }),
      sendSignal() {},
      askForRelay: hasRelay ? () => log.push(`${name} asks`) : undefined,
      opened(link) {
        links[i] = link
        log.push(`${name} on ${link.describe()?.kind}`)
        if (existing[i]) return
        link.listen({
          message: (lane, bytes) => log.push(`${name} hears ${lane} ${bytes[0]}`),
          closed: (reason) => log.push(`${name} closed ${reason}`),
        })
      },
      failed: (detail) => log.push(`${name} failed: ${detail}`),
      ended: (reason) => log.push(`${name} ended ${reason}`),
      settled: () => log.push(`${name} settled`),
    })
    return attempt!
  })
  const [guest, host] = sides as [(typeof sides)[0], (typeof sides)[0]]
  /** Both get what signalling gives them, and have the code for it. */
  const giveRelay = async (): Promise<void> => {
    guest.relay(() => streams[0])
    host.relay(() => streams[1])
    await pass(0)
  }
  const pair = (): void => {
    for (const stream of streams) stream.paired()
  }
  const deliver = (): void => {
    for (let moved = true; moved; ) {
      moved = false
      for (const end of [...streams, ...direct]) while (end.deliver()) moved = true
    }
  }
  const kinds = () => links.map((link) => link?.describe()?.kind ?? null)
  const end = (): void => {
    for (const side of sides) side.cancel()
    deliver()
  }
  return { direct, streams, log, links, guest, host, giveRelay, pair, deliver, kinds, end }
}

const pass = (ms: number) => time.runTo(time.now + ms)

describe('a join', () => {
  it('that connects directly in the usual time never asks for a relay', async () => {
    const { direct, log, kinds, end } = meeting()
    await pass(RELAY_AFTER_MS - 1)
    for (const each of direct) each.opens()
    await pass(1000)
    expect(log).toEqual(['guest on direct', 'guest settled', 'host on direct', 'host settled'])
    expect(kinds()).toEqual(['direct', 'direct'])
    end()
  })

  it('begins on the relay where no packet passes, and moves to the direct route when that opens, without a gap', async () => {
    const { direct, log, links, giveRelay, pair, deliver, kinds, end } = meeting()
    await pass(RELAY_AFTER_MS)
    expect(log).toEqual(['guest asks'])
    await giveRelay()
    pair()
    deliver()
    expect(kinds()).toEqual(['relay', 'relay'])
    expect(log.slice(1)).toEqual(['host on relay', 'guest on relay'])
    links[0]!.send('bulk', Uint8Array.of(1))
    direct[1].opens()
    direct[0].opens()
    links[0]!.send('bulk', Uint8Array.of(2))
    deliver()
    links[0]!.send('bulk', Uint8Array.of(3))
    deliver()
    expect(kinds()).toEqual(['direct', 'direct'])
    expect(log.filter((line) => line.includes('hears'))).toEqual([1, 2, 3].map((value) => `host hears bulk ${value}`))
    expect(log.filter((line) => line.includes('settled'))).toHaveLength(2)
    end()
  })

  it('that has begun on the relay stays there when the direct route fails, and tells that no other is tried', async () => {
    const { direct, log, links, giveRelay, pair, deliver, kinds, end } = meeting()
    await pass(RELAY_AFTER_MS)
    await giveRelay()
    pair()
    deliver()
    for (const each of direct) each.dies()
    expect(log.filter((line) => line.includes('settled'))).toEqual(['guest settled', 'host settled'])
    links[1]!.send('bulk', Uint8Array.of(1))
    deliver()
    expect([log.at(-1), ...kinds()]).toEqual(['guest hears bulk 1', 'relay', 'relay'])
    end()
  })

  it('asks for a relay at once when the direct route fails, and ends with both reasons when there is none', async () => {
    const { direct, guest, log, host, end } = meeting()
    direct[0].dies()
    expect(log).toEqual(['guest asks'])
    guest.relay(null)
    expect(log.at(-1)).toBe('guest failed: cut; no relay')
    host.cancel()
    end()
  })

  it('goes on by the direct route when there is no relay, or it fails', async () => {
    const { direct, guest, host, streams, kinds, end } = meeting()
    await pass(RELAY_AFTER_MS)
    guest.relay(() => streams[0])
    host.relay(() => streams[1])
    await pass(0)
    streams[0].dies()
    streams[1].dies()
    for (const each of direct) each.opens()
    expect(kinds()).toEqual(['direct', 'direct'])
    end()
  })

  it('whose host has begun on the direct route does not begin on the relay on the guest’s side', async () => {
    const { direct, giveRelay, pair, deliver, log, links, kinds, end } = meeting()
    await pass(RELAY_AFTER_MS)
    await giveRelay()
    direct[1].opens()
    links[1]!.send('bulk', Uint8Array.of(4))
    pair()
    deliver()
    expect(kinds()).toEqual([null, 'direct'])
    await pass(3000)
    direct[0].opens()
    // The guest asked to start on the relay, so it waits for the host's first word on the direct route.
    deliver()
    expect(kinds()).toEqual(['direct', 'direct'])
    // What came before this side had a link is not lost.
    expect(log).toContain('guest hears bulk 4')
    end()
  })

  it('by a relay alone makes no connection, and fails in time when nobody comes', async () => {
    const { log, giveRelay, pair, deliver, kinds, end } = meeting({ hasDirect: false })
    await pass(1)
    expect(log).toEqual(['guest asks'])
    await giveRelay()
    pair()
    deliver()
    expect(kinds()).toEqual(['relay', 'relay'])
    expect(log.filter((line) => line.includes('settled'))).toHaveLength(2)
    end()
    const alone = meeting({ hasDirect: false })
    await pass(TIMEOUT_MS)
    expect(alone.log.filter((line) => line.includes('failed'))).toEqual([
      'guest failed: nothing within 15000 ms',
      'host failed: nothing within 15000 ms',
    ])
    alone.end()
  })

  it('whose direct connection fails on the host’s side first still begins on the relay that the guest gets', async () => {
    const { direct, log, links, giveRelay, pair, deliver, kinds, end } = meeting()
    direct[1].dies()
    await pass(RELAY_AFTER_MS)
    await giveRelay()
    pair()
    deliver()
    expect(kinds()).toEqual(['relay', 'relay'])
    links[0]!.send('bulk', Uint8Array.of(1))
    deliver()
    expect(log).toContain('host hears bulk 1')
    expect(log).toContain('host settled')
    end()
  })

  it('whose direct connection fails on the host’s side holds a place for some seconds only when no relay comes', async () => {
    const { direct, log, end } = meeting({ hasRelay: false })
    direct[1].dies()
    await pass(WAIT_FOR_RELAY_MS - 1)
    expect(log).toEqual([])
    await pass(1)
    expect(log).toEqual(['host failed: cut'])
    end()
  })

  describe('whose relay dies as the host has begun on it and the guest has not heard so', () => {
    async function halfBegun() {
      const all = meeting()
      await pass(RELAY_AFTER_MS)
      await all.giveRelay()
      all.pair()
      // The guest says that it starts; the host begins, and its word is lost.
      all.streams[0].deliver()
      expect(all.kinds()).toEqual([null, 'relay'])
      all.links[1]!.send('bulk', Uint8Array.of(5))
      for (const stream of all.streams) stream.dies()
      return all
    }

    it.each([
      [0, 1],
      [1, 0],
    ])('goes on by the direct route, and loses nothing (%i opens first)', async (first, second) => {
      const { direct, log, links, deliver, kinds, end } = await halfBegun()
      direct[first]!.opens()
      deliver()
      direct[second]!.opens()
      deliver()
      expect(kinds()).toEqual(['direct', 'direct'])
      links[0]!.send('bulk', Uint8Array.of(1))
      links[1]!.send('bulk', Uint8Array.of(6))
      deliver()
      expect(log.filter((line) => line.includes('hears'))).toEqual([
        'guest hears bulk 5',
        'host hears bulk 1',
        'guest hears bulk 6',
      ])
      expect(links.map((link) => link?.stats().bulk.rejected)).toEqual([0, 0])
      end()
      await pass(10_000)
    })

    it('goes on by the direct route that was open on the guest’s side before', async () => {
      const all = meeting()
      await pass(RELAY_AFTER_MS)
      await all.giveRelay()
      all.pair()
      all.direct[0].opens()
      all.streams[0].deliver()
      for (const stream of all.streams) stream.dies()
      expect(all.kinds()).toEqual([null, 'relay'])
      all.direct[1].opens()
      all.deliver()
      expect(all.kinds()).toEqual(['direct', 'direct'])
      expect(all.links.every((link) => link?.open)).toBe(true)
      all.end()
      await pass(10_000)
    })

    it('ends with a reason on both sides when the direct route fails, too', async () => {
      const { direct, log, end } = await halfBegun()
      for (const each of direct) each.dies()
      expect(log).toContain('guest failed: cut; cut')
      await pass(10_000)
      expect(log).toContain('host ended lost')
      end()
    })
  })

  it('that is given up in any state leaves nothing behind', async () => {
    const first = meeting()
    first.guest.cancel()
    first.host.cancel()
    const second = meeting()
    await pass(RELAY_AFTER_MS)
    await second.giveRelay()
    second.end()
    expect([...second.streams, ...second.direct].every(({ closed }) => closed)).toBe(true)
    const third = meeting()
    await pass(RELAY_AFTER_MS)
    await third.giveRelay()
    third.pair()
    third.deliver()
    third.end()
    await pass(10_000)
    expect([...third.streams, ...third.direct].every(({ closed }) => closed)).toBe(true)
  })
})

describe('a new route for a link that is there', () => {
  const oldLink = () => {
    const pipes = testPipes()
    const log: string[] = []
    const links = pipes.map((pipe, i) => {
      const link = new LaneLink(pipe, { platform: page, ended: (reason) => log.push(`${i} ended ${reason}`) })
      link.listen({ message: (_lane, bytes) => log.push(`${i} hears ${bytes[0]}`), closed() {} })
      return link
    })
    return { pipes, links, log }
  }

  it('is the relay first, then the direct one, and nothing is lost or doubled on the way', async () => {
    const { pipes, links, log } = oldLink()
    const all = meeting({ existing: links })
    links[0]!.send('bulk', Uint8Array.of(1))
    pipes[0].underWay.length = 0
    await pass(RELAY_AFTER_MS)
    await all.giveRelay()
    all.pair()
    all.deliver()
    expect(links.map((link) => link.describe()?.kind)).toEqual(['relay', 'relay'])
    links[1]!.send('bulk', Uint8Array.of(2))
    all.deliver()
    for (const each of all.direct) each.opens()
    links[0]!.send('bulk', Uint8Array.of(3))
    all.deliver()
    expect(links.map((link) => link.describe()?.kind)).toEqual(['direct', 'direct'])
    expect(log).toEqual(['1 hears 1', '0 hears 2', '1 hears 3'])
    expect(all.log.filter((line) => line.includes('settled'))).toHaveLength(2)
    all.end()
    expect(links.every(({ open }) => open)).toBe(true)
    for (const link of links) link.closeAtOnce()
    all.deliver()
    await pass(6000)
  })

  it('leaves nothing behind when it is given up on the relay, while the direct one is still tried', async () => {
    const { links } = oldLink()
    const all = meeting({ existing: links })
    await pass(RELAY_AFTER_MS)
    await all.giveRelay()
    all.pair()
    // The relay is chosen, and not in use yet: the other side's word is on the way.
    all.streams[0].deliver()
    all.streams[1].deliver()
    all.end()
    expect(all.direct.every(({ closed }) => closed)).toBe(true)
    for (const link of links) link.closeAtOnce()
    await pass(6000)
    expect(all.streams.every(({ closed }) => closed)).toBe(true)
  })
})

it('in whatever order routes open and messages come, both sides end on one route and hear all, once and in order', async () => {
  type Step = 'guest direct' | 'host direct' | 'pair guest' | 'pair host' | 'deliver one' | 'deliver' | 'cut relay'
  const steps: Step[] = [
    'guest direct',
    'host direct',
    'pair guest',
    'pair host',
    'deliver one',
    'deliver',
    'cut relay',
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 14 }), async (order) => {
      const all = meeting()
      const { direct, streams, links, log, deliver, end } = all
      await pass(RELAY_AFTER_MS)
      await all.giveRelay()
      let said = 0
      const act: Record<Step, () => unknown> = {
        'guest direct': () => direct[0].opens(),
        'host direct': () => direct[1].opens(),
        'pair guest': () => streams[0].paired(),
        'pair host': () => streams[1].paired(),
        'deliver one': () => [...streams, ...direct].some((each) => each.deliver()),
        deliver,
        'cut relay': () => {
          for (const each of streams) each.dies()
        },
      }
      for (const step of [...order, ...steps.slice(0, 4), 'deliver'] as const) {
        act[step]()
        if (links[1]?.send('bulk', Uint8Array.of(said)) === 'sent') said++
      }
      deliver()
      // A guest whose host has begun on the direct route waits so long for an answer at the relay, or for the host's first word.
      await pass(3000)
      deliver()
      expect(all.kinds()).toEqual(['direct', 'direct'])
      expect(log.filter((line) => line.startsWith('guest hears'))).toEqual(
        Array.from({ length: said }, (_, i) => `guest hears bulk ${i}`),
      )
      expect(links.map((link) => link?.stats().bulk.rejected)).toEqual([0, 0])
      end()
      await pass(10_000)
    }),
    { numRuns: 60 },
  )
})
