/**
 * A host's side of signalling: creates the lobby, answers guests, and comes back whenever the server is away. In go the
 * server's messages and the host's answers; out come requests to join, signals of admitted guests, and whether the server
 * can be reached.
 *
 * A socket whose server has vanished looks open for 12 s more. So this page comes back over another one as soon as the server misses a beat
 * and does not answer, and keeps the first until then; whoever sees signs of that earlier says so (`doubt`, `askServer`).
 *
 * Invariants: the page is asked once about each attempt of a guest, however often the server asks. Signals go to and come
 * from an attempt only while it is the guest's newest. After `ended` no socket and no timer is left.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import { Backoff } from '../platform/backoff.ts'
import type { Cancel, Platform } from '../platform/platform.ts'
import type { Reason } from '../wire/reasons.ts'
import { type ClientMessage, checkSignal, PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import type { Attempt, HostSignalHandlers, HostSignals } from './signals.ts'
import { openSocket, type SignalingSocket, type SocketHandlers, type SocketOptions } from './socket.ts'

export interface HostOptions extends SocketOptions {
  readonly platform: Platform
  /** The wait before the first and the longest wait before any further try to come back, in ms. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Takes back a lobby that is there. Default: a new one. */
  readonly right?: string | undefined
}

/** Signals kept while the server is away; a handshake sends 10 to 30, and older ones are of no use by then. */
const MAX_QUEUED = 256

/** A page that doubts its server does not dial again more often than this. */
const DOUBT_AT_MOST_EVERY_MS = 5_000

/** Guests whose attempts are remembered, to tell a stale signal; the server remembers as many. */
const MAX_ATTEMPTS = 512

/**
 * `opening`: no lobby yet. `online`: the server knows this socket as the lobby's host. `away`: it does not; tries go on.
 * `ended`: given up, by either side; final.
 */
type State = 'opening' | 'online' | 'away' | 'ended'

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>

/** @throws (rejects) StarwireError; with the signal's reason when it aborts before the lobby is there. */
export function hostOverSocket(
  options: HostOptions,
  handlers: HostSignalHandlers,
  signal?: AbortSignal,
): Promise<HostSignals> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => new HostConnection(options, handlers, signal, resolve, reject))
}

/** A socket whose server has just said that it hosts the lobby. */
export interface HostingSocket {
  readonly socket: SignalingSocket
  readonly hosting: Message<'hosting'>
}

/** What an heir's page does as the host: its side of hosting, and where the socket's news go from now on. */
export interface AdoptedHost {
  readonly signals: HostSignals
  readonly socketHandlers: SocketHandlers
}

/** Goes on as the host on a socket that was an heir's. It comes back by itself whenever the server is away. */
export function hostOnSocket(options: HostOptions, handlers: HostSignalHandlers, adopted: HostingSocket): AdoptedHost {
  const nothing = (): void => {}
  const signals = new HostConnection(options, handlers, undefined, nothing, nothing, adopted)
  return { signals, socketHandlers: signals.socketHandlers }
}

class HostConnection implements HostSignals {
  readonly #options: HostOptions
  readonly #handlers: HostSignalHandlers
  readonly #resolve: (signals: HostSignals) => void
  readonly #reject: (reason: unknown) => void
  readonly #backoff: Backoff
  readonly #stopWaking: Cancel
  readonly #stopAborting: Cancel
  /** The newest attempt of each guest that was let in, by the guest's name; the one asked about last is last. */
  readonly #attempts = new Map<string, number>()
  #state: State = 'opening'
  #socket: SignalingSocket | null = null
  /** Takes the place of `#socket` once the server has said over it that it hosts. */
  #next: SignalingSocket | null = null
  #doubtedAt = Number.NEGATIVE_INFINITY
  #cancelRetry: Cancel = () => {}
  #token: string | undefined
  #queue: ClientMessage[] = []
  code = ''
  iceServers: RTCIceServer[] = []

