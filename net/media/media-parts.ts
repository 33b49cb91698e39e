/**
 * How the two halves of voice and video see each other: what every lobby has (`lobby-media.ts` and the faces), and what is
 * loaded when it is first used (`media-engine.ts`).
 */
import type { Emitter } from '../platform/emitter.ts'
import type { PlayerId } from '../world/ids.ts'
import type { MediaContext, MediaKind } from './media-context.ts'
import type { Participants } from './media-messages.ts'
import type { TrackKind } from './media-peer-connection.ts'
import type {
  MediaConnection,
  MediaDevice,
  MediaRefusal,
  VideoEvents,
  VideoOptions,
  VoiceEvents,
  VoiceOptions,
} from './types.ts'

/** What every lobby has. */
export interface OwnMedia {
  readonly context: MediaContext
  readonly participants: Participants
  readonly engine: LoadedMedia | null
  readonly voice: OwnVoice
  readonly video: OwnVideo
  load(): Promise<LoadedMedia | null>
  takePart(kind: MediaKind): Promise<MediaRefusal | null>
  leave(kind: MediaKind): void
}

/** What the face of voice holds. */
export interface OwnVoice {
  readonly mutedMe: boolean
  readonly volumes: ReadonlyMap<PlayerId, number>
  readonly emitter: Emitter<VoiceEvents>
  /** Shows the members as they are now. */
  changed(): void
  /** The place in voice is gone. */
  dropped(): void
}

/** What the face of video holds. */
export interface OwnVideo {
  readonly refused: ReadonlySet<PlayerId>
  readonly emitter: Emitter<VideoEvents>
  changed(): void
  dropped(): void
}

/** What is loaded. */
export interface LoadedMedia {
  readonly voice: LoadedVoice
  readonly video: LoadedVideo
  /** Whether this browser makes connections. */
  readonly canConnect: boolean
  connectionOf(player: PlayerId): MediaConnection
  devices(kind: TrackKind): Promise<MediaDevice[]>
  /** Participants, mutes, volumes or devices are others. */
  update(): void
  hear(from: PlayerId, text: string): void
  /** The way for signals is back. */
  wake(): void
  /** The host has given this page's place away. */
  lostPlace(kind: MediaKind): void
  /** The lobby is over: nothing stays. */
  end(): void
}

export interface LoadedVoice {
  /** Null: this page takes part. Else the reason why not; the caller stops what was begun. */
  begin(options: VoiceOptions): Promise<MediaRefusal | null>
  stop(): void
  useDevice(device: string | null): Promise<MediaRefusal | null>
  talk(isDown: boolean): void
  /** The microphone is heard by others, or not. */
  openOrShut(): void
  isSpeaking(player: PlayerId): boolean
}

export interface LoadedVideo {
  /** As of voice. */
  begin(options: VideoOptions): Promise<MediaRefusal | null>
  stop(): void
  useDevice(device: string | null): Promise<MediaRefusal | null>
  /** What arrives of a player, or the own camera; null: nothing. */
  streamOf(player: PlayerId): MediaStream | null
}
