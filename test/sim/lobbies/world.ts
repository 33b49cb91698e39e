/**
 * Whole lobbies in virtual time: pages with a network each, a signalling server, and connections between pages, all on the
 * code that runs in browsers. Everything that a page does is written into one trace; the same seed gives the same trace.
 */

import { guestMigration } from '../../../net/lobby/migration/late-guest-migration.ts'
import { hostMigration } from '../../../net/lobby/migration/late-migration.ts'
import { botMinds, guestSide, hostSide, returning, seeking } from '../../../net/lobby/sides.ts'
import type { PageStorage } from '../../../net/platform/platform.ts'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'
import { startVirtualServer, type VirtualServer } from '../../../net/signaling/server/virtual-server.ts'
import { type PageNetwork, VirtualInternet } from '../../../net/signaling/virtual-sockets.ts'
import { relayCode } from '../../../net/star/routes.ts'
import { type LinkConditions, SimulatedNetwork, seededRandom, simulatedPeers } from '../../../net/testing.ts'
import type { ConnectPeer, PeerAttempt, PeerConnectionOptions } from '../../../net/transport/peer-connection.ts'
import type { Pipe, PipeEvents } from '../../../net/transport/pipe.ts'
import type { SimulatedPipe } from '../../../net/transport/simulated/pipe.ts'

// A file that is read takes real time, in which virtual time would run out: what a page loads on demand is here before.
await Promise.all([hostSide(), guestSide(), botMinds(), relayCode(), import('../../../net/star/reroute.ts')])
await import('../../../net/signaling/relay-stream.ts')
await import('../../../net/lobby/admission/password-key.ts')
await import('../../../net/lobby/find/own-listing.ts')
await import('../../../net/lobby/files/page-files.ts')
await Promise.all([hostMigration(), guestMigration(), returning(), seeking()])

export const SIGNALING_URL = 'ws://signaling/starwire'

/** A server has stopped after so long, ms. */
const MAX_STOP_MS = 20_000

/** Longer than any story: what is cut so long is cut for good. */
const FOR_EVER_MS = 1e9

/** What a page needs to create or join a lobby in here. */
export interface PageOptions {
  readonly platform: VirtualPage
  readonly signaling: string
  readonly WebSocket: ReturnType<VirtualInternet['webSocketOf']>
  readonly transport: { readonly peerConnection: ConnectPeer }
  readonly development: false
}

/** A page with its network. */
export interface Site {
  readonly page: VirtualPage
  readonly options: PageOptions
  /** The ends of this page's connections that were not closed. */
  readonly pipes: Set<SimulatedPipe>
  /** Until when its network carries nothing. */
  cutUntil: number
}

export interface WorldOptions {
  /** Of the signalling server. */
  readonly secret?: string
  /** No packet passes from page to page: all go through the relay of signalling. Default false. */
  readonly relayed?: boolean
  /** Of all ways between pages. Default: drawn from the seed. */
  readonly conditions?: LinkConditions
}

export class LobbyWorld {
  readonly time = new VirtualTime()
  readonly internet: VirtualInternet
  readonly sites: Site[] = []
  readonly trace: string[] = []
  readonly random: () => number
  server: VirtualServer
  /** Hears of each state packet that a page sends. */
  onStatePacket: (site: Site, bytes: Uint8Array) => void = () => {}
  readonly #connect: ConnectPeer
  readonly #seed: number
  readonly #isRelayed: boolean
  readonly #otherEnds = new WeakMap<SimulatedPipe, SimulatedPipe>()
  readonly #siteOf = new WeakMap<SimulatedPipe, Site>()
  /** Until when the way from one site to another carries nothing. */
  readonly #cutWays = new Map<Site, Map<Site, number>>()
  #serial = 0

  constructor(seed: number, { secret = 'a secret', relayed = false, ...more }: WorldOptions = {}) {
    this.#seed = seed
    this.#isRelayed = relayed
    this.random = seededRandom(seed)
    this.internet = new VirtualInternet(this.time, this.#nextSeed())
    const network = new SimulatedNetwork(this.#nextSeed(), this.time)
    const drawn = { latencyMs: 10 + this.random() * 80, jitterMs: this.random() * 20, loss: this.random() * 0.05 }
    const { conditions = drawn } = more
    this.#connect = simulatedPeers(network, {
      conditions: () => conditions,
      connected: ({ toHost, toGuest }) => {
        this.#otherEnds.set(toHost as SimulatedPipe, toGuest as SimulatedPipe)
        this.#otherEnds.set(toGuest as SimulatedPipe, toHost as SimulatedPipe)
        if (relayed) this.#cutPipe(toHost as SimulatedPipe, FOR_EVER_MS)
      },
    })
    this.server = this.#startServer(secret)
  }

  note(what: string): void {
    this.trace.push(`${this.time.now.toFixed(3)} ${what}`)
  }

