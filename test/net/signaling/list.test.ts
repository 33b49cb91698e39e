/** The public list as the server keeps it: who is in it and when, in which order, and what strangers may do to it. In virtual time. */
import { describe, expect, test } from 'vitest'
import type { ClientMessage } from '../../../net/signaling/protocol.ts'
import { LEASE_MS } from '../../../net/signaling/server/limits.ts'
import type { ListingFilter } from '../../../net/signaling/server/listing-filter.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import { build, codesSeen, facts, listedHost, listing, look, nextAnswer, query } from './list-support.ts'
import { bare, bareGuest, bareHost, pass, settled, startServer, theWorld, until } from './virtual-support.ts'

describe('a listed lobby', () => {
  test('is found with its texts, values and live counts, until its host takes it off', async () => {
    const { url } = startServer()
    const host = await listedHost(url, { title: 'Duel', values: { mode: 'duel', ranked: true, level: 3 } })
    const socket = await bare(url)
    expect(await look(socket)).toEqual({
      type: 'found',
      cursor: null,
      lobbies: [
        {
          ...{ code: host.code, version: 1, order: 1, title: 'Duel', host: 'Ann' },
          values: { mode: 'duel', ranked: true, level: 3 },
          ...facts(),
          obstacle: null,
        },
      ],
    })
    host.say({ type: 'facts', facts: facts({ players: 4, spectators: 2, playing: true, hasPassword: true }) })
    await pass(10)
    expect((await look(socket)).lobbies).toMatchObject([
      { players: 4, spectators: 2, playing: true, hasPassword: true },
    ])
    host.say({ type: 'unlist' })
    await pass(10)
    expect((await look(socket)).lobbies).toEqual([])
  })

  test('leaves the list with its host’s socket, and with its lease when nobody hears of the end', async () => {
    const { url } = startServer()
    const closing = await listedHost(url)
    const dropping = await listedHost(url)
    const vanishing = await listedHost(url)
    closing.say({ type: 'close' })
    dropping.socket.close()
    await pass(10)
    expect(await codesSeen(url)).toEqual([vanishing.code])
    theWorld().internet.cut(vanishing.page)
    await pass(LEASE_MS + 2000)
    expect(await codesSeen(url)).toEqual([])
  })

  test('is not found by a host who took it back and did not list it, nor under its old holder', async () => {
    const { url } = startServer()
    const { lobby, ...old } = await bareHost(url)
    old.say({ type: 'list', serial: 1, listing: listing(), facts: facts() })
    await nextAnswer(old, 'listed')
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: lobby.token })
    await again.next('hosting')
    expect(await codesSeen(url)).toEqual([])
    old.say({ type: 'list', serial: 2, listing: listing(), facts: facts() })
    await pass(10)
    expect(await codesSeen(url)).toEqual([])
  })

  test('is told apart: full, locked and of another build are marked, come last, and can be left out', async () => {
    const { url } = startServer()
    const other = await listedHost(url, { hash: 'ffffffffffffffff-rules' }, { players: 7 })
    const older = await listedHost(url, { wire: 2 }, { players: 6 })
    const full = await listedHost(url, {}, { players: 8 })
    const locked = await listedHost(url, {}, { players: 5, locked: true })
    const open = await listedHost(url)
    await listedHost(url, { game: 'chess' })
    const socket = await bare(url)
    const { lobbies } = await look(socket)
    expect(lobbies.map(({ code, obstacle }) => [code, obstacle])).toEqual([
      [open.code, null],
      [full.code, 'full'],
      [locked.code, 'locked'],
      [other.code, 'version-mismatch'],
      [older.code, 'version-mismatch'],
    ])
    expect(await codesSeen(url, { hide: ['full', 'locked', 'version-mismatch'] })).toEqual([open.code])
    expect(await codesSeen(url, { hide: ['version-mismatch'], sort: 'newest' })).toEqual([
      open.code,
      locked.code,
      full.code,
    ])
    expect(await codesSeen(url, { onlyVersion: 2 })).toEqual([])
  })

  test('is found by the values that a query names, equal in kind and text, and by no others', async () => {
    const { url } = startServer()
    const one = await listedHost(url, { values: { mode: 'duel', level: 1 } })
    const two = await listedHost(url, { values: { mode: 'duel', level: 2 } })
    await listedHost(url, { values: { level: '1' } })
    expect(await codesSeen(url, { filter: { mode: 'duel' } })).toEqual([one.code, two.code])
    expect(await codesSeen(url, { filter: { mode: 'duel', level: 2 } })).toEqual([two.code])
    expect(await codesSeen(url, { filter: { level: 1 } })).toEqual([one.code])
    expect(await codesSeen(url, { filter: { toString: true } })).toEqual([])
  })

  test('says nothing of where its host is: no address, no name of a socket, no id', async () => {
    const { url } = startServer()
    await listedHost(url, {}, {}, { address: '203.0.113.77' })
    const socket = await bare(url)
    const { lobbies } = await look(socket)
    expect(JSON.stringify(lobbies)).not.toContain('203.0.113.77')
    expect(Object.keys(lobbies[0] ?? {}).sort()).toEqual(
      [
        ...['code', 'host', 'locked', 'maxPlayers', 'obstacle', 'order', 'hasPassword'],
        ...['players', 'playing', 'spectators', 'title', 'values', 'version'],
      ].sort(),
    )
  })
})

