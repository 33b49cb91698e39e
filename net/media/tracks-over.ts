/**
 * Sound and pictures beside one link, for developers who bring their own netcode: they make the link and listen to it. In go the tracks that
 * this page sends and the messages of the link; out go the tracks that arrive. Tracks have an RTCPeerConnection of their own, so tracks
 * and link never wait for each other. Only its signals go over the bulk lane.
 */
import { StarwireError } from '../errors/starwire-error.ts'
import { type Platform, thisPage } from '../platform/platform.ts'
import type { Link } from '../transport/link.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import { closeMessage, FIRST_BYTE, openMessage } from '../wire/bulk-message.ts'
import type { Lane } from '../wire/lanes.ts'
import { checkKinds, checkNames, describeGiven } from '../world/given.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from './media-messages.ts'
import type { TrackKind, Wish, Wishes } from './media-peer-connection.ts'
import { VOICE_BITS_PER_SECOND } from './opus-settings.ts'
import { Pair, type PairState } from './pair.ts'
import { MAX_VIDEO_BITS_PER_SECOND } from './video-bitrate.ts'

/** The number that a message begins with; others are taken by the lobby (`lobby/messages.ts`) and files. */
export const TRACK_KINDS = { signalBeside: 84 } as const

/** Messages of the other side are no longer read after so many that no honest side sends. */
const MAX_REJECTED = 100

/** `connecting`, also after a lost route; `failed` after a minute without one, until the other side's next `tracksOver` or `resume`. */
export type TracksState = PairState

export interface LinkTracksOptions {
  /** Whether this side calls: true on exactly one of the two, say on the host's. With two callers or none nothing ever connects. */
  readonly calls: boolean
  /** Those of the star (`star.iceServers`). Default: none, which is enough within one network. */
  readonly iceServers?: readonly RTCIceServer[]
  /**
   * `relay-only`: the other side does not learn this page's address. It connects through a TURN server of `iceServers`, or not at all.
   * Default: it connects as soon as it can.
   */
  readonly privacy?: 'relay-only'
  /** What arrives of a kind now; null: nothing any more. Without it this side wants neither sound nor pictures. */
  readonly onTrack?: (kind: TrackKind, track: MediaStreamTrack | null) => void
  readonly onState?: (state: TracksState) => void
  /** What makes the connection. Default: the page's own. */
  readonly RTCPeerConnection?: PeerConnectionConstructor
  /** Whose time and chance it goes by. Default: this page's. */
  readonly platform?: Platform
}

export interface LinkTracks {
  readonly state: TracksState
  /**
   * Sends a track in place of the one before; null: nothing of this kind. The track stays its owner's: stop it yourself. To mute, set its
   * `enabled` to false. Sound goes in Opus at 24 kbit/s, pictures at 15 a second and 150 kbit/s at most, so that both leave room
   * for the game.
   * @throws TypeError for a kind that there is not, and for a track of another kind.
   */
  send(kind: TrackKind, track: MediaStreamTrack | null): void
  /** Refuses what the other side sends of a kind, or takes it again. Refused, their page sends none. */
  accept(kind: TrackKind, isAccepted: boolean): void
  /**
   * Give it every message of the link. True: it was about tracks, and is none of yours. Your own messages on the bulk lane must not begin
   * with the bytes 0x94 0x54.
   */
  hear(lane: Lane, bytes: Uint8Array): boolean
  /** Signals go over another link from now on: the first was lost, and this page and the other are connected again. */
  resume(link: Pick<Link, 'send'>): void
  /** Ends the connection. The link stays, and so do the tracks that this page sent. */
  close(): void
  /** What the browser knows of the connection; null while there is none. */
  stats(): Promise<RTCStatsReport | null>
  /** Messages about tracks that no honest side sends. After 100 no more are read: close the link. */
  readonly rejected: number
}

/**
 * Sends and takes sound and pictures beside a link of a star. Both sides call it when the link is open, and give it what they hear:
 *
 * ```ts
 * const tracks = tracksOver(link, { calls: true, iceServers: star.iceServers, onTrack: (kind, track) => play(kind, track) })
 * link.listen({ message: (lane, bytes) => tracks.hear(lane, bytes) || play(lane, bytes), closed: () => tracks.close() })
 * const microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
 * tracks.send('audio', microphone.getAudioTracks()[0] ?? null)
 * ```
 *
 * Two guests of one host do the same with a link of their own making: `send` hands the bytes to the host with the other's name, the host
 * passes them on, and they are given to `hear`. The two sides learn each other's network addresses.
 * @throws TypeError for an option that there is not or that is of a wrong kind.
 * @throws RangeError for a `privacy` that there is not.
 * @throws StarwireError `no-webrtc`, where this page makes no connections.
 */
