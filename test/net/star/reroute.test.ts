/** A guest's link finds another route when its own is dead: whole stars in virtual time, over a simulated network and a signalling server. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import type { VirtualTime } from '../../../net/platform/virtual-time.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import { rerouteInfo } from '../../../net/star/attempt.ts'
import { type HostStarOptions, hostStar } from '../../../net/star/host-star.ts'
import { type JoinStarOptions, joinStar } from '../../../net/star/join-star.ts'
import { relayCode } from '../../../net/star/routes.ts'
import { SimulatedNetwork } from '../../../net/testing.ts'
import { KEY_BYTES } from '../../../net/transport/bulk-frames.ts'
import type { LaneLink } from '../../../net/transport/lane-link.ts'
import { type SimulatedConnection, simulatedPeers } from '../../../net/transport/simulated/peer-connection.ts'
import { pass, settled, startServer, theWorld, until } from '../signaling/virtual-support.ts'

const FOR_EVER_MS = 1e9

beforeAll(async () => {
  // A file that is read takes real time, in which virtual time would run out.
  await Promise.all([
    import('../../../net/star/reroute.ts'),
    relayCode(),
    import('../../../net/signaling/relay-stream.ts'),
  ])
})

/** A star of a host and its guests, where the test can cut what connects them. */
function world(options: HostStarOptions = {}, server: Parameters<typeof startServer>[0] = {}) {
  const { time, internet } = theWorld()
  const running = startServer(server)
  const { url } = running
  const blocked = { isBlocked: false }
  const connections: SimulatedConnection[] = []
  const network = new SimulatedNetwork(7, time)
  const peerConnection = simulatedPeers(network, {
    conditions: () => ({ latencyMs: 30 }),
    connected: (connection) => {
      connections.push(connection)
      if (blocked.isBlocked) cut(connection)
    },
  })
  let seed = 100
  const log: string[] = []
  const pages: VirtualPage[] = []
  const site = () => {
    const page = new VirtualPage(time, ++seed)
    pages.push(page)
    const signaling = connectSignaling({ url, WebSocket: internet.webSocketOf(page), platform: page })
    return { page, signaling, options: { platform: page, transport: { peerConnection } } }
  }
  const listen = (name: string, link: LaneLink): void =>
    link.listen({
      message: (lane, bytes) => log.push(`${name} hears ${lane} ${bytes[0]}`),
      liveness: (state) => log.push(`${name} ${state}`),
      closed: (reason) => log.push(`${name} closed ${reason}`),
    })
  const open = async () => {
    const { signaling, options: own } = site()
    const star = await settled(
      hostStar(signaling, {
        ...own,
        ...options,
        onPeer: ({ link, info }) => {
          log.push(`host meets ${info}`)
          listen('host', link)
        },
        onPeerGone: (_peer, reason) => log.push(`host loses ${reason}`),
      }),
    )
    onTestFinished(async () => {
      star.close()
      await pass(20_000)
      expect(pages.map((page) => page.pending)).toEqual(pages.map(() => ({ timers: 0, clocks: 0, listeners: 0 })))
      expect(internet.openSockets).toBe(0)
    })
    return star
  }
  const join = async (code: string, info = 'Ann', more: JoinStarOptions = {}) => {
    const { page, signaling, options: own } = site()
    const star = await settled(joinStar(signaling, code, { ...own, info, ...more }))
    listen(info, star.link)
    await until(() => log.includes(`host meets ${info}`), 'the host has the guest')
    await pass(100)
    return { ...star, page, signaling }
  }
  /** Nothing passes over what connects them now, either way. */
  const cut = (connection: SimulatedConnection | undefined, ms = FOR_EVER_MS): void => {
    connection?.toHost.cut(ms)
    connection?.toGuest.cut(ms)
  }
  return { open, join, cut, connections, log, site, pages, internet, blocked, running }
}

/** What was heard on the bulk lane, in order. */
const heard = (log: readonly string[], who: string) =>
  log.flatMap((line) => (line.startsWith(`${who} hears bulk`) ? [Number(line.split(' ').at(-1))] : []))

