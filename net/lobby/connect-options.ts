/** The options by which a page reaches signalling and other pages, as signalling, the star and media take them. */
import type { MediaWays } from '../media/media-context.ts'
import { thisPage } from '../platform/platform.ts'
import { connectSignaling } from '../signaling/client.ts'
import type { Signaling } from '../signaling/signals.ts'
import type { LobbyOptions } from './option-types.ts'

export type ConnectOptions = Omit<LobbyOptions, 'name'>

export function signalingOf({ signaling, WebSocket, platform }: ConnectOptions): Signaling {
  return connectSignaling({
    ...(signaling !== undefined && { url: signaling }),
    ...(WebSocket && { WebSocket }),
    ...(platform && { platform }),
  })
}

/** What the star takes as it is. */
export function starOptions({ iceServers, RTCPeerConnection, transport, privacy, platform }: ConnectOptions) {
  return {
    ...(transport && { transport }),
    ...(privacy && { privacy }),
    ...(iceServers && { iceServers }),
    ...(RTCPeerConnection && { RTCPeerConnection }),
    ...(platform && { platform }),
  }
}

/** How pages connect for voice and video: as they do for the lobby. `iceServers`: what signalling handed out. */
export function mediaWays(
  { platform = thisPage, RTCPeerConnection: PeerConnection, mediaPlatform: media, privacy }: ConnectOptions,
  iceServers: () => readonly RTCIceServer[],
): MediaWays {
  return { platform, PeerConnection, media, iceServers, isPrivate: privacy === 'relay-only' }
}
