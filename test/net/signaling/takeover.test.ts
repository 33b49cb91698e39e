/** How a lobby gets another host: heirs that watch, claims and the host's sign of life, handing over. In virtual time. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { EPOCHS_PER_TERM, FIRST_FORK } from '../../../net/session/limits.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import { signHostToken } from '../../../net/signaling/server/tokens.ts'
import { parseTakeoverAnswer, type TakeoverAnswer } from '../../../net/signaling/takeover-messages.ts'
import {
  type BareSocket,
  bare,
  bareGuest,
  bareHost,
  pass,
  settled,
  startServer,
  theWorld,
  until,
} from './virtual-support.ts'

const keyOf = (seat: number): string => `key-of-the-heir-in-seat-${seat}`
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')
const heirKeys = (...seats: number[]) => seats.map((seat) => ({ seat, keyHash: hashOf(keyOf(seat)) }))

type Answer<T extends TakeoverAnswer['type']> = Extract<TakeoverAnswer, { type: T }>

/** Waits for the next answer of this type, by its schema, and takes it off the list. */
async function nextAnswer<T extends TakeoverAnswer['type']>(socket: BareSocket, type: T): Promise<Answer<T>> {
  const heard = socket.heard as unknown as TakeoverAnswer[]
  await until(() => heard.some((message) => message.type === type), `an answer of type ${type}`)
  const [answer] = heard.splice(
    heard.findIndex((message) => message.type === type),
    1,
  )
  const parsed = parseTakeoverAnswer(JSON.stringify(answer))
  if (parsed?.type !== type) throw new Error(`no ${type} by its schema: ${JSON.stringify(answer)}`)
  return parsed as Answer<T>
}

const typesIn = (socket: BareSocket): string[] => socket.heard.map(({ type }) => type).filter((type) => type !== 'beat')

async function watching(url: string, code: string, seat: number, key = keyOf(seat)): Promise<BareSocket> {
  const socket = await bare(url)
  socket.say({ type: 'watch', protocol: 1, code, seat, key })
  await nextAnswer(socket, 'watching')
  return socket
}

/** A host with heirs that watch, over one or two processes with one store. */
async function withHeirs({ seats = [1, 2], processes = 1 } = {}) {
  const store = createMemoryStore({ maxLobbies: 9, now: () => theWorld().time.now })
  const servers = Array.from({ length: processes }, () => startServer({ store }))
  const url = servers[0]?.url ?? ''
  const heirUrl = servers.at(-1)?.url ?? ''
  const host = await bareHost(url)
  host.say({ type: 'heirs', epoch: 1, heirs: heirKeys(...seats) })
  await pass(10)
  const heirs: BareSocket[] = []
  for (const seat of seats) heirs.push(await watching(heirUrl, host.lobby.code, seat))
  const { code, token } = host.lobby
  return { store, servers, url, heirUrl, host, heirs: heirs as [BareSocket, BareSocket], code, token }
}

const took = async (run: () => Promise<unknown>): Promise<number> => {
  const { time } = theWorld()
  const from = time.now
  await run()
  return time.now - from
}