describe('a link whose route is dead for good', () => {
  it('goes on over another before it is given up: the same link, and nothing of the bulk lane lost or doubled', async () => {
    const { open, join, cut, connections, log } = world()
    const star = await open()
    const guest = await join(star.code)
    const [peer] = star.peers.values()
    for (const value of [1, 2]) {
      guest.link.send('bulk', Uint8Array.of(value))
      peer?.link.send('bulk', Uint8Array.of(value))
    }
    await pass(200)
    cut(connections[0])
    for (const value of [3, 4]) {
      guest.link.send('bulk', Uint8Array.of(value))
      peer?.link.send('bulk', Uint8Array.of(value))
    }
    await until(() => log.includes('Ann alive'), 'the guest hears the host again', 3000)
    for (const value of [5, 6]) {
      guest.link.send('bulk', Uint8Array.of(value))
      peer?.link.send('bulk', Uint8Array.of(value))
    }
    await pass(8000)
    expect(connections).toHaveLength(2)
    expect([...star.peers.values()]).toEqual([peer])
    expect([heard(log, 'host'), heard(log, 'Ann')]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ])
    expect(log.filter((line) => /closed|loses|meets/.test(line))).toEqual(['host meets Ann'])
    expect([guest.link.stats().bulk.rejected, peer?.link.stats().bulk.rejected]).toEqual([0, 0])
  })

  it('does so again when the next route dies, too', async () => {
    const { open, join, cut, connections, log } = world()
    const star = await open()
    const { link } = await join(star.code)
    for (const turn of [0, 1, 2]) {
      cut(connections[turn])
      await until(() => connections.length === turn + 2, 'another route', 4000)
      await pass(3000)
    }
    link.send('bulk', Uint8Array.of(9))
    await pass(500)
    expect(heard(log, 'host')).toEqual([9])
    expect(log.filter((line) => /closed|loses/.test(line))).toEqual([])
  })

  it('goes on where the host has changed its network, so that its socket is as dead as the link and nobody says so', async () => {
    const { open, join, cut, connections, log, internet, pages } = world()
    const star = await open()
    await join(star.code)
    cut(connections[0])
    internet.strand(pages[0]!)
    await until(() => log.includes('Ann alive'), 'the guest hears the host again', 4000)
    await pass(15_000)
    expect(connections).toHaveLength(2)
    expect(log.filter((line) => /closed|loses/.test(line))).toEqual([])
  })

  it('keeps its place in a star that is full, and takes none of another guest', async () => {
    const { open, join, cut, connections, log } = world({ maxPeers: 1 })
    const star = await open()
    const { link } = await join(star.code)
    cut(connections[0])
    await until(() => connections.length === 2, 'another route', 4000)
    expect(star.connecting).toBe(0)
    await pass(2000)
    expect(link.open).toBe(true)
    expect(log.filter((line) => /closed|loses/.test(line))).toEqual([])
  })

  it('is given up as ever when signalling is out of reach, too', async () => {
    const { open, join, cut, connections, log, internet } = world()
    const star = await open()
    const guest = await join(star.code)
    internet.cut(guest.page)
    cut(connections[0])
    await pass(7000)
    expect(log).toContain('Ann closed lost')
    expect(log).toContain('host loses lost')
    internet.mend(guest.page)
  })
})

describe('a link that is silent for a moment', () => {
  it('stays on its route and asks nobody when it is heard again within a second and a half', async () => {
    const { open, join, cut, connections, log } = world()
    const star = await open()
    await join(star.code)
    cut(connections[0], 1200)
    await pass(5000)
    expect(connections).toHaveLength(1)
    expect(log.filter((line) => line.startsWith('Ann'))).toEqual(['Ann late', 'Ann alive'])
  })

  it('gives the attempt up when its own route comes back first', async () => {
    const { open, join, cut, connections, log, internet } = world()
    const star = await open()
    const guest = await join(star.code)
    const sockets = internet.openSockets
    cut(connections[0], 2500)
    internet.cut(guest.page)
    await pass(2500)
    await until(() => log.includes('Ann alive'), 'the guest hears the host again')
    internet.mend(guest.page)
    await pass(3000)
    expect(connections).toHaveLength(1)
    expect(internet.openSockets).toBe(sockets)
  })
})

/** A star whose guest has only the relay: no packet passes between the pages. */
async function relayedWorld(more: JoinStarOptions = {}) {
  const store = createMemoryStore({ maxLobbies: 9, now: () => theWorld().time.now })
  const relaying = { relay: true, store, openOnward: async () => null }
  const made = world({}, relaying)
  made.blocked.isBlocked = true
  const star = await made.open()
  const guest = await made.join(star.code, 'Ann', more)
  const [peer] = star.peers.values()
  const route = () => guest.link.describe()?.route
  /** Each side says the next number on the bulk lane. */
  let said = 0
  const say = (): void => {
    said++
    for (const link of [guest.link, peer!.link]) link.send('bulk', Uint8Array.of(said & 255))
  }
  const expectAllHeard = (): void => {
    const all = Array.from({ length: said }, (_, i) => (i + 1) & 255)
    expect([heard(made.log, 'host'), heard(made.log, 'Ann')]).toEqual([all, all])
    expect(made.log.filter((line) => /closed|loses/.test(line))).toEqual([])
  }
  /** Another process takes the place of the first. */
  const startAnother = () => startServer(relaying, made.running.url)
  return { ...made, star, guest, route, say, expectAllHeard, startAnother }
}

