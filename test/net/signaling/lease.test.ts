/** Whose lobby it is: leases that end, sockets that drop, tokens that take a lobby back. */
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { LEASE_MS } from '../../../net/signaling/server/limits.ts'
import { signHostToken, signTicket } from '../../../net/signaling/server/tokens.ts'
import {
  bare,
  bareGuest,
  bareHost,
  host,
  join,
  manualClock,
  reasonOf,
  startServer,
  TestWebSocket,
  until,
} from './support.ts'

describe('a lease', () => {
  test('is at most 15 s, so that no code points to a dead host for longer', () => {
    expect(LEASE_MS).toBeLessThanOrEqual(15_000)
  })

  test('ends when the host stops answering pings, and the code is free again', async () => {
    const clock = manualClock()
    const { url, signaling } = await startServer({ platform: clock })
    const { lobby, socket } = await bareHost(url)
    // A pulled cable: the socket stays open, and nobody reads it.
    socket.pause()
    clock.advance(LEASE_MS - 1)
    signaling.sweep()
    const early = await bare(url)
    early.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    await early.next('joining')

    clock.advance(1)
    signaling.sweep()
    const late = await bare(url)
    late.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    expect((await late.next('error')).code).toBe('not-found')
    expect(signaling.stats().cut.silent).toBeGreaterThan(0)
  })

  test('goes on for ever while the host answers pings', async () => {
    const clock = manualClock()
    const { url, signaling } = await startServer({ platform: clock })
    const { lobby, socket } = await bareHost(url)
    let pings = 0
    socket.on('ping', () => pings++)
    for (let round = 1; round <= 10; round++) {
      clock.advance(LEASE_MS / 3)
      signaling.sweep()
      await until(() => pings === round, 'a ping')
      // The pong is on its way: a message behind it is answered after it.
      socket.send('?')
      await until(() => signaling.stats().errors['not-json'] === round, 'the pong, and what came after it')
    }
    const guest = await bare(url)
    guest.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    await guest.next('joining')
  })

  test('outlives the drop of the host’s socket, but only for its rest', async () => {
    const clock = manualClock()
    const { url, signaling } = await startServer({ platform: clock })
    const { lobby, socket, closed } = await bareHost(url)
    socket.terminate()
    await until(() => closed() && signaling.stats().hosts === 0, 'the drop')
    const guest = await bare(url)
    guest.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    await guest.next('joining')
    clock.advance(LEASE_MS)
    guest.socket.ping()
    signaling.sweep()
    const other = await bare(url)
    other.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    expect((await other.next('error')).code).toBe('not-found')
  })

  test('whose host’s socket dropped tells a guest so at once, who asks now or asked before, and he is let in when it returns', async () => {
    const { url, signaling } = await startServer({ platform: manualClock() })
    const { lobby, socket, closed } = await bareHost(url)
    const waiting = await bare(url)
    waiting.say({ type: 'join', protocol: 1, code: lobby.code, info: 'waiting' })
    const { epoch } = await waiting.next('joining')
    socket.terminate()
    await until(() => closed() && signaling.stats().hosts === 0, 'the drop')
    signaling.sweep()
    expect(await waiting.next('host-away')).toEqual({ type: 'host-away', epoch })
    signaling.sweep()
    const late = await bare(url)
    late.say({ type: 'join', protocol: 1, code: lobby.code, info: 'late' })
    expect(await late.next('host-away')).toMatchObject({ epoch: 1 })
    const back = await bare(url)
    back.say({ type: 'host', protocol: 1, token: lobby.token })
    await back.next('hosting')
    signaling.sweep()
    for (const _ of [waiting, late]) {
      const { peer, epoch: asked } = await back.next('asked')
      back.say({ type: 'admit', peer, epoch: asked })
    }
    await Promise.all([waiting.next('admitted'), late.next('admitted')])
    // Once each: it is no news every second.
    expect([...waiting.heard, ...late.heard].filter(({ type }) => type === 'host-away')).toEqual([])
  })

  test('that ends under a waiting guest tells it that there is none any more, not to wake a sleeping host', async () => {
    const clock = manualClock()
    const { url, signaling } = await startServer({ platform: clock })
    const { lobby, socket } = await bareHost(url)
    socket.terminate()
    await until(() => signaling.stats().hosts === 0, 'the drop')
    clock.advance(LEASE_MS - 1)
    const guest = await bare(url)
    guest.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
    await guest.next('joining')
    clock.advance(1)
    signaling.sweep()
    expect((await guest.next('refused')).reason).toBe('not-found')
  })
})

