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
import type { ErrorCode, IceServer } from '../protocol.ts'
import { fail, type Refusal, send } from './answers.ts'
import { bounce } from './bounce.ts'
import { type CommonBudget, createBudget, type Payer } from './budget.ts'
import type { Connection, Context, Cut } from './connection.ts'
import { type CoreStats, Counters } from './counters.ts'
import { hearOtherSide, hearPage, socketClosed } from './dispatch.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import { renewLease } from './hosting.ts'
import { MAX_WAITING_MESSAGES, type SignalingLimits, SWEEP_EVERY_MS } from './limits.ts'
import type { ListingFilter } from './listing-filter.ts'
import { Queues } from './queues.ts'
import { randomName } from './random-names.ts'
import type { RelayCore } from './relay/relay-core.ts'
import { refuseSocket } from './room.ts'
import type { ServerPlatform } from './server-platform.ts'
import type { ServerSocket, SocketEvents } from './server-socket.ts'
import { Sockets } from './sockets.ts'
import { type LobbyStore, processOf } from './store.ts'
import { cut, lookAt } from './sweeping.ts'
import type { Tokens } from './tokens.ts'
import { Turns } from './turns.ts'

export interface CoreOptions {
  readonly platform: ServerPlatform
  readonly limits: SignalingLimits
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

/** Characters in the names of a process and of a socket, as `peerForm` of the protocol has them. */
const PROCESS_NAME_LENGTH = 8
const SOCKET_NAME_LENGTH = 16

export class SignalingCore {
  readonly #options: CoreOptions
  readonly #context: Context
  readonly #name: string
  readonly #sockets = new Sockets()
  readonly #turns: Turns
  readonly #counters = new Counters()
  readonly #listening: Promise<() => Promise<void>>
  #cancelSweep: Cancel = () => {}
  #allClosed = (): void => {}
  #isStopping = false

  constructor(options: CoreOptions) {
    const { platform, limits, store, tokens, iceServers, listingFilter } = options
    const lookups = new Queues()
    this.#options = options
    this.#context = {
      ...{ store, limits, tokens, platform, iceServers, listingFilter },
      budget: createBudget(limits, () => platform.now(), options.commonBudget),
      hand: (to, message) => (processOf(to) === this.#name ? this.#hand(to, message) : null),
      oneAtATime: (address, run) => lookups.run(address, run),
      soon: (connection, ms, work) => this.#turns.soon(connection, ms, work),
      hostsOf: (address) => this.#sockets.hostsOf(address),
      listedOf: (address) => this.#sockets.listedOf(address),
      addressMarks: options.addressMarks ?? false,
      relay: options.relay ?? null,
      count: (what) => this.count(what),
      note: (event) => this.#counters.note(event),
      countListing: (refusal) => this.#counters.countListing(refusal),
      warn: (sentence) => options.log('warn', sentence),
    }
    this.#turns = new Turns(platform, (connection, error) => {
      this.#warn(error)
      fail(this.#context, connection, 'unavailable')
    })
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
  refusal(from: Payer): Extract<Refusal, 'full' | 'address' | 'stopping'> | null {
    if (this.#isStopping) return 'stopping'
    return refuseSocket(this.#context, this.#sockets, from, () => this.#counters.countGivenWay())
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
        this.#turns.take(connection, () => renewLease(this.#context, connection))
      },
      failed: (error) => this.count(error),
      closed: () => this.#closed(connection),
    }
  }

  /** Looks at every socket: pings, cuts the silent ones, helps waiting guests. Runs by itself every second. */
  sweep(): void {
    this.#context.budget.tidy()
    for (const connection of this.#sockets.all()) lookAt(this.#context, this.#turns, connection)
  }

  count(what: ErrorCode | Cut): void {
    this.#counters.count(what)
  }

  stats(): CoreStats {
    return this.#counters.stats(this.#sockets)
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
    this.#turns.close()
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

  #warn(error: unknown): void {
    this.#options.log('warn', `The lobby store failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  #message(connection: Connection, text: string, isBinary: boolean): void {
    connection.heardAt = this.#now()
    connection.spokeAt = connection.heardAt
    if (connection.waiting >= MAX_WAITING_MESSAGES) return cut(this.#context, connection, 'flood')
    const { heardAt } = connection
    this.#turns.take(connection, () => hearPage(this.#context, connection, { text, isBinary, heardAt }))
  }

  /** A frame that shows life and says nothing, which nobody asked for. */
  #idleFrame(connection: Connection): void {
    connection.heardAt = this.#now()
    if (this.#context.budget.take('frames', connection.address) > 0) cut(this.#context, connection, 'flood')
  }

  #closed(connection: Connection): void {
    this.#sockets.delete(connection)
    this.#turns.take(connection, () => socketClosed(this.#context, connection))
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
    this.#turns.take(connection, () => hearOtherSide(this.#context, connection, envelope))
    return true
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.platform.after(SWEEP_EVERY_MS, () => {
      this.sweep()
      this.#sweepLater()
    })
  }
}
