/**
 * WebSockets in virtual time: between pages of a simulation and the servers that listen in it. A page's network can be
 * slow, cut and mended, or dropped; a server can stop or vanish.
 *
 * What it keeps of TCP: messages of one direction arrive in order, each after the page's latency. Across a cut they wait,
 * and arrive when it is mended. A dropped network closes the page's own ends at once, and the server hears nothing: its
 * ends are half-open until it cuts them. A page that is gone has its sockets closed by its system, as far as its network
 * reaches. What it leaves out: the handshake's extra round trips, and limits on what waits.
 */
import type { Cancel } from '../platform/platform.ts'
import { seededRandom } from '../platform/seeded-chance.ts'
import type { VirtualPage } from '../platform/virtual-page.ts'
import type { VirtualTime } from '../platform/virtual-time.ts'
import type { ServerSocket, SocketEvents } from './server/server-socket.ts'
import type { WebSocketConstructor, WebSocketLike } from './socket.ts'

/** A server's end of a socket: texts for signalling, bytes as well for the relay. */
export interface VirtualServerSocket extends Omit<ServerSocket, 'send'> {
  /** `left` is called when the message has reached the page. */
  send(message: string | Uint8Array, left?: () => void): void
  /** Hears nothing until `resume`: what comes waits. */
  pause(): void
  resume(): void
}

/** What is told of it, `closed` once and last. */
export interface VirtualSocketEvents extends Pick<SocketEvents, 'pong' | 'closed'> {
  message(message: string | Uint8Array): void
}

/** What listens at a url: takes an open socket, and hears what happens to it. */
export type VirtualListener = (socket: VirtualServerSocket, address: string) => VirtualSocketEvents

/** How a page reaches the servers. */
export interface PageNetwork {
  /** As servers see it. Default: one for each page. */
  readonly address?: string
  /** One way, ms. Default 20. */
  readonly latencyMs?: number
  /** Up to so much more for each message, ms. Default 10. */
  readonly jitterMs?: number
}

/** A server that was told to close a socket cuts it when the page does not answer within so many ms. */
const CLOSE_WITHIN_MS = 2000

/** What a page is told of a socket that ended without a word: WebSocket's own code. */
const ABNORMAL = 1006

export class VirtualInternet {
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #listeners = new Map<string, VirtualListener>()
  readonly #networks = new Map<VirtualPage, Network>()
  readonly #open = new Set<Connection>()

  /** @throws TypeError, RangeError for a seed that is no whole number from 0 to 2^32 − 1. */
  constructor(time: VirtualTime, seed: number) {
    this.#time = time
    this.#random = seededRandom(seed)
  }

  /** Connections of which one end is still open. */
  get openSockets(): number {
    return this.#open.size
  }

