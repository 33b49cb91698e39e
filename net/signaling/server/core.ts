/**
 * The signalling server without a network: in go sockets and what they say, out come answers over these sockets. Time,
 * chance, the store and the signatures are arguments, so that a whole service runs in virtual time. `server.ts` binds it to
 * HTTP and WebSocket.
 *
 * Invariants: messages of one socket are worked on in order, also when the store takes its time. A socket that shows no
 * life is cut after `LEASE_MS`, one that is not used for anything after `IDLE_MS`. After `close` there is no socket, no
 * timer, and no message under way.
 */
import type { Cancel } from '../../platform/platform.ts'
import { type ListingRefusal, listingRefusals } from '../listing-messages.ts'
import { type ErrorCode, errorCodes, type IceServer } from '../protocol.ts'
import { expel, FULL_RETRY_MS, fail, refuseForNow, send } from './answers.ts'
import { bounce } from './bounce.ts'
import { type CommonBudget, createBudget, type Payer } from './budget.ts'
import { type Connection, type Context, type Cut, type LobbyEvent, lobbyEvents, type Work } from './connection.ts'
import { hearOtherSide, hearPage, socketClosed } from './dispatch.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import { renewLease } from './hosting.ts'
import { endOverdueAttempt, lookForHost } from './joining.ts'
import * as limit from './limits.ts'
import type { ListingFilter } from './listing-filter.ts'
import { endOverdueEcho } from './measuring.ts'
import { Queues } from './queues.ts'
import { randomName } from './random-names.ts'
import type { RelayCore } from './relay/relay-core.ts'
import type { ServerPlatform } from './server-platform.ts'
import type { ServerSocket, SocketEvents } from './server-socket.ts'
import { Sockets } from './sockets.ts'
import { type LobbyStore, processOf } from './store.ts'
import type { Tokens } from './tokens.ts'

export interface CoreOptions {
  readonly platform: ServerPlatform
  readonly limits: limit.SignalingLimits
  readonly store: LobbyStore
  /** Default: this process counts alone. */
  readonly commonBudget?: CommonBudget | undefined
  readonly tokens: Tokens
  readonly listingFilter: ListingFilter
  /** Whether hosts are given marks of their guests' addresses. Default false. */
  readonly addressMarks?: boolean | undefined
  /** Default: this process relays nothing. */
  readonly relay?: Pick<RelayCore, 'offer'> | null
  iceServers(): IceServer[]
  log(level: 'info' | 'warn', sentence: string): void
}

export interface CoreStats {
  /** Open sockets. */
  sockets: number
  /** Sockets that host a lobby. */
  hosts: number
  /** Sockets that are joining or have joined. */
  guests: number
  /** Sockets of pages that may take their lobby over. */
  heirs: number
  /** Sockets that look at the public list. */
  finders: number
  /** Lobbies of this process in the public list. */
  listed: number
  /** How often a listing was refused, by the reason. */
  listingsRefused: Record<ListingRefusal, number>
  /** How often each kind of error was answered. */
  errors: Record<ErrorCode, number>
  /** What happened to lobbies. */
  events: Record<LobbyEvent, number>
  /** Sockets cut without a word: reading too slowly, not answering pings, flooding. */
  cut: Record<Cut, number>
  /** Sockets closed because another one came and there was no room. */
  gaveWay: number
}

/** Characters in the names of a process and of a socket, as `peerForm` of the protocol has them. */
const PROCESS_NAME_LENGTH = 8
const SOCKET_NAME_LENGTH = 16

export class SignalingCore {
  readonly #options: CoreOptions
  readonly #context: Context
  readonly #name: string
  readonly #sockets = new Sockets()
  readonly #errors = Object.fromEntries(errorCodes.map((code) => [code, 0])) as Record<ErrorCode, number>
  readonly #listingsRefused = Object.fromEntries(listingRefusals.map((refusal) => [refusal, 0])) as Record<
    ListingRefusal,
    number
  >
  readonly #events = Object.fromEntries(lobbyEvents.map((event) => [event, 0])) as Record<LobbyEvent, number>
  readonly #cut: Record<Cut, number> = { slow: 0, silent: 0, flood: 0 }
  readonly #listening: Promise<() => Promise<void>>
  #gaveWay = 0
  #cancelSweep: Cancel = () => {}
  #allClosed = (): void => {}
  #isStopping = false
  /** What is to be done later. */
  readonly #later = new Set<Cancel>()

