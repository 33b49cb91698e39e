/** What voice and video need of the lobby that they belong to. */
import type { Platform } from '../platform/platform.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import type { PlayerId } from '../world/ids.ts'
import type { MediaRequest, SignalRequest } from './media-messages.ts'
import type { MediaPlatform } from './media-platform.ts'

/** How pages connect for media, the same for the life of the lobby. */
export interface MediaWays {
  readonly platform: Platform
  /** Those of the lobby, as they are now. */
  iceServers(): readonly RTCIceServer[]
  /** Whether no other player may learn this page's address. Default false. */
  readonly isPrivate?: boolean
  /** Default: the page's own. */
  readonly PeerConnection?: PeerConnectionConstructor | undefined
  /** Default: the page's own. */
  readonly media?: MediaPlatform | undefined
}

export interface MediaContext extends MediaWays {
  /** Null for a host without a player. */
  readonly me: PlayerId | null
  /** Whether the lobby is over for this page. */
  readonly ended: boolean
  readonly muted: ReadonlySet<PlayerId>
  /** Says something to the host. False: it cannot be reached now. */
  send(message: MediaRequest | SignalRequest): boolean
  has(player: PlayerId): boolean
}

/** What a page takes part in. */
export type MediaKind = 'voice' | 'video'
