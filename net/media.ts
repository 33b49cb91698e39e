/**
 * `starwire/media`: sound and pictures beside a link of `starwire/star`, for those who bring their own netcode. In a lobby there are
 * `lobby.voice` and `lobby.video`.
 */

export { StarwireError } from './errors/starwire-error.ts'
export type { TrackKind } from './media/media-peer-connection.ts'
export { type LinkTracks, type LinkTracksOptions, type TracksState, tracksOver } from './media/tracks-over.ts'
export type { Platform } from './platform/platform.ts'
export type { Link } from './transport/link.ts'
export type { PeerConnectionConstructor } from './transport/webrtc.ts'
export type { Lane } from './wire/lanes.ts'
