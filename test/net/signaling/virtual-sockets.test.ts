/** Clients and server in virtual time: what a network does to them between a code and a host that answers. */
import { beforeEach, describe, expect, test } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { LEASE_MS } from '../../../net/signaling/server/limits.ts'
import { startVirtualServer } from '../../../net/signaling/server/virtual-server.ts'
import type { GuestSignals, HostSignals } from '../../../net/signaling/signals.ts'
import { type PageNetwork, VirtualInternet } from '../../../net/signaling/virtual-sockets.ts'

const URL = 'ws://signaling/starwire'

let time: VirtualTime
let internet: VirtualInternet
let pages = 0

beforeEach(() => {
  time = new VirtualTime()
  internet = new VirtualInternet(time, 1)
})

const startServer = (secret = 'a secret', seed = 1) => startVirtualServer({ time, internet, url: URL, seed, secret })

function newPage(network: PageNetwork = {}) {
  const page = new VirtualPage(time, ++pages)
  return {
    page,
    signaling: connectSignaling({ url: URL, WebSocket: internet.webSocketOf(page, network), platform: page }),
  }
}

/** Lets time pass until the promise is settled; one that never is, is a fault. */
async function settled<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
  let done = false
  const marked = promise.finally(() => {
    done = true
  })
  marked.catch(() => {})
  if (!(await time.runUntil(() => done, time.now + withinMs))) throw new Error(`not settled within ${withinMs} ms`)
  return marked
}

async function openLobby(network: PageNetwork = {}) {
  const { page, signaling } = newPage(network)
  const log: string[] = []
  const signals: HostSignals = await settled(
    signaling.host({
      join: (_, info) => {
        log.push(`join ${info}`)
        return null
      },
      signal: (_, data) => log.push(`signal ${data}`),
      gone: () => log.push('gone'),
      online: (isOnline) => log.push(isOnline ? 'online' : 'offline'),
      lost: (reason) => log.push(`lost ${reason}`),
    }),
  )
  return { page, log, signals }
}

async function join(code: string, info = 'guest', network: PageNetwork = {}) {
  const { page, signaling } = newPage(network)
  const log: string[] = []
  const handlers = {
    signal: (data: string) => log.push(data),
    failed: (reason: string) => log.push(`failed ${reason}`),
  }
  const signals: GuestSignals = await settled(signaling.guest(code, info, handlers, (stage) => log.push(stage)))
  return { page, log, signals }
}

const reasonOf = (joining: Promise<unknown>): Promise<string> =>
  joining.then(
    () => 'joined',
    ({ reason }: { reason: string }) => reason,
  )

describe('a signalling service in virtual time', () => {
  test('brings a guest to its host and signals both ways in order, and leaves nothing behind', async () => {
    const server = startServer()
    const host = await openLobby()
    const guest = await join(host.signals.code)
    for (let i = 0; i < 20; i++) guest.signals.signal(`${i}`)
    await time.runTo(time.now + 200)
    expect(host.log).toEqual(['join guest', ...Array.from({ length: 20 }, (_, i) => `signal ${i}`)])
    host.signals.signal(guest.signals.attempt, 'answer')
    await time.runTo(time.now + 200)
    expect(guest.log).toEqual(['finding the lobby', 'contacting the host', 'answer'])
    guest.signals.close()
    host.signals.close()
    await time.runTo(time.now + 200)
    expect([internet.openSockets, server.stats().sockets]).toEqual([0, 0])
    expect([host.page.pending, guest.page.pending]).toEqual(Array(2).fill({ timers: 0, clocks: 0, listeners: 0 }))
    await settled(server.stop())
    expect(server.timers).toBe(0)
  })

  test('lets a cut network pass as a pause when it is short, and as a drop and a return when it is long', async () => {
    startServer()
    const host = await openLobby()
    internet.cut(host.page)
    await time.runTo(time.now + 8_000)
    internet.mend(host.page)
    await time.runTo(time.now + 1_000)
    expect(host.log).toEqual([])
    internet.cut(host.page)
    await time.runTo(time.now + LEASE_MS + 5_000)
    expect(host.log).toEqual(['offline'])
    expect(await reasonOf(join(host.signals.code))).toBe('not-found')
    internet.mend(host.page)
    await time.runTo(time.now + 10_000)
    expect(host.log).toEqual(['offline', 'online'])
    await join(host.signals.code)
  })

  test('keeps a half-open socket no longer than a lease, and its page comes back at once', async () => {
    const server = startServer()
    const host = await openLobby()
    internet.drop(host.page)
    await time.runTo(time.now + 1_000)
    expect(host.log).toEqual(['offline', 'online'])
    await join(host.signals.code)
    expect(host.log.at(-1)).toBe('join guest')
    await time.runTo(time.now + 2 * LEASE_MS)
    expect(server.stats().hosts).toBe(1)
  })

  test('forgets the lobby of a page that is gone, at once when its system says so, else after the lease', async () => {
    const server = startServer()
    const [closed, cut] = [await openLobby(), await openLobby()]
    internet.cut(cut.page)
    for (const { page } of [closed, cut]) page.kill()
    await time.runTo(time.now + 100)
    expect(server.stats().hosts).toBe(1)
    await time.runTo(time.now + LEASE_MS + 2_000)
    expect(server.stats().sockets).toBe(0)
    expect(await reasonOf(join(closed.signals.code))).toBe('not-found')
  })

  test('takes its lobbies back after a restart with the same secret, and loses them with another', async () => {
    const server = startServer()
    const host = await openLobby()
    await settled(server.stop())
    await time.runTo(time.now + 20_000)
    expect(host.log).toEqual(['offline'])
    const second = startServer('a secret', 2)
    await time.runTo(time.now + 6_000)
    expect(host.log).toEqual(['offline', 'online'])
    await settled(second.stop())
    startServer('another secret', 3)
    await time.runTo(time.now + 6_000)
    expect(host.log).toEqual(['offline', 'online', 'offline', 'lost not-found'])
    expect(host.page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
  })

  test('is noticed by its silence when its machine vanishes', async () => {
    const server = startServer()
    const host = await openLobby()
    server.vanish()
    await time.runTo(time.now + 11_000)
    expect(host.log).toEqual([])
    await time.runTo(time.now + 2_000)
    expect(host.log).toEqual(['offline'])
    expect(await reasonOf(join(host.signals.code))).toBe('signaling-down')
  })

  test('finds a host that sleeps silent, and goes on with it when it wakes', async () => {
    startServer()
    const host = await openLobby()
    host.page.freeze()
    expect(await reasonOf(join(host.signals.code))).toBe('not-found')
    await time.runTo(time.now + 60_000)
    host.page.show()
    await time.runTo(time.now + 3_000)
    await join(host.signals.code)
    expect(host.log.at(-1)).toBe('join guest')
  })

  test('plays the same from the same seed, to the millisecond', async () => {
    const runs: string[] = []
    for (let run = 0; run < 2; run++) {
      time = new VirtualTime()
      internet = new VirtualInternet(time, 5)
      pages = 0
      startServer()
      const host = await openLobby()
      const guest = await join(host.signals.code)
      runs.push(`${host.signals.code} ${guest.signals.attempt.peer} ${time.now}`)
    }
    expect(runs[0]).toBe(runs[1])
  })
})