describe('a link on the relay', () => {
  it('moves to a direct route that appears later, and neither side hears of it', async () => {
    const { blocked, route, say, expectAllHeard, connections, log } = await relayedWorld()
    await pass(15_000)
    expect([route(), connections.length]).toEqual(['relayed', 1])
    blocked.isBlocked = false
    const sending = setIntervalIn(theWorld().time, 100, say)
    await until(() => route() === undefined, 'a direct route', 60_000)
    await pass(2000)
    sending()
    await pass(1000)
    expectAllHeard()
    expect(log.filter((line) => /late|alive/.test(line))).toEqual([])
  })

  it('asks again more and more seldom while none appears', async () => {
    const { route, connections, log } = await relayedWorld()
    await pass(1_200_000)
    expect(connections.length).toBeGreaterThan(4)
    expect(connections.length).toBeLessThan(14)
    expect(route()).toBe('relayed')
    expect(log.filter((line) => /late|alive/.test(line))).toEqual([])
  })

  it('asks at once when its page wakes or changes its network, but not twice in five seconds', async () => {
    const { guest, connections } = await relayedWorld()
    await pass(200_000)
    const before = connections.length
    for (let i = 0; i < 10; i++) guest.page.goOnline()
    await pass(1000)
    for (let i = 0; i < 10; i++) guest.page.goOnline()
    await pass(1000)
    expect(connections.length - before).toBe(1)
  })

  it('stays there for a page that shows no address', async () => {
    const { route, connections, blocked } = await relayedWorld({ privacy: 'relay-only' })
    blocked.isBlocked = false
    await pass(120_000)
    expect([route(), connections.length]).toEqual(['relayed', 0])
  })

  it.each([
    ['while a direct route is tried still', 500],
    ['when none is tried any more', 15_000],
  ])(
    'whose process stops, %s, goes on over another within 3 s: the same link, nothing of the bulk lane lost or doubled',
    async (_, after) => {
      const { running, startAnother, route, say, expectAllHeard, log, star, guest } = await relayedWorld()
      say()
      await pass(after)
      void running.stop()
      startAnother()
      say()
      await until(() => log.includes('Ann alive'), 'the guest hears the host again', 3000)
      await until(() => log.includes('host alive'), 'the host hears the guest again', 3000)
      say()
      await pass(2000)
      expectAllHeard()
      expect([route(), star.peers.size, guest.link.open]).toEqual(['relayed', 1, true])
    },
  )

  it('whose relay and lobby server vanish without a word goes on over another within 3 s: both pages find half-open sockets', async () => {
    const { running, startAnother, route, say, expectAllHeard, log, star, guest } = await relayedWorld()
    say()
    await pass(15_000)
    running.vanish()
    startAnother()
    say()
    await pass(1000)
    await until(() => log.includes('Ann alive') && log.includes('host alive'), 'both hear each other again', 2000)
    say()
    await pass(2000)
    expectAllHeard()
    expect([route(), star.peers.size, guest.link.open]).toEqual(['relayed', 1, true])
  })

  it('whose process drains moves to another, and neither side hears of it', async () => {
    const { running, startAnother, route, say, expectAllHeard, log } = await relayedWorld()
    const sending = setIntervalIn(theWorld().time, 100, say)
    let isDrained = false
    void running.drain(30_000).then(() => {
      isDrained = true
    })
    const next = startAnother()
    await until(() => isDrained, 'the end of the drain', 20_000)
    sending()
    await pass(1000)
    expectAllHeard()
    expect([route(), next.relayStats()?.pairs]).toEqual(['relayed', 1])
    expect(log.filter((line) => /late|alive/.test(line))).toEqual([])
  })

  it('is lost at once when the other page goes without a goodbye, as the relay says so', async () => {
    const { guest, log } = await relayedWorld()
    // No direct route is tried any more.
    await pass(15_000)
    guest.page.kill()
    await pass(500)
    expect(log).toContain('host loses lost')
  })
})

/** Calls `run` every so many ms; the result ends that. */
function setIntervalIn(time: VirtualTime, ms: number, run: () => void): () => void {
  let isOver = false
  const again = (): void => {
    if (isOver) return
    run()
    time.at(time.now + ms, again)
  }
  again()
  return () => {
    isOver = true
  }
}

describe('a stranger', () => {
  it('who does not know the key of a link gets nothing, and the game is not asked', async () => {
    const { open, join, site, log } = world()
    const star = await open()
    await join(star.code)
    const { signaling, options } = site()
    const joining = joinStar(signaling, star.code, { ...options, info: rerouteInfo(new Uint8Array(KEY_BYTES)) })
    await expect(settled(joining)).rejects.toMatchObject({ reason: 'host-silent' })
    expect(log.filter((line) => line.includes('meets'))).toEqual(['host meets Ann'])
  })
})
