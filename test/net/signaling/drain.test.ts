/** A process that stops while others go on: its pages move, nobody is turned away for long, and no heir thinks that a host died. In virtual time. */

import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import type { VirtualServerSocket, VirtualSocketEvents } from '../../../net/signaling/virtual-sockets.ts'
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

/** Two processes with one store, each at its own address. */
function twoProcesses() {
  const store = createMemoryStore({ maxLobbies: 99, now: () => theWorld().time.now })
  return [startServer({ store }), startServer({ store })] as const
}

describe('a process that drains', () => {
  test('leads its hosts elsewhere: their lobbies are joinable again within a second, and it ends when it is empty', async () => {
    const [first, second] = twoProcesses()
    const hosts = []
    // A page's url leads to the first process until that listens no more, and to the second from then on.
    for (let i = 0; i < 5; i++) hosts.push(await host(first.url))
    const drained = first.drain(30_000)
    let isDrained = false
    drained.then(() => {
      isDrained = true
    })
    theWorld().internet.listen(first.url, forwardTo(second.url))
    const { time } = theWorld()
    const from = time.now
    await until(() => second.stats().hosts === 5, 'all hosts at the second process')
    expect(time.now - from).toBeLessThan(1000)
    await until(() => isDrained, 'the end of the drain')
    for (const made of hosts) {
      await join(second.url, made.signals.code)
      expect(made.online).toEqual([false, true])
    }
  })

  test('tells no heir that the host is gone, and its heirs watch elsewhere', async () => {
    const [first, second] = twoProcesses()
    const lobby = await bareHost(first.url)
    const key = 'a-key-of-an-heir'
    const keyHash = createHash('sha256').update(key).digest('hex')
    lobby.say({ type: 'heirs', epoch: 1, heirs: [{ seat: 1, keyHash }] })
    await pass(10)
    const heir = await bare(second.url)
    heir.say({ type: 'watch', protocol: 1, code: lobby.lobby.code, seat: 1, key })
    const drained = first.drain(1000)
    await lobby.next('move')
    lobby.socket.close()
    await settled(drained)
    await pass(100)
    expect(heir.heard.map(({ type }) => type)).not.toContain('host-gone')
  })

  test('lets guests finish that are on their way, and takes no new ones', async () => {
    const [first, second] = twoProcesses()
    const lobby = await bareHost(second.url)
    const guest = await bareGuest(first.url, lobby, lobby.lobby.code)
    const { peer, epoch } = guest.asked
    const drained = first.drain(30_000)
    lobby.say({ type: 'admit', peer, epoch })
    await guest.next('admitted')
    guest.say({ type: 'to-host', epoch, data: 'offer' })
    expect((await lobby.next('from-guest')).data).toBe('offer')
    expect(await reasonOf(join(first.url, lobby.lobby.code))).toBe('signaling-down')
    guest.socket.close()
    await settled(drained)
  })

  test('ends after its time, although somebody stays', async () => {
    const [first] = twoProcesses()
    const deaf = await bareHost(first.url)
    const from = theWorld().time.now
    await settled(first.drain(30_000))
    expect(theWorld().time.now - from).toBe(30_000)
    await settled(first.stop())
    await until(() => deaf.closed(), 'closed')
  })
})

/** A balancer: what connects is led to another url. */
function forwardTo(url: string) {
  return (socket: VirtualServerSocket): VirtualSocketEvents => {
    const { time, internet } = theWorld()
    const page = new VirtualPage(time, ++theWorld().drawn)
    const Inner = internet.webSocketOf(page, { address: `balancer ${theWorld().drawn}`, latencyMs: 1, jitterMs: 0 })
    const inner = new Inner(url)
    const early: string[] = []
    inner.addEventListener('open', () => {
      for (const text of early) inner.send(text)
    })
    inner.addEventListener('message', ({ data }) => socket.send(String(data)))
    inner.addEventListener('close', () => socket.close(1001, 'behind'))
    return {
      message: (text) => (inner.readyState === 1 ? inner.send(String(text)) : void early.push(String(text))),
      pong() {},
      closed: () => inner.close(),
    }
  }
}

test('a guest that asks while the host’s socket is away reaches it within a quarter of a second of its return', async () => {
  const { url, stats } = startServer()
  const first = await bareHost(url)
  first.socket.close()
  await until(() => stats().hosts === 0, 'the drop')
  const guest = await bare(url)
  guest.say({ type: 'join', protocol: 1, code: first.lobby.code, info: '' })
  await guest.next('host-away')
  await pass(350)
  const { time } = theWorld()
  const back = await bare(url)
  back.say({ type: 'host', protocol: 1, token: first.lobby.token })
  await back.next('hosting')
  const from = time.now
  await back.next('asked')
  expect(time.now - from).toBeLessThan(250)
  expect(guest.heard.filter(({ type }) => type === 'host-away')).toEqual([])
})