describe.each([1, 2])('an heir, with %i processes,', (processes) => {
  test('hears that the host’s socket was closed by its own end, claims the lobby at once, and guests reach it', async () => {
    const { host, heirs, code, heirUrl, token } = await withHeirs({ processes })
    host.socket.close()
    await nextAnswer(heirs[0], 'host-gone')
    await nextAnswer(heirs[1], 'host-gone')
    const ms = await took(async () => {
      heirs[0].say({ type: 'claim', epoch: 2 })
      const hosting = await heirs[0].next('hosting')
      expect(hosting.code).toBe(code)
      expect(hosting.token).not.toBe(token)
    })
    expect(ms).toBeLessThan(100)
    await bareGuest(heirUrl, heirs[0], code)
    heirs[1].say({ type: 'claim', epoch: 2 })
    expect(await nextAnswer(heirs[1], 'claim-refused')).toMatchObject({ epoch: 2, reason: 'replaced' })
  })

  test('gets nothing while the host’s core says that it lives, and the host is asked', async () => {
    const { host, heirs, url, code } = await withHeirs({ processes })
    heirs[0].say({ type: 'claim', epoch: 2 })
    await nextAnswer(host, 'prove-alive')
    host.say({ type: 'alive', epoch: 1 })
    expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ reason: 'host-lives' })
    await bareGuest(url, host, code)
  })

  test('takes over from a host that hangs, although its browser answers every ping', async () => {
    const { host, heirs, url } = await withHeirs({ processes })
    await pass(10_000)
    const ms = await took(async () => {
      heirs[0].say({ type: 'claim', epoch: 2 })
      await heirs[0].next('hosting')
    })
    expect(ms).toBeGreaterThanOrEqual(500)
    expect((await host.next('error')).code).toBe('replaced')
    await until(() => host.closed(), 'the old host’s socket closes')
    await bareGuest(url, heirs[0], heirs[0] ? host.lobby.code : '')
  })

  test('is one of two that claim at once', async () => {
    const { host, heirs } = await withHeirs({ processes })
    theWorld().internet.cut(host.page)
    for (const heir of heirs) heir.say({ type: 'claim', epoch: 2 })
    await until(() => heirs.every((heir) => typesIn(heir).length > 0), 'two answers')
    expect(heirs.flatMap(typesIn).sort()).toEqual(['claim-refused', 'hosting'])
  })

  test('that only reserves the lobby says nothing to its host, who asks and hears of it, and of its end', async () => {
    const { host, heirs } = await withHeirs({ processes })
    heirs[0].say({ type: 'reserve', epoch: 2 })
    await nextAnswer(heirs[0], 'reserved')
    host.say({ type: 'ask' })
    expect(await nextAnswer(host, 'heard')).toEqual({ type: 'heard', epoch: 1, reserved: 2 })
    expect(host.errors()).toEqual([])
    heirs[0].say({ type: 'give-back', epoch: 2 })
    await pass(50)
    host.say({ type: 'ask' })
    expect(await nextAnswer(host, 'heard')).toEqual({ type: 'heard', epoch: 1, reserved: null })
    heirs[0].say({ type: 'reserve', epoch: 2 })
    await nextAnswer(host, 'prove-alive')
    await pass(50)
    host.say({ type: 'alive', epoch: 1 })
    expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ reason: 'host-lives' })
  })

  test('takes over from a host that only asks whether it is one: that is no sign of life', async () => {
    const { host, heirs } = await withHeirs({ processes })
    heirs[0].say({ type: 'claim', epoch: 2 })
    await nextAnswer(host, 'prove-alive')
    host.say({ type: 'ask' })
    await heirs[0].next('hosting')
    await until(() => host.errors().includes('replaced'), 'the host hears of it')
  })

  test('that has reserved claims at once, and hears that the host is replaced', async () => {
    const { host, heirs } = await withHeirs({ processes })
    heirs[0].say({ type: 'reserve', epoch: 2 })
    await nextAnswer(heirs[0], 'reserved')
    host.say({ type: 'alive', epoch: 1 })
    const ms = await took(async () => {
      heirs[0].say({ type: 'claim', epoch: 2 })
      await heirs[0].next('hosting')
    })
    expect(ms).toBeLessThan(200)
    await until(() => host.errors().includes('replaced'), 'the host hears of it')
  })

  test('to whom the host hands over hears it and takes over at once; the old host’s token is void', async () => {
    const { host, heirs, token, url } = await withHeirs({ processes })
    host.say({ type: 'transfer', seat: 2, epoch: 2 })
    expect(await nextAnswer(heirs[1], 'handed')).toEqual({ type: 'handed', seat: 2, epoch: 2 })
    await nextAnswer(heirs[0], 'handed')
    const ms = await took(async () => {
      heirs[1].say({ type: 'claim', epoch: 2 })
      await heirs[1].next('hosting')
    })
    expect(ms).toBeLessThan(100)
    const old = await bare(url)
    old.say({ type: 'host', protocol: 1, token })
    expect((await old.next('error')).code).toBe('replaced')
  })

  test('goes on for a first heir that the host handed over to and that does not come', async () => {
    const { host, heirs } = await withHeirs({ processes })
    host.say({ type: 'transfer', seat: 1, epoch: 2 })
    await nextAnswer(heirs[1], 'handed')
    const ms = await took(async () => {
      heirs[1].say({ type: 'claim', epoch: 2 })
      await heirs[1].next('hosting')
    })
    expect(ms).toBeGreaterThanOrEqual(1000)
    heirs[0].say({ type: 'claim', epoch: 2 })
    expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ reason: 'replaced' })
  })
})