describe('what a host says of its listing', () => {
  test.each<[string, object]>([
    ['more players than seats', { facts: facts({ players: 9, maxPlayers: 8 }) }],
    ['fewer players than none', { facts: facts({ players: -1 }) }],
    ['no seats', { facts: facts({ players: 0, maxPlayers: 0 }) }],
    ['a million seats', { facts: facts({ maxPlayers: 1e6 }) }],
    ['half a player', { facts: facts({ players: 1.5 }) }],
    ['spectators below none', { facts: facts({ spectators: -3 }) }],
    ['a count that is no number', { facts: { ...facts(), players: '3' } }],
    ['a title of 15 kB', { listing: listing({ title: 'x'.repeat(15_000) }) }],
    ['nine values', { listing: listing({ values: Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])) }) }],
    ['a value that is a list', { listing: listing({ values: { mode: ['duel'] as unknown as string } }) }],
    ['a value with a long text', { listing: listing({ values: { mode: 'x'.repeat(161) } }) }],
    ['a value of the name __proto__', { listing: { ...listing(), values: JSON.parse('{"__proto__":1,"a b":2}') } }],
    ['an unknown field', { listing: { ...listing(), address: '203.0.113.7' } }],
    ['a game that is none', { listing: listing({ game: '<b>tag</b>' }) }],
  ])('is refused and counted when it lies or is out of bounds: %s', async (_, wrong) => {
    const { url, stats } = startServer()
    const host = await bareHost(url)
    host.raw(JSON.stringify({ type: 'list', serial: 1, listing: listing(), facts: facts(), ...wrong }))
    expect((await host.next('error')).code).toBe('bad-message')
    expect(stats()).toMatchObject({ errors: { 'bad-message': 1 }, listed: 0 })
    expect(await codesSeen(url)).toEqual([])
  })

  test.each([
    ['control characters and lines', 'Du\u0000el\n\tnow', 'Du el now'],
    ['what turns the reading direction', '\u202eleud\u202c', 'leud'],
    ['invisible characters', 'D\u200bu\u2060el', 'Duel'],
    [
      'marks that pile up',
      `D${'\u0301\u0302\u0303\u0304\u0305\u0306'.repeat(5)}uel`,
      'D\u0301\u0302\u0303\u0304uel'.normalize('NFC'),
    ],
    ['more than 40 characters', 'x'.repeat(160), 'x'.repeat(40)],
    ['HTML, which stays a text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('is cleaned of %s', async (_, typed, shown) => {
    const { url } = startServer()
    const host = await listedHost(url, { title: typed, host: typed, values: { map: typed.slice(0, 160) } })
    const { lobbies } = await look(await bare(url))
    expect(lobbies[0]?.title).toBe(shown)
    expect(lobbies[0]?.host).toBe(shown.slice(0, 20).trim())
    expect(lobbies[0]?.values.map).toBe(shown)
    expect(host.listed).toMatchObject({ refusal: null, listing: { title: shown } })
  })

  test('is refused with a reason when nothing is left of its title, and the lobby goes on', async () => {
    const { url, stats } = startServer()
    const host = await listedHost(url, { title: '\u200b \u202e' })
    expect(host.listed).toEqual({ type: 'listed', serial: 1, listing: null, refusal: 'no-title' })
    expect(stats()).toMatchObject({ listed: 0, listingsRefused: { 'no-title': 1 } })
    await bareGuest(url, host, host.code)
  })

  test('is refused as out of order by a guest, by a page that looks, and by who is neither', async () => {
    const { url } = startServer()
    const host = await bareHost(url)
    const guest = await bareGuest(url, host, host.lobby.code)
    const finder = await bare(url)
    await look(finder)
    const messages: ClientMessage[] = [
      { type: 'list', serial: 1, listing: listing(), facts: facts() },
      { type: 'facts', facts: facts() },
      { type: 'unlist' },
      { type: 'echoed', nonce: 'x' },
    ]
    for (const socket of [guest, finder, await bare(url)]) {
      for (const message of messages) {
        socket.say(message)
        expect((await socket.next('error')).code, message.type).toBe('out-of-order')
      }
    }
    for (const socket of [host, guest]) {
      socket.say({ type: 'find', protocol: 1, query: query() })
      expect((await socket.next('error')).code).toBe('out-of-order')
      socket.say({ type: 'measure', codes: [] })
      expect((await socket.next('error')).code).toBe('out-of-order')
    }
  })

  test('is taken twenty times from one address, also when its sockets ask at once; the others go on without', async () => {
    // A filter that takes its time: all eight are under way when the first is listed.
    const listingFilter: ListingFilter = async (given) => {
      const { time } = theWorld()
      await new Promise<void>((resolve) => time.at(time.now + 50, resolve))
      return given
    }
    const { url, stats } = startServer({ limits: { listedPerAddress: 3 }, listingFilter })
    const hosts = []
    for (let i = 0; i < 8; i++) hosts.push(await bareHost(url))
    for (const host of hosts) host.say({ type: 'list', serial: 1, listing: listing(), facts: facts() })
    const refusals = []
    for (const host of hosts) refusals.push((await nextAnswer(host, 'listed')).refusal)
    expect(refusals).toEqual([null, null, null, ...Array(5).fill('too-many')])
    expect(stats()).toMatchObject({ listed: 3, listingsRefused: { 'too-many': 5 }, hosts: 8 })
    // Somebody else is listed as before, and a place that is free is taken.
    const elsewhere = await listedHost(url, {}, {}, { address: 'another address' })
    expect(elsewhere.listed.refusal).toBeNull()
    hosts[0]?.say({ type: 'unlist' })
    hosts[7]?.say({ type: 'list', serial: 2, listing: listing(), facts: facts() })
    expect((await nextAnswer(hosts[7]!, 'listed')).refusal).toBeNull()
  })

  test('is dropped when it changes without end: the socket has so many changes a minute', async () => {
    const { url, stats } = startServer({ limits: { listingsPerMinute: 10 } })
    const host = await listedHost(url)
    for (let i = 0; i < 30; i++) host.say({ type: 'facts', facts: facts({ players: i % 8 }) })
    await pass(10)
    expect(stats().errors['too-fast']).toBe(21)
    host.say({ type: 'list', serial: 2, listing: listing({ title: 'New' }), facts: facts() })
    expect(await nextAnswer(host, 'listed')).toMatchObject({ refusal: 'too-fast', listing: { title: 'A lobby' } })
  })
})

