/** What strangers may do to the server: nothing but cost it an error message. The lobby of the others goes on. In virtual time. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_MESSAGE_BYTES } from '../../../net/signaling/parse-message.ts'
import { IDLE_MS, LEASE_MS } from '../../../net/signaling/server/limits.ts'
import { bare, bareGuest, bareHost, host, join, pass, startServer, until } from './virtual-support.ts'

const wrongMessages: [string, string, string][] = [
  ['text that is not JSON', 'hello', 'not-json'],
  ['half a message', '{"type":"host"', 'not-json'],
  ['a list', '[]', 'bad-message'],
  ['null', 'null', 'bad-message'],
  ['an unknown type', '{"type":"drop-tables"}', 'bad-message'],
  ['no type', '{"protocol":1}', 'bad-message'],
  ['an unknown field', '{"type":"host","protocol":1,"admin":true}', 'bad-message'],
  ['a prototype in the field’s place', '{"type":"host","protocol":1,"__proto__":{"x":1}}', 'bad-message'],
  ['a missing field', '{"type":"join","protocol":1,"code":"CCCCC"}', 'bad-message'],
  ['a code that is none', '{"type":"join","protocol":1,"code":"ccccc","info":""}', 'bad-message'],
  ['an epoch that is no number', '{"type":"to-host","epoch":"1","data":""}', 'bad-message'],
  ['an epoch below one', '{"type":"to-host","epoch":0,"data":""}', 'bad-message'],
  [
    'a reason that does not exist',
    '{"type":"refuse","peer":"aaaaaaaa.bbbbbbbbbbbbbbbb","epoch":1,"reason":"no"}',
    'bad-message',
  ],
  ['a peer that is no address', '{"type":"admit","peer":"../../x","epoch":1}', 'bad-message'],
  [
    'an info that is too long',
    JSON.stringify({ type: 'join', protocol: 1, code: 'CCCCC', info: 'x'.repeat(5000) }),
    'bad-message',
  ],
  ['more than 16 kB', JSON.stringify({ type: 'to-host', epoch: 1, data: 'x'.repeat(MAX_MESSAGE_BYTES) }), 'too-large'],
  [
    'more than 16 kB in bytes though not in characters',
    JSON.stringify({ type: 'to-host', epoch: 1, data: '€'.repeat(6000) }),
    'too-large',
  ],
  ['another version of the protocol', '{"type":"host","protocol":2}', 'wrong-protocol'],
  ['a signal before a join', '{"type":"to-host","epoch":1,"data":"x"}', 'out-of-order'],
  ['an answer without a lobby', '{"type":"admit","peer":"aaaaaaaa.bbbbbbbbbbbbbbbb","epoch":1}', 'out-of-order'],
  ['giving up what it does not have', '{"type":"close"}', 'out-of-order'],
]

describe('a wrong message', () => {
  test.each(wrongMessages)('%s is answered with its kind of error, and counted', async (_, text, kind) => {
    const { url, stats } = startServer()
    const socket = await bare(url)
    socket.raw(text)
    expect((await socket.next('error')).code).toBe(kind)
    expect(stats().errors).toMatchObject({ [kind]: 1 })
    // The socket may still do better.
    socket.say({ type: 'host', protocol: 1 })
    await socket.next('hosting')
  })

  test('sent again and again closes the socket, and nobody else’s', async () => {
    const { url } = startServer({ limits: { badMessagesPerMinute: 3 } })
    const lobby = await host(url)
    const offender = await bare(url)
    for (let i = 0; i < 50; i++) offender.raw('?')
    await until(() => offender.closed(), 'closed')
    expect(offender.errors()).toEqual(['not-json', 'not-json', 'not-json', 'not-json', 'offender'])
    const guest = await join(url, lobby.signals.code)
    guest.signals.signal('still works')
    await until(() => lobby.heard.length === 1, 'the signal')
  })

  test('of any bytes leaves the server and the lobby of the others as they were', async () => {
    const { url, stats } = startServer({
      limits: { badMessagesPerMinute: 100_000, messagesPerSecond: 100_000 },
    })
    const lobby = await bareHost(url)
    const noise = await bare(url)
    const anything = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('host', 'join', 'admit', 'refuse', 'to-guest', 'to-host', 'close'),
          protocol: fc.anything(),
          peer: fc.anything(),
          epoch: fc.anything(),
          data: fc.anything(),
        })
        .map((value) => JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? 0 : field))),
    )
    for (const piece of fc.sample(anything, { numRuns: 300, seed: 7 }))
      noise.raw(typeof piece === 'string' ? piece : String.fromCharCode(...piece))
    await until(() => noise.errors().length === 300, 'an answer to each')
    await bareGuest(url, lobby, lobby.lobby.code)
    expect(stats()).toMatchObject({ sockets: 3, hosts: 1, guests: 1 })
  })
})

describe('a message out of order or for somebody else', () => {
  test('is refused when a host joins, a guest hosts, or a host hosts twice', async () => {
    const { url } = startServer()
    const lobby = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    lobby.say({ type: 'join', protocol: 1, code: lobby.lobby.code, info: '' })
    expect((await lobby.next('error')).code).toBe('out-of-order')
    lobby.say({ type: 'host', protocol: 1 })
    expect((await lobby.next('error')).code).toBe('out-of-order')
    lobby.say({ type: 'to-host', epoch: 1, data: 'x' })
    expect((await lobby.next('error')).code).toBe('out-of-order')
    guest.say({ type: 'host', protocol: 1 })
    expect((await guest.next('error')).code).toBe('out-of-order')
  })

  test('is refused before the host has admitted the guest, both ways', async () => {
    const { url } = startServer()
    const lobby = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    guest.say({ type: 'to-host', epoch, data: 'too early' })
    expect((await guest.next('error')).code).toBe('out-of-order')
    lobby.say({ type: 'to-guest', peer, epoch, data: 'too early' })
    expect((await lobby.next('error')).code).toBe('out-of-order')
  })

  test('does not reach a guest of another lobby, whatever the host claims', async () => {
    const { url, stats } = startServer()
    const lobby = await bareHost(url)
    const stranger = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    stranger.say({ type: 'admit', peer, epoch })
    expect((await stranger.next('error')).code).toBe('unknown-peer')
    stranger.say({ type: 'refuse', peer, epoch, reason: 'kicked' })
    expect((await stranger.next('error')).code).toBe('unknown-peer')
    stranger.say({ type: 'to-guest', peer, epoch, data: 'psst' })
    expect((await stranger.next('error')).code).toBe('unknown-peer')
    expect(stats().errors['unknown-peer']).toBe(3)
    // The guest is untouched: its own host still lets it in, and that is the first it hears.
    lobby.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    expect(guest.heard).toEqual([])
  })

  test('is refused for a guest that never was', async () => {
    const { url } = startServer()
    const lobby = await bareHost(url)
    lobby.say({ type: 'to-guest', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1, data: 'x' })
    expect((await lobby.next('error')).code).toBe('unknown-peer')
  })

  test('of an older attempt is dropped as stale, both ways, and is no offence', async () => {
    const { url, stats } = startServer({ limits: { badMessagesPerMinute: 1 } })
    const lobby = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    lobby.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')

    // The same guest starts anew: same name, next epoch, and the host hears that the older attempt is over.
    guest.say({ type: 'join', protocol: 1, code: lobby.lobby.code, info: 'again' })
    expect(await lobby.next('gone')).toEqual({ type: 'gone', peer, epoch })
    await guest.next('joining')
    const again = await lobby.next('asked')
    expect(again).toMatchObject({ peer, epoch: epoch + 1 })
    lobby.say({ type: 'admit', peer, epoch: again.epoch })
    await guest.next('admitted')

    for (let i = 0; i < 5; i++) {
      guest.say({ type: 'to-host', epoch, data: 'stale' })
      expect((await guest.next('error')).code).toBe('stale')
      lobby.say({ type: 'to-guest', peer, epoch, data: 'stale' })
      expect((await lobby.next('error')).code).toBe('stale')
    }
    guest.say({ type: 'to-host', epoch: again.epoch, data: 'fresh' })
    expect((await lobby.next('from-guest')).data).toBe('fresh')
    expect(guest.heard.concat(lobby.heard)).toEqual([])
    expect(stats().errors).toMatchObject({ stale: 10, offender: 0 })
  })
})

describe('limits', () => {
  test('on messages drop what is too fast and let a burst of trickled candidates through', async () => {
    const { url, stats } = startServer({
      limits: { messagesPerSecond: 5, messageBurst: 20, badMessagesPerMinute: 1000 },
    })
    const lobby = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    lobby.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    for (let i = 0; i < 40; i++) guest.say({ type: 'to-host', epoch, data: `${i}` })
    await until(() => guest.errors().length + lobby.heard.length === 40, 'every message is relayed or refused')
    expect(new Set(guest.errors())).toEqual(new Set(['too-fast']))
    expect(lobby.heard.length).toBeGreaterThanOrEqual(20)
    expect(stats().errors['too-fast']).toBe(guest.errors().length)
  })

  test('on lobbies count by address', async () => {
    const { url } = startServer({ limits: { lobbiesPerMinute: 2 } })
    await bareHost(url)
    await bareHost(url)
    const third = await bare(url)
    third.say({ type: 'host', protocol: 1 })
    expect((await third.next('error')).code).toBe('too-many-lobbies')
  })

  test('on wrong codes stop who guesses, and tell a right code and a wrong one apart no longer', async () => {
    const { url } = startServer({ limits: { wrongCodesPerMinute: 3 } })
    const lobby = await bareHost(url)
    const guesser = await bare(url)
    const answers: string[] = []
    for (let i = 0; i < 5; i++) {
      guesser.say({ type: 'join', protocol: 1, code: `CCCC${i + 2}`, info: '' })
      answers.push((await guesser.next('error')).code)
    }
    guesser.say({ type: 'join', protocol: 1, code: lobby.lobby.code, info: '' })
    answers.push((await guesser.next('error')).code)
    expect(answers).toEqual([
      'not-found',
      'not-found',
      'not-found',
      'too-many-joins',
      'too-many-joins',
      'too-many-joins',
    ])
  })

  test('on lobbies in all answer that the server is full', async () => {
    const { url } = startServer({ limits: { lobbies: 1 } })
    await bareHost(url)
    const second = await bare(url)
    second.say({ type: 'host', protocol: 1 })
    expect((await second.next('error')).code).toBe('server-full')
  })

  test('on idling close a socket that says nothing, though it answers pings', async () => {
    const { url, stats } = startServer()
    const idle = await bare(url)
    await bareHost(url)
    await pass(IDLE_MS - 1000)
    expect([idle.errors(), idle.closed()]).toEqual([[], false])
    await pass(2000)
    expect((await idle.next('error')).code).toBe('idle')
    await until(() => idle.closed(), 'closed')
    expect(stats().hosts).toBe(1)
    expect(IDLE_MS).toBeLessThan(LEASE_MS)
  })
})
