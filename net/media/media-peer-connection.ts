/**
 * The only file that holds an RTCPeerConnection for media: one try to connect with one player, for sound and video in both
 * directions. In go what this page sends and wants, and the other side's descriptions and addresses; out go our own, the state,
 * and the tracks that arrive.
 *
 * Both sides may change their mind at any time, so this is the "perfect negotiation" of the WebRTC specification: when two
 * offers cross, the polite side takes its own back. The caller makes the two sections once, sound before video, and they stay:
 * who sends or wants less changes a section's direction. A side that does not want a track says so in its description, and
 * the browser then drops what comes all the same.
 *
 * Invariants: after `close` nothing is said, no timer waits, no handler is set. What the other side says never throws. With `isPrivate`
 * no address of this page is said, whatever the browser finds.
 */
import type { Cancel, Timers } from '../platform/platform.ts'
import { candidateWithoutAddresses, descriptionWithoutAddresses } from '../transport/private-signals.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import { MAX_BATCH, MAX_CONNECTION_CANDIDATES, type MediaSignal } from './media-signal.ts'
import { withOpusSettings } from './opus-settings.ts'

export type TrackKind = 'audio' | 'video'
const KINDS = ['audio', 'video'] as const

/** What this page sends, and whether it wants to receive, of one kind of track. */
export interface Wish {
  readonly sends: boolean
  /** What is sent; null: nothing at the moment, as when the device is gone. */
  readonly track: MediaStreamTrack | null
  readonly receives: boolean
  /** Most that is sent. */
  readonly bitsPerSecond: number
}
export type Wishes = Readonly<Record<TrackKind, Wish>>

const MAX_FRAMES_PER_SECOND = 15

/** ICE candidates are found in bursts. Those of so many ms go in one signal, since the host has to forward each. */
const BATCH_MS = 40

export type Step = Pick<Extract<MediaSignal, { kind: 'step' }>, 'description' | 'candidates'>

export interface MediaPeerConnectionOptions {
  readonly PeerConnection: PeerConnectionConstructor
  readonly iceServers: readonly RTCIceServer[]
  /** Whether the other side may not learn this page's address: it connects through TURN alone. */
  readonly isPrivate: boolean
  /** The caller makes the first offer, and is the impolite side. */
  readonly calls: boolean
  readonly timers: Timers
  say(step: Step): void
  connected(): void
  /** The connection is lost, or was never made. Called once. */
  failed(): void
  /** The track that arrives of a kind now; null: none. */
  received(kind: TrackKind, track: MediaStreamTrack | null): void
}

export class MediaPeerConnection {
  private readonly options: MediaPeerConnectionOptions
  private wishes: Wishes
  private pc: RTCPeerConnection | null = null
  private offering = false
  private ignoring = false
  private candidatesHeard = 0
  private found: RTCIceCandidateInit[] = []
  private cancelBatch: Cancel | null = null
  private readonly arriving: Record<TrackKind, MediaStreamTrack | null> = { audio: null, video: null }
  /** Steps of the other side are taken one after the other. */
  private work: Promise<void> = Promise.resolve()

  /** @throws what the browser throws where it makes no connection. */
  constructor(options: MediaPeerConnectionOptions, wishes: Wishes) {
    this.options = options
    this.wishes = wishes
    const { PeerConnection, iceServers, isPrivate, calls } = options
    const pc = new PeerConnection({
      ...{ iceServers: [...iceServers], bundlePolicy: 'max-bundle' },
      ...(isPrivate && { iceTransportPolicy: 'relay' }),
    })
    this.pc = pc
    pc.onnegotiationneeded = () => void this.offer()
    pc.onicecandidate = ({ candidate }) => candidate && this.foundCandidate(candidate.toJSON())
    pc.onconnectionstatechange = () => this.noteState()
    if (calls) for (const kind of KINDS) pc.addTransceiver(kind, { direction: 'inactive' })
    this.applyWishes()
  }

  /** Called for every change of the roster, each second of a match: what is wanted already costs nothing. */
  want(wishes: Wishes): void {
    if (KINDS.every((kind) => isSame(wishes[kind], this.wishes[kind]))) return
    this.wishes = wishes
    this.applyWishes()
    this.limitBitrates()
  }

  hear(step: Step): void {
    this.work = this.work.then(() => this.take(step)).catch(() => {})
  }

  /** What the browser knows of the connection: for tests and reports. */
  async stats(): Promise<RTCStatsReport | null> {
    return this.pc?.getStats() ?? null
  }

  close(): void {
    const { pc } = this
    if (!pc) return
    this.pc = null
    this.cancelBatch?.()
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = null
    for (const kind of KINDS) this.noteTrack(kind, null)
    pc.close()
  }

  private fail(): void {
    if (!this.pc) return
    this.close()
    this.options.failed()
  }

  private noteState(): void {
    const state = this.pc?.connectionState
    if (state === 'connected') this.options.connected()
    else if (state === 'failed' || state === 'closed') this.fail()
  }

