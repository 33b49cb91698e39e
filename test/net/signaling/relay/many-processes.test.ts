/** The relay of a service of several processes: each page comes to any of them, and a ticket names one. Over real sockets. */
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { relayUrl } from '../../../../net/signaling/relay-stream.ts'
import { createMemoryStore } from '../../../../net/signaling/server/memory-store.ts'
import { MAX_NEW_PER_ADDRESS } from '../../../../net/signaling/server/relay/relay-limits.ts'
import type { SignalingServerOptions } from '../../../../net/signaling/server/server.ts'
import { freePort } from '../free-port.ts'
import { afterwards, bareGuest, bareHost, startServer, until } from '../support.ts'

/** Two processes of one service, each with its own address for the other. */
async function twoProcesses(options: SignalingServerOptions = {}) {
  const store = createMemoryStore({ maxLobbies: 9, now: () => performance.now() })
  const start = async () => {
    const port = await freePort()
    return startServer({ store, peerUrl: `ws://127.0.0.1:${port}`, ...options }, port)
  }
  return { store, first: await start(), second: await start() }
}

type Server = Awaited<ReturnType<typeof startServer>>

/** The guest's socket is at this process, so the relay is. */
async function tickets(hostAt: Server, guestAt: Server) {
  const host = await bareHost(hostAt.url)
  const guest = await bareGuest(guestAt.url, host, host.lobby.code)
  const { peer, epoch } = guest.asked
  host.say({ type: 'admit', peer, epoch })
  await guest.next('admitted')
  guest.say({ type: 'relay', epoch })
  const offer = await host.next('relay-offer')
  return { host: offer.ticket, guest: (await guest.next('relay-ticket')).ticket }
}

function page(url: string, ticket?: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(relayUrl(url), { headers })
  const state = { socket, heard: [] as string[], closed: null as string | null }
  socket.on('open', () => ticket !== undefined && socket.send(ticket))
  socket.on('message', (data, isBinary) => state.heard.push(isBinary ? `bytes ${(data as Buffer)[0]}` : String(data)))
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    state.closed = `${code} ${reason}`
  })
  afterwards(() => socket.terminate())
  return state
}

const paired = '{"type":"paired"}'

describe('a pair of pages that come to another process than the one of their tickets', () => {
  test.each([
    ['one', (first: Server, second: Server) => [first, second]],
    ['both', (first: Server) => [first, first]],
  ] as const)('is carried there, in order: %s of them', async (_, at) => {
    const { first, second } = await twoProcesses()
    const { guest, host } = await tickets(first, second)
    const [hostAt, guestAt] = at(first, second) as [Server, Server]
    const [a, b] = [page(guestAt.url, guest), page(hostAt.url, host)]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair')
    for (let i = 1; i <= 3; i++) a.socket.send(Uint8Array.of(i))
    b.socket.send(Uint8Array.of(9))
    await until(() => b.heard.length === 4 && a.heard.length === 2, 'all bytes')
    expect([a.heard, b.heard]).toEqual([
      [paired, 'bytes 9'],
      [paired, 'bytes 1', 'bytes 2', 'bytes 3'],
    ])
    expect(second.signaling.stats().relay?.pairs).toBe(1)
    expect(first.signaling.stats().relay).toMatchObject({ pairs: 0, forwarded: hostAt === guestAt ? 2 : 1 })
    a.socket.close()
    await until(() => b.closed !== null, 'the end of the other side')
    const sockets = () => [first, second].map(({ signaling }) => signaling.stats().relay?.sockets)
    await until(() => sockets().every((count) => count === 0), 'no socket is left')
  })

  test('ends at once at both when the process of the tickets is gone, and another one has a relay for them', async () => {
    const { first, second } = await twoProcesses()
    const { guest, host } = await tickets(first, second)
    const [a, b] = [page(first.url, guest), page(first.url, host)]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair')
    await second.stop()
    await until(() => a.closed !== null && b.closed !== null, 'both ends')
    const again = await tickets(first, first)
    const [c, d] = [page(first.url, again.guest), page(first.url, again.host)]
    await until(() => c.heard.length + d.heard.length === 2, 'the new pair')
  })

  test('is refused when that process is not where it said, and when it said nothing like an address', async () => {
    for (const url of [
      `ws://127.0.0.1:${await freePort()}`,
      'http://10.0.0.1/',
      'nonsense',
      'ws://user:password@host',
    ]) {
      const { first, second, store } = await twoProcesses()
      const { guest } = await tickets(first, second)
      store.whereIs = async () => url
      const lost = page(first.url, guest)
      await until(() => lost.closed !== null, 'an end')
      expect(lost.closed).toBe('1013 unreached')
    }
  })

  test('counts as its own address, not as the process that asks for it; and nobody else can name an address', async () => {
    const { first, second } = await twoProcesses({ trustProxy: true })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    // One address, and this machine's own, from which the other process comes, have as many idle sockets as they may.
    for (const address of ['198.51.100.1', '127.0.0.1'])
      for (let i = 0; i <= MAX_NEW_PER_ADDRESS; i++)
        page(second.url, undefined, { ...from(address), 'starwire-peer': `forged ${i}` })
    await until(() => second.signaling.stats().turnedAway.address >= 2, 'too many sockets of an address')
    const { guest, host } = await tickets(first, second)
    const [a, b] = [page(first.url, guest, from('198.51.100.2')), page(first.url, host, from('198.51.100.3'))]
    await until(() => a.heard.length + b.heard.length === 2, 'the pair at the other process')
  })
})

test('an address of other processes that is none is told to the operator', async () => {
  await expect(startServer({ peerUrl: 'http://10.0.0.7' })).rejects.toThrow('STARWIRE_PEER_URL is "http://10.0.0.7"')
})