describe('an heir', () => {
  test('waits a second for a host whose server stopped, and gets nothing when the host comes back by another', async () => {
    const { servers, heirs, token, heirUrl } = await withHeirs({ processes: 2 })
    await settled(servers[0]?.stop() ?? Promise.resolve())
    heirs[0].say({ type: 'claim', epoch: 2 })
    await pass(400)
    expect(typesIn(heirs[0])).toEqual([])
    const back = await bare(heirUrl)
    back.say({ type: 'host', protocol: 1, token })
    await back.next('hosting')
    expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ reason: 'host-lives' })
    expect(typesIn(heirs[0])).toEqual([])
  })

  test('waits a second also when the host’s server vanished without a word, and then takes over', async () => {
    const { servers, heirs, store } = await withHeirs({ processes: 2 })
    servers[0]?.vanish()
    // A process that is gone is listened to by nobody.
    const send = store.send.bind(store)
    store.send = async (to, text) => (text.includes('prove-alive') ? false : send(to, text))
    const ms = await took(async () => {
      heirs[0].say({ type: 'claim', epoch: 2 })
      await heirs[0].next('hosting')
    })
    expect(ms).toBeGreaterThanOrEqual(1000)
  })

  test('that the host names no more is told so, and neither watches nor claims', async () => {
    const { host, heirs } = await withHeirs()
    host.say({ type: 'heirs', epoch: 1, heirs: heirKeys(2) })
    await nextAnswer(heirs[0], 'no-heir')
    heirs[0].say({ type: 'claim', epoch: 2 })
    expect((await heirs[0].next('error')).code).toBe('out-of-order')
    host.socket.close()
    await nextAnswer(heirs[1], 'host-gone')
    expect(typesIn(heirs[0])).toEqual([])
  })

  test('whose notice that it is none any more got lost gets nothing by its claim', async () => {
    const { host, heirs, store } = await withHeirs({ processes: 2 })
    const send = store.send.bind(store)
    store.send = async (to, text) => text.includes('no-heir') || send(to, text)
    host.say({ type: 'heirs', epoch: 1, heirs: [] })
    await pass(10)
    heirs[0].say({ type: 'claim', epoch: 2 })
    expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ reason: 'no-heir' })
    // And the host was not bothered.
    expect(typesIn(host)).toEqual([])
  })

  test('with a wrong key, a wrong seat or a wrong code hears the same as for a code of no lobby, and pays for it', async () => {
    const { url, code } = await withHeirs()
    const thief = await bare(url)
    const tries = [
      { code, seat: 1, key: 'another-key-than-hers' },
      { code, seat: 3, key: keyOf(1) },
      { code: 'CCCCC', seat: 1, key: keyOf(1) },
    ]
    for (const each of tries) {
      thief.say({ type: 'watch', protocol: 1, ...each })
      expect(await thief.next('error'), each.code).toMatchObject({ code: 'not-found' })
    }
    for (let i = 0; i < 40; i++) {
      thief.say({
        type: 'watch',
        protocol: 1,
        code: `CCC${'2346789DFHJKMNPRTVWX'[i % 20]}${i < 20 ? 'C' : 'D'}`,
        seat: 1,
        key: keyOf(1),
      })
    }
    await until(() => thief.errors().length >= 40, 'all answers')
    expect(thief.errors()).toContain('too-many-joins')
  })

  test('with a claim of an older epoch, of none that is new, or before it watches, gets nothing', async () => {
    const { host, heirs, url } = await withHeirs()
    host.say({ type: 'alive', epoch: 4 })
    await pass(10)
    for (const epoch of [1, 4]) {
      heirs[0].say({ type: 'claim', epoch })
      expect(await nextAnswer(heirs[0], 'claim-refused')).toMatchObject({ epoch, reason: 'replaced' })
    }
    expect(typesIn(host)).toEqual([])
    const stranger = await bare(url)
    stranger.say({ type: 'claim', epoch: 9 })
    expect((await stranger.next('error')).code).toBe('out-of-order')
    stranger.raw(JSON.stringify({ type: 'claim', epoch: 2 ** 40 }))
    expect((await stranger.next('error')).code).toBe('bad-message')
  })

  test('keeps its socket, which is of use, as long as it answers pings', async () => {
    const { heirs, servers } = await withHeirs()
    await pass(60_000)
    expect(heirs.map((heir) => heir.closed())).toEqual([false, false])
    expect(servers[0]?.stats().heirs).toBe(2)
  })
})

