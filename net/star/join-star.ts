/**
 * The guest's side of the star: finds the host, connects, and ends within a deadline, one way or the other.
 *
 * The guest makes the offer. That costs half a signalling round trip against an offer by the host, but a stranger who
 * only asks to join costs the host no WebRTC connection, and only the side that offers can ever restart ICE, which is
 * the one that walks between networks.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import { abortable, onAbort } from '../platform/abort.ts'
import { onPageGone } from '../platform/page-events.ts'
import type { GuestRequest, GuestSignals, JoinStage, Signaling } from '../signaling/signals.ts'
import type { RtcLink } from '../transport/channel-link.ts'
import type { LinkCloseReason } from '../transport/link.ts'
import { openRtcLink, type RtcAttempt } from '../transport/simple-peer.ts'
import { type PeerConnectionConstructor, usableWebrtc } from '../transport/webrtc.ts'
import type { Reason } from '../wire/reasons.ts'
import { JOIN_DEADLINE_MS, signalingError } from './attempt.ts'

export interface JoinStarOptions {
  /** Shown to the host's `accept`. Default empty. */
  info?: string
  onProgress?: (stage: JoinStage) => void
  /** The host's page has no connection to signalling at the moment. The join goes on until its deadline, as it may come back. */
  onHostAway?: () => void
  /** Milliseconds for the whole join. Default 15,000. */
  deadlineMs?: number
  /** Instead of those that signalling hands out. */
  iceServers?: RTCIceServer[]
  /** The `ticket` of an earlier join into this lobby: lets this guest back in however many others are joining. Default: none. */
  ticket?: string | null
  /** What makes connections: for Node, that of a package. Default: the page's own. */
  RTCPeerConnection?: PeerConnectionConstructor
  /** Gives the join up while it is under way: everything is released, and it rejects with the signal's reason. */
  signal?: AbortSignal
}

export interface GuestStar {
  readonly code: string
  /** This guest's id among the host's `peers`. */
  readonly id: string
  readonly link: RtcLink
  /** What this connection was made with, for connections of your own, such as voice. Credentials of TURN in it may run out. */
  readonly iceServers: readonly RTCIceServer[]
  /** For the next join into this lobby; null when signalling gives none. */
  readonly ticket: string | null
  /** The same as `link.close`. Default reason `left`. */
  close(reason?: LinkCloseReason): void
}

/**
 * Joins a star by its code.
 * @throws StarwireError (rejects) with the reason, at the latest after `deadlineMs`; `no-webrtc` when this page cannot make
 *   connections, before signalling is asked.
 */
export async function joinStar(signaling: Signaling, code: string, options: JoinStarOptions = {}): Promise<GuestStar> {
  const { deadlineMs = JOIN_DEADLINE_MS } = options
  const deadlineAt = performance.now() + deadlineMs
  const PeerConnection = await abortable(usableWebrtc(options.RTCPeerConnection), options.signal)
  return connectToHost(signaling, code, options, { PeerConnection, deadlineMs, deadlineAt })
}

interface Means {
  readonly PeerConnection: PeerConnectionConstructor
  readonly deadlineMs: number
  /** As `performance.now()`. */
  readonly deadlineAt: number
}

function connectToHost(
  signaling: Signaling,
  code: string,
  options: JoinStarOptions,
  { PeerConnection, deadlineMs, deadlineAt }: Means,
): Promise<GuestStar> {
  const { info = '', ticket = null } = options
  return new Promise((resolve, reject) => {
    let stage: JoinStage = 'finding the lobby'
    let signals: GuestSignals | null = null
    let rtc: RtcAttempt | null = null
    let link: RtcLink | null = null
    let offered = false
    let hostAnswered = false
    let settled = false

    const settle = (): void => {
      settled = true
      clearTimeout(timer)
      stopAborting()
      signals?.close()
    }
    const end = (error: unknown): void => {
      if (settled) return
      settle()
      stopListening()
      rtc?.cancel()
      reject(error)
    }
    const fail = (reason: Reason, detail: string): void => end(new StarwireError(reason, detail))
    const noConnection = (detail: string): void => {
      if (offered && !hostAnswered) fail('host-silent', `no answer to the offer; ${detail}`)
      else fail('no-route', detail)
    }
    const progress = (next: JoinStage): void => {
      if (settled) return
      stage = next
      options.onProgress?.(next)
    }
    const tooLate = (): void => {
      if (stage === 'finding the lobby') fail('signaling-down', `no answer within ${deadlineMs} ms`)
      else fail('host-silent', `not admitted within ${deadlineMs} ms`)
    }
    const timer = setTimeout(tooLate, Math.max(0, deadlineAt - performance.now()))
    const stopAborting = onAbort(options.signal, end)
    const stopListening = onPageGone(() => {
      // A page cannot tell its reload from its end, so it never says that it leaves for good.
      if (link) link.closeAtOnce('away')
      else fail('no-route', 'the page was left')
    })

    const connect = (admitted: GuestSignals): void => {
      if (settled) {
        admitted.close()
        return
      }
      signals = admitted
      progress('connecting')
      // The page may have given up in the middle of hearing it.
      if (settled) return
      // The attempt has the deadline from here, since it knows what was tried.
      clearTimeout(timer)
      const iceServers = options.iceServers ?? admitted.iceServers
      rtc = openRtcLink({
        PeerConnection,
        initiator: true,
        iceServers,
        timeoutMs: Math.max(0, deadlineAt - performance.now()),
        sendSignal: (text) => {
          offered = true
          if (!settled) admitted.signal(text)
        },
        opened: (open) => {
          link = open
          settle()
          resolve({
            code: code.trim().toUpperCase(),
            id: admitted.attempt.peer,
            iceServers,
            ticket: admitted.ticket ?? null,
            link: open,
            close: (reason = 'left') => open.close(reason),
          })
        },
        failed: noConnection,
        ended: stopListening,
      })
    }

    const handlers = {
      signal: (data: string) => {
        hostAnswered = true
        rtc?.signal(data)
      },
      hostAway: () => {
        if (!settled) options.onHostAway?.()
      },
      failed: (reason: Reason, detail: string) => {
        // With the host's answer in hand the connection needs no server any more.
        if (!(reason === 'signaling-down' && hostAnswered)) fail(reason, detail)
      },
    }
    const request: GuestRequest = { ticket, ...(options.signal && { signal: options.signal }) }
    const asking = (async () => signaling.guest(code, info, handlers, progress, request))()
    asking.then(connect, (error: unknown) => end(signalingError(error)))
  })
}
