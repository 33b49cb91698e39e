/**
 * An attempt to connect and the link over it: by `transport.peerConnection`, by a relay, or by both (routes.ts). The same for both sides of a star.
 *
 * Invariant: with `privacy: 'relay-only'` every signal passes `withoutAddresses` on its way out, whatever made it.
 */
import type { ConnectionFacts } from '../errors/connection-report.ts'
import { abortable } from '../platform/abort.ts'
import type { OpenRelay } from '../signaling/signals.ts'
import { LaneLink } from '../transport/lane-link.ts'
import type { LinkCloseReason, Liveness } from '../transport/link.ts'
import type { ConnectPeer, PeerConnectionOptions, TransportOptions } from '../transport/peer-connection.ts'
import { hasTurn, withoutAddresses } from '../transport/private-signals.ts'
import { simplePeer } from '../transport/simple-peer.ts'
import { type PeerConnectionConstructor, usableWebrtc } from '../transport/webrtc.ts'
import { checkKinds, checkNames } from '../world/given.ts'
import { checkPrivacy, type Privacy } from './attempt.ts'
import { Routes } from './routes.ts'

export interface LinkAttemptOptions extends PeerConnectionOptions {
  /** The largest bulk message that this side takes, in bytes. Default 16 MiB. */
  readonly maxBulkBytes?: number | undefined
  /** Default: the connection may show this page's address. */
  readonly privacy?: Privacy | undefined
  /** Of a guest: asks signalling for a relay; `relay` of the attempt is to hear the answer. Default: signalling has none. */
  readonly askForRelay?: (() => void) | undefined
  /** The link that the new connection is for: it moves there, and nothing else of it changes. Default: a new link. */
  readonly existing?: LaneLink | undefined
  /** As `LaneLinkOptions` has them. */
  readonly newKey?: (() => Uint8Array) | undefined
  readonly keyed?: ((key: Uint8Array) => void) | undefined
  readonly liveness?: ((state: Liveness) => void) | undefined
  readonly suspended?: (() => void) | undefined
  readonly ending?: (() => void) | undefined
  /** As `RoutesOptions` has it. */
  readonly relayAfterMs?: number | undefined
  opened(link: LaneLink): void
  /** It never opened; `detail` names what was tried. Not called after `cancel`. */
  failed(detail: string): void
  /** The opened link ended, whoever ended it. Not called for an `existing` one. */
  ended(reason: LinkCloseReason): void
  /** No other route is tried any more, so signals are of no use. Called after `opened`, once. */
  settled?(): void
}

export interface LinkAttempt {
  /** Takes a text of the other side. Never throws. */
  signal(text: string): void
  /** Takes the guest's relay, or on a guest the answer of signalling. */
  relay(open: OpenRelay | null): void
  readonly rejectedSignals: number
  /** On a host: the direct connection has failed, and only a relay of the guest could help, which may never come. */
  readonly isWaiting: boolean
  /** What was found and tried, also after the end. */
  report(): Pick<ConnectionFacts, 'peer' | 'relay'>
  /** Tries no other route any more. An open link goes on. */
  settle(): void
  /** Gives up and releases everything; an open link says goodbye first. An `existing` one goes on. */
  cancel(): void
}

/**
 * A link whose relay ended waits so long for another route, which takes a second. It is as long as a silent link is waited for; where nobody
 * looks for a route, as at an older guest, that is how late the other side is given up.
 */
const REROUTE_MS = 5000

/** Starts to connect. `connect` is null: by a relay alone. The result is null: `offer` is malformed, and nothing was made. */
export function openLink(connect: ConnectPeer | null, options: LinkAttemptOptions): LinkAttempt | null {
  const { platform, offer, timeoutMs, opened, ended } = options
  const attempt = connect?.(options.privacy === 'relay-only' ? withoutOwnAddress(options) : options) ?? null
  if (connect && !attempt) return null
  let link: LaneLink | null = null
  const routes = new Routes({
    ...{ platform, timeoutMs, relayAfterMs: options.relayAfterMs },
    direct: attempt?.pipe ?? null,
    isGuest: offer === null,
    askForRelay: (offer === null && options.askForRelay) || null,
    link: (pipe, resumes) => {
      const { existing, newKey, keyed, liveness, suspended, ending } = options
      existing?.switchTo(pipe)
      if (existing) return existing
      return new LaneLink(pipe, {
        ...{ platform, resumes, newKey, keyed, liveness, suspended, ending },
        rerouteMs: REROUTE_MS,
        maxBulkBytes: options.maxBulkBytes,
        // Too much nonsense: a host kicks the guest, a guest leaves.
        dropsAs: offer === null ? 'left' : 'kicked',
        ended(reason) {
          routes.close()
          ended(reason)
        },
      })
    },
    chosen(chosen) {
      link = chosen
      opened(chosen)
    },
    failed: options.failed,
    settled: () => options.settled?.(),
  })
  return {
    signal: (text) => attempt?.signal(text),
    relay: (open) => routes.relay(open),
    get rejectedSignals() {
      return attempt?.rejectedSignals ?? 0
    },
    get isWaiting() {
      return routes.isWaiting
    },
    settle: () => routes.close(),
    report: () => ({ peer: attempt?.report?.() ?? null, relay: routes.relayReport }),
    cancel() {
      routes.close()
      if (!options.existing) link?.close()
    },
  }
}

/** `connect`, or null where this page may only use relays and is given none of TURN. */
export function directConnector(
  connect: ConnectPeer | null,
  privacy: Privacy | undefined,
  iceServers: readonly RTCIceServer[],
): ConnectPeer | null {
  return privacy === 'relay-only' && !hasTurn(iceServers) ? null : connect
}

function withoutOwnAddress(options: PeerConnectionOptions): PeerConnectionOptions {
  return {
    ...options,
    relayOnly: true,
    sendSignal(text) {
      const left = withoutAddresses(text)
      if (left !== null) options.sendSignal(left)
    },
  }
}

/**
 * What makes connections: the developer's own, else simple-peer over the page's or the given WebRTC. Null: none that works, for a page with
 * `relay-only`, which does without.
 * @throws StarwireError (rejects): `no-webrtc`, when this page has none that works.
 * @throws RangeError (rejects) for a `privacy` that there is not.
 * @throws TypeError (rejects) when `transport` is not `{ peerConnection }` with a function.
 */
export async function connectorOf(options: {
  readonly transport?: TransportOptions
  readonly RTCPeerConnection?: PeerConnectionConstructor
  readonly signal?: AbortSignal
  readonly privacy?: Privacy
}): Promise<ConnectPeer | null> {
  const { transport = {}, RTCPeerConnection, signal, privacy } = options
  checkPrivacy(privacy)
  checkNames('transport', transport, ['peerConnection'])
  checkKinds('transport', transport, { peerConnection: 'function' })
  const { peerConnection } = transport
  const connector = peerConnection ? Promise.resolve(peerConnection) : usableWebrtc(RTCPeerConnection).then(simplePeer)
  return abortable(privacy === 'relay-only' ? connector.catch(() => null) : connector, signal)
}
