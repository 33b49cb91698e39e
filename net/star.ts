/**
 * `starwire/star`: only the star, for those who bring their own netcode. A code, lanes, send, receive; no game in it. Beside its links
 * go files (`starwire/files`), and sound and pictures (`starwire/media`).
 *
 * ```ts
 * import { createStar, joinStar } from 'starwire/star'
 *
 * const star = await createStar({ onPeer: ({ link }) => link.listen({ message: play, closed: console.log }) })
 * show(star.code)                                                    // five characters to pass on
 * for (const { link } of star.peers.values()) link.send('state', bytes)
 *
 * const guest = await joinStar('K7QX2', { onProgress: show })        // in the other tab
 * guest.link.listen({ message: (lane, bytes) => play(lane, bytes), closed: (reason) => show(reason) })
 * guest.link.send('bulk', new TextEncoder().encode('hello'))
 * ```
 */
import { connectSignaling } from './signaling/client.ts'
import type { Signaling } from './signaling/signals.ts'
import type { WebSocketConstructor } from './signaling/socket.ts'
import { type HostStar, type HostStarOptions, hostStar } from './star/host-star.ts'
import { type GuestStar, type JoinStarOptions as JoinOptions, joinStar as join } from './star/join-star.ts'
import { checkNames } from './world/given.ts'

/** How host and guest find each other. Both sides need the same. */
export interface StarSignaling {
  /** The signalling server, as ws:, wss:, http: or https:, or relative to the page. Default: `/starwire` on the page's own origin. */
  url?: string
  /** Signalling of your own instead; `url` and `WebSocket` are then not used. */
  signaling?: Signaling
  /** What opens the socket to the signalling server. Default: the page's own. For Node: that of the package `ws`. */
  WebSocket?: WebSocketConstructor
}

export interface CreateStarOptions extends Omit<HostStarOptions, 'beforePageGone'>, StarSignaling {}

export interface JoinStarOptions extends JoinOptions, StarSignaling {}

/** Every option by its name: the compiler asks for those that are missing here. */
const BOTH = {
  url: true,
  signaling: true,
  iceServers: true,
  WebSocket: true,
  RTCPeerConnection: true,
  transport: true,
  privacy: true,
  platform: true,
  signal: true,
  deadlineMs: true,
} as const
const CREATE_OPTIONS: { readonly [K in keyof Required<CreateStarOptions>]: true } = {
  ...BOTH,
  accept: true,
  note: true,
  onPeer: true,
  onPeerGone: true,
  onOnline: true,
  onLost: true,
  onPageGone: true,
  maxPeers: true,
  maxBulkBytes: true,
}
const JOIN_OPTIONS: { readonly [K in keyof Required<JoinStarOptions>]: true } = {
  ...BOTH,
  info: true,
  onProgress: true,
  onHostAway: true,
  answerWithinMs: true,
  ticket: true,
}

/**
 * Opens a star with this page as the host. It ends with `close`, or with the page, which says goodbye to everybody.
 * @throws StarwireError (rejects) with the reason, e.g. `signaling-down`; `no-webrtc`, before signalling is asked, when this
 *   page cannot make connections: `detail` says what is missing.
 * @throws RangeError, TypeError (rejects) when an option cannot be: `maxPeers` out of its range, a `url` that is none, one
 *   that there is not.
 */
export async function createStar(options: CreateStarOptions = {}): Promise<HostStar> {
  checkNames('createStar', options, Object.keys(CREATE_OPTIONS))
  const { url, signaling, WebSocket, ...rest } = options
  const { platform } = rest
  const ways = { ...(url !== undefined && { url }), ...(WebSocket && { WebSocket }), ...(platform && { platform }) }
  return hostStar(signaling ?? connectSignaling(ways), rest)
}

/**
 * Joins a star by its code, typed in any case. Ends within `deadlineMs` (15 s), one way or the other.
 * @throws StarwireError (rejects) with the reason: `not-found`, `bad-code`, `full`, what the host's `accept` gave,
 *   `host-silent`, `no-route` (its `detail` lists what was tried), `signaling-down`, `no-webrtc`.
 * @throws TypeError (rejects) for an option that there is not.
 */
export async function joinStar(code: string, options: JoinStarOptions = {}): Promise<GuestStar> {
  checkNames('joinStar', options, Object.keys(JOIN_OPTIONS))
  const { url, signaling, WebSocket, ...rest } = options
  const { deadlineMs, platform } = rest
  const ways = {
    ...(url !== undefined && { url }),
    ...(WebSocket && { WebSocket }),
    ...(platform && { platform }),
    ...(deadlineMs && { joinDeadlineMs: deadlineMs }),
  }
  return join(signaling ?? connectSignaling(ways), code, rest)
}

export type {
  CandidateReport,
  ConnectionCause,
  ConnectionReport,
  ConnectionRoute,
  PeerReport,
  ReportTextOptions,
  ServerFault,
} from './errors/connection-report.ts'
export { connectionAdvice, connectionReportText } from './errors/connection-report.ts'
export { isReason, reasonSentences } from './errors/sentences.ts'
export { StarwireError } from './errors/starwire-error.ts'
export type { Platform } from './platform/platform.ts'
export type * from './signaling/signals.ts'
export type { Privacy } from './star/attempt.ts'
export type { StarPeer } from './star/guests.ts'
export type { HostStar, HostStarOptions } from './star/host-star.ts'
export type { GuestStar } from './star/join-star.ts'
export type { LaneLink } from './transport/lane-link.ts'
export type { DrainOutcome, Link, LinkCloseReason, LinkHandlers, Liveness, SendOutcome } from './transport/link.ts'
export type { ConnectPeer, PeerAttempt, PeerConnectionOptions, TransportOptions } from './transport/peer-connection.ts'
export type { Pipe, PipeEvents, PipeFrame, PipeReport } from './transport/pipe.ts'
export type { Lane, LaneStats } from './wire/lanes.ts'
export { MAX_BULK_BYTES, MAX_STATE_BYTES } from './wire/lanes.ts'
export type { Reason } from './wire/reasons.ts'
