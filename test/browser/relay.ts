/**
 * A bad network between real pages: a UDP relay that stands in for each end of each connection, because their candidates
 * are rewritten in their signals. What it does to packets is what simulated links do to theirs, in real time, so the two
 * can be compared.
 *
 * A page hands its signals over in the option `transport.peerConnection` (fixtures/relayed.ts), however they travel then:
 * through signalling, or on the bulk lane of another link. A page as built and served, which has no such option, is caught
 * at its socket (bench/real), or where it hands signals to the browser (relayed-page.ts).
 *
 * Chromium has to show real addresses (the harness's flags see to that). Connect first, then make the network bad: a
 * handshake that is lost now and then takes seconds.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Page } from 'playwright-core'
import { seededStream } from '../../net/platform/seeded-chance.ts'
import {
  type Bottleneck,
  checkBottleneck,
  checkConditions,
  type LinkConditions,
  PACKET_OVERHEAD_BYTES,
} from '../../net/transport/simulated/conditions.ts'
import { BottleneckQueue, Path } from '../../net/transport/simulated/path.ts'

/** What a page is to the relay, with all its connections. */
export interface RelayedPage {
  /** Of every connection of this page, on the way out, from now on. */
  setConditions(conditions: LinkConditions): void
  /** One line that everything leaves through that this page sends, over whichever connection. */
  setUplink(bottleneck: Bottleneck): void
  /** Nothing leaves the page for so long. */
  cut(ms: number): void
  /** Nothing leaves the page or comes to it for so long, over connections of now and those that are made meanwhile. */
  isolate(ms: number): void
  /** UDP packets that came from the page since the start. */
  readonly packets: number
}

export interface UdpRelay {
  /** A page by its name. The first call makes it. */
  page(name: string): RelayedPage
  /**
   * A signal of one page, as the other has to get it: its first address is the relay's, all others lead nowhere.
   * `connection`: the two pages name it alike; default: their only one.
   */
  rewrite(from: string, text: string, connection?: string): Promise<string>
  /** A page is about to offer a connection. Before any signal of it is handed to `rewriteFor`. */
  open(from: string, connection: string): Promise<void>
  /** As `rewrite`, but called by the page that got the signal, for one that has opened its end. */
  rewriteFor(to: string, text: string, connection: string): Promise<string>
  /** Gives a real page what `relayed` in it calls; once for each document's page. */
  expose(name: string, page: Page): Promise<void>
  /** Of the pages a and b, from now on. */
  setConditions(fromA: LinkConditions, fromB?: LinkConditions): void
  /** Nothing leaves any page for so long. */
  cut(ms: number): void
  close(): void
  [Symbol.dispose](): void
}

const ADDRESS = '127.0.0.1'
/** Discards what comes. */
const NOWHERE = `${ADDRESS} 9`
/** What a path adds to a payload, less the IP and UDP headers that a socket does not show. */
const SHOWN_OVERHEAD = PACKET_OVERHEAD_BYTES - 28
/** No bottleneck that anybody notices. */
const WIDE: Bottleneck = { bitsPerSecond: 1e12, queueBytes: 1e12 }
const fragmentPattern = /a=ice-ufrag:([^\\\s]+)/
const candidatePattern = /(candidate:\S+ \d+ udp \d+ )(\S+ \d+)( typ host)/gi

/** One side of a connection: what stands in for it, and the way out of its page. */
interface End {
  readonly page: PageState
  readonly standIn: Socket
  readonly path: Path
  real: { address: string; port: number } | null
  /** Of the description that the address belongs to: an ICE restart has another one, and other addresses. */
  fragment: string
}

class PageState implements RelayedPage {
  packets = 0
  conditions: LinkConditions = {}
  readonly ends: End[] = []
  /** Shared by the paths of all ends; the bottleneck may change. */
  readonly uplink = { queue: new BottleneckQueue(), bottleneck: WIDE }
  cutUntil = 0
  isolatedUntil = 0

  setConditions(conditions: LinkConditions): void {
    checkConditions(conditions)
    this.conditions = conditions
    for (const { path } of this.ends) path.conditions = conditions
  }

  setUplink(bottleneck: Bottleneck): void {
    checkBottleneck('bottleneck', bottleneck)
    this.uplink.bottleneck = bottleneck
  }

  cut(ms: number): void {
    this.cutUntil = performance.now() + ms
    for (const { path } of this.ends) path.cut(this.cutUntil)
  }