describe('a host', () => {
  test('takes its lobby back under the same code when its socket drops', async () => {
    const { url } = await startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    lobby.socket.terminate()
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
    const { url, signaling } = await startServer()
    const first = await bareHost(url)
    first.socket.terminate()
    await until(() => signaling.stats().hosts === 0, 'the drop')
    const guest = await bare(url)
    guest.say({ type: 'join', protocol: 1, code: first.lobby.code, info: 'patient' })
    await guest.next('joining')

    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    expect((await again.next('hosting')).code).toBe(first.lobby.code)
    signaling.sweep()
    const { peer, epoch, info } = await again.next('asked')
    expect(info).toBe('patient')
    again.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
  })

  test('gets the signals that a guest sent while its socket was away, in order', async () => {
    const { url, signaling } = await startServer()
    const first = await bareHost(url)
    const guest = await bareGuest(url, first, first.lobby.code)
    const { peer, epoch } = guest.asked
    first.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    first.socket.terminate()
    await until(() => signaling.stats().hosts === 0, 'the drop')
    for (const data of ['one', 'two', 'three']) guest.say({ type: 'to-host', epoch, data })
    guest.raw('?')
    await guest.next('error')

    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    await again.next('hosting')
    signaling.sweep()
    for (const data of ['one', 'two', 'three']) expect((await again.next('from-guest')).data).toBe(data)
  })

  test('cannot revive an older attempt of a guest that its new socket never heard of', async () => {
    const { url } = await startServer()
    const first = await bareHost(url)
    const guest = await bareGuest(url, first, first.lobby.code)
    const { peer, epoch } = guest.asked
    guest.say({ type: 'join', protocol: 1, code: first.lobby.code, info: 'again' })
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
    const first = await startServer()
    const lobby = await host(first.url)
    await first.stop()
    await until(() => lobby.online.length === 1, 'away')
    await startServer({}, first.port)
    await until(() => lobby.online.length === 2, 'back')
    expect(lobby.online).toEqual([false, true])
    await join(first.url, lobby.signals.code)
    expect(lobby.joins).toHaveLength(1)
    expect(lobby.lost).toEqual([])
  })

  test('loses its lobby when the restarted server has another secret, and stops trying', async () => {
    const first = await startServer()
    const lobby = await host(first.url)
    await first.stop()
    const second = await startServer({ secret: 'another one' }, first.port)
    await until(() => lobby.lost.length === 1, 'lost')
    expect(lobby.lost).toEqual(['not-found'])
    await until(() => second.signaling.stats().sockets === 0, 'the socket is released')
    // Who was in that lobby hears what happened, and who types its code that there is none.
    const ticket = signTicket(
      { code: lobby.signals.code, id: 'x', guest: 'g', expiresAt: Date.now() + 60_000 },
      'a secret for tests',
    )
    expect(await reasonOf(join(first.url, lobby.signals.code, '', {}, undefined, { ticket }))).toBe('code-lost')
    expect(await reasonOf(join(first.url, lobby.signals.code))).toBe('not-found')
  })

  test('takes its lobby back also after the lease ended, when nobody else has the code', async () => {
    const clock = manualClock()
    const { url, signaling } = await startServer({ platform: clock })
    const first = await bareHost(url)
    first.socket.terminate()
    await until(() => signaling.stats().hosts === 0, 'the drop')
    clock.advance(LEASE_MS * 100)
    const again = await bare(url)
    again.say({ type: 'host', protocol: 1, token: first.lobby.token })
    expect((await again.next('hosting')).code).toBe(first.lobby.code)
  })

  test('does not take a code that another lobby has by now', async () => {
    const secret = 'shared'
    const { url } = await startServer({ secret })
    const { lobby } = await bareHost(url)
    const stale = signHostToken({ code: lobby.code, id: 'an older lobby', expiresAt: Date.now() + 60_000 }, secret)
    const other = await bare(url)
    other.say({ type: 'host', protocol: 1, token: stale })
    expect((await other.next('error')).code).toBe('code-taken')
  })

  test('does not get a lobby with a forged, damaged or expired token', async () => {
    const clock = manualClock()
    const secret = 'the right one'
    const { url, signaling } = await startServer({ platform: clock, secret })
    const { lobby } = await bareHost(url)
    const claim = { code: lobby.code, id: 'x', expiresAt: clock.now() + 1000 }
    const wrong = [
      signHostToken(claim, 'a guess'),
      `${lobby.token.slice(0, -3)}AAA`,
      `A${lobby.token.slice(1)}`,
      signHostToken({ ...claim, expiresAt: clock.now() }, secret),
      '',
      'no.token',
    ]
    const thief = await bare(url)
    for (const token of wrong) {
      thief.say({ type: 'host', protocol: 1, token })
      expect((await thief.next('error')).code, token).toBe('bad-token')
    }
    expect(signaling.stats().errors['bad-token']).toBe(wrong.length)
    expect(signaling.stats().hosts).toBe(1)
  })

  test('gives way to itself: the older socket is closed and cannot touch the lobby any more', async () => {
    const { url, signaling } = await startServer()
    const older = await bareHost(url)
    const newer = await bare(url)
    newer.say({ type: 'host', protocol: 1, token: older.lobby.token })
    await newer.next('hosting')
    expect((await older.next('error')).code).toBe('replaced')
    await until(() => older.closed(), 'the older socket closes')
    await bareGuest(url, newer, older.lobby.code)
    expect(signaling.stats().hosts).toBe(1)
  })

  test('comes back when the line is dead though no side closed it', async () => {
    // A server that opens sockets and says `hosting`, and later nothing at all: only the silence tells.
    const { url } = await startServer()
    const lobby = await host(url)
    lobby.socket.emit('close', 1006, Buffer.alloc(0))
    await until(() => lobby.online.at(-1) === true, 'back')
    expect(lobby.online).toEqual([false, true])
  })

  test('releases everything on close: no socket is left, and none is opened again', async () => {
    const { url, signaling } = await startServer()
    const lobby = await host(url)
    const before = TestWebSocket.all.length
    lobby.signals.close()
    await until(() => signaling.stats().sockets === 0, 'no sockets')
    expect(TestWebSocket.all.length).toBe(before)
    expect(lobby.online).toEqual([])
    expect(await reasonOf(join(url, lobby.signals.code))).toBe('not-found')
  })

  test('does not ask the page twice about a guest whose admission was lost with the socket', async () => {
    // A server that forgets the answer and asks again, as after a drop between `asked` and `admit`.
    const fake = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    const said: string[] = []
    fake.on('connection', (socket) => {
      const ask = { type: 'asked', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1, info: '', iceServers: [] }
      socket.on('message', (data) => {
        const { type } = JSON.parse(String(data)) as { type: string }
        said.push(type)
        if (type === 'host') {
          socket.send(JSON.stringify({ type: 'hosting', code: 'CCCCC', token: 't', iceServers: [] }))
          socket.send(JSON.stringify(ask))
          socket.send(JSON.stringify(ask))
        }
      })
    })
    await new Promise((resolve) => fake.once('listening', resolve))
    const { port } = fake.address() as { port: number }
    const lobby = await host(`ws://127.0.0.1:${port}/starwire`)
    await until(() => said.length === 3, 'two answers')
    expect(said).toEqual(['host', 'admit', 'admit'])
    expect(lobby.joins).toHaveLength(1)
    lobby.signals.close()
    await new Promise((resolve) => fake.close(resolve))
  })
})
