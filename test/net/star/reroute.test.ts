/** A guest's link finds another route when its own is dead: whole stars in virtual time, over a simulated network and a signalling server. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { rerouteInfo } from '../../../net/star/attempt.ts'
import { type HostStarOptions, hostStar } from '../../../net/star/host-star.ts'
import { joinStar } from '../../../net/star/join-star.ts'
import { SimulatedNetwork } from '../../../net/testing.ts'
import { KEY_BYTES } from '../../../net/transport/bulk-frames.ts'
import type { LaneLink } from '../../../net/transport/lane-link.ts'
import { type SimulatedConnection, simulatedPeers } from '../../../net/transport/simulated/peer-connection.ts'
import { pass, settled, startServer, theWorld, until } from '../signaling/virtual-support.ts'

const FOR_EVER_MS = 1e9

beforeAll(async () => {
  // A file that is read takes real time, in which virtual time would run out.
  await import('../../../net/star/reroute.ts')
})

/** A star of a host and its guests, where the test can cut what connects them. */
function world(options: HostStarOptions = {}) {
  const { time, internet } = theWorld()
  const { url } = startServer()
  const connections: SimulatedConnection[] = []
  const network = new SimulatedNetwork(7, time)
  const peerConnection = simulatedPeers(network, {
    conditions: () => ({ latencyMs: 30 }),
    connected: (connection) => connections.push(connection),
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
  const join = async (code: string, info = 'Ann') => {
    const { page, signaling, options: own } = site()
    const star = await settled(joinStar(signaling, code, { ...own, info }))
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
  return { open, join, cut, connections, log, site, internet }
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
