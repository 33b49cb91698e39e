/** The pages' side of takeovers: a host that names heirs and shows life, an heir that watches and becomes the host. In virtual time. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { type ClaimFailure, type HeirSignals, watchAsHeir } from '../../../net/signaling/heir.ts'
import { HostListing } from '../../../net/signaling/host-listing.ts'
import { HostTakeover, partsTogether } from '../../../net/signaling/host-takeover.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import type { HostSignals } from '../../../net/signaling/signals.ts'
import { codesSeen, facts, listing } from './list-support.ts'
import { hostHandlers, newHost, type RecordedHost } from './recorded.ts'
import { bare, join, newPage, pass, settled, startServer, theWorld, until } from './virtual-support.ts'

const keyOf = (seat: number): string => `key-of-the-heir-in-seat-${seat}`
const keyHash = (seat: number): string => createHash('sha256').update(keyOf(seat)).digest('hex')
const named = (...seats: number[]) => seats.map((seat) => ({ seat, keyHash: keyHash(seat) }))

/** A host's page with its takeover part. `lives`: whether its core answers. */
async function hostPage(url: string, lives = { now: true }) {
  const { page, WebSocket: PageSocket } = newPage()
  const sockets: string[] = []
  const WebSocket = class {
    constructor(to: string) {
      sockets.push(to)
      // biome-ignore lint/correctness/noConstructorReturn: `new` is how WebSockets are opened.
      return new PageSocket(to)
    }
  } as typeof PageSocket
  const takeover: HostTakeover = new HostTakeover(1, () => lives.now && takeover.alive(1))
  const made = newHost() as RecordedHost
  const connecting = connectSignaling({ url, WebSocket, platform: page })
  made.signals = await settled(connecting.host(hostHandlers(made, () => null, { part: takeover })))
  return { page, takeover, made, lives, sockets, code: made.signals.code }
}

async function heirPage(url: string, code: string, seat: number) {
  const { page, WebSocket } = newPage()
  const news: string[] = []
  const heir = watchAsHeir(
    { code, seat, key: keyOf(seat) },
    {
      hostGone: () => news.push('host-gone'),
      handed: (to, epoch) => news.push(`handed ${to} ${epoch}`),
      online: (isOnline) => news.push(isOnline ? 'online' : 'away'),
      dismissed: (reason) => news.push(`dismissed ${reason}`),
    },
    { url, WebSocket, platform: page },
  )
  await until(() => news.length > 0, 'news')
  const made = newHost() as RecordedHost
  return { page, heir, news, made, claim: (epoch: number) => claimed(heir, epoch, made) }
}

async function claimed(heir: HeirSignals, epoch: number, made: RecordedHost): Promise<HostSignals | ClaimFailure> {
  const outcome = await settled(
    heir.claim(
      epoch,
      hostHandlers(made, () => null, {}),
    ),
  )
  if (typeof outcome !== 'string') made.signals = outcome
  return outcome
}

async function withHeirs(seats = [1, 2]) {
  const store = createMemoryStore({ maxLobbies: 9, now: () => theWorld().time.now })
  const server = startServer({ store })
  const host = await hostPage(server.url)
  host.takeover.setHeirs(named(...seats))
  await pass(10)
  const heirs = await Promise.all(seats.map((seat) => heirPage(server.url, host.code, seat)))
  return { store, server, host, first: heirs[0]!, second: heirs[1]! }
}

