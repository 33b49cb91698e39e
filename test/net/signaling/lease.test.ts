/** Whose lobby it is: leases that end, sockets that drop, tokens that take a lobby back. In virtual time. */
import { describe, expect, test } from 'vitest'
import { LEASE_MS } from '../../../net/signaling/server/limits.ts'
import type { ServerSocket } from '../../../net/signaling/server/server-socket.ts'
import { signHostToken, signTicket } from '../../../net/signaling/server/tokens.ts'
import {
  bare,
  bareGuest,
  bareHost,
  host,
  join,
  pass,
  reasonOf,
  settled,
  startServer,
  theWorld,
  until,
} from './virtual-support.ts'

/** Long after every test. */
const LATER = Date.UTC(2040, 0, 1)

const asks = (code: string, info = '') => ({ type: 'join', protocol: 1, code, info }) as const

describe('a lease', () => {
  test('is at most 15 s, so that no code points to a dead host for longer', () => {
    expect(LEASE_MS).toBeLessThanOrEqual(15_000)
  })

  test('ends when the host stops answering pings, and the code is free again', async () => {
    const { url, stats } = startServer()
    const { lobby, page } = await bareHost(url)
    // A pulled cable: the socket stays open, and nobody reads it.
    theWorld().internet.cut(page)
    await pass(LEASE_MS - 1000)
    const early = await bare(url)
    early.say(asks(lobby.code))
    await early.next('joining')
    await pass(2000)
    const late = await bare(url)
    late.say(asks(lobby.code))
    expect((await late.next('error')).code).toBe('not-found')
    expect(stats().cut.silent).toBe(1)
  })

  test('goes on for ever while the host answers pings', async () => {
    const { url } = startServer()
    const { lobby } = await bareHost(url)
    await pass(20 * LEASE_MS)
    const guest = await bare(url)
    guest.say(asks(lobby.code))
    await guest.next('joining')
  })

  test('outlives the drop of the host’s socket, but only for its rest', async () => {
    const { url, stats } = startServer()
    const { lobby, socket } = await bareHost(url)
    socket.close()
    await until(() => stats().hosts === 0, 'the drop')
    const guest = await bare(url)
    guest.say(asks(lobby.code))
    await guest.next('joining')
    await pass(LEASE_MS)
    const other = await bare(url)
    other.say(asks(lobby.code))
    expect((await other.next('error')).code).toBe('not-found')
  })

  test('whose host’s socket dropped tells a guest so at once, who asks now or asked before, and they are let in when it returns', async () => {
    const { url, stats } = startServer()
    const { lobby, socket } = await bareHost(url)
    const waiting = await bare(url)
    waiting.say(asks(lobby.code, 'waiting'))
    const { epoch } = await waiting.next('joining')
    socket.close()
    await until(() => stats().hosts === 0, 'the drop')
    expect(await waiting.next('host-away')).toEqual({ type: 'host-away', epoch })
    const late = await bare(url)
    late.say(asks(lobby.code, 'late'))
    expect(await late.next('host-away')).toMatchObject({ epoch: 1 })
    await pass(3000)
    const back = await bare(url)
    back.say({ type: 'host', protocol: 1, token: lobby.token })
    await back.next('hosting')
    for (const _ of [waiting, late]) {
      const { peer, epoch: asked } = await back.next('asked')
      back.say({ type: 'admit', peer, epoch: asked })
    }
    await waiting.next('admitted')
    await late.next('admitted')
    // Once each: it is no news every second.
    expect([...waiting.heard, ...late.heard].filter(({ type }) => type === 'host-away')).toEqual([])
  })

  test('that ends under a waiting guest tells it that there is none any more, not to wake a sleeping host', async () => {
    const { url, stats } = startServer()
    const { lobby, socket } = await bareHost(url)
    socket.close()
    await until(() => stats().hosts === 0, 'the drop')
    await pass(LEASE_MS - 1000)
    const guest = await bare(url)
    guest.say(asks(lobby.code))
    await guest.next('joining')
    expect((await guest.next('refused')).reason).toBe('not-found')
  })
})

