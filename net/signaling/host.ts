/** A host's side of signalling: creates the lobby, answers guests, and comes back whenever the server is away. */

import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import { onWake } from '../platform/page-events.ts'
import type { Reason } from '../wire/reasons.ts'
import { type ClientMessage, MAX_SIGNAL_LENGTH, PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import type { Attempt, HostSignalHandlers, HostSignals } from './signals.ts'
import { openSocket, type SignalingSocket, type WebSocketConstructor } from './socket.ts'

export interface HostOptions {
  url: string
  WebSocket: WebSocketConstructor
  /** The wait before the first and the longest wait before any further try to come back, in ms. */
  firstRetryMs: number
  longestRetryMs: number
}

/** Signals kept while the server is away; a handshake sends 10 to 30, and older ones are of no use by then. */
const MAX_QUEUED = 256

/** Guests whose attempts are remembered, to tell a stale signal; the server remembers as many. */
const MAX_ATTEMPTS = 512

export function hostOverSocket(
  options: HostOptions,
  handlers: HostSignalHandlers,
  signal?: AbortSignal,
): Promise<HostSignals> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    let lobby: { code: string; token: string } | null = null
    let iceServers: RTCIceServer[] = []
    let socket: SignalingSocket | null = null
    let online = false
    let ended = false
    let retries = 0
    let retryTimer: ReturnType<typeof setTimeout> | undefined
    const attempts = new Map<string, number>()
    let queue: ClientMessage[] = []

    function dial(): void {
      clearTimeout(retryTimer)
      socket?.close()
      socket = openSocket(options.url, options.WebSocket, {
        open: () => {
          const hello = { type: 'host', protocol: PROTOCOL_VERSION } as const
          socket?.send(lobby === null ? hello : { ...hello, token: lobby.token })
        },
        message: hear,
        closed: dropped,
      })
    }

    function dropped(detail: string): void {
      if (ended) return
      if (lobby === null) {
        fail(detail)
        return
      }
      if (online) {
        online = false
        handlers.online(false)
      }
      const longest = Math.min(options.longestRetryMs, options.firstRetryMs * 2 ** retries)
      retries++
      // Half of the wait is chance, so that a restarted server does not meet all its hosts in the same instant.
      if (!ended) retryTimer = setTimeout(dial, longest * (0.5 + Math.random() / 2))
    }

    function fail(detail: string, reason: Reason = 'signaling-down', retryAfterSeconds?: number): void {
      release()
      reject(new StarwireError(reason, detail, retryAfterSeconds))
    }

    function release(): void {
      ended = true
      clearTimeout(retryTimer)
      socket?.close()
      queue = []
      attempts.clear()
      stopWaking()
      stopAborting()
    }

    function lose(detail: string): void {
      if (lobby === null) {
        fail(detail)
        return
      }
      release()
      handlers.lost('not-found')
    }

    function hear(message: ServerMessage): void {
      switch (message.type) {
        case 'hosting':
          begin(message)
          return
        case 'asked':
          answer(message)
          return
        case 'from-guest':
          if (attempts.get(message.peer) === message.epoch) {
            handlers.signal({ peer: message.peer, epoch: message.epoch }, message.data)
          }
          return
        case 'gone':
          if (attempts.get(message.peer) === message.epoch) {
            attempts.delete(message.peer)
            handlers.gone({ peer: message.peer, epoch: message.epoch })
          }
          return
        case 'error':
          if (message.code === 'bad-token' || message.code === 'code-taken' || message.code === 'replaced') {
            lose(message.message)
          } else if (lobby === null)
            fail(message.message, reasonOfError(message.code) ?? undefined, message.retryAfterSeconds)
          // Refused for the moment (a full server, a store that is away): try again as after a drop.
          else if (!online) {
            socket?.close()
            dropped(message.message)
          }
          return
        default:
          return
      }
    }

    function begin(message: Extract<ServerMessage, { type: 'hosting' }>): void {
      const isFirst = lobby === null
      lobby = { code: message.code, token: message.token }
      iceServers = message.iceServers
      online = true
      retries = 0
      if (isFirst) {
        stopAborting()
        resolve(signals(message.code))
        return
      }
      const waiting = queue
      queue = []
      for (const signal of waiting) socket?.send(signal)
      handlers.online(true)
    }

    function answer({ peer, epoch, info, iceServers: fresh }: Extract<ServerMessage, { type: 'asked' }>): void {
      iceServers = fresh
      const former = attempts.get(peer)
      // A server that lost our answer asks again about the same attempt.
      if (former !== epoch) {
        attempts.delete(peer)
        if (former !== undefined) handlers.gone({ peer, epoch: former })
        const reason = handlers.join({ peer, epoch }, info)
        if (ended) return
        if (reason !== null) {
          say({ type: 'refuse', peer, epoch, reason, ...(handlers.note ? { note: handlers.note } : {}) })
          return
        }
        attempts.set(peer, epoch)
      }
      for (const oldest of attempts.keys()) {
        if (attempts.size <= MAX_ATTEMPTS) break
        attempts.delete(oldest)
      }
      say({ type: 'admit', peer, epoch })
    }

    function say(message: ClientMessage): void {
      if (online && socket?.send(message)) return
      if (queue.length < MAX_QUEUED) queue.push(message)
    }

    function signals(code: string): HostSignals {
      return {
        code,
        get iceServers() {
          return iceServers
        },
        signal({ peer, epoch }: Attempt, data: string) {
          checkSignal(data)
          if (!ended && attempts.get(peer) === epoch) say({ type: 'to-guest', peer, epoch, data })
        },
        close() {
          if (ended) return
          socket?.send({ type: 'close' })
          release()
        },
      }
    }

    // A hidden tab's timers may wait a minute; these events say that now is a good moment.
    const wake = () => {
      if (!ended && lobby !== null && !online) dial()
    }
    const stopWaking = onWake(wake)
    const stopAborting = onAbort(signal, (reason) => {
      // The server may have made the lobby, though its answer is not here yet.
      socket?.send({ type: 'close' })
      release()
      reject(reason)
    })
    dial()
  })
}

/** @throws RangeError when the text is longer than a signal may be. */
export function checkSignal(data: string): void {
  if (data.length <= MAX_SIGNAL_LENGTH) return
  throw new RangeError(`A signal has at most ${MAX_SIGNAL_LENGTH} characters: send the candidates one by one.`)
}