describe('a host', () => {
  test('whose message that it was replaced got lost learns it when its lease is to be renewed', async () => {
    const { host, heirs, store } = await withHeirs({ processes: 2 })
    const send = store.send.bind(store)
    store.send = async (to, text) => text.includes('replaced') || send(to, text)
    heirs[0].say({ type: 'claim', epoch: 2 })
    await heirs[0].next('hosting')
    await pass(100)
    expect(host.closed()).toBe(false)
    expect((await host.next('error')).code).toBe('replaced')
    await until(() => host.closed(), 'its socket closes')
  })

  test('with a token of an older term hears that it is replaced, for as long as the token is good', async () => {
    const { host, heirs, token, url } = await withHeirs()
    host.socket.close()
    await nextAnswer(heirs[0], 'host-gone')
    heirs[0].say({ type: 'claim', epoch: 2 })
    await heirs[0].next('hosting')
    // Pings of an open socket for forty hours take longer than all other tests here.
    for (const heir of heirs) heir.socket.close()
    await pass(40 * 3600_000)
    const old = await bare(url)
    old.say({ type: 'host', protocol: 1, token })
    expect((await old.next('error')).code).toBe('replaced')
  })

  test('cannot say in its token which term it has', async () => {
    const { url, code } = await withHeirs()
    const forged = signHostToken({ code, id: 'x', term: 9, expiresAt: Date.UTC(2040, 0, 1) }, 'a guess')
    const thief = await bare(url)
    thief.say({ type: 'host', protocol: 1, token: forged })
    expect((await thief.next('error')).code).toBe('bad-token')
  })

  test('who names two heirs of one seat, hands over to a stranger or to an old epoch, changes nothing', async () => {
    const { host, store, code } = await withHeirs()
    const before = await store.get(code)
    host.say({ type: 'heirs', epoch: 1, heirs: [...heirKeys(3), ...heirKeys(3)] })
    expect((await host.next('error')).code).toBe('bad-message')
    for (const [seat, epoch] of [
      [3, 2],
      [1, 1],
    ] as const) {
      host.say({ type: 'transfer', seat, epoch })
      expect((await host.next('error')).code).toBe('stale')
    }
    host.raw(JSON.stringify({ type: 'heirs', epoch: 1, heirs: heirKeys(1, 2, 3, 4, 5) }))
    expect((await host.next('error')).code).toBe('bad-message')
    expect(await store.get(code)).toEqual(before)
  })
})

