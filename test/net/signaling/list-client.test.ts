/** The pages' side of the public list: a host keeps its entry true with few messages, a look ends with a page or a reason. In virtual time. */
import { describe, expect, test } from 'vitest'
import { StarwireError } from '../../../net/errors/starwire-error.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { type FindRequest, findOverSocket } from '../../../net/signaling/finder.ts'
import { HostListing, type ListingStatus } from '../../../net/signaling/host-listing.ts'
import type { ListingRequest } from '../../../net/signaling/listing-messages.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import { codesSeen, facts, listedHost, listing, query } from './list-support.ts'
import { hostHandlers, newHost } from './recorded.ts'
import { newPage, pass, settled, startServer, theWorld } from './virtual-support.ts'

/** A host's page with its entry, and every message of it. */
async function hostPage(url: string, latencyMs = 1) {
  const { page, WebSocket } = newPage({ latencyMs })
  const statuses: (ListingStatus | null)[] = []
  const said: ListingRequest[] = []
  const entry = new HostListing(page, facts(), (status) => statuses.push(status))
  const part = {
    online: (say: (message: ListingRequest) => void) =>
      entry.online((message) => {
        said.push(message)
        say(message)
      }),
    offline: () => entry.offline(),
    hear: (text: string) => entry.hear(text),
  }
  const recorded = newHost()
  const signals = await settled(
    connectSignaling({ url, WebSocket, platform: page }).host(hostHandlers(recorded, () => null, { part })),
  )
  return { page, entry, statuses, said, signals }
}

describe('the entry of a lobby', () => {
  test('is in the list as soon as the server has answered, follows what changes once a second, and goes when it is withdrawn', async () => {
    const { url } = startServer()
    const { entry, said, signals, statuses } = await hostPage(url)
    expect(said).toEqual([])
    expect(await settled(entry.list(listing()))).toBeNull()
    expect(await codesSeen(url)).toEqual([signals.code])
    for (let players = 2; players < 8; players++) {
      entry.setFacts(facts({ players }))
      await pass(100)
    }
    await pass(1000)
    entry.setFacts(facts({ players: 7 }))
    await pass(5000)
    expect(said).toEqual([
      { type: 'list', serial: 1, listing: listing(), facts: facts() },
      { type: 'facts', facts: facts({ players: 7 }) },
    ])
    await settled(entry.list(null))
    await pass(10)
    expect(await codesSeen(url)).toEqual([])
    expect(statuses.map((status) => status?.shown?.title)).toEqual([undefined, 'A lobby', undefined])
    expect(statuses.at(-1)).toBeNull()
  })

  test('is put back when the store forgot the lobby: its host comes back by its token', async () => {
    const store = createMemoryStore({ maxLobbies: 9, now: () => theWorld().time.now })
    const { url } = startServer({ store })
    const { entry, signals } = await hostPage(url)
    await settled(entry.list(listing()))
    const lobby = await store.get(signals.code)
    if (lobby?.holder) await store.delete({ ...lobby, holder: lobby.holder })
    expect(await codesSeen(url)).toEqual([])
    await pass(6000)
    expect(await codesSeen(url)).toEqual([signals.code])
  })

  test('is told anew to a server that was away or restarted, with what is true by then', async () => {
    const { url, stop } = startServer()
    const { entry, page, signals, statuses } = await hostPage(url)
    await settled(entry.list(listing()))
    theWorld().internet.drop(page)
    entry.setFacts(facts({ players: 3 }))
    await pass(2000)
    expect(await codesSeen(url)).toEqual([signals.code])
    await settled(stop())
    await pass(500)
    expect(statuses.at(-1)).toEqual({ shown: null, refusal: 'unreachable' })
    expect(await settled(entry.list(listing({ title: 'Changed' })))).toBe('unreachable')
    startServer({}, url)
    await pass(8000)
    expect(await codesSeen(url)).toEqual([signals.code])
    expect(statuses.at(-1)).toMatchObject({ shown: { title: 'Changed' }, refusal: null })
  })

  test('that is refused says why; when that may pass the page asks again, and is listed', async () => {
    const { url } = startServer({ limits: { listedPerAddress: 1 } })
    const other = await listedHost(url)
    const { entry, statuses, said } = await hostPage(url)
    expect(await settled(entry.list(listing()))).toBe('too-many')
    other.say({ type: 'unlist' })
    await pass(20_000)
    expect(statuses.at(-1)).toMatchObject({ shown: { title: 'A lobby' }, refusal: null })
    expect(said.length).toBeLessThanOrEqual(3)
  })

  test('is unreachable at a server that knows no list, and hosting goes on', async () => {
    const { page, WebSocket } = newPage()
    const { url } = startServer()
    const entry = new HostListing(page, facts(), () => {})
    const part = {
      // What such a server does not know it answers with an error, which is nothing to this part.
      online: (say: (message: ListingRequest) => void) => entry.online(() => say({ type: 'lists' } as never)),
      offline: () => entry.offline(),
      hear: (text: string) => entry.hear(text),
    }
    const recorded = newHost()
    const client = connectSignaling({ url, WebSocket, platform: page })
    const signals = await settled(client.host(hostHandlers(recorded, () => null, { part })))
    expect(await settled(entry.list(listing()))).toBe('unreachable')
    expect(recorded.lost).toEqual([])
    signals.close()
    await pass(3000)
    expect(page.pending).toMatchObject({ timers: 0, listeners: 0 })
  })

  test('leaves no timer when the lobby closes, whatever was under way', async () => {
    const { url } = startServer()
    const { entry, page, signals } = await hostPage(url)
    const answer = entry.list(listing())
    entry.setFacts(facts({ players: 2 }))
    signals.close()
    expect(await settled(answer)).toBe('unreachable')
    entry.setFacts(facts({ players: 3 }))
    await pass(3000)
    expect(page.pending).toMatchObject({ timers: 0, listeners: 0 })
  })
})

