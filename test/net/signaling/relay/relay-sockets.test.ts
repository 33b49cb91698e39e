/** The relay over real sockets: from a guest's question to bytes at the host, and what only real frames and processes show. */
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { thisPage } from '../../../../net/platform/platform.ts'
import { openRelayStream, relayUrl } from '../../../../net/signaling/relay-stream.ts'
import type { WebSocketConstructor } from '../../../../net/signaling/socket.ts'
import { createStar, joinStar } from '../../../../net/star.ts'
import { LaneLink } from '../../../../net/transport/lane-link.ts'
import type { ConnectPeer } from '../../../../net/transport/peer-connection.ts'
import { MAX_RELAY_MESSAGE_BYTES } from '../../../../net/transport/relay/relay-frames.ts'
import { RelayPipe } from '../../../../net/transport/relay/relay-pipe.ts'
import { afterwards, bare, bareGuest, bareHost, startServer, until } from '../support.ts'

type Server = Awaited<ReturnType<typeof startServer>>

/** A host, and a guest that it let in. */
async function admitted({ url }: Server) {
  const host = await bareHost(url)
  const guest = await bareGuest(url, host, host.lobby.code)
  const { peer, epoch } = guest.asked
  host.say({ type: 'admit', peer, epoch })
  await guest.next('admitted')
  return { host, guest, epoch, peer }
}

async function tickets(server: Server) {
  const { host, guest, epoch, peer } = await admitted(server)
  guest.say({ type: 'relay', epoch })
  const offer = await host.next('relay-offer')
  expect(offer).toMatchObject({ peer, epoch })
  return { guest: (await guest.next('relay-ticket')).ticket, host: offer.ticket }
}

const linkOver = (url: string, ticket: string): LaneLink => {
  const options = { url, WebSocket: WebSocket as unknown as WebSocketConstructor, platform: thisPage }
  const link = new LaneLink(new RelayPipe(openRelayStream(options, ticket)))
  afterwards(() => link.closeAtOnce())
  return link
}

/** A socket that shows a ticket and then says what it likes. */
function raw(url: string, ticket?: string | Uint8Array) {
  const socket = new WebSocket(relayUrl(url))
  const state = { socket, heard: [] as string[], closed: null as number | null }
  socket.on('open', () => ticket !== undefined && socket.send(ticket))
  socket.on('message', (data, isBinary) =>
    state.heard.push(isBinary ? `${(data as Buffer).length} bytes` : String(data)),
  )
  socket.on('error', () => {})
  socket.on('close', (code) => {
    state.closed = code
  })
  afterwards(() => socket.terminate())
  return state
}

