/** Voice and video as the developer sees them. */
import type { PlayerId } from '../world/ids.ts'
import type { MediaPlatform } from './media-platform.ts'

export type { MediaPlatform }

/**
 * Why voice or video is not to be had; `mediaSentences` has a sentence for the player for each.
 * - `no-permission`: the player or the browser said no.
 * - `no-device`: there is none. `device-busy`: another program holds it.
 * - `insecure-context`: the page is not on https or localhost, where browsers give no microphone.
 * - `not-supported`: no WebRTC, or no media devices, in this browser.
 * - `not-here`: the link to the host is lost, or the host did not answer within 8 s.
 * - `not-on`: this page does not take part; `join` first.
 * - `full`: eight take part. The event `members` tells when one of them has left.
 * - `load-failed`: the code of voice and video, which is loaded when it is first used, could not be.
 * - `no-player`: a host without a player of its own. `no-such-player`: not in the lobby.
 * - `left`: `leave` was called while `join` was under way, or the page joined anew.
 * - `ended`: the lobby is over.
 */
export type MediaRefusal =
  | 'no-permission'
  | 'no-device'
  | 'device-busy'
  | 'insecure-context'
  | 'not-supported'
  | 'not-here'
  | 'not-on'
  | 'full'
  | 'load-failed'
  | 'no-player'
  | 'no-such-player'
  | 'left'
  | 'ended'

/**
 * What happens while voice or video is on; `mediaProblemSentences` has a sentence for each.
 * - `device-lost`: it was unplugged, and there is no other. This page still hears and sees; the next device is taken by itself.
 * - `device-changed`: it was unplugged, and the browser's default device took its place.
 * - `device-back`: after `device-lost` or `interrupted`.
 * - `interrupted`: the system took the device away for a while, as for a phone call.
 * - `sound-blocked`: the browser plays nothing before the player clicks or presses a key; then it does, by itself.
 * - `no-route`: no connection to `player` could be made, after several tries.
 */
export type MediaProblem =
  | 'device-lost'
  | 'device-changed'
  | 'device-back'
  | 'interrupted'
  | 'sound-blocked'
  | 'no-route'

export interface MediaProblemNews {
  readonly problem: MediaProblem
  /** Whom it is about; null: this page's own device or sound. */
  readonly player: PlayerId | null
}

/**
 * - `off`: this page does not take part.
 * - `joining`: it asks for the device, then the host.
 * - `on`: it takes part.
 */
export type MediaState = 'off' | 'joining' | 'on'

/**
 * The way to another participant: `none` when this page does not take part; `failed` after several tries, until either page
 * joins anew or wakes.
 */
export type MediaConnection = 'none' | 'connecting' | 'connected' | 'failed'

/** A place in the game's world, in any unit; `Hearing` counts in the same. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** How voices sound by their distance, in the unit of the places. */
export interface Hearing {
  /** Up to here a voice has its full volume. 0 or more. Default 100. */
  readonly near?: number
  /** From here on it is silent. Above `near`. Default 1000. */
  readonly far?: number
}

export interface VoiceMember {
  readonly player: PlayerId
  readonly mine: boolean
  /** Whether they speak now, as this page hears them; for the own player, what its microphone hears while it is not muted. */
  readonly speaking: boolean
  readonly connection: MediaConnection
  /** Whether this page mutes them (`lobby.mute`), or itself (`voice.muteMe`). */
  readonly muted: boolean
  /** As `setVolume` set it; 1 before. */
  readonly volume: number
}

export interface VoiceOptions {
  /** Whether the microphone is silent until `talk(true)`. Default false: it is open. */
  readonly pushToTalk?: boolean
  /** Whether this page only listens: no microphone is asked for. Default false. */
  readonly listenOnly?: boolean
  /** The `deviceId` of a microphone. Default: the browser's own choice. */
  readonly device?: string
  /** Filters of the browser. Default: all true. */
  readonly echoCancellation?: boolean
  readonly noiseSuppression?: boolean
  readonly autoGainControl?: boolean
  /**
   * Where a player is, also the own one; null for no place, which is heard from the middle at full volume. Asked 20 times a
   * second. Voices then come from left or right by `x`, and are quieter by their distance.
   */
  readonly position?: (player: PlayerId) => Place | null
  readonly hearing?: Hearing
}

export interface VoiceEvents {
  state: MediaState
  /** Somebody joined, left, is connected, muted, or has another volume. Speaking has an event of its own. */
  members: readonly VoiceMember[]
  speaking: { readonly player: PlayerId; readonly speaking: boolean }
  problem: MediaProblemNews
}

