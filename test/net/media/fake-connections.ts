/**
 * RTCPeerConnections within one process, as far as media use them: descriptions with directions, offers that cross, rollback of
 * the one that waits for an answer, `negotiationneeded`. Tracks arrive where both sides' directions agree.
 */
import type { PeerConnectionConstructor } from '../../../net/transport/webrtc.ts'
import { FakeTrack } from './fake-devices.ts'

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
const sends = (direction: Direction | null): boolean => direction === 'sendrecv' || direction === 'sendonly'
const receives = (direction: Direction | null): boolean => direction === 'sendrecv' || direction === 'recvonly'
const directionOf = (isSent: boolean, isReceived: boolean): Direction =>
  isSent ? (isReceived ? 'sendrecv' : 'sendonly') : isReceived ? 'recvonly' : 'inactive'

class FakeTransceiver {
  currentDirection: Direction | null = null
  readonly kind: 'audio' | 'video'
  readonly sender = {
    track: null as FakeTrack | null,
    replaceTrack: async (track: FakeTrack | null): Promise<void> => {
      this.sender.track = track
    },
    parameters: { encodings: [{}] as RTCRtpEncodingParameters[] },
    /** Each makes a page wait for the thread of its media. */
    looks: 0,
    getParameters: () => {
      this.sender.looks++
      return this.sender.parameters
    },
    setParameters: async (parameters: { encodings: RTCRtpEncodingParameters[] }): Promise<void> => {
      this.sender.parameters = parameters
    },
  }
  readonly receiver: { readonly track: FakeTrack }
  private wanted: Direction
  private readonly owner: FakeConnection

  constructor(owner: FakeConnection, kind: 'audio' | 'video', direction: Direction) {
    this.owner = owner
    this.kind = kind
    this.wanted = direction
    this.receiver = { track: new FakeTrack(kind, 0, () => owner.arriving(this)) }
  }

  get direction(): Direction {
    return this.wanted
  }

  set direction(direction: Direction) {
    this.wanted = direction
    this.owner.checkNegotiation()
  }
}

export interface FakeConnections {
  readonly PeerConnection: PeerConnectionConstructor
  readonly made: number
  readonly open: number
  readonly all: readonly FakeConnection[]
  /** Connections made from now on never connect. */
  blocked: boolean
}

const world = { all: [] as FakeConnection[], blocked: false }

export class FakeConnection {
  readonly id = world.all.push(this)
  connectionState = 'new'
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable'
  localDescription: { type: 'offer' | 'answer'; sdp: string } | null = null
  onnegotiationneeded: (() => void) | null = null
  onicecandidate: ((event: { candidate: { toJSON(): RTCIceCandidateInit; candidate: string } | null }) => void) | null =
    null
  onconnectionstatechange: (() => void) | null = null
  readonly candidates: RTCIceCandidateInit[] = []
  readonly configuration: RTCConfiguration
  private readonly transceivers: FakeTransceiver[] = []
  private readonly blocked = world.blocked
  private offered: Direction[] = []
  private asked = false
  other: FakeConnection | null = null

  constructor(configuration: RTCConfiguration = {}) {
    this.configuration = configuration
  }

  addTransceiver(kind: 'audio' | 'video', { direction }: { direction: Direction }): void {
    this.transceivers.push(new FakeTransceiver(this, kind, direction))
    this.checkNegotiation()
  }

  getTransceivers = (): FakeTransceiver[] => this.transceivers

  checkNegotiation(): void {
    if (this.asked) return
    this.asked = true
    queueMicrotask(() => {
      this.asked = false
      if (this.signalingState === 'stable' && this.needsNegotiation) this.onnegotiationneeded?.()
    })
  }

  private get needsNegotiation(): boolean {
    return this.transceivers.some(
      ({ direction, currentDirection }, i) => currentDirection === null || direction !== this.said[i],
    )
  }

  /** Directions of our last description that counts. */
  private said: Direction[] = []

