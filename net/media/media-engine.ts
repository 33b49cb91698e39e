/**
 * The part of voice and video that is loaded when it is first used: connections to other participants, and the tracks that are sent and
 * received over them.
 */
import type { Cancel } from '../platform/platform.ts'
import type { PlayerId } from '../world/ids.ts'
import { listDevices } from './capture.ts'
import type { MediaKind } from './media-context.ts'
import type { LoadedMedia, OwnMedia } from './media-parts.ts'
import type { TrackKind, Wishes } from './media-peer-connection.ts'
import { type MediaPlatform, thisMedia } from './media-platform.ts'
import { Mesh } from './mesh.ts'
import type { MediaConnection, MediaDevice } from './types.ts'
import { VideoCall } from './video-call.ts'
import { VoiceCall } from './voice-call.ts'

export class MediaEngine implements LoadedMedia {
  readonly voice: VoiceCall
  readonly video: VideoCall
  private readonly media: OwnMedia
  private readonly page: MediaPlatform
  private readonly mesh: Mesh | null
  private readonly stopListening: Cancel[]

  constructor(media: OwnMedia) {
    const { context } = media
    const { platform } = context
    this.media = media
    this.page = context.media ?? thisMedia
    this.voice = new VoiceCall(media, this.page)
    this.video = new VideoCall(media, this.page)
    this.mesh = this.newMesh()
    this.stopListening = [
      // A page that goes must not keep microphone and camera.
      platform.onPageGone(() => this.drop()),
      platform.onWake(() => this.mesh?.wake()),
    ]
  }

  /** Null where the browser has no WebRTC: then nothing can be joined. */
  private newMesh(): Mesh | null {
    const { context } = this.media
    const { me, platform, isPrivate = false, PeerConnection = globalThis.RTCPeerConnection } = context
    if (me === null || typeof PeerConnection !== 'function') return null
    return new Mesh({
      ...{ me, platform, isPrivate, PeerConnection, iceServers: () => context.iceServers() },
      say: (to, text) => void context.send({ kind: 'signal', to, text }),
      wishes: (player) => this.wishes(player),
      state: (player, state) => this.stateChanged(player, state),
      received: (player, kind, track) => this.received(player, kind, track),
    })
  }

  get canConnect(): boolean {
    return this.mesh !== null
  }

  update(): void {
    this.mesh?.update(this.media.participants)
    this.voice.placeAll()
  }

  hear(from: PlayerId, text: string): void {
    this.mesh?.hear(from, text)
  }

  wake(): void {
    this.mesh?.wake()
  }

  connectionOf(player: PlayerId): MediaConnection {
    return this.mesh?.stateOf(player) ?? 'none'
  }

  devices(kind: TrackKind): Promise<MediaDevice[]> {
    return listDevices(kind, this.page)
  }

  lostPlace(kind: MediaKind): void {
    this.media[kind].dropped()
  }

  end(): void {
    for (const stop of this.stopListening) stop()
    this.drop()
    this.mesh?.update({ voice: [], video: [] })
  }

  private drop(): void {
    this.media.voice.dropped()
    this.media.video.dropped()
  }

  private wishes(player: PlayerId): Wishes {
    return { audio: this.voice.wish(player), video: this.video.wish(player) }
  }

  private stateChanged(player: PlayerId, state: MediaConnection): void {
    const { voice, video, participants } = this.media
    voice.changed()
    video.changed()
    if (state !== 'failed') return
    const news = { problem: 'no-route', player } as const
    if (participants.voice.includes(player)) voice.emitter.emit('problem', news)
    if (participants.video.includes(player)) video.emitter.emit('problem', news)
  }

  private received(player: PlayerId, kind: TrackKind, track: MediaStreamTrack | null): void {
    if (kind === 'audio') this.voice.received(player, track)
    else this.video.received(player, track)
  }
}
