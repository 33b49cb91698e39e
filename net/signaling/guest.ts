/**
 * A guest's side of signalling: one attempt to get from a code to a host that answers. It ends within a deadline: admitted,
 * or with a reason. An admitted guest goes on until it closes or the attempt is over.
 *
 * Invariant: only the newest attempt's messages count, told apart by its epoch. The guest speaks first: a host answers its
 * offer, so no signal comes before the caller holds what the promise resolves to.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import type { Cancel, Platform } from '../platform/platform.ts'
import type { Reason } from '../wire/reasons.ts'
import { parseCode } from './code.ts'
import { checkSignal, MAX_INFO_LENGTH, MAX_TICKET_LENGTH, PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import type { GuestRequest, GuestSignalHandlers, GuestSignals, JoinStage, OpenRelay } from './signals.ts'
import { openSocket, type SignalingSocket, type SocketOptions } from './socket.ts'

export interface GuestOptions extends SocketOptions {
  readonly platform: Platform
  /** From the call to the host's answer, in ms. */
  readonly joinDeadlineMs: number
}

/** `finding`: the server is asked. `asking`: the host is. `admitted`: signals may flow. `ended`: final. */
type State = 'finding' | 'asking' | 'admitted' | 'ended'

/**
 * @throws RangeError when `info` is too long.
 * @throws (rejects) StarwireError with the reason; with the signal's own when it aborts before the guest is admitted.
 */
export function joinOverSocket(
  options: GuestOptions,
  typed: string,
  info: string,
  handlers: GuestSignalHandlers,
  stage: (stage: JoinStage) => void,
  request: GuestRequest = {},
): Promise<GuestSignals> {
  const { signal } = request
  if (signal?.aborted) return Promise.reject(signal.reason)
  if (info.length > MAX_INFO_LENGTH) {
    throw new RangeError(`A guest's info has at most ${MAX_INFO_LENGTH} characters: shorten it.`)
  }
  const code = parseCode(typed)
  if (code === null) return Promise.reject(new StarwireError('bad-code', `typed: ${typed.slice(0, 40)}`))
  return new Promise((resolve, reject) => {
    new GuestAttempt(options, { code, info, request, stage, resolve, reject }, handlers)
  })
}

/** What one call asks for, and how it ends. */
interface Join {
  readonly code: string
  readonly info: string
  readonly request: GuestRequest
  stage(stage: JoinStage): void
  resolve(signals: GuestSignals): void
  reject(reason: unknown): void
}

class GuestAttempt implements GuestSignals {
  readonly #options: GuestOptions
  readonly #join: Join
  readonly #handlers: GuestSignalHandlers
  readonly #socket: SignalingSocket
  readonly #cancelDeadline: Cancel
  readonly #stopAborting: Cancel
  #state: State = 'finding'
  attempt = { peer: '', epoch: 0 }
  iceServers: RTCIceServer[] = []
  ticket: string | null

  constructor(options: GuestOptions, join: Join, handlers: GuestSignalHandlers) {
    const { code, info, request } = join
    this.#options = options
    this.#join = join
    this.#handlers = handlers
    const { ticket = null } = request
    // A page may have kept anything: only a ticket that the server could have given is shown to it.
    this.ticket = ticket !== null && ticket.length <= MAX_TICKET_LENGTH ? ticket : null
    this.#stopAborting = onAbort(request.signal, (reason) => {
      this.close()
      join.reject(reason)
    })
    this.#cancelDeadline = options.platform.after(options.joinDeadlineMs, () => this.#tooLate(options.joinDeadlineMs))
    this.#socket = openSocket(options, {
      open: () => {
        const shown = this.ticket === null ? {} : { ticket: this.ticket }
        this.#socket.send({ type: 'join', protocol: PROTOCOL_VERSION, code, info, ...shown })
      },
      message: (message) => this.#hear(message),
      closed: (detail) => this.#fail('signaling-down', detail),
    })
    join.stage('finding the lobby')
  }

  signal(data: string): void {
    checkSignal(data)
    if (this.#state === 'admitted') this.#socket.send({ type: 'to-host', epoch: this.attempt.epoch, data })
  }

  askForRelay(): void {
    if (this.#state === 'admitted') this.#socket.send({ type: 'relay', epoch: this.attempt.epoch })
  }

  close(): void {
    this.#state = 'ended'
    this.#cancelDeadline()
    this.#stopAborting()
    this.#socket.close()
  }

  #tooLate(deadlineMs: number): void {
    const seconds = deadlineMs / 1000
    if (this.#state === 'asking') this.#fail('host-silent', `no answer of the host within ${seconds} s`)
    else this.#fail('signaling-down', `no answer of the server within ${seconds} s`)
  }

  #fail(reason: Reason, detail: string, retryAfterSeconds?: number): void {
    const wasAdmitted = this.#state === 'admitted'
    this.close()
    if (wasAdmitted) this.#handlers.failed(reason, detail)
    else this.#join.reject(new StarwireError(reason, detail, retryAfterSeconds))
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case 'joining':
        this.attempt = { peer: message.peer, epoch: message.epoch }
        this.iceServers = message.iceServers
        this.#state = 'asking'
        if (message.at !== undefined) this.#handlers.clockAhead?.(this.#options.platform.wallTime() - message.at)
        return this.#join.stage('contacting the host')
      case 'error': {
        const reason = reasonOfError(message.code)
        if (reason !== null) this.#fail(reason, message.message, message.retryAfterSeconds)
        return
      }
      case 'relay-ticket':
        return this.#hearRelay(message.epoch, async () => {
          const { openRelayStream } = await import('./relay-stream.ts')
          return openRelayStream(this.#options, message.ticket)
        })
      case 'no-relay':
        return this.#hearRelay(message.epoch, null)
      case 'host-away':
      case 'admitted':
      case 'refused':
      case 'from-host':
        if (message.epoch === this.attempt.epoch) this.#hearHost(message)
        return
      default:
        return
    }
  }

  #hearRelay(epoch: number, open: OpenRelay | null): void {
    if (this.#state === 'admitted' && epoch === this.attempt.epoch) this.#handlers.relay?.(open)
  }

  #hearHost(message: Extract<ServerMessage, { type: 'host-away' | 'admitted' | 'refused' | 'from-host' }>): void {
    switch (message.type) {
      case 'host-away':
        if (this.#state === 'asking') this.#handlers.hostAway?.()
        return
      case 'admitted':
        if (this.#state !== 'asking') return
        this.#state = 'admitted'
        this.ticket = message.ticket ?? this.ticket
        this.#cancelDeadline()
        this.#stopAborting()
        return this.#join.resolve(this)
      case 'refused':
        return this.#fail(message.reason, message.note ?? 'the host said so')
      case 'from-host':
        if (this.#state === 'admitted') this.#handlers.signal(message.data)
    }
  }
}