  private async offer(): Promise<void> {
    const { pc } = this
    if (!pc) return
    try {
      this.offering = true
      await pc.setLocalDescription()
      this.sayDescription()
    } catch {
      // The other side's offer came first, or this is closed. The browser asks again when an offer is still needed.
    } finally {
      this.offering = false
    }
  }

  private async take({ description, candidates }: Step): Promise<void> {
    if (description) await this.takeDescription(description)
    for (const candidate of candidates) await this.takeCandidate(candidate)
  }

  private async takeDescription(description: NonNullable<Step['description']>): Promise<void> {
    const { pc } = this
    if (!pc) return
    const isOffer = description.type === 'offer'
    const crossed = isOffer && (this.offering || pc.signalingState !== 'stable')
    this.ignoring = this.options.calls && crossed
    if (this.ignoring) return
    try {
      await pc.setRemoteDescription(description)
      if (isOffer && this.pc) {
        this.applyWishes()
        await pc.setLocalDescription()
        this.sayDescription()
      }
    } catch {
      // Malformed, or an answer without an offer. The connection may be half changed, so the next try uses a new one.
      return this.fail()
    }
    this.noteTracks()
    this.limitBitrates()
  }

  private async takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.pc || this.ignoring || ++this.candidatesHeard > MAX_CONNECTION_CANDIDATES) return
    // This browser may not understand a candidate. Others may work.
    await this.pc.addIceCandidate(candidate).catch(() => {})
  }

  private sayDescription(): void {
    const description = this.pc?.localDescription
    if (!description || (description.type !== 'offer' && description.type !== 'answer')) return
    const { type } = description
    const sdp = withOpusSettings(description.sdp)
    const told = this.options.isPrivate ? descriptionWithoutAddresses(sdp) : sdp
    this.options.say({ description: { type, sdp: told }, candidates: [] })
  }

  private foundCandidate(candidate: RTCIceCandidateInit): void {
    // The empty one says that there are no more.
    if (!this.pc || !candidate.candidate) return
    const { sdpMid = null, sdpMLineIndex = null } = candidate
    const told = this.options.isPrivate ? candidateWithoutAddresses(candidate.candidate) : candidate.candidate
    if (told === null) return
    this.found.push({ candidate: told, sdpMid, sdpMLineIndex })
    this.cancelBatch ??= this.options.timers.after(BATCH_MS, () => this.sayFound())
  }

  private sayFound(): void {
    this.cancelBatch = null
    while (this.found.length > 0) this.options.say({ description: null, candidates: this.found.splice(0, MAX_BATCH) })
  }

  private applyWishes(): void {
    const transceivers = this.pc?.getTransceivers() ?? []
    for (const [i, kind] of KINDS.entries()) {
      const transceiver = transceivers[i]
      if (!transceiver) continue
      const { sends, track, receives } = this.wishes[kind]
      const direction = directionOf(sends, receives)
      if (transceiver.direction !== direction) transceiver.direction = direction
      const sent = sends ? track : null
      // It rejects once the connection is closed.
      if (transceiver.sender.track !== sent) transceiver.sender.replaceTrack(sent).catch(() => {})
    }
    this.noteTracks()
  }

  private noteTracks(): void {
    const transceivers = this.pc?.getTransceivers() ?? []
    for (const [i, kind] of KINDS.entries()) {
      const transceiver = transceivers[i]
      const isAgreed = transceiver?.currentDirection === 'sendrecv' || transceiver?.currentDirection === 'recvonly'
      // A track that this page no longer wants ends here at once, before the other side knows.
      this.noteTrack(kind, transceiver && isAgreed && this.wishes[kind].receives ? transceiver.receiver.track : null)
    }
  }

  private noteTrack(kind: TrackKind, track: MediaStreamTrack | null): void {
    if (this.arriving[kind] === track) return
    this.arriving[kind] = track
    this.options.received(kind, track)
  }

  private limitBitrates(): void {
    const transceivers = this.pc?.getTransceivers() ?? []
    for (const [i, kind] of KINDS.entries()) {
      const sender = transceivers[i]?.sender
      const parameters = sender?.getParameters()
      const [encoding] = parameters?.encodings ?? []
      if (!sender || !parameters || !encoding) continue
      const { bitsPerSecond } = this.wishes[kind]
      if (encoding.maxBitrate === bitsPerSecond) continue
      encoding.maxBitrate = bitsPerSecond
      if (kind === 'video') encoding.maxFramerate = MAX_FRAMES_PER_SECOND
      // Not every browser lets a page say it; the camera's own limits hold then.
      sender.setParameters(parameters).catch(() => {})
    }
  }
}

const isSame = (a: Wish, b: Wish): boolean =>
  a.sends === b.sends && a.track === b.track && a.receives === b.receives && a.bitsPerSecond === b.bitsPerSecond

function directionOf(sends: boolean, receives: boolean): RTCRtpTransceiverDirection {
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}