  /** Serves a url. The result ends that; open sockets go on. */
  listen(url: string, listener: VirtualListener): Cancel {
    this.#listeners.set(url, listener)
    return () => {
      if (this.#listeners.get(url) === listener) this.#listeners.delete(url)
    }
  }

  /** The WebSocket of a page, for `connectSignaling`. Called once for each page. */
  webSocketOf(page: VirtualPage, options: PageNetwork = {}): WebSocketConstructor {
    const { address = `page ${this.#networks.size + 1}`, latencyMs = 20, jitterMs = 10 } = options
    this.#networks.set(page, new Network(this.#time, () => latencyMs + jitterMs * this.#random()))
    const connect = (url: string): PageSocket => this.#connect(url, page, address)
    // A constructor that returns an object gives that object.
    return class {
      constructor(url: string) {
        // biome-ignore lint/correctness/noConstructorReturn: `new` is how WebSockets are opened.
        return connect(url)
      }
    } as unknown as WebSocketConstructor
  }

  /** Nothing passes, either way, and nobody is told. Messages wait for `mend`. */
  cut(page: VirtualPage): void {
    this.#network(page).cut()
  }

  mend(page: VirtualPage): void {
    this.#network(page).mend()
  }

  /** The page changes its network: its sockets close, and the server does not hear of it. */
  drop(page: VirtualPage): void {
    for (const connection of [...this.#open]) if (connection.page === page) connection.drop()
  }

  /** The page changes its network, and nobody is told: what was open leads nowhere, and the next socket goes by the new one. */
  strand(page: VirtualPage): void {
    const former = this.#network(page)
    this.#networks.set(page, former.another())
    former.cut()
  }

  #network(page: VirtualPage): Network {
    const network = this.#networks.get(page)
    if (!network) throw new Error('VirtualInternet: this page has no network. Call webSocketOf for it first.')
    return network
  }

  #connect(url: string, page: VirtualPage, address: string): PageSocket {
    const network = this.#network(page)
    const connection: Connection = new Connection(this.#time, page, network, () => this.#open.delete(connection))
    this.#open.add(connection)
    connection.open(address, () => this.#listeners.get(url))
    return connection.pageSocket
  }
}

/** The network of one page: of each connection two ways lead through it. */
class Network {
  readonly #time: VirtualTime
  readonly #latencyMs: () => number
  #isCut = false
  #waiting: (() => void)[] = []

  constructor(time: VirtualTime, latencyMs: () => number) {
    this.#time = time
    this.#latencyMs = latencyMs
  }

  /** As far away as this one. */
  another(): Network {
    return new Network(this.#time, this.#latencyMs)
  }

  cut(): void {
    this.#isCut = true
  }

  mend(): void {
    this.#isCut = false
    const waiting = this.#waiting
    this.#waiting = []
    for (const send of waiting) send()
  }

  /** One direction of a connection: what is given to it happens later, in order. */
  newWay(): (arrive: () => void) => void {
    let lastAt = 0
    const send = (arrive: () => void): void => {
      if (this.#isCut) {
        this.#waiting.push(() => send(arrive))
        return
      }
      lastAt = Math.max(lastAt, this.#time.now + this.#latencyMs())
      // A cut holds also what is under way.
      this.#time.at(lastAt, () => {
        if (this.#isCut) this.#waiting.push(arrive)
        else arrive()
      })
    }
    return send
  }
}

/** `opening`: the server has not answered. `closing`: this end has said that it closes. */
type EndState = 'opening' | 'open' | 'closing' | 'closed'

/** As a browser's WebSocket says them. */
const READY_STATE: Record<EndState, number> = { opening: 0, open: 1, closing: 2, closed: 3 }

class Connection {
  readonly page: VirtualPage
  readonly pageSocket: PageSocket
  readonly serverSocket: VirtualServerSocket
  readonly #time: VirtualTime
  readonly #toServer: (arrive: () => void) => void
  readonly #toPage: (arrive: () => void) => void
  readonly #forget: () => void
  readonly #stopWatching: Cancel
  #pageEnd: EndState = 'opening'
  #serverEnd: EndState = 'opening'
  #events: VirtualSocketEvents | null = null
  #bufferedBytes = 0
  /** What came while the server reads nothing; null while it reads. */
  #unread: (string | Uint8Array)[] | null = null

  constructor(time: VirtualTime, page: VirtualPage, network: Network, forget: () => void) {
    this.#time = time
    this.page = page
    this.#toServer = network.newWay()
    this.#toPage = network.newWay()
    this.#forget = forget
    this.#stopWatching = page.whenGone(() => this.#closeByPage())
    this.pageSocket = new PageSocket(
      () => READY_STATE[this.#pageEnd],
      (message) => this.#sayToServer(message),
      () => this.#closeByPage(),
    )
    this.serverSocket = this.#newServerSocket()
  }

  /** The request is on its way. When it arrives, `find` says who listens. */
  open(address: string, find: () => VirtualListener | undefined): void {
    this.#toServer(() => {
      if (this.#serverEnd === 'closed') return
      this.#serverEnd = 'open'
      const listener = find()
      if (!listener) return this.#closeByServer()
      // Before the server says anything: a page hears no message of a socket that is not open.
      this.#atPage(() => {
        this.#pageEnd = 'open'
        this.pageSocket.fire('open')
      }, 'opening')
      this.#events = listener(this.serverSocket, address)
    })
  }

  drop(): void {
    this.#endPage()
  }

  #sayToServer(given: string | Uint8Array): void {
    if (this.#pageEnd !== 'open') return
    // As a WebSocket does: the caller may write over its bytes.
    const message = typeof given === 'string' ? given : given.slice()
    this.#toServer(() => this.#serverHears(message))
  }

  #serverHears(message: string | Uint8Array): void {
    if (this.#unread) this.#unread.push(message)
    else if (this.#serverEnd === 'open' || this.#serverEnd === 'closing') this.#events?.message(message)
  }

  #resume(): void {
    const unread = this.#unread ?? []
    this.#unread = null
    // Not within the call: the core is in the middle of its work.
    for (const message of unread) this.#time.at(this.#time.now, () => this.#serverHears(message))
  }

  #closeByPage(): void {
    if (this.#pageEnd === 'closed') return
    this.#pageEnd = 'closed'
    // The request is on its way still, or was lost in a cut: there is nothing to close at the server.
    if (this.#serverEnd === 'opening') this.#serverEnd = 'closed'
    else this.#toServer(() => this.#endServer())
    this.#settle()
  }

  /** Something that reaches the page when it is awake, and its end is in this state. */
  #atPage(run: () => void, state: EndState = 'open'): void {
    this.#toPage(() => this.page.task(() => this.#pageEnd === state && run()))
  }

  #newServerSocket(): VirtualServerSocket {
    const connection = this
    return {
      get isOpen() {
        return connection.#serverEnd === 'open'
      },
      get bufferedBytes() {
        return connection.#bufferedBytes
      },
      send: (given, left) => {
        const message = typeof given === 'string' ? given : given.slice()
        this.#bufferedBytes += message.length
        this.#toPage(() => {
          this.#bufferedBytes -= message.length
          left?.()
          this.page.task(() => this.#pageEnd === 'open' && this.pageSocket.fire('message', message))
        })
      },
      pause: () => {
        this.#unread ??= []
      },
      resume: () => this.#resume(),
      ping: () => this.#atPage(() => this.#toServer(() => this.#serverEnd === 'open' && this.#events?.pong())),
      close: (code) => this.#closeByServer(code),
      terminate: () => {
        this.#toPage(() => this.page.task(() => this.#endPage()))
        // Not within the call: the core is in the middle of its work.
        this.#time.at(this.#time.now, () => this.#endServer())
      },
    }
  }

