/**
 * An heir's side of signalling: a socket that waits for the end of the host, and a claim that makes it the host's. In go the
 * key that the host gave to this page and claims; out come news of the host, and what came of each claim.
 *
 * Invariants: the socket comes back whenever the server is away, until the heir is dismissed or closes. One claim is under way
 * at a time, and each ends: as the host, or with why not. A claim whose socket dropped ends as `unreachable`; whether it
 * came through, the next one tells. A server that has forgotten the lobby is asked again only with a claim. After `ended` no socket and no timer is left.
 */
import { Backoff } from '../platform/backoff.ts'
import type { Cancel } from '../platform/platform.ts'
import type { Reason } from '../wire/reasons.ts'
import { type AdoptedHost, type HostOptions, hostOnSocket } from './host.ts'
import { PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import { type ServerOptions, socketOptions } from './server-options.ts'
import type { HostSignalHandlers, HostSignals } from './signals.ts'
import { openSocket, type SignalingSocket } from './socket.ts'
import {
  type ClaimRefusal,
  parseTakeoverAnswer,
  type TakeoverAnswer,
  type TakeoverRequest,
} from './takeover-messages.ts'

export interface HeirOptions extends ServerOptions {
  /** The wait before a first try to come back after a drop, in ms; it doubles with each. Default 250. */
  readonly firstRetryMs?: number
  /** The longest wait between two tries, in ms. Default 5,000. */
  readonly longestRetryMs?: number
}

/** What the host gave to this page, on a way of its own. */
export interface HeirTicket {
  readonly code: string
  readonly seat: number
  /** 16 to 64 characters of A-Z, a-z, 0-9, - and _. */
  readonly key: string
}

export interface HeirHandlers {
  /** The host's socket was closed by its own end: its page is gone, or has lost its network. */
  hostGone(): void
  /** The host has handed the lobby to the heir of this seat, who hosts `epoch`. */
  handed(seat: number, epoch: number): void
  /** The server is out of reach (`false`) or watches for this heir (`true`), who is told so at first, too. */
  online(isOnline: boolean): void
  /** The host names others by now, or the server does not know the lobby or this heir. Only a claim may still come through (`isForgotten`). */
  dismissed(reason: Reason | null): void
}

/** `unreachable`: the server is away, or went away meanwhile. */
export type ClaimFailure = ClaimRefusal | 'unreachable'

export interface HeirSignals {
  /**
   * Claims to be the host of `epoch`: at once after `host-gone` or for an heir that was handed the lobby, else the server
   * gives the host half a second to show life. As the host, this socket is the lobby's, and `handlers` hear of it.
   * @throws Error when a claim is under way, or the heir has closed.
   */
  claim(epoch: number, handlers: HostSignalHandlers): Promise<HostSignals | ClaimFailure>
  /**
   * Asks for the server's vote for `epoch`, after the same wait. Resolves to whether this heir has it, for some seconds: it claims then, or
   * gives it back. The host notices nothing of it. A second call ends the first, as refused.
   */
  reserve(epoch: number): Promise<boolean>
  giveBack(epoch: number): void
  /** The server does not know this heir any more. Only a claim that most players have voted for may still come through. */
  readonly isForgotten: boolean
  close(): void
}

/**
 * `away`: the server does not watch, tries go on. `forgotten`: it knows neither the lobby nor this heir, since it was restarted, or the host
 * names others; but it will know the heir's pass. `host`: a claim came through.
 */
type State = 'away' | 'watching' | 'forgotten' | 'host' | 'ended'

interface Claim {
  readonly epoch: number
  readonly handlers: HostSignalHandlers
  settle(outcome: HostSignals | ClaimFailure): void
}

/** Watches as an heir. @throws TypeError as `connectSignaling`. */
export function watchAsHeir(ticket: HeirTicket, handlers: HeirHandlers, options: HeirOptions = {}): HeirSignals {
  const { firstRetryMs = 250, longestRetryMs = 5_000 } = options
  return new HeirConnection(ticket, handlers, { ...socketOptions(options), firstRetryMs, longestRetryMs })
}

class HeirConnection implements HeirSignals {
  readonly #ticket: HeirTicket
  readonly #handlers: HeirHandlers
  readonly #options: HostOptions
  readonly #backoff: Backoff
  readonly #stopWaking: Cancel
  #state: State = 'away'
  /** What a server that has forgotten the lobby knows this heir by. Null: no server has watched yet. */
  #pass: string | null = null
  #socket: SignalingSocket | null = null
  #cancelRetry: Cancel = () => {}
  #claim: Claim | null = null
  /** What was asked for first is answered first. */
  #reserving: { readonly epoch: number; settle(isReserved: boolean): void } | null = null
  /** What the socket's news go to once it is the host's. */
  #host: AdoptedHost | null = null

  constructor(ticket: HeirTicket, handlers: HeirHandlers, options: HostOptions) {
    this.#ticket = ticket
    this.#handlers = handlers
    this.#options = options
    const { platform, firstRetryMs, longestRetryMs } = options
    this.#backoff = new Backoff({ firstMs: firstRetryMs, longestMs: longestRetryMs }, platform)
    this.#stopWaking = platform.onWake(() => {
      if (this.#state === 'away') this.#dial()
    })
    this.#dial()
  }

  claim(epoch: number, handlers: HostSignalHandlers): Promise<HostSignals | ClaimFailure> {
    if (this.#claim) throw new Error('A claim is under way: wait for what comes of it.')
    if (this.#state === 'host' || this.#state === 'ended')
      throw new Error('This heir has closed, or is the host already.')
    if (this.#state === 'away') return Promise.resolve('unreachable')
    return new Promise((settle) => {
      this.#claim = { epoch, handlers, settle }
      if (this.#state === 'forgotten') this.#dial()
      else this.#say({ type: 'claim', epoch })
    })
  }

  get isForgotten(): boolean {
    return this.#state === 'forgotten'
  }

  reserve(epoch: number): Promise<boolean> {
    this.#endReserving(false)
    if (this.#state !== 'watching') return Promise.resolve(false)
    return new Promise((settle) => {
      this.#reserving = { epoch, settle }
      this.#say({ type: 'reserve', epoch })
    })
  }

  giveBack(epoch: number): void {
    if (this.#state === 'watching') this.#say({ type: 'give-back', epoch })
  }

  #endReserving(isReserved: boolean): void {
    const reserving = this.#reserving
    this.#reserving = null
    reserving?.settle(isReserved)
  }

  /** Once the claim came through, the host's signals are what closes the socket. */
  close(): void {
    if (this.#state === 'host' || this.#state === 'ended') return
    this.#state = 'ended'
    this.#release()
    this.#socket?.close()
    this.#settle('unreachable')
  }

  #release(): void {
    this.#cancelRetry()
    this.#stopWaking()
  }

  #dial(): void {
    this.#cancelRetry()
    this.#socket?.close()
    this.#socket = openSocket(this.#options, {
      open: () => this.#begin(),
      message: (message) => (this.#host ? this.#host.socketHandlers.message(message) : this.#hear(message)),
      other: (text) => (this.#host ? this.#host.socketHandlers.other?.(text) : this.#hearOfHost(text)),
      closed: (detail) => (this.#host ? this.#host.socketHandlers.closed(detail) : this.#dropped()),
      doubted: () => (this.#host ? this.#host.socketHandlers.doubted?.() : this.#giveUp()),
    })
  }

  #begin(): void {
    if (this.#state !== 'forgotten') return this.#say({ type: 'watch', protocol: PROTOCOL_VERSION, ...this.#ticket })
    if (this.#claim && this.#pass !== null) this.#say({ type: 'claim', epoch: this.#claim.epoch, pass: this.#pass })
  }

  #say(message: TakeoverRequest): void {
    this.#socket?.send(message)
  }

  /** The server says nothing any more, and an heir loses nothing with its socket: the next one may come to another process. */
  #giveUp(): void {
    this.#socket?.close()
    this.#dropped()
  }

  #dropped(): void {
    if (this.#state === 'ended') return
    if (this.#state === 'forgotten') return this.#settle('unreachable')
    const wasWatching = this.#state === 'watching'
    this.#state = 'away'
    this.#cancelRetry = this.#options.platform.after(this.#backoff.nextMs(), () => this.#dial())
    this.#settle('unreachable')
    if (wasWatching) this.#handlers.online(false)
  }

  #settle(outcome: HostSignals | ClaimFailure): void {
    this.#endReserving(false)
    const claim = this.#claim
    this.#claim = null
    claim?.settle(outcome)
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case 'hosting':
        return this.#becomeHost(message)
      case 'move':
        return this.#giveUp()
      case 'error':
        return this.#refused(message.code)
      default:
        return
    }
  }

  #becomeHost(hosting: Extract<ServerMessage, { type: 'hosting' }>): void {
    if (!this.#claim || !this.#socket) return
    this.#state = 'host'
    this.#release()
    this.#host = hostOnSocket(this.#options, this.#claim.handlers, { socket: this.#socket, hosting })
    this.#settle(this.#host.signals)
  }

  #refused(code: Extract<ServerMessage, { type: 'error' }>['code']): void {
    const reason = reasonOfError(code)
    if (reason === 'not-found' && this.#pass !== null && this.#state === 'away') return this.#forgotten()
    if (reason === 'not-found' || reason === 'version-mismatch' || reason === 'refused-origin')
      return this.#dismiss(reason)
    if (reason === null) return
    if (this.#state === 'forgotten') return this.#settle('unreachable')
    // For the moment: too many from here, or a store that is away. What came of a claim, the next one tells.
    if (this.#state !== 'away') return this.#settle('unreachable')
    this.#giveUp()
  }

  #forgotten(): void {
    this.#state = 'forgotten'
    this.#socket?.close()
    this.#settle('unreachable')
  }

  #hearOfHost(text: string): void {
    const answer = parseTakeoverAnswer(text)
    if (answer) this.#hearAnswer(answer)
  }

  #hearAnswer(answer: TakeoverAnswer): void {
    switch (answer.type) {
      case 'watching':
        this.#pass = answer.pass
        if (this.#state !== 'away') return
        this.#state = 'watching'
        this.#backoff.reset()
        return this.#handlers.online(true)
      case 'host-gone':
        return this.#handlers.hostGone()
      case 'handed':
        return this.#handlers.handed(answer.seat, answer.epoch)
      case 'no-heir':
        return this.#dismiss(null)
      case 'reserved':
        if (this.#reserving?.epoch === answer.epoch) this.#endReserving(true)
        return
      case 'claim-refused':
        if (this.#reserving?.epoch === answer.epoch) return this.#endReserving(false)
        if (this.#claim?.epoch !== answer.epoch) return
        if (this.#state === 'forgotten') this.#socket?.close()
        this.#settle(answer.reason)
        return
      case 'prove-alive':
      case 'heard':
        return
    }
  }

  /** By a host who may be one of before: the pass still counts for an heir who was voted for. */
  #dismiss(reason: Reason | null): void {
    this.#settle('no-heir')
    if (reason === null && this.#pass !== null) {
      this.#release()
      this.#forgotten()
    } else this.close()
    this.#handlers.dismissed(reason)
  }
}
