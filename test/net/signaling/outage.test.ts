/** The store of a service is away for half a minute, as a Redis that is moved to another machine. In virtual time. */
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import type { LobbyStore } from '../../../net/signaling/server/store.ts'
import { bare, bareHost, host, join, pass, reasonOf, startServer, theWorld, until } from './virtual-support.ts'

const AWAY_MS = 30_000

/** A store that can be away: then every answer is an error. `forgets`: it comes back without what it knew. */
function awayStore() {
  const empty = () => createMemoryStore({ maxLobbies: 99, now: () => theWorld().time.now })
  let store = empty()
  let isAway = false
  const proxy = new Proxy({} as LobbyStore, {
    get(_, name: keyof LobbyStore) {
      return (...given: unknown[]) => {
        // Who listens goes on by itself: both connections come back.
        if (isAway && name !== 'listen') return Promise.reject(new Error('Redis does not answer as it should'))
        return (store[name] as (...of: unknown[]) => unknown).apply(store, given)
      }
    },
  })
  return {
    store: proxy,
    leave() {
      isAway = true
    },
    comeBack({ forgets }: { forgets: boolean }) {
      isAway = false
      if (forgets) store = empty()
    },
  }
}

describe.each([{ forgets: false }, { forgets: true }])('a store that is away for 30 s ($forgets)', ({ forgets }) => {
  test('closes no socket; guests that are on their way go on, new ones read signaling-down, and all heals by itself', async () => {
    const { store, leave, comeBack } = awayStore()
    const server = startServer({ store })
    const lobby = await host(server.url)
    const { code } = lobby.signals
    const guest = await join(server.url, code)
    leave()
    // Both are at one process: their handshake needs no store.
    guest.signals.signal('offer')
    await until(() => lobby.heard.length === 1, 'the offer')
    lobby.signals.signal(guest.signals.attempt, 'answer')
    await until(() => guest.heard.length === 1, 'the answer')
    guest.signals.close()
    const asked = theWorld().time.now
    expect(await reasonOf(join(server.url, code))).toBe('signaling-down')
    expect(await reasonOf(host(server.url))).toBe('signaling-down')
    expect(theWorld().time.now - asked).toBeLessThan(1000)
    await pass(AWAY_MS)
    expect([lobby.online, lobby.lost, server.stats().hosts]).toEqual([[], [], 1])
    comeBack({ forgets })
    // The lease ended meanwhile: the host's next renewal says so, and its page comes back by its token.
    await until(() => lobby.online.at(-1) === true, 'the host is back', 5_000)
    expect(lobby.signals.code).toBe(code)
    await join(server.url, code)
    expect(lobby.lost).toEqual([])
  })

  test('leaves a host whose socket drops meanwhile its code', async () => {
    const { store, leave, comeBack } = awayStore()
    const server = startServer({ store })
    const lobby = await bareHost(server.url)
    leave()
    lobby.socket.close()
    const again = await bare(server.url)
    again.say({ type: 'host', protocol: 1, token: lobby.lobby.token })
    expect(await again.next('error')).toMatchObject({ code: 'unavailable' })
    await pass(AWAY_MS)
    comeBack({ forgets })
    const third = await bare(server.url)
    third.say({ type: 'host', protocol: 1, token: lobby.lobby.token })
    expect((await third.next('hosting')).code).toBe(lobby.lobby.code)
  })
})