  async setLocalDescription(): Promise<void> {
    await null
    if (this.signalingState === 'closed') throw new DOMException('closed', 'InvalidStateError')
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer'
    this.said = this.transceivers.map(({ direction }) => direction)
    this.localDescription = { type, sdp: this.sdp() }
    if (type === 'offer') this.signalingState = 'have-local-offer'
    else this.agree()
    const candidate = { candidate: `candidate:1 1 udp 1 127.0.0.1 ${this.id} typ host`, sdpMid: '0', sdpMLineIndex: 0 }
    queueMicrotask(() => this.onicecandidate?.({ candidate: { ...candidate, toJSON: () => candidate } }))
  }

  async setRemoteDescription({ type, sdp }: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    await null
    if (this.signalingState === 'closed') throw new DOMException('closed', 'InvalidStateError')
    const other = world.all[Number(/^o=- (\d+)/m.exec(sdp)?.[1] ?? 0) - 1]
    if (!other) throw new DOMException('nonsense', 'OperationError')
    if (type === 'answer' && this.signalingState !== 'have-local-offer')
      throw new DOMException('an answer to nothing', 'InvalidStateError')
    this.other = other
    this.offered = [...sdp.matchAll(/^a=(sendrecv|sendonly|recvonly|inactive)/gm)].map(
      ([, found]) => found as Direction,
    )
    if (type === 'offer') {
      if (this.transceivers.length === 0)
        for (const kind of ['audio', 'video'] as const)
          this.transceivers.push(new FakeTransceiver(this, kind, 'recvonly'))
      this.signalingState = 'have-remote-offer'
    } else this.agree()
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    this.candidates.push(candidate)
  }

  private agree(): void {
    this.signalingState = 'stable'
    for (const [i, transceiver] of this.transceivers.entries()) {
      const [own, theirs] = [this.said[i] ?? 'inactive', this.offered[i] ?? 'inactive']
      transceiver.currentDirection = directionOf(sends(own) && receives(theirs), receives(own) && sends(theirs))
    }
    this.checkNegotiation()
    queueMicrotask(() => this.connect())
  }

  private connect(): void {
    if (this.blocked || this.connectionState !== 'new' || this.signalingState === 'closed') return
    this.connectionState = 'connected'
    this.onconnectionstatechange?.()
  }

  /** What the other side sends of a section. */
  arriving(transceiver: FakeTransceiver): FakeTrack | null {
    const there = this.other?.transceivers[this.transceivers.indexOf(transceiver)]
    const isOpen = this.other?.connectionState === 'connected' && this.connectionState === 'connected'
    return isOpen && sends(there?.currentDirection ?? null) ? (there?.sender.track ?? null) : null
  }

  /** The route is gone. */
  fail(): void {
    this.connectionState = 'failed'
    this.onconnectionstatechange?.()
  }

  getStats = async (): Promise<RTCStatsReport> => new Map() as unknown as RTCStatsReport

  close(): void {
    this.signalingState = 'closed'
    this.connectionState = 'closed'
  }

  private sdp(): string {
    const sections = this.transceivers.map(
      ({ kind }, i) =>
        `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\na=${this.said[i]}\r\na=rtpmap:111 ${kind === 'audio' ? 'opus/48000/2' : 'VP8/90000'}\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n`,
    )
    return `v=0\r\no=- ${this.id} 2 IN IP4 127.0.0.1\r\n${sections.join('')}`
  }
}

/** A network of its own for each test. */
export function fakeConnections(): FakeConnections {
  world.all = []
  world.blocked = false
  return {
    PeerConnection: FakeConnection as unknown as PeerConnectionConstructor,
    get all() {
      return world.all
    },
    get made() {
      return world.all.length
    },
    get open() {
      return world.all.filter(({ signalingState }) => signalingState !== 'closed').length
    },
    get blocked() {
      return world.blocked
    },
    set blocked(blocked) {
      world.blocked = blocked
    },
  }
}
