/** A guest's side of signalling: one attempt to get from a code to a host that answers, within a deadline. */

import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import type { Reason } from '../wire/reasons.ts'
import { parseCode } from './code.ts'
import { checkSignal } from './host.ts'
import { MAX_INFO_LENGTH, MAX_TICKET_LENGTH, PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import type { GuestRequest, GuestSignalHandlers, GuestSignals, JoinStage } from './signals.ts'
import { openSocket, type WebSocketConstructor } from './socket.ts'

export interface GuestOptions {
  url: string
  WebSocket: WebSocketConstructor
  /** From the call to the host's answer, in ms. */
  joinDeadlineMs: number
}

export function joinOverSocket(
  options: GuestOptions,
  typed: string,
  info: string,
  handlers: GuestSignalHandlers,
  stage: (stage: JoinStage) => void,
  { ticket: given = null, signal }: GuestRequest = {},
): Promise<GuestSignals> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  if (info.length > MAX_INFO_LENGTH) {
    throw new RangeError(`A guest's info has at most ${MAX_INFO_LENGTH} characters: shorten it.`)
  }
  const code = parseCode(typed)
  if (code === null) return Promise.reject(new StarwireError('bad-code', `typed: ${typed.slice(0, 40)}`))

  return new Promise((resolve, reject) => {
    let state: 'finding' | 'asking' | 'admitted' | 'ended' = 'finding'
    let attempt = { peer: '', epoch: 0 }
    let iceServers: RTCIceServer[] = []
    // Whatever a page kept: only what the server could have given is shown to it.
    let ticket = given !== null && given.length <= MAX_TICKET_LENGTH ? given : null
    // Signals that come before the caller holds what this promise resolves to.
    let early: string[] | null = []
    let handOver: ReturnType<typeof setTimeout> | undefined

    function end(reason: Reason, detail: string, retryAfterSeconds?: number): void {
      const wasAdmitted = state === 'admitted'
      release()
      if (wasAdmitted) handlers.failed(reason, detail)
      else reject(new StarwireError(reason, detail, retryAfterSeconds))
    }

    function release(): void {
      state = 'ended'
      early = null
      clearTimeout(deadline)
      clearTimeout(handOver)
      stopAborting()
      socket.close()
    }

    function hear(message: ServerMessage): void {
      switch (message.type) {
        case 'joining':
          attempt = { peer: message.peer, epoch: message.epoch }
          iceServers = message.iceServers
          state = 'asking'
          stage('contacting the host')
          return
        case 'host-away':
          if (state === 'asking' && message.epoch === attempt.epoch) handlers.hostAway?.()
          return
        case 'admitted':
          if (state !== 'asking' || message.epoch !== attempt.epoch) return
          ticket = message.ticket ?? ticket
          begin()
          return
        case 'refused':
          if (message.epoch === attempt.epoch) end(message.reason, message.note ?? 'the host said so')
          return
        case 'from-host':
          if (state !== 'admitted' || message.epoch !== attempt.epoch) return
          if (early === null) handlers.signal(message.data)
          else early.push(message.data)
          return
        case 'error': {
          const reason = reasonOfError(message.code)
          if (reason !== null) end(reason, message.message, message.retryAfterSeconds)
          return
        }
        default:
          return
      }
    }

    function begin(): void {
      state = 'admitted'
      clearTimeout(deadline)
      stopAborting()
      resolve(signals)
      // In one turn of the event loop several messages may come; the caller goes on only after it.
      handOver = setTimeout(() => {
        const waiting = early ?? []
        early = null
        for (const data of waiting) if (state === 'admitted') handlers.signal(data)
      }, 0)
    }

    const signals: GuestSignals = {
      get attempt() {
        return attempt
      },
      get iceServers() {
        return iceServers
      },
      get ticket() {
        return ticket
      },
      signal(data) {
        checkSignal(data)
        if (state === 'admitted') socket.send({ type: 'to-host', epoch: attempt.epoch, data })
      },
      close() {
        if (state !== 'ended') release()
      },
    }

    const stopAborting = onAbort(signal, (reason) => {
      release()
      reject(reason)
    })
    const deadline = setTimeout(() => {
      const seconds = options.joinDeadlineMs / 1000
      if (state === 'asking') end('host-silent', `no answer of the host within ${seconds} s`)
      else end('signaling-down', `no answer of the server within ${seconds} s`)
    }, options.joinDeadlineMs)

    const socket = openSocket(options.url, options.WebSocket, {
      open: () =>
        socket.send({ type: 'join', protocol: PROTOCOL_VERSION, code, info, ...(ticket !== null && { ticket }) }),
      message: hear,
      closed: (detail) => end('signaling-down', detail),
    })
    stage('finding the lobby')
  })
}