  #closeByServer(code = ABNORMAL): void {
    if (this.#serverEnd !== 'open') return
    this.#serverEnd = 'closing'
    this.#toPage(() =>
      this.page.task(() => {
        this.#endPage(code)
        this.#toServer(() => this.#endServer())
      }),
    )
    this.#time.at(this.#time.now + CLOSE_WITHIN_MS, () => this.#endServer())
  }

  #endPage(code = ABNORMAL): void {
    if (this.#pageEnd === 'closed') return
    this.#pageEnd = 'closed'
    this.pageSocket.fire('close', undefined, code)
    this.#settle()
  }

  #endServer(): void {
    if (this.#serverEnd === 'closed') return
    this.#serverEnd = 'closed'
    this.#events?.closed()
    this.#settle()
  }

  #settle(): void {
    if (this.#pageEnd === 'closed') this.#stopWatching()
    if (this.#pageEnd === 'closed' && this.#serverEnd === 'closed') this.#forget()
  }
}

/** The page's end, as a browser has it with `binaryType` 'arraybuffer'. */
class PageSocket implements WebSocketLike {
  binaryType = 'arraybuffer'
  /** What waits to leave; here nothing does. */
  readonly bufferedAmount = 0
  readonly #readyState: () => number
  readonly #listeners = new Map<string, ((event: { data: unknown; code: number }) => void)[]>()
  readonly send: (message: string | Uint8Array) => void
  readonly close: () => void

  constructor(readyState: () => number, send: (message: string | Uint8Array) => void, close: () => void) {
    this.#readyState = readyState
    this.send = send
    this.close = close
  }

  get readyState(): number {
    return this.#readyState()
  }

  addEventListener(type: string, listener: (event: { data: unknown; code: number }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  /** `code`: of a close. */
  fire(type: 'open' | 'message' | 'close', message?: string | Uint8Array, code = 0): void {
    const data = message instanceof Uint8Array ? message.slice().buffer : message
    for (const listener of this.#listeners.get(type) ?? []) listener({ data, code })
  }
}