describe('the operator’s filter', () => {
  const withFilter = (listingFilter: ListingFilter) => startServer({ listingFilter, log: () => {} })

  test('sees every text that a player wrote, clean, and may change it', async () => {
    const seen: unknown[] = []
    const { url } = withFilter((given) => {
      seen.push(given)
      return { ...given, title: given.title.replace('darn', '****'), values: {} }
    })
    const host = await listedHost(url, { title: 'darn\u202e good', values: { map: 'moon' } })
    expect(seen).toEqual([{ game: 'tag', title: 'darn good', host: 'Ann', values: { map: 'moon' } }])
    expect(host.listed.listing).toEqual({ title: '**** good', host: 'Ann', values: {} })
    host.say({ type: 'facts', facts: facts({ players: 2 }) })
    await pass(10)
    // Facts are no texts: the filter is not asked again, and its word stays.
    expect(seen).toHaveLength(1)
    expect((await look(await bare(url))).lobbies).toMatchObject([{ title: '**** good', players: 2 }])
  })

  test.each<[string, string, ListingFilter]>([
    ['refuses', 'refused', () => null],
    ['refuses later', 'refused', async () => null],
    ['leaves nothing of the title', 'refused', (given) => ({ ...given, title: '\u200b' })],
    ['throws', 'unavailable', () => JSON.parse('{')],
    ['rejects', 'unavailable', () => Promise.reject(new Error('no'))],
    ['returns nothing', 'unavailable', () => undefined as never],
    ['returns nonsense', 'unavailable', () => ({ title: 7 }) as never],
    ['never answers', 'unavailable', () => new Promise(() => {})],
  ])('that %s answers %s, and the lobby works unlisted', async (_, refusal, filter) => {
    const { url, stats } = withFilter(filter)
    const host = await listedHost(url)
    expect(host.listed).toEqual({ type: 'listed', serial: 1, listing: null, refusal })
    expect(stats()).toMatchObject({ listed: 0, listingsRefused: { [refusal]: 1 } })
    await bareGuest(url, host, host.code)
  })

  test('that refuses a change leaves what was listed before', async () => {
    const { url } = withFilter((given) => (given.title === 'rude' ? null : given))
    const host = await listedHost(url, { title: 'Polite' })
    host.say({ type: 'list', serial: 2, listing: listing({ title: 'rude' }), facts: facts() })
    expect(await nextAnswer(host, 'listed')).toMatchObject({ refusal: 'refused', listing: { title: 'Polite' } })
    expect((await look(await bare(url))).lobbies.map(({ title }) => title)).toEqual(['Polite'])
  })
})

