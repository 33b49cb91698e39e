/** Microphones, sound and the player's acts of one page, without a browser; it counts what lives. */

import type { MediaPlatform } from '../../../net/media/media-platform.ts'
import type { Cancel } from '../../../net/platform/platform.ts'

/** A track as far as voice and video use one. What a track from afar carries is that of its `source`. */
export class FakeTrack {
  enabled = true
  readyState: 'live' | 'ended' = 'live'
  onended: (() => void) | null = null
  onmute: (() => void) | null = null
  onunmute: (() => void) | null = null
  readonly kind: 'audio' | 'video'
  /** How loud it is, 0 to 1. */
  loudness: number
  readonly source: (() => FakeTrack | null) | null

  constructor(kind: 'audio' | 'video', loudness = 0.5, source: (() => FakeTrack | null) | null = null) {
    this.kind = kind
    this.loudness = loudness
    this.source = source
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** The device is pulled out. */
  unplug(): void {
    this.readyState = 'ended'
    this.onended?.()
  }

  /** What is heard of it now. */
  get level(): number {
    const from = this.source ? this.source() : this
    return from && from.readyState === 'live' && from.enabled ? from.loudness : 0
  }
}

class FakeNode {
  input: FakeNode | null = null
  fftSize = 2048
  track: FakeTrack | null = null
  readonly gain = new FakeParameter(1)
  readonly pan = new FakeParameter(0)
  connected = true

  connect(to: FakeNode): FakeNode {
    to.input = this
    return to
  }

  disconnect(): void {
    this.connected = false
  }

  getFloatTimeDomainData(samples: Float32Array): void {
    samples.fill(this.input?.track?.level ?? 0)
  }
}

class FakeParameter {
  value: number
  constructor(value: number) {
    this.value = value
  }
  setTargetAtTime(value: number): void {
    this.value = value
  }
}

/** Sound of a page. What it plays: for each track that is not disconnected, how loud and from where. */
export class FakeAudioContext {
  state: 'suspended' | 'running' | 'interrupted' | 'closed'
  onstatechange: (() => void) | null = null
  readonly currentTime = 0
  readonly destination = new FakeNode()
  readonly nodes: FakeNode[] = []

  constructor(allowed: boolean) {
    this.state = allowed ? 'running' : 'suspended'
  }

  enter(state: FakeAudioContext['state']): void {
    this.state = state
    this.onstatechange?.()
  }

  private node(): FakeNode {
    const node = new FakeNode()
    this.nodes.push(node)
    return node
  }

  createMediaStreamSource({ track }: { track: FakeTrack }): FakeNode {
    const node = this.node()
    node.track = track
    return node
  }

  createAnalyser = (): FakeNode => this.node()
  createGain = (): FakeNode => this.node()
  createStereoPanner = (): FakeNode => this.node()
  resume = async (): Promise<void> => {}
  close = async (): Promise<void> => {
    this.state = 'closed'
  }

  /** Nodes that make something of sound still. */
  get playing(): FakeNode[] {
    return this.nodes.filter(({ connected }) => connected)
  }
}

/** A device that a fake page has. */
export interface FakeDevice {
  readonly id: string
  readonly kind: 'audioinput' | 'videoinput'
}

export class FakeDevices implements MediaPlatform {
  isSecure = true
  hasDevices = true
  plugged: FakeDevice[] = [
    { id: 'built-in', kind: 'audioinput' },
    { id: 'headset', kind: 'audioinput' },
    { id: 'camera', kind: 'videoinput' },
  ]
  /** The name of the error that the next asks reject with. */
  fault: string | null = null
  /** What an ask waits for, as for the player's answer. */
  gate: Promise<void> = Promise.resolve()
  shown = true
  soundAllowed = true
  readonly asked: { device: string | null; constraints: MediaTrackConstraints }[] = []
  readonly tracks: FakeTrack[] = []
  readonly contexts: FakeAudioContext[] = []
  private readonly listeners = {
    devices: new Set<() => void>(),
    gestures: new Set<() => void>(),
    shown: new Set<() => void>(),
  }
  private silent = 0

  get devices(): MediaPlatform['devices'] {
    if (!this.hasDevices) return null
    return {
      getUserMedia: (constraints = {}) => this.ask(constraints) as unknown as Promise<MediaStream>,
      enumerateDevices: async () =>
        this.plugged.map(({ id, kind }) => ({ deviceId: id, kind, label: `the ${id}` })) as MediaDeviceInfo[],
    }
  }

  private async ask({ audio, video }: MediaStreamConstraints): Promise<{ getTracks(): FakeTrack[] }> {
    const kind = audio ? 'audio' : 'video'
    const constraints = (audio || video) as MediaTrackConstraints
    const device = (constraints.deviceId as ConstrainDOMStringParameters | undefined)?.exact ?? null
    this.asked.push({ device: device as string | null, constraints })
    await this.gate
    if (this.fault) throw new DOMException('as the test wants', this.fault)
    const found = this.plugged.find((one) => one.kind === `${kind}input` && (device === null || one.id === device))
    if (!found) throw new DOMException('none', 'NotFoundError')
    const track = new FakeTrack(kind)
    this.tracks.push(track)
    return { getTracks: () => [track] }
  }

  onDeviceChange(changed: () => void): Cancel {
    return this.listen('devices', changed)
  }

  newAudioContext(): AudioContext {
    const context = new FakeAudioContext(this.soundAllowed)
    this.contexts.push(context)
    return context as unknown as AudioContext
  }

  newStream(track: MediaStreamTrack): MediaStream {
    return { track } as unknown as MediaStream
  }

  playSilently(): Cancel {
    this.silent++
    return () => void this.silent--
  }

  onGesture(acted: () => void): Cancel {
    return this.listen('gestures', acted)
  }

  isShown(): boolean {
    return this.shown
  }

  onShownChange(changed: () => void): Cancel {
    return this.listen('shown', changed)
  }

  private listen(what: keyof typeof this.listeners, heard: () => void): Cancel {
    this.listeners[what].add(heard)
    return () => void this.listeners[what].delete(heard)
  }

  tell(what: 'devices' | 'gestures' | 'shown'): void {
    for (const heard of [...this.listeners[what]]) heard()
  }

  /** The newest track of this page's own. */
  get track(): FakeTrack | undefined {
    return this.tracks.at(-1)
  }

  /** What lives: all zero when voice and video are off. */
  get live(): { tracks: number; contexts: number; listeners: number; silent: number } {
    return {
      tracks: this.tracks.filter(({ readyState }) => readyState === 'live').length,
      contexts: this.contexts.filter(({ state }) => state !== 'closed').length,
      listeners: Object.values(this.listeners).reduce((sum, { size }) => sum + size, 0),
      silent: this.silent,
    }
  }
}
