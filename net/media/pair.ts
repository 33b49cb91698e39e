/**
 * This page and one other participant: who calls whom, tries that fail, pages that reload. In go the other side's signals and this
 * page's wishes; out go signals, the state, and the tracks that arrive.
 *
 * The player with the higher id calls and makes the first offer; the other is the polite side. Each side says hello with the number of
 * its life (`media-signal.ts`). A new life of the other side ends the old connection: its page was reloaded, or left and came back.
 *
 * Invariants: at most one connection at a time; a step of another connection changes nothing; signals of the other side beyond a
 * budget are dropped and counted.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import { Backoff } from '../platform/backoff.ts'
import type { Cancel, Chance, Timers } from '../platform/platform.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import { MediaPeerConnection, type TrackKind, type Wishes } from './media-peer-connection.ts'
import { type MediaSignal, readMediaSignal, writeMediaSignal } from './media-signal.ts'
import type { MediaConnection } from './types.ts'

/** One try, from the offer on. An honest one takes 0.1 to 2 s, and 10 s by a slow TURN server. */
const TRY_MS = 15_000
/** Between two tries. */
const PAUSES = { firstMs: 1000, longestMs: 8000 }
/** Without a connection for so long, a pair is `failed`, and the caller tries no more. */
const GIVE_UP_MS = 60_000

/** Signals that the other side may send: a call costs 6, each change of what it sends or wants 2. */
const SIGNAL_BURST = 60
const SIGNALS_PER_SECOND = 10

/** The state of a pair that exists. */
export type PairState = Exclude<MediaConnection, 'none'>

export interface PairOptions {
  readonly PeerConnection: PeerConnectionConstructor
  iceServers(): readonly RTCIceServer[]
  /** As `MediaPeerConnectionOptions` has it. */
  readonly isPrivate: boolean
  readonly platform: Timers & Chance
  /** Whether this page calls. */
  readonly calls: boolean
  /** Of this page. */
  readonly life: number
  say(text: string): void
  state(state: PairState): void
  received(kind: TrackKind, track: MediaStreamTrack | null): void
}

export class Pair {
  state: PairState = 'connecting'
  /** Signals of the other side that were malformed, stale or too many. */
  dropped = 0
  private readonly options: PairOptions
  private wishes: Wishes
  private theirLife: number | null = null
  private current: { readonly id: number; readonly connection: MediaPeerConnection } | null = null
  private readonly budget = new TokenBucket(SIGNALS_PER_SECOND, SIGNAL_BURST)
  private readonly pauses: Backoff
  private cancelTry: Cancel = () => {}
  private cancelGivingUp: Cancel = () => {}
  private closed = false

  constructor(options: PairOptions, wishes: Wishes) {
    this.options = options
    this.wishes = wishes
    this.pauses = new Backoff(PAUSES, options.platform)
    this.awaitConnection()
    this.sayHello()
  }

  want(wishes: Wishes): void {
    this.wishes = wishes
    this.current?.connection.want(wishes)
  }

  /** A text of the other side. Never throws. */
  hear(text: string): void {
    if (this.closed) return
    const isAllowed = this.budget.take(this.options.platform.now())
    const signal = isAllowed ? readMediaSignal(text) : null
    if (!signal) this.dropped++
    else if (signal.kind === 'hello') this.greeted(signal.life)
    else this.step(signal)
  }

  /** The link to the host, or the network, is back. Connects again unless connected: signals of a running try may have been lost. */
  wake(): void {
    if (this.closed || this.state === 'connected') return
    this.awaitConnection()
    this.sayHello()
    if (this.options.calls && this.theirLife !== null) this.call()
  }

  stats(): Promise<RTCStatsReport | null> {
    return this.current?.connection.stats() ?? Promise.resolve(null)
  }

  close(): void {
    this.closed = true
    this.cancelGivingUp()
    this.endConnection()
  }

  private sayHello(): void {
    this.options.say(writeMediaSignal({ kind: 'hello', life: this.options.life }))
  }

  private greeted(life: number): void {
    if (life === this.theirLife) return
    this.theirLife = life
    this.endConnection()
    this.awaitConnection()
    if (this.options.calls) this.call()
    // The other page may have begun after our first hello.
    else this.sayHello()
  }

  private step(signal: Extract<MediaSignal, { kind: 'step' }>): void {
    const { life, connection: id, description } = signal
    const isCall = !this.options.calls && description?.type === 'offer' && this.current?.id !== id
    if (isCall) {
      this.theirLife = life
      this.open(id)
    }
    if (this.current?.id === id && this.theirLife === life) this.current.connection.hear(signal)
    else this.dropped++
  }

  private call(): void {
    if (this.closed) return
    const [id = 0] = new Uint32Array(this.options.platform.randomBytes(4).buffer)
    this.open(id)
  }

  /** Another try takes the place of the one before. */
  private open(id: number): void {
    this.endConnection()
    if (this.state !== 'connecting') this.awaitConnection()
    const { options } = this
    const { PeerConnection, platform, isPrivate, calls, life } = options
    this.cancelTry = platform.after(TRY_MS, () => this.failed(id))
    try {
      const connection = new MediaPeerConnection(
        {
          ...{ PeerConnection, isPrivate, calls, timers: platform, iceServers: options.iceServers() },
          say: (step) => options.say(writeMediaSignal({ kind: 'step', life, connection: id, ...step })),
          connected: () => this.connected(id),
          failed: () => this.failed(id),
          received: (kind, track) => options.received(kind, track),
        },
        this.wishes,
      )
      this.current = { id, connection }
    } catch {
      // The browser makes no more connections, or none with these ICE servers.
      this.tryLater()
    }
  }

  private connected(id: number): void {
    if (this.current?.id !== id) return
    this.cancelTry()
    this.cancelGivingUp()
    this.pauses.reset()
    this.enter('connected')
  }

  private failed(id: number): void {
    if (this.current?.id !== id) return
    this.endConnection()
    if (this.state === 'connected') this.awaitConnection()
    this.tryLater()
  }

  /** Only the caller tries again; the other side waits for its call. */
  private tryLater(): void {
    this.cancelTry()
    if (this.closed || !this.options.calls || this.state === 'failed') return
    this.cancelTry = this.options.platform.after(this.pauses.nextMs(), () => this.call())
  }

  private awaitConnection(): void {
    this.cancelGivingUp()
    this.cancelGivingUp = this.options.platform.after(GIVE_UP_MS, () => {
      this.endConnection()
      this.enter('failed')
    })
    this.enter('connecting')
  }

  private endConnection(): void {
    this.cancelTry()
    const { current } = this
    this.current = null
    current?.connection.close()
  }

  private enter(state: PairState): void {
    if (this.state === state) return
    this.state = state
    this.options.state(state)
  }
}
