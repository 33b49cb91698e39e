/**
 * The loaded part of `lobby.video`: the own camera, and the streams of the others.
 *
 * Invariants: between `stop` and the next `begin` no track lives and no stream is shown. Who is refused or muted, and everybody
 * while the page is hidden, is asked to send nothing.
 */
import type { Cancel } from '../platform/platform.ts'
import type { PlayerId } from '../world/ids.ts'
import { Capture } from './capture.ts'
import type { LoadedVideo, OwnMedia } from './media-parts.ts'
import type { Wish } from './media-peer-connection.ts'
import type { MediaPlatform } from './media-platform.ts'
import type { MediaProblem, MediaRefusal, VideoOptions } from './types.ts'
import { videoBitsPerSecond } from './video-bitrate.ts'

const DEFAULT_WIDTH = 160
const FRAMES_PER_SECOND = 15

/** From `begin` to `stop`. */
interface Call {
  /** Null: this page only watches. */
  readonly camera: Capture | null
  readonly streams: Map<PlayerId, MediaStream>
  readonly stopLooking: Cancel
}

export class VideoCall implements LoadedVideo {
  private readonly media: OwnMedia
  private readonly page: MediaPlatform
  private call: Call | null = null

  constructor(media: OwnMedia, page: MediaPlatform) {
    this.media = media
    this.page = page
  }

  async begin(options: VideoOptions): Promise<MediaRefusal | null> {
    this.stop()
    if (!this.media.engine?.canConnect) return 'not-supported'
    const call: Call = {
      camera: options.camera === false ? null : this.newCamera(options),
      streams: new Map(),
      stopLooking: this.page.onShownChange(() => this.media.engine?.update()),
    }
    this.call = call
    const refusal = await call.camera?.open(options.device ?? null)
    if (this.call !== call) return 'left'
    return refusal ?? this.media.takePart('video')
  }

  stop(): void {
    const { call } = this
    this.call = null
    call?.stopLooking()
    call?.camera?.close()
  }

  async useDevice(device: string | null): Promise<MediaRefusal | null> {
    return this.call?.camera?.open(device) ?? 'not-on'
  }

  /** What is sent and wanted of a player's pictures. */
  wish(player: PlayerId): Wish {
    const { call, page } = this
    const { context, participants, video } = this.media
    const isHere = call !== null && participants.video.includes(player)
    return {
      sends: isHere && call.camera !== null,
      track: call?.camera?.track ?? null,
      bitsPerSecond: videoBitsPerSecond(participants.video.length - 1),
      receives: isHere && page.isShown() && !video.refused.has(player) && !context.muted.has(player),
    }
  }

  streamOf(player: PlayerId): MediaStream | null {
    return this.call?.streams.get(player) ?? null
  }

  /** The pictures of a player arrive now, or none. */
  received(player: PlayerId, track: MediaStreamTrack | null): void {
    const { streams } = this.call ?? {}
    if (track) streams?.set(player, this.page.newStream(track))
    else streams?.delete(player)
    this.media.video.changed()
  }

  private newCamera({ width = DEFAULT_WIDTH }: VideoOptions): Capture {
    const constraints = {
      width: { ideal: width },
      height: { ideal: (width * 3) / 4 },
      frameRate: { ideal: FRAMES_PER_SECOND, max: FRAMES_PER_SECOND },
    }
    return new Capture('video', constraints, this.page, {
      track: (track) => this.cameraChanged(track),
      problem: (problem) => this.tell(problem),
    })
  }

  private cameraChanged(track: MediaStreamTrack | null): void {
    const { me } = this.media.context
    if (me !== null) this.received(me, track)
    this.media.engine?.update()
  }

  private tell(problem: MediaProblem): void {
    this.media.video.emitter.emit('problem', { problem, player: null })
  }
}