export function tracksOver(link: Pick<Link, 'send'>, options: LinkTracksOptions): LinkTracks {
  checkNames('tracksOver', options, [
    'calls',
    'iceServers',
    'privacy',
    'onTrack',
    'onState',
    'RTCPeerConnection',
    'platform',
  ])
  checkKinds('tracksOver', options, { calls: 'boolean', onTrack: 'function', onState: 'function' })
  if (typeof options.calls !== 'boolean')
    throw new TypeError('tracksOver: write `calls`: true on one side of the link, false on the other.')
  if (options.privacy !== undefined && options.privacy !== 'relay-only')
    throw new RangeError(`tracksOver: privacy is 'relay-only' or left out, not ${describeGiven(options.privacy)}.`)
  const { RTCPeerConnection = globalThis.RTCPeerConnection } = options
  if (typeof RTCPeerConnection !== 'function')
    throw new StarwireError('no-webrtc', 'There is no RTCPeerConnection here: pass one to tracksOver.')
  return new TracksOverLink(link, options, RTCPeerConnection)
}

class TracksOverLink implements LinkTracks {
  rejected = 0
  private link: Pick<Link, 'send'>
  private readonly sent: Record<TrackKind, MediaStreamTrack | null> = { audio: null, video: null }
  private readonly accepted: Record<TrackKind, boolean>
  private readonly pair: Pair

  constructor(link: Pick<Link, 'send'>, options: LinkTracksOptions, PeerConnection: PeerConnectionConstructor) {
    const { calls, iceServers = [], privacy, onTrack, onState, platform = thisPage } = options
    this.link = link
    this.accepted = { audio: onTrack !== undefined, video: onTrack !== undefined }
    this.pair = new Pair(
      {
        ...{ PeerConnection, platform, calls, isPrivate: privacy === 'relay-only', iceServers: () => iceServers },
        life: new Uint32Array(platform.randomBytes(4).buffer)[0] ?? 0,
        say: (text) => void this.link.send('bulk', closeMessage(TRACK_KINDS, signalBeside(text))),
        state: (state) => onState?.(state),
        received: (kind, track) => onTrack?.(kind, track),
      },
      this.wishes(),
    )
  }

  get state(): TracksState {
    return this.pair.state
  }

  send(kind: TrackKind, track: MediaStreamTrack | null): void {
    this.checkKind('send', kind)
    if (track !== null && track?.kind !== kind)
      throw new TypeError(
        `tracks.send('${kind}') was given ${describeGiven(track?.kind ?? track)}. Give it a track of its kind, or null.`,
      )
    this.sent[kind] = track
    this.pair.want(this.wishes())
  }

  accept(kind: TrackKind, isAccepted: boolean): void {
    this.checkKind('accept', kind)
    this.accepted[kind] = isAccepted
    this.pair.want(this.wishes())
  }

  hear(lane: Lane, bytes: Uint8Array): boolean {
    if (lane !== 'bulk' || bytes[0] !== FIRST_BYTE || bytes[1] !== TRACK_KINDS.signalBeside) return false
    const text = this.rejected < MAX_REJECTED ? readSignalBeside(bytes) : null
    const droppedBefore = this.pair.dropped
    if (text !== null) this.pair.hear(text)
    if (text === null || this.pair.dropped > droppedBefore) this.rejected++
    return true
  }

  resume(link: Pick<Link, 'send'>): void {
    this.link = link
    this.pair.wake()
  }

  close(): void {
    this.pair.close()
  }

  stats(): Promise<RTCStatsReport | null> {
    return this.pair.stats()
  }

  private wishes(): Wishes {
    const of = (kind: TrackKind): Wish => ({
      sends: this.sent[kind] !== null,
      track: this.sent[kind],
      receives: this.accepted[kind],
      bitsPerSecond: kind === 'audio' ? VOICE_BITS_PER_SECOND : MAX_VIDEO_BITS_PER_SECOND,
    })
    return { audio: of('audio'), video: of('video') }
  }

  private checkKind(what: string, kind: TrackKind): void {
    if (kind !== 'audio' && kind !== 'video')
      throw new TypeError(`tracks.${what}: a kind is 'audio' or 'video', not ${describeGiven(kind)}.`)
  }
}

const signalBeside = (text: string) => ({ kind: 'signalBeside', text }) as const

/** Null for what is malformed. */
function readSignalBeside(bytes: Uint8Array): string | null {
  if (bytes.length > MAX_SIGNAL_MESSAGE_BYTES) return null
  const { text } = openMessage(TRACK_KINDS, bytes)?.contents ?? {}
  return typeof text === 'string' ? text : null
}