  isolate(ms: number): void {
    this.isolatedUntil = performance.now() + ms
  }
}

class Relay implements UdpRelay {
  readonly #seed: number
  readonly #pages = new Map<string, PageState>()
  readonly #connections = new Map<string, Promise<End>[]>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #paths = 0
  #closed = false

  constructor(seed: number) {
    this.#seed = seed
  }

  page(name: string): PageState {
    const page = this.#pages.get(name) ?? new PageState()
    this.#pages.set(name, page)
    return page
  }

  async rewrite(from: string, text: string, connection = ''): Promise<string> {
    return this.#throughRelay(await this.#end(this.page(from), connection), text)
  }

  async open(from: string, connection: string): Promise<void> {
    await this.#end(this.page(from), connection)
  }

  async rewriteFor(to: string, text: string, connection: string): Promise<string> {
    const own = await this.#end(this.page(to), connection)
    for (const end of this.#connections.get(connection) ?? [])
      if ((await end) !== own) return this.#throughRelay(await end, text)
    throw new Error(`Nobody has opened the connection ${connection}.`)
  }

  /** What `end` signals, with its stand-in for its first address, which is remembered. */
  #throughRelay(end: End, text: string): string {
    const fragment = fragmentPattern.exec(text)?.[1] ?? end.fragment
    if (fragment !== end.fragment) Object.assign(end, { fragment, real: null })
    return text.replace(candidatePattern, (_whole, head: string, place: string, tail: string) => {
      const [address = '', port = ''] = place.split(' ')
      if (end.real === null && /^\d+(\.\d+){3}$/.test(address)) end.real = { address, port: Number(port) }
      const isReal = address === end.real?.address && Number(port) === end.real?.port
      return `${head}${isReal ? `${ADDRESS} ${end.standIn.address().port}` : NOWHERE}${tail}`
    })
  }

  async expose(name: string, page: Page): Promise<void> {
    await page.exposeFunction('relaySignal', (connection: string, text: string) => this.rewrite(name, text, connection))
  }

  setConditions(fromA: LinkConditions, fromB: LinkConditions = fromA): void {
    this.page('a').setConditions(fromA)
    this.page('b').setConditions(fromB)
  }

  cut(ms: number): void {
    for (const page of this.#pages.values()) page.cut(ms)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const page of this.#pages.values()) for (const { standIn } of page.ends) standIn.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** The page's side of a connection; the first two pages that speak of it are its ends. */
  async #end(page: PageState, connection: string): Promise<End> {
    const ends = this.#connections.get(connection) ?? []
    this.#connections.set(connection, ends)
    for (const known of ends) if ((await known).page === page) return known
    if (ends.length === 2) throw new Error(`The connection ${connection} has two pages already.`)
    const made = this.#open(page, ends)
    ends.push(made)
    return made
  }

  async #open(page: PageState, ends: readonly Promise<End>[]): Promise<End> {
    const standIn = await bind()
    const path = new Path(page.conditions, seededStream(this.#seed, this.#paths++), page.uplink)
    path.cut(page.cutUntil)
    const end: End = { page, standIn, path, real: null, fragment: '' }
    page.ends.push(end)
    // What a page sends to the other comes in at the stand-in of the other, and leaves from its own.
    standIn.on('message', async (bytes) => {
      const both = await Promise.all(ends)
      const from = both.find((other) => other !== end)
      if (from) this.#pass(from, end, bytes)
    })
    return end
  }

  #pass(from: End, to: End, bytes: Buffer): void {
    from.page.packets++
    const now = performance.now()
    if (now < Math.max(from.page.isolatedUntil, to.page.isolatedUntil)) return
    for (const at of from.path.arrivals(now, Math.max(0, bytes.length - SHOWN_OVERHEAD)))
      this.#after(at - now, () => {
        if (to.real && !this.#closed) from.standIn.send(bytes, to.real.port, to.real.address)
      })
  }

  /** Node's timers ring up to a millisecond early or late: half of one each way on average. */
  #after(ms: number, run: () => void): void {
    if (ms <= 0) return run()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, Math.round(ms))
    this.#timers.add(timer)
  }
}

/** Opens a relay, at first without a fault. `seed`: of its dice. */
export function startRelay(seed = 1): UdpRelay {
  return new Relay(seed)
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, ADDRESS)
  await once(socket, 'listening')
  return socket
}