describe('a look at the list', () => {
  test('with a filter of 1 MB, of many values, or of none that can be, is refused and counted', async () => {
    const { url, stats } = startServer()
    const socket = await bare(url)
    const wrong: [object, string][] = [
      [{ filter: { map: 'x'.repeat(1_000_000) } }, 'too-large'],
      [{ filter: Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])) }, 'bad-message'],
      [{ filter: { mode: null } }, 'bad-message'],
      [{ limit: 51 }, 'bad-message'],
      [{ limit: 0 }, 'bad-message'],
      [{ hide: ['everybody'] }, 'bad-message'],
      [{ sort: 'address' }, 'bad-message'],
      [{ cursor: 'x'.repeat(65) }, 'bad-message'],
    ]
    for (const [more, code] of wrong) {
      socket.raw(JSON.stringify({ type: 'find', protocol: 1, query: { ...query(), ...more } }))
      expect((await socket.next('error')).code, JSON.stringify(more).slice(0, 60)).toBe(code)
    }
    expect(stats().errors).toMatchObject({ 'bad-message': 7, 'too-large': 1 })
    socket.raw(JSON.stringify({ type: 'find', protocol: 9, query: query() }))
    expect((await socket.next('error')).code).toBe('wrong-protocol')
  })

  test('with a cursor that nobody gave begins anew', async () => {
    const { url } = startServer()
    const host = await listedHost(url)
    for (const cursor of ['x', '9.9.9', '0.1', '-1.2.3']) expect(await codesSeen(url, { cursor })).toEqual([host.code])
  })

  test('a thousand times a second from one address is refused with the seconds to wait, and another address looks on', async () => {
    const { url, stats } = startServer({
      limits: { findsPerMinute: 60, messageBurst: 10_000, badMessagesPerMinute: 1 },
    })
    await listedHost(url)
    const flood = await bare(url)
    for (let i = 0; i < 1000; i++) flood.say({ type: 'find', protocol: 1, query: query() })
    await pass(500)
    expect(stats().errors['too-many-finds']).toBe(940)
    expect(await flood.next('error')).toMatchObject({ code: 'too-many-finds', retryAfterSeconds: 1 })
    const other = await bare(url, { address: 'another address' })
    expect((await look(other)).lobbies).toHaveLength(1)
    await pass(2000)
    flood.heard.splice(0)
    expect((await look(flood)).lobbies).toHaveLength(1)
  })

  test('fits into one message, however long the titles are, and goes on where it was cut', async () => {
    const { url } = startServer({ limits: { listedPerAddress: 100 } })
    const long = '👩‍👩‍👧‍👦'.repeat(16)
    const values = Object.fromEntries([...'abcdefgh'].map((name) => [name.repeat(20), '漢'.repeat(40)]))
    const codes = []
    for (let i = 0; i < 30; i++) codes.push((await listedHost(url, { title: long, values })).code)
    const socket = await bare(url)
    const seen: string[] = []
    let pages = 0
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const page = await look(socket, { limit: 30, ...(cursor !== '' && { cursor }) })
      seen.push(...page.lobbies.map(({ code }) => code))
      cursor = page.cursor
    }
    expect(seen).toEqual(codes)
    expect(pages).toBeGreaterThan(1)
  })

  test('ends with the socket when the page falls silent, and gives way to others of its address before guests do', async () => {
    const { url, stats } = startServer({ limits: { socketsPerAddress: 3 } })
    const host = await bareHost(url)
    const finder = await bare(url)
    await look(finder)
    expect(stats()).toMatchObject({ finders: 1 })
    const guest = await bareGuest(url, host, host.lobby.code)
    const next = await bare(url)
    await until(() => finder.closed(), 'the page that looks gives way')
    expect(guest.errors()).toEqual([])
    await look(next)
    await pass(12_000)
    expect(next.closed()).toBe(true)
    expect(stats().finders).toBe(0)
  })
})