describe('an heir whose server was restarted and remembers nothing', () => {
  async function restarted() {
    const { servers, url, host, heirs, code, token } = await withHeirs()
    const socket = await bare(url)
    socket.say({ type: 'watch', protocol: 1, code, seat: 1, key: keyOf(1) })
    const { pass: given } = await nextAnswer(socket, 'watching')
    const second = await bare(url)
    second.say({ type: 'watch', protocol: 1, code, seat: 2, key: keyOf(2) })
    const { pass: givenToSecond } = await nextAnswer(second, 'watching')
    for (const { socket: open } of [host, ...heirs, socket, second]) open.close()
    await settled(servers[0]!.stop())
    startServer({}, url)
    return { url, code, token, given, givenToSecond }
  }

  test('keeps the lobby’s code by its pass, and the host of before hears that it is replaced', async () => {
    const { url, code, token, given } = await restarted()
    const heir = await bare(url)
    const ms = await took(async () => {
      heir.say({ type: 'claim', epoch: 2, pass: given })
      expect((await heir.next('hosting')).code).toBe(code)
    })
    expect(ms).toBeGreaterThanOrEqual(1000)
    await bareGuest(url, heir, code)
    const old = await bare(url)
    old.say({ type: 'host', protocol: 1, token })
    expect(await old.next('error')).toMatchObject({ code: 'replaced' })
  })

  test('leaves the lobby to the other heir when it is cut off itself before it names its own', async () => {
    const { url, code, given, givenToSecond } = await restarted()
    const first = await bare(url)
    first.say({ type: 'claim', epoch: EPOCHS_PER_TERM, pass: given })
    await first.next('hosting')
    const second = await bare(url)
    second.say({ type: 'claim', epoch: 2 * EPOCHS_PER_TERM, pass: givenToSecond })
    first.say({ type: 'alive', epoch: EPOCHS_PER_TERM })
    expect(await nextAnswer(second, 'claim-refused')).toMatchObject({ reason: 'host-lives' })
    first.socket.close()
    await pass(10)
    second.say({ type: 'claim', epoch: 2 * EPOCHS_PER_TERM, pass: givenToSecond })
    expect((await second.next('hosting')).code).toBe(code)
  })

  test('gets nothing by it when the host comes back within a second', async () => {
    const { url, token, given } = await restarted()
    const heir = await bare(url)
    heir.say({ type: 'claim', epoch: 2, pass: given })
    await pass(500)
    const old = await bare(url)
    old.say({ type: 'host', protocol: 1, token })
    await old.next('hosting')
    expect(await nextAnswer(heir, 'claim-refused')).toMatchObject({ epoch: 2, reason: 'no-heir' })
  })

  test('gets the lobby from a host of an older epoch than its pass has, who came back before it', async () => {
    const { servers, url, host, heirs, code, token } = await withHeirs()
    host.say({ type: 'alive', epoch: 5 })
    const given = await bare(url)
    given.say({ type: 'watch', protocol: 1, code, seat: 1, key: keyOf(1) })
    const { pass: ofFive } = await nextAnswer(given, 'watching')
    for (const { socket: open } of [host, ...heirs, given]) open.close()
    await settled(servers[0]!.stop())
    startServer({}, url)
    const old = await bare(url)
    old.say({ type: 'host', protocol: 1, token })
    await old.next('hosting')
    const heir = await bare(url)
    heir.say({ type: 'claim', epoch: 6, pass: ofFive })
    expect((await heir.next('hosting')).code).toBe(code)
    expect(await old.next('error')).toMatchObject({ code: 'replaced' })
  })

  test('who was voted for gets the lobby from a fork, which waits for nobody; another fork does not', async () => {
    const { url, code, given, givenToSecond } = await restarted()
    const fork = await bare(url)
    fork.say({ type: 'claim', epoch: FIRST_FORK + 64, pass: givenToSecond })
    await fork.next('hosting')
    const heir = await bare(url)
    heir.say({ type: 'claim', epoch: FIRST_FORK + 65, pass: given })
    expect(await nextAnswer(heir, 'claim-refused')).toMatchObject({ reason: 'no-heir' })
    heir.say({ type: 'claim', epoch: EPOCHS_PER_TERM, pass: given })
    expect((await heir.next('hosting')).code).toBe(code)
    expect(await fork.next('error')).toMatchObject({ code: 'replaced' })
  })

  test('gets nothing by one that is forged, of an older epoch, or too old', async () => {
    const { url, given } = await restarted()
    const refused = async (epoch: number, text: string) => {
      const heir = await bare(url)
      heir.say({ type: 'claim', epoch, pass: text })
      return (await nextAnswer(heir, 'claim-refused')).reason
    }
    expect(await refused(2, `x${given}`)).toBe('not-found')
    const [claim = '', signature] = given.split('.')
    const later = { ...JSON.parse(Buffer.from(claim, 'base64url').toString()), seat: 2 }
    const changed = Buffer.from(JSON.stringify(later)).toString('base64url')
    expect(await refused(2, `${changed}.${signature}`)).toBe('not-found')
    expect(await refused(1, given)).toBe('replaced')
    await pass(121_000)
    expect(await refused(2, given)).toBe('not-found')
  })

  test('has a new pass every half minute, and no more once the host names others', async () => {
    const { host, heirs } = await withHeirs()
    await pass(65_000)
    const passes = () => heirs[0].heard.filter(({ type }) => (type as string) === 'watching').length
    expect(passes()).toBe(2)
    host.say({ type: 'heirs', epoch: 1, heirs: heirKeys(2) })
    await pass(65_000)
    expect(passes()).toBe(2)
  })
})