describe('a host that doubts its server', () => {
  test('comes back over another socket before it gives the first up: it is never away, and no heir hears that it is gone', async () => {
    const { server, host, first } = await withHeirs()
    const { openSockets } = theWorld().internet
    for (let i = 0; i < 10; i++) host.made.signals.doubt?.()
    await pass(500)
    // Not again so soon.
    host.made.signals.doubt?.()
    await pass(500)
    expect([host.made.online, host.made.lost]).toEqual([[], []])
    expect(theWorld().internet.openSockets).toBe(openSockets)
    expect(first.news).toEqual(['online'])
    await join(server.url, host.code)
    expect(host.made.joins).toHaveLength(1)
    // Its heirs are known over the new socket, too.
    host.page.kill()
    await until(() => first.news.includes('host-gone'), 'host-gone')
  })

  test('keeps the socket that it has where the server takes no other, and is found by guests at once where the server has vanished', async () => {
    const { server, store, host } = await withHeirs()
    server.vanish()
    host.made.signals.doubt?.()
    await pass(2000)
    expect(host.made.online).toEqual([])
    const again = startServer({ store }, server.url)
    await pass(4000)
    host.made.signals.doubt?.()
    await join(again.url, host.code)
    expect([host.made.joins.length, host.made.online]).toEqual([1, []])
  })

  test('misses a beat of a server that has vanished, and is found by guests again within five seconds', async () => {
    const { server, store, host } = await withHeirs([])
    server.vanish()
    const again = startServer({ store }, server.url)
    await pass(5_000)
    await join(again.url, host.code)
    expect([host.made.joins.length, host.made.online]).toEqual([1, []])
  })

  test('asks it first, and stays where it answers', async () => {
    const { host } = await withHeirs([])
    for (let second = 0; second < 60; second++) {
      host.made.signals.askServer?.()
      await pass(1_000)
    }
    expect(host.sockets).toHaveLength(1)
  })

  test('whose server has vanished is found by guests again a second after it asked', async () => {
    const { server, store, host } = await withHeirs([])
    server.vanish()
    const again = startServer({ store }, server.url)
    host.made.signals.askServer?.()
    await pass(1_000)
    await join(again.url, host.code)
    expect([host.made.joins.length, host.made.online]).toEqual([1, []])
  })

  test('ends when somebody else has its lobby by then', async () => {
    const { host, first } = await withHeirs()
    host.lives.now = false
    theWorld().internet.cut(host.page)
    const claiming = first.claim(2)
    expect(typeof (await claiming)).toBe('object')
    theWorld().internet.mend(host.page)
    host.made.signals.doubt?.()
    await until(() => host.made.lost.length > 0, 'it hears of it')
    expect(host.made.lost).toEqual(['replaced'])
    await pass(100)
    expect(host.page.pending.timers).toBe(0)
  })
})

