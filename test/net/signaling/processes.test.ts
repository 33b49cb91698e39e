/** Two server processes over one store, as behind a balancer: host and guest need not meet on the same one. */
import { expect, test } from 'vitest'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import type { LobbyStore } from '../../../net/signaling/server/store.ts'
import { bare, bareGuest, bareHost, host, join, settled, startServer, until } from './virtual-support.ts'

/** A store that is somewhere else: every answer takes a turn of the event loop. */
function distant(store: LobbyStore): LobbyStore {
  return new Proxy(store, {
    get(target, name: keyof LobbyStore) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>
      return async (...given: unknown[]) => {
        await new Promise((resolve) => setImmediate(resolve))
        return method.apply(target, given)
      }
    },
  })
}

test('a guest of one process joins a lobby of another, and signals go both ways in order', async () => {
  const store = distant(createMemoryStore({ maxLobbies: 10, now: () => performance.now() }))
  const [first, second] = [startServer({ store }), startServer({ store })]
  const lobby = await host(first.url)
  const guest = await join(second.url, lobby.signals.code)
  for (let i = 0; i < 20; i++) {
    guest.signals.signal(`${i}`)
    lobby.signals.signal(guest.signals.attempt, `${i}`)
  }
  await until(() => lobby.heard.length === 20 && guest.heard.length === 20, 'all signals')
  expect(lobby.heard.map(({ data }) => Number(data))).toEqual([...Array(20).keys()])
  expect(guest.heard.map(Number)).toEqual([...Array(20).keys()])
  guest.signals.close()
  await until(() => lobby.gone.length === 1, 'gone')
})

test('a signal on its way to a socket of the host that is over comes to the next one, though the store says that somebody heard it', async () => {
  const store = createMemoryStore({ maxLobbies: 10, now: () => performance.now() })
  // As with publish and subscribe: the process is there, so somebody hears the message, whoever it is for.
  const send = store.send.bind(store)
  store.send = async (to, text) => (await send(to, text)) || true
  const [first, second] = [startServer({ store }), startServer({ store })]
  const lobbyHost = await bareHost(first.url)
  const guest = await bareGuest(second.url, lobbyHost, lobbyHost.lobby.code)
  lobbyHost.say({ type: 'admit', peer: guest.joining.peer, epoch: 1 })
  await guest.next('admitted')
  lobbyHost.socket.close()
  const again = await bare(second.url)
  again.say({ type: 'host', protocol: 1, token: lobbyHost.lobby.token })
  await again.next('hosting')
  guest.say({ type: 'to-host', epoch: 1, data: 'the offer' })
  expect(await again.next('from-guest')).toMatchObject({ data: 'the offer' })
})

test('a host whose process stops goes on over the other one', async () => {
  const store = createMemoryStore({ maxLobbies: 10, now: () => performance.now() })
  const [first, second] = [startServer({ store }), startServer({ store })]
  const { lobby } = await bareHost(first.url)
  await settled(first.stop())
  expect((await store.get(lobby.code))?.holder).toBeNull()
  const again = await bare(second.url)
  again.say({ type: 'host', protocol: 1, token: lobby.token })
  expect((await again.next('hosting')).code).toBe(lobby.code)
  const guest = await bare(second.url)
  guest.say({ type: 'join', protocol: 1, code: lobby.code, info: '' })
  await again.next('asked')
})

test('a store that fails answers unavailable, and the socket may try again', async () => {
  const store = createMemoryStore({ maxLobbies: 10, now: () => performance.now() })
  let down = true
  const create = store.create.bind(store)
  store.create = async (lobby, leaseMs) => {
    if (down) throw new Error('the line to the store is cut')
    return create(lobby, leaseMs)
  }
  const warnings: string[] = []
  const { url } = startServer({ store, log: (_, sentence) => warnings.push(sentence) })
  const socket = await bare(url)
  socket.say({ type: 'host', protocol: 1 })
  expect((await socket.next('error')).code).toBe('unavailable')
  expect(warnings[0]).toContain('the line to the store is cut')
  down = false
  socket.say({ type: 'host', protocol: 1 })
  await socket.next('hosting')
})