/** A device of the player, for a choice. Its label is empty until the player has allowed one. */
export interface MediaDevice {
  readonly id: string
  readonly label: string
}

/**
 * Voices of the players, from page to page, Opus at 24 kbit/s, nothing of it by the host. Up to eight take part; a ninth is
 * refused (`full`), still sees who takes part, and may join when the event `members` has seven. Each of them learns the network addresses of the others.
 */
export interface Voice {
  readonly state: MediaState
  /** Who takes part, in the order in which they joined; also while this page does not. */
  readonly members: readonly VoiceMember[]
  /** Whether this page's microphone is muted. */
  readonly mutedMe: boolean
  /**
   * Takes part. Call it in a click or a key press: the browser asks the player for the microphone, and plays sound only after
   * one. Resolves to null, or to why not. When it is on, it does nothing.
   * @throws TypeError, RangeError (rejects) for options that there are not or that are of a wrong kind.
   */
  join(options?: VoiceOptions): Promise<MediaRefusal | null>
  /** Takes part no more: the microphone is released, and every connection that video does not need is closed. */
  leave(): void
  /** Silences this page's microphone, or opens it again. It holds beyond `leave` and `join`. */
  muteMe(isMuted: boolean): void
  /** With `pushToTalk`: the key is down, or up. Without it, nothing. */
  talk(isDown: boolean): void
  /**
   * How loud a player is on this page: 0 to 2, 1 as they are. It holds while the player is in the lobby. Returns why not.
   * @throws RangeError for another number.
   */
  setVolume(player: PlayerId, volume: number): MediaRefusal | null
  /** The microphones of this device; empty where there are none or the browser tells nothing. */
  devices(): Promise<readonly MediaDevice[]>
  /** Changes the microphone; null: the browser's own choice. Resolves to null, or to why the one before is still used. */
  useDevice(device: string | null): Promise<MediaRefusal | null>
  on<Name extends keyof VoiceEvents>(event: Name, heard: (value: VoiceEvents[Name]) => void): () => void
}

export interface VideoMember {
  readonly player: PlayerId
  readonly mine: boolean
  /**
   * Their pictures, for `srcObject` of a `<video muted playsinline>`; for the own player the own camera. Null: nothing arrives, as
   * when they have no camera on, are refused, or this page is hidden.
   */
  readonly stream: MediaStream | null
  readonly connection: MediaConnection
  /** Whether this page wants to see them (`accept`). */
  readonly accepted: boolean
}

export interface VideoOptions {
  /** Whether this player's camera is on. With false the page only watches, and no camera is asked for. Default true. */
  readonly camera?: boolean
  /** The `deviceId` of a camera. Default: the browser's own choice. */
  readonly device?: string
  /** Width of the own picture, 160 to 320; its height is three quarters of that. What is asked of the camera. Default 160. */
  readonly width?: number
}

export interface VideoEvents {
  state: MediaState
  /** Somebody joined or left, or has another stream. */
  members: readonly VideoMember[]
  problem: MediaProblemNews
}

/**
 * Pictures of the players in small tiles, from page to page, 15 a second at 150 kbit/s at most. Up to eight take part, as in voice; nobody is sent or
 * shown anything without joining. While a page is hidden it is sent none. Each participant learns the network addresses of
 * the others.
 */
export interface Video {
  readonly state: MediaState
  /** Who takes part, in the order in which they joined; also while this page does not. */
  readonly members: readonly VideoMember[]
  /**
   * Takes part. The browser asks the player for the camera. Resolves to null, or to why not. When it is on, it does nothing.
   * @throws TypeError, RangeError (rejects) for options that there are not or that are of a wrong kind.
   */
  join(options?: VideoOptions): Promise<MediaRefusal | null>
  /** Takes part no more: the camera is released, and every connection that voice does not need is closed. */
  leave(): void
  /** Refuses a player's pictures, or takes them again. Refused, their page sends none. Who is muted is not seen either. */
  accept(player: PlayerId, isAccepted: boolean): MediaRefusal | null
  /** The cameras of this device; empty where there are none or the browser tells nothing. */
  devices(): Promise<readonly MediaDevice[]>
  /** Changes the camera; null: the browser's own choice. Resolves to null, or to why the one before is still used. */
  useDevice(device: string | null): Promise<MediaRefusal | null>
  on<Name extends keyof VideoEvents>(event: Name, heard: (value: VideoEvents[Name]) => void): () => void
}