describe('measuring', () => {
  test('tells how long the way from the server to the host’s page and back is', async () => {
    const { url } = startServer()
    const near = await listedHost(url, {}, {}, { latencyMs: 10 })
    const far = await listedHost(url, {}, {}, { latencyMs: 70 })
    answerEchoes(near)
    answerEchoes(far)
    const socket = await bare(url)
    await look(socket)
    socket.say({ type: 'measure', codes: [near.code, far.code] })
    const [one, two] = [await nextAnswer(socket, 'measured'), await nextAnswer(socket, 'measured')]
    expect([one.code, two.code]).toEqual([near.code, far.code])
    expect(one.hostMs).toBeCloseTo(20, 3)
    expect(two.hostMs).toBeCloseTo(140, 3)
  })

  test('sends a host one echo in five seconds, whoever asks and how many', async () => {
    const { url } = startServer()
    const host = await listedHost(url)
    const echoes = answerEchoes(host)
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 30; i++) {
        const socket = await bare(url, { address: `address ${i}` })
        await look(socket)
        socket.say({ type: 'measure', codes: [host.code] })
        expect((await nextAnswer(socket, 'measured')).hostMs).toBeCloseTo(2, 3)
        socket.socket.close()
      }
      await pass(1000)
    }
    expect(echoes()).toBeLessThanOrEqual(4)
  })

  test('counts the quickest answer of half a minute: a busy page answers late, and never early', async () => {
    const { url } = startServer()
    const host = await listedHost(url)
    let busyMs = 0
    answerEchoes(host, () => busyMs)
    const measure = async () => {
      const socket = await bare(url)
      await look(socket)
      socket.say({ type: 'measure', codes: [host.code] })
      return Math.round((await nextAnswer(socket, 'measured')).hostMs ?? -1)
    }
    expect(await measure()).toBe(2)
    busyMs = 50
    await pass(6000)
    expect(await measure()).toBe(2)
    await pass(31_000)
    expect(await measure()).toBe(52)
  })

  test('of a page that sleeps says so after two seconds, and counts a late answer', async () => {
    const { url } = startServer()
    const host = await listedHost(url)
    const socket = await bare(url)
    await look(socket)
    const start = theWorld().time.now
    socket.say({ type: 'measure', codes: [host.code] })
    expect((await nextAnswer(socket, 'measured')).hostMs).toBeNull()
    expect(theWorld().time.now - start).toBeLessThan(3100)
  })

  test('answers for the lobbies of the last page alone, so that nobody tries out codes', async () => {
    const { url, stats } = startServer()
    const listed = await listedHost(url, { values: { mode: 'duel' } })
    const hidden = await bareHost(url)
    answerEchoes(listed)
    const echoes = answerEchoes(hidden)
    const socket = await bare(url)
    await look(socket, { filter: { mode: 'other' } })
    socket.say({ type: 'measure', codes: [listed.code, hidden.lobby.code, 'CCCCC'] })
    for (let i = 0; i < 3; i++) expect((await nextAnswer(socket, 'measured')).hostMs).toBeNull()
    expect(echoes()).toBe(0)
    socket.raw(JSON.stringify({ type: 'measure', codes: Array(11).fill('CCCCC') }))
    expect((await socket.next('error')).code).toBe('bad-message')
    expect(stats().errors['not-found']).toBe(0)
  })

  test('costs a token of the address, as looking does', async () => {
    const { url } = startServer({ limits: { findsPerMinute: 2 } })
    const socket = await bare(url)
    await look(socket)
    socket.say({ type: 'measure', codes: [] })
    socket.say({ type: 'measure', codes: [] })
    expect((await socket.next('error')).code).toBe('too-many-finds')
  })

  test('takes no answer that nobody asked for, or that comes twice', async () => {
    const { url, stats } = startServer()
    const host = await listedHost(url)
    host.say({ type: 'echoed', nonce: 'made up' })
    await pass(10)
    const socket = await bare(url)
    await look(socket)
    socket.say({ type: 'measure', codes: [host.code] })
    const { nonce } = await nextAnswer(host, 'echo')
    host.say({ type: 'echoed', nonce: 'a guess' })
    host.say({ type: 'echoed', nonce })
    host.say({ type: 'echoed', nonce })
    expect((await nextAnswer(socket, 'measured')).hostMs).toBeCloseTo(2, 3)
    await pass(10)
    expect(stats().errors.stale).toBe(3)
  })

  test('works between two processes that share a store', async () => {
    const store = createMemoryStore({ maxLobbies: 9, now: () => theWorld().time.now })
    const [first, second] = [startServer({ store }), startServer({ store })]
    const host = await listedHost(first.url, {}, {}, { latencyMs: 25 })
    answerEchoes(host)
    const socket = await bare(second.url)
    expect((await look(socket)).lobbies).toHaveLength(1)
    socket.say({ type: 'measure', codes: [host.code] })
    expect((await nextAnswer(socket, 'measured')).hostMs).toBeCloseTo(50, 3)
    await settled(first.stop())
    socket.say({ type: 'measure', codes: [host.code] })
    expect((await nextAnswer(socket, 'measured')).hostMs).toBeNull()
    expect((await look(socket)).lobbies).toEqual([])
  })
})

/** This host's page answers echoes, after so many ms. Returns how many it was sent. */
function answerEchoes(
  host: Pick<Awaited<ReturnType<typeof bare>>, 'socket' | 'say' | 'page'>,
  delayMs = () => 0,
): () => number {
  let count = 0
  host.socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { type: string; nonce: string }
    if (message.type !== 'echo') return
    count++
    host.page.after(delayMs(), () => host.say({ type: 'echoed', nonce: message.nonce }))
  })
  return () => count
}

test('the build of a page decides what it can join, as the hash does', async () => {
  const { url } = startServer()
  await listedHost(url, { hash: `${build.hash.split('-')[0]}-unstated` })
  const { lobbies } = await look(await bare(url))
  expect(lobbies[0]?.obstacle).toBeNull()
  expect((await look(await bare(url), { version: 2 })).lobbies[0]?.obstacle).toBe('version-mismatch')
})
