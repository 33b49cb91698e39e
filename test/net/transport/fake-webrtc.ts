/**
 * WebRTC within one process, as far as a star uses it: two connections that exchanged descriptions are open, and what one
 * channel sends, the channel of the same id on the other side hears. Nothing is ever lost.
 */
import type { PeerConnectionConstructor } from '../../../net/transport/webrtc.ts'

const sdpOf = (id: number): string =>
  `v=0\r\no=- ${id} 2 IN IP4 127.0.0.1\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`
const idOf = (sdp: string): number => Number(/^o=- (\d+)/m.exec(sdp)?.[1])

class FakeDataChannel extends EventTarget {
  binaryType = 'arraybuffer'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  readyState: RTCDataChannelState = 'connecting'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  other: FakeDataChannel | null = null
  readonly label: string
  readonly id: number
  readonly ordered: boolean
  readonly maxRetransmits: number | null

  constructor(label: string, { id = 0, ordered = true, maxRetransmits }: RTCDataChannelInit) {
    super()
    this.label = label
    this.id = id
    this.ordered = ordered
    this.maxRetransmits = maxRetransmits ?? null
  }

  opens(): void {
    if (this.readyState !== 'connecting') return
    this.readyState = 'open'
    this.onopen?.()
    this.dispatchEvent(new Event('open'))
  }

  send(data: string | Uint8Array): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError')
    const { other } = this
    const copy = typeof data === 'string' ? data : data.slice().buffer
    queueMicrotask(() => other?.readyState === 'open' && other.onmessage?.({ data: copy }))
  }

  close(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    const { other } = this
    queueMicrotask(() => other?.close())
    this.onclose?.()
    this.dispatchEvent(new Event('close'))
  }
}

export interface FakeWebrtc {
  readonly PeerConnection: PeerConnectionConstructor
  /** Connections made so far, and those not closed. */
  readonly made: number
  readonly open: number
}

export function fakeWebrtc(): FakeWebrtc {
  const all: FakeConnection[] = []

  class FakeConnection {
    readonly id = all.push(this)
    readonly configuration: RTCConfiguration
    readonly channels: FakeDataChannel[] = []
    signalingState: RTCSignalingState = 'stable'
    iceConnectionState = 'new'
    iceGatheringState = 'new'
    connectionState = 'new'
    localDescription: RTCSessionDescriptionInit | null = null
    remoteDescription: RTCSessionDescriptionInit | null = null

    constructor(configuration: RTCConfiguration = {}) {
      this.configuration = configuration
    }

    createDataChannel(label: string, init: RTCDataChannelInit = {}): FakeDataChannel {
      const channel = new FakeDataChannel(label, init)
      this.channels.push(channel)
      return channel
    }

    createOffer = async (): Promise<RTCSessionDescriptionInit> => ({ type: 'offer', sdp: sdpOf(this.id) })
    createAnswer = async (): Promise<RTCSessionDescriptionInit> => ({ type: 'answer', sdp: sdpOf(this.id) })
    addIceCandidate = async (): Promise<void> => {}

    async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
      this.localDescription = description
      this.meet()
    }

    async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      this.remoteDescription = description
      this.meet()
    }

    private meet(): void {
      const other = all[idOf(this.remoteDescription?.sdp ?? '') - 1]
      if (!this.localDescription || !other?.localDescription || !other.remoteDescription) return
      for (const channel of this.channels) {
        const twin = other.channels.find(({ id }) => id === channel.id) ?? null
        channel.other = twin
        if (twin) twin.other = channel
      }
      queueMicrotask(() => {
        for (const channel of [...this.channels, ...other.channels]) if (channel.other) channel.opens()
      })
    }

    close(): void {
      this.signalingState = 'closed'
      for (const channel of this.channels) channel.close()
    }
  }

  return {
    PeerConnection: FakeConnection as unknown as PeerConnectionConstructor,
    get made() {
      return all.length
    },
    get open() {
      return all.filter(({ signalingState }) => signalingState !== 'closed').length
    },
  }
}
