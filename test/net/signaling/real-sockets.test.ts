/** What only real sockets show: frames, bytes and buffers below our messages, headers of proxies, and how a server stops. */
import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LEASE_MS, MAX_FRAME_BYTES } from '../../../net/signaling/server/limits.ts'
import { thisProcess } from '../../../net/signaling/server/server-platform.ts'
import { bare, bareGuest, bareHost, host, join, reasonOf, startServer, until } from './support.ts'

describe('a real socket', () => {
  test('takes a guest from the code to the host, relays signals both ways, and outlives the host’s drop', async () => {
    const { url, signaling } = await startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code, 'Vega')
    guest.signals.signal('offer')
    await until(() => lobby.heard.length === 1, 'a signal at the host')
    lobby.socket.terminate()
    await until(() => lobby.online.length === 2, 'away and back')
    lobby.signals.signal(guest.signals.attempt, 'answer')
    await until(() => guest.heard.length === 1, 'a signal at the guest')
    guest.signals.close()
    lobby.signals.close()
    await until(() => signaling.stats().sockets === 0, 'no socket is left')
  })

  test('is pinged, and its pong keeps the lease', async () => {
    let ahead = 0
    const { url, signaling } = await startServer({ platform: { ...thisProcess, now: () => thisProcess.now() + ahead } })
    const { socket } = await bareHost(url)
    let pings = 0
    socket.on('ping', () => pings++)
    for (let round = 1; round <= 5; round++) {
      ahead += LEASE_MS / 3
      signaling.sweep()
      await until(() => pings === round, 'a ping')
      // The pong is on its way: a message behind it is answered after it.
      socket.send('?')
      await until(() => signaling.stats().errors['not-json'] === round, 'the pong, and what came after it')
    }
    expect(signaling.stats()).toMatchObject({ hosts: 1, cut: { silent: 0 } })
  })

  test('as binary is not JSON', async () => {
    const { url } = await startServer()
    const socket = await bare(url)
    socket.raw(new TextEncoder().encode('{"type":"host","protocol":1}'))
    expect((await socket.next('error')).code).toBe('not-json')
  })

  test('so large that it is not even read cuts the line', async () => {
    const { url, signaling } = await startServer()
    const socket = await bare(url)
    socket.raw('x'.repeat(MAX_FRAME_BYTES + 1))
    await until(() => socket.closed(), 'closed')
    expect(signaling.stats().errors['too-large']).toBe(1)
  })

  test('below WebSocket, as raw bytes on the port or in a frame, does no harm', async () => {
    const { url, port } = await startServer()
    const lobby = await bareHost(url)
    const random = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 20, seed: 11 })
    for (const bytes of random) {
      const raw = connect(port, '127.0.0.1')
      raw.on('error', () => {})
      await new Promise((resolve) => raw.once('connect', resolve))
      raw.resume()
      raw.end(bytes)
      await new Promise((resolve) => raw.once('close', resolve))
    }
    const upgraded = connect(port, '127.0.0.1')
    upgraded.on('error', () => {})
    upgraded.write(
      'GET /starwire HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    await new Promise((resolve) => upgraded.once('data', resolve))
    upgraded.write(new Uint8Array([0xff, 0xff, 0xff, 0xff, 1, 2, 3]))
    await new Promise((resolve) => upgraded.once('close', resolve))
    await bareGuest(url, lobby, lobby.lobby.code)
  })
  test('beyond the sockets in all is told why and turned away', async () => {
    const { url, signaling } = await startServer({ limits: { sockets: 1 } })
    await bareHost(url)
    const told = await bare(url)
    expect(await told.next('error')).toMatchObject({ code: 'server-full', retryAfterSeconds: 30 })
    await until(() => told.closed(), 'closed')
    expect(signaling.stats().turnedAway.full).toBe(1)
    expect(await reasonOf(join(url, 'CCCCC'))).toBe('server-full')
  })

  test('counts with those of one customer, whatever port a proxy writes behind the address', async () => {
    const { url, signaling } = await startServer({ trustProxy: true, limits: { socketsPerAddress: 2 } })
    for (const text of ['203.0.113.7:40001', '[::ffff:203.0.113.7]:40002', '::ffff:cb00:7107', '203.0.113.7']) {
      await bare(url, { 'x-forwarded-for': `198.51.100.1, ${text}` })
    }
    expect(signaling.stats().gaveWay).toBe(2)
  })

  test.each(['ping', 'pong'] as const)('is cut when it floods with frames of the kind %s', async (kind) => {
    const { url, signaling } = await startServer()
    const flood = await bareHost(url)
    for (let i = 0; i < 200; i++) flood.socket[kind]()
    await until(() => flood.closed(), 'cut')
    expect(signaling.stats().cut.flood).toBeGreaterThan(0)
  })

  test('is cut when it does not read what it is sent', async () => {
    const { url, signaling } = await startServer({
      limits: { messagesPerSecond: 100_000, badMessagesPerMinute: 100_000 },
    })
    const lobby = await bareHost(url)
    const guest = await bareGuest(url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    lobby.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    guest.socket.pause()
    const data = 'x'.repeat(15_000)
    const timer = setInterval(() => {
      for (let i = 0; i < 50; i++) lobby.say({ type: 'to-guest', peer, epoch, data })
    }, 1)
    try {
      await until(() => signaling.stats().cut.slow === 1, 'the slow one is cut', 10_000)
    } finally {
      clearInterval(timer)
    }
    await bareGuest(url, lobby, lobby.lobby.code)
  }, 20_000)

  test('does not keep a server from stopping at once, though it does not answer the goodbye', async () => {
    const { url, signaling } = await startServer()
    const { socket } = await bareHost(url)
    socket.pause()
    // Without force, ws waits 30 s for the other side.
    await signaling.close()
    expect(signaling.stats().sockets).toBe(0)
  })
})