  /** `storage`: of the browser that the page is opened in. Default: of one that was never here. */
  newSite(network: PageNetwork = {}, storage?: PageStorage): Site {
    const page = new VirtualPage(this.time, this.#nextSeed(), storage)
    const pipes = new Set<SimulatedPipe>()
    const site: Site = {
      page,
      pipes,
      cutUntil: 0,
      options: {
        platform: page,
        signaling: SIGNALING_URL,
        WebSocket: this.internet.webSocketOf(page, network),
        transport: { peerConnection: (options) => this.#connectFrom(site, options) },
        development: false,
      },
    }
    // The process is gone and says nothing: the other sides notice by its silence.
    page.whenGone(() => {
      for (const pipe of [...pipes]) {
        pipe.cut(FOR_EVER_MS)
        pipe.close()
      }
      pipes.clear()
    })
    this.sites.push(site)
    return site
  }

  /** Nothing passes to or from this page for so long; then everything does again. */
  cut(site: Site, ms: number): void {
    site.cutUntil = this.time.now + ms
    this.internet.cut(site.page)
    if (!this.#isRelayed) for (const pipe of site.pipes) this.#cutPipe(pipe, ms)
    this.time.at(site.cutUntil, () => this.internet.mend(site.page))
  }

  /** Nothing passes from one page to another for so long, on connections that are and that will be. Signalling passes. */
  cutWay(from: Site, to: Site, ms: number): void {
    const ways = this.#cutWays.get(from) ?? new Map<Site, number>()
    this.#cutWays.set(from, ways.set(to, this.time.now + ms))
    for (const pipe of from.pipes) {
      const other = this.#otherEnds.get(pipe)
      if (other && this.#siteOf.get(other) === to) pipe.cut(ms)
    }
  }

  /** Whether something passes from one page to another now. */
  passes(from: Site, to: Site): boolean {
    const { now } = this.time
    return Math.max(from.cutUntil, to.cutUntil, this.#cutWays.get(from)?.get(to) ?? 0) <= now
  }

  /** Pages of different parts hear nothing of each other for so long. */
  part(ms: number, ...parts: readonly (readonly Site[])[]): void {
    for (const part of parts)
      for (const other of parts)
        if (part !== other) for (const from of part) for (const to of other) this.cutWay(from, to, ms)
  }

  /** A new pipe carries nothing where its way is cut. */
  #cutAsTheWayIs(pipe: SimulatedPipe): void {
    const other = this.#otherEnds.get(pipe)
    const [from, to] = [this.#siteOf.get(pipe), other && this.#siteOf.get(other)]
    const { now } = this.time
    const left = ((from && to && this.#cutWays.get(from)?.get(to)) ?? now) - now
    if (left > 0) pipe.cut(left)
  }

  async restartServer(secret: string, awayMs: number): Promise<void> {
    let isStopped = false
    const stopped = this.server.stop().finally(() => {
      isStopped = true
    })
    await this.time.runTo(this.time.now + awayMs)
    // A server with many sockets takes its time, which nobody else may let pass.
    await this.time.runUntil(() => isStopped, this.time.now + MAX_STOP_MS)
    await stopped
    this.server = this.#startServer(secret)
  }

  #startServer(secret: string): VirtualServer {
    const { time, internet } = this
    const relay = this.#isRelayed
    return startVirtualServer({ time, internet, url: SIGNALING_URL, seed: this.#nextSeed(), secret, relay })
  }

  #nextSeed(): number {
    return (Math.imul(this.#seed + 1, 0x9e3779b1) + Math.imul(++this.#serial, 0x85ebca6b)) >>> 0
  }

  #cutPipe(pipe: SimulatedPipe, ms: number): void {
    pipe.cut(ms)
    this.#otherEnds.get(pipe)?.cut(ms)
  }

  /** A connection of one page: it hears nothing while it sleeps, and nothing once it is gone. */
  #connectFrom(site: Site, options: PeerConnectionOptions): PeerAttempt | null {
    const { page, pipes } = site
    const attempt = this.#connect({ ...options, sendSignal: (text) => page.task(() => options.sendSignal(text)) })
    if (!attempt) return null
    const pipe = attempt.pipe as SimulatedPipe
    pipes.add(pipe)
    this.#siteOf.set(pipe, site)
    const other = this.#otherEnds.get(pipe)
    if (other) for (const end of [pipe, other]) this.#cutAsTheWayIs(end)
    const left = site.cutUntil - this.time.now
    if (left > 0 && !this.#isRelayed) this.#cutPipe(pipe, left)
    return {
      pipe: pipeOfPage(
        page,
        pipe,
        () => pipes.delete(pipe),
        (bytes) => this.onStatePacket(site, bytes),
      ),
      signal: (text) => attempt.signal(text),
      get rejectedSignals() {
        return attempt.rejectedSignals
      },
    }
  }
}

/** The same pipe, whose events reach the page as tasks of it. */
function pipeOfPage(page: VirtualPage, pipe: Pipe, closed: () => void, sends: (statePacket: Uint8Array) => void): Pipe {
  return {
    get open() {
      return pipe.open
    },
    attach: (events: PipeEvents) =>
      pipe.attach({
        opened: () => page.task(() => events.opened()),
        frame: (lane, data) => page.task(() => events.frame(lane, data)),
        refused: () => page.task(() => events.refused()),
        drained: () => page.task(() => events.drained()),
        failed: (detail, isRouteOnly) => {
          closed()
          page.task(() => events.failed(detail, isRouteOnly))
        },
      }),
    send(lane, frame) {
      if (lane === 'state' && typeof frame !== 'string') sends(frame)
      return pipe.send(lane, frame)
    },
    waiting: (lane) => pipe.waiting(lane),
    close: () => {
      closed()
      pipe.close()
    },
    describe: () => pipe.describe(),
  }
}