describe('a look at the list', () => {
  const request = (more: Partial<FindRequest> = {}): FindRequest => ({
    ...{ query: query(), measure: 10, measureWithinMs: 1000 },
    ...more,
  })

  test('gives a page, and the ways to the hosts of the first ten that can be joined: sound for each leg', async () => {
    const { url } = startServer({ limits: { listedPerAddress: 100 } })
    const hosts = []
    for (let i = 0; i < 12; i++) hosts.push(await hostPage(url, 5 + i))
    for (const [i, { entry }] of hosts.entries()) {
      entry.setFacts(facts({ players: i === 0 ? 8 : 1 }))
      await settled(entry.list(listing()))
    }
    const { page, WebSocket } = newPage({ latencyMs: 40 })
    const found = await settled(findOverSocket({ url, WebSocket, platform: page }, request()))
    expect(found.lobbies).toHaveLength(12)
    const measured = hosts.slice(1, 11)
    expect([...found.ways.keys()].sort()).toEqual(measured.map(({ signals }) => signals.code).sort())
    for (const [i, { signals }] of measured.entries()) {
      expect(found.ways.get(signals.code)?.ownMs).toBeCloseTo(80, 3)
      expect(found.ways.get(signals.code)?.hostMs).toBeCloseTo(2 * (6 + i), 3)
    }
    expect(page.pending).toMatchObject({ timers: 0, listeners: 0 })
  })

  test('waits for a host that sleeps no longer than it may', async () => {
    const { url } = startServer()
    const awake = await hostPage(url)
    const asleep = await hostPage(url)
    for (const { entry } of [awake, asleep]) await settled(entry.list(listing()))
    asleep.page.freeze()
    const { page, WebSocket } = newPage()
    const start = theWorld().time.now
    const found = await settled(findOverSocket({ url, WebSocket, platform: page }, request()))
    expect(theWorld().time.now - start).toBeLessThan(1100)
    expect([found.lobbies.length, [...found.ways.keys()]]).toEqual([2, [awake.signals.code]])
  })

  test('ends with a reason when there is no server, when it says nothing, and when it refuses', async () => {
    const { page, WebSocket } = newPage()
    const look = (url: string) =>
      settled(findOverSocket({ url, WebSocket, platform: page }, request())).catch((error: unknown) => error)
    expect(await look('ws://nobody/starwire')).toMatchObject({ reason: 'signaling-down' })
    theWorld().internet.listen('ws://mute/starwire', () => ({
      ...{ message() {}, ping() {}, pong() {}, failed() {}, closed() {} },
    }))
    expect(await look('ws://mute/starwire')).toMatchObject({ reason: 'signaling-down' })
    const { url } = startServer({ limits: { findsPerMinute: 1 } })
    await look(url)
    const refused = await look(url)
    expect(refused).toBeInstanceOf(StarwireError)
    expect(refused).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: 60 })
    await pass(3000)
    expect(page.pending).toMatchObject({ timers: 0, listeners: 0 })
    expect(theWorld().internet.openSockets).toBe(0)
  })

  test('may be given up at any moment, and leaves nothing', async () => {
    const { url } = startServer()
    const { entry } = await hostPage(url)
    await settled(entry.list(listing()))
    for (const afterMs of [0, 1, 2, 3, 4, 5, 6, 8]) {
      const { page, WebSocket } = newPage()
      const abort = new AbortController()
      const looking = findOverSocket({ url, WebSocket, platform: page }, request({ signal: abort.signal }))
      const outcome = looking.then(
        () => 'found',
        (error: unknown) => error,
      )
      await pass(afterMs)
      abort.abort('enough')
      expect(['enough', 'found']).toContain(await settled(outcome))
      await pass(3000)
      expect(page.pending).toMatchObject({ timers: 0, listeners: 0 })
    }
    const aborted = findOverSocket(
      { url, ...newPage(), platform: newPage().page },
      request({ signal: AbortSignal.abort('before') }),
    )
    expect(await settled(aborted.catch((error: unknown) => error))).toBe('before')
  })

  test('of a hostile server takes no page that is none, and no measure of a lobby that it did not ask for', async () => {
    const { page, WebSocket } = newPage()
    const lines = [
      '{"type":"found","lobbies":"all","cursor":null}',
      JSON.stringify({ type: 'found', lobbies: Array(51).fill({}), cursor: null }),
      '{"type":"measured","code":"CCCCC","hostMs":1}',
      '{"type":"found","lobbies":[],"cursor":null}',
    ]
    theWorld().internet.listen('ws://hostile/starwire', (socket) => {
      for (const line of lines) socket.send(line)
      return { message() {}, ping() {}, pong() {}, failed() {}, closed() {} }
    })
    const found = await settled(findOverSocket({ url: 'ws://hostile/starwire', WebSocket, platform: page }, request()))
    expect(found).toEqual({ lobbies: [], cursor: null, ways: new Map() })
  })
})