  constructor(options: CoreOptions) {
    const { platform, limits, store, tokens, iceServers, listingFilter } = options
    const lookups = new Queues()
    this.#options = options
    this.#context = {
      ...{ store, limits, tokens, platform, iceServers, listingFilter },
      budget: createBudget(limits, () => platform.now(), options.commonBudget),
      hand: (to, message) => (processOf(to) === this.#name ? this.#hand(to, message) : null),
      oneAtATime: (address, run) => lookups.run(address, run),
      soon: (connection, ms, work) => this.#soon(connection, ms, work),
      hostsOf: (address) => this.#sockets.hostsOf(address),
      listedOf: (address) => this.#sockets.listedOf(address),
      addressMarks: options.addressMarks ?? false,
      relay: options.relay ?? null,
      count: (what) => this.count(what),
      note: (event) => {
        this.#events[event]++
      },
      countListing: (refusal) => {
        this.#listingsRefused[refusal]++
      },
      warn: (sentence) => options.log('warn', sentence),
    }
    this.#name = randomName(platform, PROCESS_NAME_LENGTH)
    this.#listening = store.listen(this.#name, (to, text) => this.#deliver(to, text))
    this.#listening.catch((error: unknown) =>
      options.log('warn', `The lobby store cannot be listened to: ${String(error)}`),
    )
    this.#sweepLater()
  }

  /**
   * Whether a socket from here would have room: `full` when this process has none, `address` when this address has none,
   * `stopping` when this process takes nobody any more.
   */
  refusal(from: Payer): 'full' | 'address' | 'stopping' | null {
    if (this.#isStopping) return 'stopping'
    const { sockets, socketsPerAddress } = this.#options.limits
    if (this.#sockets.size >= sockets && !this.#makeRoom()) return 'full'
    if (this.#sockets.countOf(from.address) < socketsPerAddress) return null
    if (this.#sockets.staying(from.address).length < socketsPerAddress) return null
    return this.#giveWay(from) ? null : 'address'
  }

  /** Takes an open socket. The result hears what happens to it. */
  accept(socket: ServerSocket, from: Payer): SocketEvents {
    const connection = this.#newConnection(socket, from)
    this.#sockets.add(connection)
    return {
      message: (text, isBinary) => this.#message(connection, text, isBinary),
      // No browser sends pings.
      ping: () => this.#idleFrame(connection),
      pong: () => {
        if (connection.pongsDue === 0) return this.#idleFrame(connection)
        connection.heardAt = this.#now()
        connection.pongsDue--
        this.#inTurn(connection, () => renewLease(this.#context, connection))
      },
      failed: (error) => this.count(error),
      closed: () => this.#closed(connection),
    }
  }

  /** Looks at every socket: pings, cuts the silent ones, helps waiting guests. Runs by itself every second. */
  sweep(): void {
    this.#context.budget.tidy()
    for (const connection of this.#sockets.all()) this.#lookAt(connection)
  }

  count(what: ErrorCode | Cut): void {
    if (what === 'slow' || what === 'silent' || what === 'flood') this.#cut[what]++
    else this.#errors[what]++
  }

  stats(): CoreStats {
    return {
      sockets: this.#sockets.size,
      hosts: this.#sockets.count('host'),
      guests: this.#sockets.count('guest'),
      heirs: this.#sockets.count('heir'),
      finders: this.#sockets.count('finder'),
      listed: this.#sockets.countListed(),
      listingsRefused: { ...this.#listingsRefused },
      errors: { ...this.#errors },
      events: { ...this.#events },
      cut: { ...this.#cut },
      gaveWay: this.#gaveWay,
    }
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  /**
   * Takes no sockets any more, and tells hosts and heirs to open one elsewhere. Guests go on: their attempts take seconds.
   * Resolves when no socket is left, or after so many ms.
   */
  async drain(withinMs: number): Promise<void> {
    this.#isStopping = true
    for (const connection of this.#sockets.all()) {
      const kind = connection.role?.kind
      if (kind !== 'host' && kind !== 'heir') continue
      // It closes because this server asks for it: no heir has to think that the host is gone.
      connection.closedHere = true
      send(this.#context, connection, { type: 'move' })
    }
    if (this.#sockets.size === 0) return
    await new Promise<void>((resolve) => {
      const cancel = this.#options.platform.after(withinMs, resolve)
      this.#allClosed = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Closes every socket, and waits until all that was under way has ended. */
  async close(): Promise<void> {
    this.#isStopping = true
    this.#cancelSweep()
    for (const cancel of this.#later) cancel()
    const all = this.#sockets.all()
    const closed = new Promise<void>((resolve) => {
      this.#allClosed = resolve
    })
    for (const connection of all) {
      connection.closedHere = true
      connection.socket.close(1001, 'the server stops')
      // Without force, a socket waits long for the other side.
      connection.socket.terminate()
    }
    if (this.#sockets.size > 0) await closed
    for (const { turn } of all) await turn
    await (await this.#listening)()
  }

  #now(): number {
    return this.#options.platform.now()
  }

  #newConnection(socket: ServerSocket, from: Payer): Connection {
    const now = this.#now()
    return {
      ...{ socket, from, role: null, epoch: 0 },
      address: `${this.#name}.${randomName(this.#options.platform, SOCKET_NAME_LENGTH)}`,
      ...{ heardAt: now, spokeAt: now, pingedAt: now, pongsDue: 0 },
      ...{ expelled: false, closedHere: false, waiting: 0, queue: [], turn: Promise.resolve() },
    }
  }

  /** Runs it now, or after everything that this socket waits for. */
  #inTurn(connection: Connection, work: Work): void {
    if (connection.waiting++ === 0) connection.turn = this.#workOff(connection, work)
    else connection.queue.push(work)
  }

  async #workOff(connection: Connection, first: Work): Promise<void> {
    for (let work: Work | undefined = first; work !== undefined; work = connection.queue.shift()) {
      try {
        await work()
      } catch (error) {
        this.#warn(error)
        fail(this.#context, connection, 'unavailable')
      }
      connection.waiting--
    }
  }

  #warn(error: unknown): void {
    this.#options.log('warn', `The lobby store failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  #soon(connection: Connection, ms: number, work: Work): void {
    const cancel = this.#options.platform.after(ms, () => {
      this.#later.delete(cancel)
      if (connection.socket.isOpen) this.#inTurn(connection, work)
    })
    this.#later.add(cancel)
  }

  #message(connection: Connection, text: string, isBinary: boolean): void {
    connection.heardAt = this.#now()
    connection.spokeAt = connection.heardAt
    if (connection.waiting >= limit.MAX_WAITING_MESSAGES) return this.#cutFlood(connection)
    const { heardAt } = connection
    this.#inTurn(connection, () => hearPage(this.#context, connection, { text, isBinary, heardAt }))
  }

  /** A frame that shows life and says nothing, which nobody asked for. */
  #idleFrame(connection: Connection): void {
    connection.heardAt = this.#now()
    if (this.#context.budget.take('frames', connection.address) > 0) this.#cutFlood(connection)
  }

  #cutFlood(connection: Connection): void {
    this.count('flood')
    terminate(connection)
  }

  #closed(connection: Connection): void {
    this.#sockets.delete(connection)
    this.#inTurn(connection, () => socketClosed(this.#context, connection))
    if (this.#sockets.size === 0) this.#allClosed()
  }

  /** Another process of this service says something to a socket of this one. */
  #deliver(to: string, text: string): boolean {
    const envelope = parseEnvelope(text)
    if (envelope === null) return false
    if (this.#hand(to, envelope)) return true
    // The sender's process knows only that this one heard it.
    bounce(this.#context, to, envelope, 'unknown-peer').catch((error: unknown) => this.#warn(error))
    return false
  }

  #hand(to: string, envelope: Envelope): boolean {
    const connection = this.#sockets.get(to)
    if (connection === undefined) return false
    this.#inTurn(connection, () => hearOtherSide(this.#context, connection, envelope))
    return true
  }

  /**
   * Whether a socket of this address gave way: the oldest that has said nothing yet, else the oldest that looks at the list,
   * else the oldest guest; no host.
   */
  #giveWay(from: Payer): boolean {
    const sockets = this.#sockets.staying(from.address)
    const first = (kind?: 'finder' | 'guest') => sockets.find(({ role }) => role?.kind === kind)
    const weakest = first() ?? first('finder') ?? first('guest')
    if (weakest === undefined) return false
    this.#gaveWay++
    refuseForNow(this.#context, weakest, 'too-many-sockets', FULL_RETRY_MS)
    expel(weakest, 'too many sockets')
    this.#sockets.leave(weakest)
    return true
  }

  /** Whether a socket that has said nothing yet made room, wherever it is from. */
  #makeRoom(): boolean {
    const newcomer = this.#sockets.oldestNewcomer()
    if (newcomer === undefined) return false
    this.#gaveWay++
    refuseForNow(this.#context, newcomer, 'server-full', FULL_RETRY_MS)
    expel(newcomer, 'server full')
    this.#sockets.leave(newcomer)
    return true
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.platform.after(limit.SWEEP_EVERY_MS, () => {
      this.sweep()
      this.#sweepLater()
    })
  }

  #lookAt(connection: Connection): void {
    const context = this.#context
    const now = this.#now()
    if (now - connection.heardAt >= limit.LEASE_MS) {
      this.count('silent')
      terminate(connection)
      return
    }
    const kind = connection.role?.kind
    const isOfUse = kind === 'host' || kind === 'guest' || kind === 'heir'
    if (!isOfUse && now - connection.spokeAt >= limit.IDLE_MS) {
      if (connection.expelled) return
      fail(context, connection, 'idle')
      return expel(connection, 'idle')
    }
    if (now - connection.pingedAt >= limit.PING_EVERY_MS) this.#ping(connection)
    if (connection.waiting === 0) this.#inTurn(connection, () => lookForHost(context, connection))
    if (connection.role?.kind === 'guest') this.#inTurn(connection, () => endOverdueAttempt(context, connection))
    if (connection.role?.kind === 'host' && connection.role.echo.waiting.size > 0)
      this.#inTurn(connection, () => endOverdueEcho(context, connection))
  }

  #ping(connection: Connection): void {
    connection.pingedAt = this.#now()
    if (connection.socket.isOpen) {
      connection.pongsDue++
      connection.socket.ping()
    }
    send(this.#context, connection, { type: 'beat' })
  }
}

/** Cuts the socket, with no word. */
function terminate(connection: Connection): void {
  connection.closedHere = true
  connection.socket.terminate()
}
