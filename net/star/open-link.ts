/** An attempt to connect and the link over it, by `transport.peerConnection`. The same for both sides of a star. */
import { abortable } from '../platform/abort.ts'
import { LaneLink } from '../transport/lane-link.ts'
import type { LinkCloseReason } from '../transport/link.ts'
import type { ConnectPeer, PeerConnectionOptions, TransportOptions } from '../transport/peer-connection.ts'
import { simplePeer } from '../transport/simple-peer.ts'
import { type PeerConnectionConstructor, usableWebrtc } from '../transport/webrtc.ts'
import { checkKinds, checkNames } from '../world/given.ts'

export interface LinkAttemptOptions extends PeerConnectionOptions {
  /** The largest bulk message that this side takes, in bytes. Default 16 MiB. */
  readonly maxBulkBytes?: number | undefined
  opened(link: LaneLink): void
  /** It never opened; `detail` names what was tried. Not called after `cancel`. */
  failed(detail: string): void
  /** The opened link ended, whoever ended it. */
  ended(reason: LinkCloseReason): void
}

export interface LinkAttempt {
  /** Takes a text of the other side. Never throws. */
  signal(text: string): void
  readonly rejectedSignals: number
  /** Gives up and releases everything; an open link says goodbye first. */
  cancel(): void
}

/** Starts to connect. Null: `offer` is malformed, and nothing was made. */
export function openLink(connect: ConnectPeer, options: LinkAttemptOptions): LinkAttempt | null {
  const { platform, opened, failed, ended } = options
  const attempt = connect(options)
  if (!attempt) return null
  let state: 'connecting' | 'open' | 'cancelled' = 'connecting'
  const link = new LaneLink(attempt.pipe, {
    platform,
    maxBulkBytes: options.maxBulkBytes,
    // Too much nonsense: a host kicks the guest, a guest leaves.
    dropsAs: options.offer === null ? 'left' : 'kicked',
    opened() {
      state = 'open'
      opened(link)
    },
    ended(reason, detail) {
      if (state === 'open') ended(reason)
      else if (state === 'connecting') failed(detail || 'the other side closed the connection')
    },
  })
  return {
    signal: (text) => attempt.signal(text),
    get rejectedSignals() {
      return attempt.rejectedSignals
    },
    cancel() {
      if (state === 'connecting') state = 'cancelled'
      link.close()
    },
  }
}

/**
 * What makes connections: the developer's own, else simple-peer over the page's or the given WebRTC.
 * @throws StarwireError (rejects): `no-webrtc`, when this page has none that works.
 * @throws TypeError (rejects) when `transport` is not `{ peerConnection }` with a function.
 */
export async function connectorOf(options: {
  readonly transport?: TransportOptions
  readonly RTCPeerConnection?: PeerConnectionConstructor
  readonly signal?: AbortSignal
}): Promise<ConnectPeer> {
  const { transport = {}, RTCPeerConnection, signal } = options
  checkNames('transport', transport, ['peerConnection'])
  checkKinds('transport', transport, { peerConnection: 'function' })
  const { peerConnection } = transport
  const connector = peerConnection ? Promise.resolve(peerConnection) : usableWebrtc(RTCPeerConnection).then(simplePeer)
  return abortable(connector, signal)
}