describe('a host', () => {
  test('takes its lobby back under the same code when its socket drops', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    theWorld().internet.drop(lobby.page)
    await until(() => lobby.online.length === 2, 'away and back')
    expect(lobby.online).toEqual([false, true])
    const later = await join(url, lobby.signals.code, 'after')
    expect(lobby.joins.map(({ info }) => info)).toEqual(['guest', 'after'])

    // The attempt from before goes on, both ways.
    guest.signals.signal('still here')
    lobby.signals.signal(guest.signals.attempt, 'so am I')
    await until(() => guest.heard.length === 1 && lobby.heard.length === 1, 'signals of the older attempt')
    expect(lobby.heard[0]).toEqual({ attempt: guest.signals.attempt, data: 'still here' })
    expect(later.heard).toEqual([])
  })

  test('answers a guest that came while its socket was away', async () => {
    const { url, stats } = startServer()
    const first = await bareHost(url)
    first.socket.close()
    await until(() => stats().hosts === 0, 'the drop')
    const guest = await bare(url)
    guest.say(asks(first.lobby.code, 'patient'))
    await guest.next('joining')
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    expect((await again.next('hosting')).code).toBe(first.lobby.code)
    const { peer, epoch, info } = await again.next('asked')
    expect(info).toBe('patient')
    again.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
  })

  test('gets the signals that a guest sent while its socket was away, in order', async () => {
    const { url, stats } = startServer()
    const first = await bareHost(url)
    const guest = await bareGuest(url, first, first.lobby.code)
    const { peer, epoch } = guest.asked
    first.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    first.socket.close()
    await until(() => stats().hosts === 0, 'the drop')
    for (const data of ['one', 'two', 'three']) guest.say({ type: 'to-host', epoch, data })
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    await again.next('hosting')
    for (const data of ['one', 'two', 'three']) expect((await again.next('from-guest')).data).toBe(data)
  })

  test('cannot revive an older attempt of a guest that its new socket never heard of', async () => {
    const { url } = startServer()
    const first = await bareHost(url)
    const guest = await bareGuest(url, first, first.lobby.code)
    const { peer, epoch } = guest.asked
    guest.say(asks(first.lobby.code, 'again'))
    await guest.next('joining')
    await first.next('asked')
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    await again.next('hosting')
    again.say({ type: 'admit', peer, epoch })
    expect((await again.next('error')).code).toBe('stale')
    again.say({ type: 'admit', peer, epoch: epoch + 1 })
    expect((await guest.next('admitted')).epoch).toBe(epoch + 1)
  })

  test('takes its lobby back from a restarted server with the same secret', async () => {
    const first = startServer()
    const lobby = await host(first.url)
    await settled(first.stop())
    await until(() => lobby.online.length === 1, 'away')
    startServer({}, first.url)
    await until(() => lobby.online.length === 2, 'back')
    expect(lobby.online).toEqual([false, true])
    await join(first.url, lobby.signals.code)
    expect(lobby.joins).toHaveLength(1)
    expect(lobby.lost).toEqual([])
  })

  test('loses its lobby when the restarted server has another secret, and stops trying', async () => {
    const first = startServer()
    const lobby = await host(first.url)
    await settled(first.stop())
    const second = startServer({ secret: 'another one' }, first.url)
    await until(() => lobby.lost.length === 1, 'lost')
    expect(lobby.lost).toEqual(['not-found'])
    await until(() => second.stats().sockets === 0, 'the socket is released')
    // A guest that was in that lobby hears what happened, and one that types its code that there is none.
    const claim = { code: lobby.signals.code, id: 'x', guest: 'g', expiresAt: LATER }
    const ticket = signTicket(claim, 'a secret for tests')
    expect(await reasonOf(join(first.url, lobby.signals.code, '', {}, undefined, { ticket }))).toBe('code-lost')
    expect(await reasonOf(join(first.url, lobby.signals.code))).toBe('not-found')
  })

  test('takes its lobby back also after the lease ended, when nobody else has the code', async () => {
    const { url } = startServer()
    const first = await bareHost(url)
    first.socket.close()
    await pass(LEASE_MS * 100)
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    expect((await again.next('hosting')).code).toBe(first.lobby.code)
  })

  test('does not take a code that another lobby has by now', async () => {
    const { url } = startServer({ secret: 'shared' })
    const { lobby } = await bareHost(url)
    const stale = signHostToken({ code: lobby.code, id: 'an older lobby', term: 1, expiresAt: LATER }, 'shared')
    const other = await bare(url)
    other.say({ type: 'host', protocol: 1, token: stale })
    expect((await other.next('error')).code).toBe('code-taken')
  })

  test('does not get a lobby with a forged, damaged or expired token', async () => {
    const secret = 'the right one'
    const { url, stats } = startServer({ secret })
    const { lobby } = await bareHost(url)
    const claim = { code: lobby.code, id: 'x', term: 1, expiresAt: LATER }
    const wrong = [
      signHostToken(claim, 'a guess'),
      `${lobby.token.slice(0, -3)}AAA`,
      `A${lobby.token.slice(1)}`,
      signHostToken({ ...claim, expiresAt: Date.UTC(2029, 0, 1) }, secret),
      '',
      'no.token',
    ]
    const thief = await bare(url)
    for (const token of wrong) {
      thief.say({ type: 'host', protocol: 1, token })
      expect((await thief.next('error')).code, token).toBe('bad-token')
    }
    expect(stats().errors['bad-token']).toBe(wrong.length)
    expect(stats().hosts).toBe(1)
  })

  test('gives way to itself: the older socket is closed and cannot touch the lobby any more', async () => {
    const { url, stats } = startServer()
    const older = await bareHost(url)
    const newer = await bare(url)
    newer.say({ type: 'host', protocol: 1, token: older.lobby.token })
    await newer.next('hosting')
    expect((await older.next('error')).code).toBe('replaced')
    await until(() => older.closed(), 'the older socket closes')
    await bareGuest(url, newer, older.lobby.code)
    expect(stats().hosts).toBe(1)
  })

  test('releases everything on close: no socket is left, and none is opened again', async () => {
    const { url, stats } = startServer()
    const lobby = await host(url)
    lobby.signals.close()
    await pass(30_000)
    expect([stats().sockets, theWorld().internet.openSockets, lobby.online]).toEqual([0, 0, []])
    expect(lobby.page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
    expect(await reasonOf(join(url, lobby.signals.code))).toBe('not-found')
  })

  test('does not ask the page twice about a guest whose admission was lost with the socket', async () => {
    // A server that forgets the answer and asks again, as after a drop between `asked` and `admit`.
    const said: string[] = []
    const forgetful = (socket: ServerSocket) => ({
      message(text: string) {
        const { type } = JSON.parse(text) as { type: string }
        said.push(type)
        if (type !== 'host') return
        const ask = { type: 'asked', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1, info: '', iceServers: [] }
        for (const message of [{ type: 'hosting', code: 'CCCCC', token: 't', iceServers: [] }, ask, ask])
          socket.send(JSON.stringify(message))
      },
      ping() {},
      pong() {},
      failed() {},
      closed() {},
    })
    theWorld().internet.listen('ws://forgetful/', forgetful)
    const lobby = await host('ws://forgetful/')
    await until(() => said.length === 3, 'two answers')
    expect(said).toEqual(['host', 'admit', 'admit'])
    expect(lobby.joins).toHaveLength(1)
  })
})