describe('a relay', () => {
  test('carries both lanes of a link between a guest that was let in and its host, whole and in order', async () => {
    const server = await startServer()
    const { guest, host } = await tickets(server)
    const [a, b] = [linkOver(server.url, guest), linkOver(server.url, host)]
    const heard: string[] = []
    b.listen({
      message: (lane, bytes) => heard.push(`${lane} ${bytes.length}`),
      closed: (why) => heard.push(`closed ${why}`),
    })
    await until(() => a.open && b.open, 'both ends open')
    expect(a.describe()).toMatchObject({ kind: 'relay', route: 'relayed' })
    a.send('bulk', new Uint8Array(300_000))
    a.send('state', new Uint8Array(1128))
    await until(() => heard.length === 2, 'both messages')
    expect(heard.toSorted()).toEqual(['bulk 300000', 'state 1128'])
    a.close('left')
    await until(() => heard.length === 3, 'the goodbye')
    expect(heard[2]).toBe('closed left')
    await until(() => server.signaling.stats().relay?.sockets === 0, 'no socket is left')
  })

  test('is for nobody who was not let in, and not for hosts', async () => {
    const server = await startServer()
    const host = await bareHost(server.url)
    const guest = await bareGuest(server.url, host, host.lobby.code)
    const stranger = await bare(server.url)
    for (const each of [guest, host, stranger]) {
      each.say({ type: 'relay', epoch: 1 })
      expect((await each.next('error')).code).toBe('out-of-order')
    }
    host.say({ type: 'admit', peer: guest.asked.peer, epoch: guest.asked.epoch })
    await guest.next('admitted')
    guest.say({ type: 'relay', epoch: 7 })
    expect((await guest.next('error')).code).toBe('stale')
    expect(server.signaling.stats().relay?.sockets).toBe(0)
  })

  test('that is turned off, has no room, or was asked too often says so, and its path is nobody’s when it is off', async () => {
    for (const options of [{ relay: false }, { limits: { relayPairs: 0 } }, { limits: { relaysPerMinute: 0 } }]) {
      const server = await startServer(options)
      const { guest, epoch } = await admitted(server)
      guest.say({ type: 'relay', epoch })
      expect(await guest.next('no-relay')).toEqual({ type: 'no-relay', epoch })
      if (options.relay !== false) continue
      expect(server.signaling.stats().relay).toBeNull()
      const socket = raw(server.url)
      await until(() => socket.closed !== null, 'closed')
      expect(server.signaling.stats().turnedAway.path).toBe(1)
    }
  })

  test('cuts a socket at a frame of 16 MB before it is read, and the pair with it', async () => {
    const server = await startServer()
    const { guest, host } = await tickets(server)
    const [a, b] = [raw(server.url, guest), raw(server.url, host)]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair')
    a.socket.send(new Uint8Array(MAX_RELAY_MESSAGE_BYTES))
    await until(() => b.heard.length === 2, 'the largest message')
    a.socket.send(new Uint8Array(16 * 1024 * 1024))
    await until(() => a.closed !== null && b.closed !== null, 'both closed')
    expect(b.heard).toEqual(['{"type":"paired"}', `${MAX_RELAY_MESSAGE_BYTES} bytes`])
    await until(() => server.signaling.stats().relay?.sockets === 0, 'no socket is left')
  })

  test('takes no ticket of a lobby of another server, and no host token', async () => {
    const server = await startServer()
    const foreign = await startServer()
    const { guest } = await tickets(foreign)
    const host = await bareHost(server.url)
    for (const ticket of [guest, host.lobby.token, new TextEncoder().encode(guest)]) {
      const socket = raw(server.url, ticket)
      await until(() => socket.closed !== null, 'closed')
      expect([socket.closed, socket.heard]).toEqual([1008, []])
    }
    expect(server.signaling.stats().relay?.refused.ticket).toBe(3)
  })

  test('reads a sender no faster than the other side reads, and keeps little meanwhile', async () => {
    const server = await startServer({ limits: { relayKilobytesPerSecond: 1_000_000 } })
    const { guest, host } = await tickets(server)
    const [a, b] = [raw(server.url, guest), raw(server.url, host)]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair')
    b.socket.pause()
    // 16 MB: more than the buffers of the system and of the server have.
    for (let i = 0; i < 1_000; i++) a.socket.send(new Uint8Array(MAX_RELAY_MESSAGE_BYTES))
    await until(() => server.signaling.stats().relay?.held === 1, 'the server reads no more')
    expect(server.signaling.stats().relay?.bytes).toBeLessThan(1_000 * MAX_RELAY_MESSAGE_BYTES)
    b.socket.resume()
    await until(() => b.heard.length === 1_001, 'all messages', 20_000)
  })

  test('goes on while its process drains, and takes nobody new', async () => {
    const server = await startServer()
    const first = await tickets(server)
    const [a, b] = [raw(server.url, first.guest), raw(server.url, first.host)]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair')
    void server.signaling.drain(30_000)
    const late = raw(server.url)
    await until(() => late.closed !== null, 'turned away')
    a.socket.send(Uint8Array.of(1))
    await until(() => b.heard.length === 2, 'a message')
    a.socket.close()
    await until(() => b.closed !== null, 'the end of the pair')
    await server.stop()
  })
})

describe('a star between two pages that cannot reach each other', () => {
  const nowhere: ConnectPeer = () => ({
    rejectedSignals: 0,
    signal() {},
    pipe: {
      ...{ open: false, attach() {}, close() {}, send: () => 'closed', waiting: () => 0 },
      describe: () => ({ kind: 'nowhere' }),
    },
  })

  test.each([{}, { privacy: 'relay-only' }] as const)('plays by the relay (%o)', async (wish) => {
    const { url, signaling } = await startServer()
    const ways = { url, WebSocket: WebSocket as unknown as WebSocketConstructor, deadlineMs: 4000 }
    const transport = { peerConnection: nowhere }
    const star = await createStar({ ...ways, transport })
    afterwards(() => star.close())
    const guest = await joinStar(star.code, { ...ways, ...(wish.privacy ? wish : { transport }) })
    afterwards(() => guest.close())
    const heard: string[] = []
    guest.link.listen({ message: (lane, [first]) => heard.push(`${lane} ${first}`), closed: (why) => heard.push(why) })
    for (const { link } of star.peers.values()) link.send('bulk', Uint8Array.of(7))
    await until(() => heard.length > 0, 'a message of the host')
    expect([heard, guest.link.describe()?.route]).toEqual([['bulk 7'], 'relayed'])
    star.close()
    await until(() => heard.length > 1, 'the goodbye')
    expect(heard).toEqual(['bulk 7', 'host-left'])
    await until(() => signaling.stats().relay?.sockets === 0 && signaling.stats().sockets === 0, 'no socket is left')
  })
})