  constructor(
    options: HostOptions,
    handlers: HostSignalHandlers,
    signal: AbortSignal | undefined,
    resolve: (signals: HostSignals) => void,
    reject: (reason: unknown) => void,
    adopted?: HostingSocket,
  ) {
    const { platform, firstRetryMs, longestRetryMs } = options
    this.#options = options
    this.#handlers = handlers
    this.#resolve = resolve
    this.#reject = reject
    this.#token = options.right
    this.#backoff = new Backoff({ firstMs: firstRetryMs, longestMs: longestRetryMs }, platform)
    // A hidden tab's timers may wait a minute; these events say that now is a good moment.
    this.#stopWaking = platform.onWake(() => {
      if (this.#state === 'away') this.#dial()
    })
    this.#stopAborting = onAbort(signal, (reason) => {
      // The server may have made the lobby, though its answer is not here yet.
      this.close()
      reject(reason)
    })
    if (adopted) {
      this.#socket = adopted.socket
      this.#begin(adopted.hosting)
    } else this.#dial()
  }

  get right(): string | undefined {
    return this.#token
  }

  signal({ peer, epoch }: Attempt, data: string): void {
    checkSignal(data)
    if (this.#attempts.get(peer) === epoch) this.#say({ type: 'to-guest', peer, epoch, data })
  }

  close(): void {
    if (this.#state === 'ended') return
    this.#socket?.send({ type: 'close' })
    this.#release()
  }

  askServer(): void {
    if (this.#state === 'online') this.#socket?.ask()
  }

  doubt(): void {
    const now = this.#options.platform.now()
    if (this.#state !== 'online' || this.#next || now - this.#doubtedAt < DOUBT_AT_MOST_EVERY_MS) return
    this.#doubtedAt = now
    const { open, ...handlers } = this.socketHandlers
    const isIn = (): boolean => next === this.#socket
    const giveUp = (): void => {
      next.close()
      if (this.#next !== next) return
      this.#next = null
      if (this.#socket === null) this.#dropped('the server took another socket, and not this one')
    }
    const next = openSocket(this.#options, {
      ...handlers,
      open: () => this.#sayHost(next),
      message: (message) => {
        if (message.type === 'hosting' && !isIn()) this.#swap(next)
        // What a server refuses to a second socket says nothing of the first.
        if (message.type === 'error' && !isIn()) giveUp()
        else if (isIn()) handlers.message(message)
      },
      closed: (detail) => (isIn() ? handlers.closed(detail) : giveUp()),
    })
    this.#next = next
  }

  release(): void {
    if (this.#state !== 'ended') this.#release()
  }

  #dial(): void {
    this.#cancelRetry()
    this.#socket?.close()
    this.#socket = openSocket(this.#options, this.socketHandlers)
  }

  get socketHandlers(): SocketHandlers {
    return {
      open: () => this.#sayHost(this.#socket),
      message: (message) => this.#hear(message),
      other: (text) => this.#handlers.part?.hear(text),
      closed: (detail) => this.#dropped(detail),
      doubted: () => this.doubt(),
    }
  }

  #sayHost(socket: SignalingSocket | null): void {
    const token = this.#token
    socket?.send({ type: 'host', protocol: PROTOCOL_VERSION, ...(token !== undefined && { token }) })
  }

  /** The server has said over `next` that this page hosts: the socket before is of no use, if it is one at all. */
  #swap(next: SignalingSocket): void {
    if (this.#next !== next) return
    this.#next = null
    this.#cancelRetry()
    this.#handlers.part?.offline()
    this.#socket?.close()
    this.#socket = next
  }

  #dropped(detail: string): void {
    if (this.#state === 'opening') return this.#fail('signaling-down', detail)
    if (this.#state === 'online') {
      this.#state = 'away'
      this.#handlers.part?.offline()
      this.#handlers.online(false)
    }
    // The page may have closed the lobby while it heard of it.
    if (this.#state === 'away') {
      this.#cancelRetry = this.#options.platform.after(this.#backoff.nextMs(), () => this.#dial())
    }
  }

  #fail(reason: Reason, detail: string, retryAfterSeconds?: number): void {
    this.#release()
    this.#reject(new StarwireError(reason, detail, retryAfterSeconds))
  }

  #release(): void {
    if (this.#state === 'online') this.#handlers.part?.offline()
    this.#state = 'ended'
    this.#cancelRetry()
    this.#socket?.close()
    this.#next?.close()
    this.#next = null
    this.#queue = []
    this.#attempts.clear()
    this.#stopWaking()
    this.#stopAborting()
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case 'hosting':
        return this.#begin(message)
      case 'asked':
        return this.#answer(message)
      case 'from-guest':
      case 'gone':
        return this.#hearGuest(message)
      case 'relay-offer':
        return this.#hearRelay(message)
      case 'error':
        return this.#refused(message)
      case 'move':
        this.#socket?.close()
        return this.#dropped('this server stops')
      default:
        return
    }
  }

  #begin({ code, token, iceServers }: Message<'hosting'>): void {
    const former = this.#state
    this.#state = 'online'
    this.#token = token
    this.code = code
    this.iceServers = iceServers
    this.#backoff.reset()
    const socket = this.#socket
    this.#handlers.part?.online((message) => void socket?.send(message))
    if (former === 'opening') {
      this.#stopAborting()
      this.#resolve(this)
      return
    }
    const waiting = this.#queue
    this.#queue = []
    for (const each of waiting) this.#socket?.send(each)
    if (former === 'away') this.#handlers.online(true)
  }

  #answer({ peer, epoch, info, iceServers, mark }: Message<'asked'>): void {
    this.iceServers = iceServers
    const former = this.#attempts.get(peer)
    // A server that lost our answer asks again about the same attempt.
    if (former !== epoch) {
      this.#attempts.delete(peer)
      if (former !== undefined) this.#handlers.gone({ peer, epoch: former })
      const { note } = this.#handlers
      const reason = this.#handlers.join({ peer, epoch }, info, mark ?? null)
      if (this.#state === 'ended') return
      if (reason !== null)
        return this.#say({ type: 'refuse', peer, epoch, reason, ...(note !== undefined && { note }) })
      this.#attempts.set(peer, epoch)
      const [oldest = ''] = this.#attempts.keys()
      if (this.#attempts.size > MAX_ATTEMPTS) this.#attempts.delete(oldest)
    }
    this.#say({ type: 'admit', peer, epoch })
  }

  #hearRelay({ peer, epoch, ticket }: Message<'relay-offer'>): void {
    if (this.#attempts.get(peer) !== epoch) return
    this.#handlers.relay?.({ peer, epoch }, async () => {
      const { openRelayStream } = await import('./relay-stream.ts')
      return openRelayStream(this.#options, ticket)
    })
  }

  #hearGuest(message: Message<'from-guest' | 'gone'>): void {
    const { peer, epoch } = message
    if (this.#attempts.get(peer) !== epoch) return
    if (message.type === 'from-guest') return this.#handlers.signal({ peer, epoch }, message.data)
    this.#attempts.delete(peer)
    this.#handlers.gone({ peer, epoch })
  }

  #refused({ code, message, retryAfterSeconds }: Message<'error'>): void {
    if (code === 'replaced' && this.#next) {
      // By this page itself, most likely; else the server says so to the next socket, too.
      this.#socket?.close()
      this.#socket = null
      return
    }
    const isFinal = code === 'bad-token' || code === 'code-taken' || code === 'replaced'
    if (this.#state === 'opening') {
      const reason = isFinal ? lostAs(code) : reasonOfError(code)
      this.#fail(reason ?? 'signaling-down', message, isFinal ? undefined : retryAfterSeconds)
    } else if (isFinal) {
      this.#release()
      this.#handlers.lost(lostAs(code))
    } else if (this.#state === 'away') {
      // Refused for the moment (a full server, a store that is away): try again as after a drop.
      this.#socket?.close()
      this.#dropped(message)
    }
  }

  /** Says it now, or when the server is back. */
  #say(message: ClientMessage): void {
    if (this.#state === 'online' && this.#socket?.send(message)) return
    if (this.#state !== 'ended' && this.#queue.length < MAX_QUEUED) this.#queue.push(message)
  }
}

/** As what a lobby is lost that the server does not give back. */
const lostAs = (code: Message<'error'>['code']): Reason => (code === 'replaced' ? code : 'not-found')