describe('an heir’s page', () => {
  test('watches again within five seconds of its server’s vanishing, and so does the host that it has become', async () => {
    const { server, store, host, first } = await withHeirs([1])
    server.vanish()
    const second = startServer({ store }, server.url)
    await pass(5_000)
    expect(first.news).toEqual(['online', 'away', 'online'])
    host.page.kill()
    await until(() => first.news.includes('host-gone'), 'host-gone')
    expect(typeof (await first.claim(2))).toBe('object')
    second.vanish()
    const third = startServer({ store }, server.url)
    await pass(5_000)
    await join(third.url, host.code)
    expect([first.made.joins.length, first.made.online]).toEqual([1, []])
  })

  test('becomes the host under the same code when the host’s page closes, takes guests, and comes back after a drop', async () => {
    const { server, host, first } = await withHeirs()
    host.page.kill()
    await until(() => first.news.includes('host-gone'), 'host-gone')
    expect(typeof (await first.claim(2))).toBe('object')
    expect(first.made.signals.code).toBe(host.code)
    await join(server.url, host.code)
    theWorld().internet.drop(first.page)
    await until(() => first.made.online.length === 2, 'away and back')
    await join(server.url, host.code)
    expect(first.made.joins).toHaveLength(2)
    first.made.signals.close()
    await pass(100)
    expect(first.page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
  })

  test('is refused while the host’s core answers, and the host goes on', async () => {
    const { host, first } = await withHeirs()
    expect(await first.claim(2)).toBe('host-lives')
    host.lives.now = false
    expect(typeof (await first.claim(2))).toBe('object')
    await until(() => host.made.lost.length > 0, 'the old host hears of it')
    expect(host.made.lost).toEqual(['replaced'])
  })

  test('takes over at once from a host that hands over, who says nothing any more', async () => {
    const { host, first, second } = await withHeirs()
    expect(host.takeover.handOver(2, 2)).toBe(true)
    expect(host.takeover.handOver(1, 3)).toBe(false)
    await until(() => second.news.includes('handed 2 2'), 'handed')
    expect(typeof (await second.claim(2))).toBe('object')
    expect(await first.claim(2)).toBe('replaced')
  })

  test('is dismissed when the host names others, or when no lobby is there for its key, and leaves nothing', async () => {
    const { host, first, server } = await withHeirs()
    host.takeover.setHeirs(named(2))
    await until(() => first.news.length === 2, 'news')
    expect(first.news).toEqual(['online', 'dismissed null'])
    const stranger = await heirPage(server.url, host.code, 3)
    expect(stranger.news).toEqual(['dismissed not-found'])
    await pass(10)
    for (const { page } of [first, stranger]) expect(page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
    expect(() =>
      stranger.heir.claim(
        2,
        hostHandlers(newHost(), () => null, {}),
      ),
    ).toThrow('has closed')
    expect(await first.claim(2)).toBe('no-heir')
  })

  test('whom a host of before has dismissed, who came back to a server that had forgotten all later ones, gets the lobby by its pass', async () => {
    const { server, host, first } = await withHeirs()
    host.takeover.alive(5)
    await pass(40_000)
    await settled(server.stop())
    const again = startServer({}, server.url)
    await until(() => first.heir.isForgotten || first.news.includes('dismissed null'), 'a server that forgot it')
    host.takeover.setHeirs(named(2))
    await pass(1000)
    host.page.kill()
    const signals = await first.claim(6)
    expect(typeof signals === 'string' ? signals : signals.code).toBe(host.code)
    await join(again.url, host.code)
    expect(first.made.joins).toHaveLength(1)
  })

  test('watches again after a drop, and a claim that drops with it ends as unreachable', async () => {
    const { host, first } = await withHeirs()
    host.lives.now = false
    const claim = first.claim(2)
    theWorld().internet.drop(first.page)
    expect(await claim).toBe('unreachable')
    expect(await first.claim(2)).toBe('unreachable')
    await until(() => first.news.at(-1) === 'online', 'back')
    expect(first.news).toEqual(['online', 'away', 'online'])
    first.heir.close()
    await pass(10)
    expect(first.page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
  })

  test('whose socket closes before it hears that it has the lobby gets it over the next one', async () => {
    const { server, host, first, store } = await withHeirs()
    host.page.kill()
    await until(() => first.news.includes('host-gone'), 'host-gone')
    const claim = store.claim.bind(store)
    store.claim = async (...claimed) => {
      const outcome = await claim(...claimed)
      theWorld().internet.drop(first.page)
      return outcome
    }
    expect(await first.claim(2)).toBe('unreachable')
    store.claim = claim
    await until(() => first.heir.isForgotten, 'the server knows it as no heir any more')
    expect(typeof (await first.claim(2))).toBe('object')
    await join(server.url, host.code)
    expect(first.made.joins).toHaveLength(1)
  })

  test('claims one thing at a time', async () => {
    const { first } = await withHeirs()
    const claim = first.claim(2)
    expect(() =>
      first.heir.claim(
        2,
        hostHandlers(newHost(), () => null, {}),
      ),
    ).toThrow('under way')
    await claim
  })
})

describe('a host’s page', () => {
  test('shows no life of its own accord where a server comes back: its core is asked', () => {
    const said: string[] = []
    let lives = false
    const takeover: HostTakeover = new HostTakeover(1, () => lives && takeover.alive(1))
    takeover.setHeirs(named(1))
    takeover.online(({ type }) => said.push(type))
    expect(said).toEqual(['heirs'])
    lives = true
    takeover.online(({ type }) => said.push(type))
    expect(said).toEqual(['heirs', 'alive', 'heirs'])
  })

  test('tells a server that restarted its epoch and heirs anew, beside its entry in the list', async () => {
    const server = startServer()
    const { page, WebSocket } = newPage()
    const takeover = new HostTakeover(1, () => {})
    const entry = new HostListing(page, facts(), () => {})
    const made = newHost() as RecordedHost
    const part = partsTogether(takeover, entry)
    const signaling = connectSignaling({ url: server.url, WebSocket, platform: page })
    made.signals = await settled(signaling.host(hostHandlers(made, () => null, { part })))
    takeover.alive(4)
    takeover.setHeirs(named(1))
    await settled(entry.list(listing()))
    await settled(server.stop())
    const again = startServer({}, server.url)
    await until(() => made.online.at(-1) === true, 'back')
    await pass(2000)
    expect(await codesSeen(again.url)).toEqual([made.signals.code])
    const heir = await bare(again.url)
    heir.say({ type: 'watch', protocol: 1, code: made.signals.code, seat: 1, key: keyOf(1) })
    await until(() => heir.heard.length > 0, 'an answer')
    expect(heir.heard).toContainEqual(expect.objectContaining({ type: 'watching', epoch: 4 }))
  })
})

describe('an heir whose server was restarted and remembers nothing', () => {
  test('asks it no more until it has won the votes, and keeps the code then', async () => {
    const { server, host, first } = await withHeirs()
    host.page.kill()
    await settled(server.stop())
    expect(await first.claim(2)).toBe('unreachable')
    startServer({}, server.url)
    await until(() => first.heir.isForgotten, 'it hears that it is forgotten')
    await pass(30_000)
    expect([first.news, theWorld().internet.openSockets]).toEqual([['online', 'away'], 0])
    const signals = await first.claim(2)
    expect(typeof signals === 'string' ? signals : signals.code).toBe(host.code)
    await join(server.url, host.code)
    expect(first.made.joins).toHaveLength(1)
  })
})
