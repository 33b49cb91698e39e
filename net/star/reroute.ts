/**
 * Finds another route for a guest's link that hears nothing, before the link is given up: the page changed its network, a NAT forgot its
 * ports, or a packet filter came up. In: what the link hears of the other side, and news of the page. Out: a new attempt to connect, by all
 * routes, whose pipe takes the link over (make before break). The lobby above sees the other side late and alive again.
 *
 * This is a new connection rather than an ICE restart: it goes by TURN and relay as well, works where WebRTC cannot restart, and nothing of the
 * bulk lane is lost either way. The guest begins it, as it knows the code; its key proves to the host which link it has.
 *
 * Invariants: at most one attempt at a time, and only while nothing is heard. When the old route speaks again before the new one was chosen, the
 * attempt is given up. After `close` there is no signalling, connection or timer of it.
 */
import type { Cancel, Platform } from '../platform/platform.ts'
import type { GuestSignalHandlers, GuestSignals } from '../signaling/signals.ts'
import type { Liveness } from '../transport/link.ts'
import type { LinkAttempt } from './open-link.ts'

/** Silence of 1 s is `late`; a stalled page is silent for up to 1.5 s, and another route does not wake it. */
const BEGIN_AFTER_LATE_MS = 500

/** Between two attempts. The link itself is given up after 5 s of silence. */
const AGAIN_AFTER_MS = 1000

/** What one attempt tells. */
export interface RerouteWatch {
  /** A new pipe was chosen, and takes the link over as soon as the host uses it, too. */
  chosen(): void
  failed(): void
  /** No other route is tried any more. */
  settled(): void
}

export interface RerouteOptions {
  readonly platform: Pick<Platform, 'after' | 'onWake'>
  /** Asks the host through signalling, with the link's key. */
  ask(handlers: GuestSignalHandlers, signal: AbortSignal): Promise<GuestSignals>
  /** Connects for the same link. Null: this page has no way to. */
  connect(signals: GuestSignals, watch: RerouteWatch): LinkAttempt | null
}

/** `quiet`: all is well. `waiting`: silence, and an attempt begins soon. `trying`: one is under way. `closed`: final. */
type State = 'quiet' | 'waiting' | 'trying' | 'closed'

export class Reroute {
  readonly #options: RerouteOptions
  readonly #stopWaking: Cancel
  #state: State = 'quiet'
  #isLate = false
  #isChosen = false
  #cancelWaiting: Cancel = () => {}
  #abort: AbortController | null = null
  #signals: GuestSignals | null = null
  #rtc: LinkAttempt | null = null

  constructor(options: RerouteOptions) {
    this.#options = options
    // The network is back, or the page is shown again: a good moment.
    this.#stopWaking = options.platform.onWake(() => {
      if (this.#state === 'waiting') this.#begin()
    })
  }

  /** The link tells what it hears of the host. */
  liveness(state: Liveness): void {
    if (this.#state === 'closed') return
    this.#isLate = state !== 'alive'
    if (this.#isLate && this.#state === 'quiet') this.#wait(BEGIN_AFTER_LATE_MS)
    // A chosen route goes on to the best one.
    else if (!this.#isLate && !this.#isChosen) this.#end()
  }

  /** The link has ended. */
  close(): void {
    if (this.#state === 'closed') return
    this.#end()
    this.#state = 'closed'
    this.#stopWaking()
  }

  #wait(ms: number): void {
    this.#state = 'waiting'
    this.#cancelWaiting = this.#options.platform.after(ms, () => this.#begin())
  }

  #begin(): void {
    this.#cancelWaiting()
    this.#state = 'trying'
    const abort = new AbortController()
    this.#abort = abort
    const handlers: GuestSignalHandlers = {
      signal: (text) => this.#rtc?.signal(text),
      relay: (open) => this.#rtc?.relay(open),
      failed: () => this.#failed(abort),
    }
    this.#options.ask(handlers, abort.signal).then(
      (signals) => this.#admitted(signals, abort),
      () => this.#failed(abort),
    )
  }

  #admitted(signals: GuestSignals, abort: AbortController): void {
    if (this.#abort !== abort) return signals.close()
    this.#signals = signals
    this.#rtc = this.#options.connect(signals, {
      chosen: () => {
        this.#isChosen = true
      },
      failed: () => this.#failed(abort),
      settled: () => this.#end(),
    })
    if (!this.#rtc) this.#failed(abort)
  }

  #failed(abort: AbortController): void {
    if (this.#abort !== abort || this.#isChosen) return
    this.#end()
    if (this.#isLate) this.#wait(AGAIN_AFTER_MS)
  }

  #end(): void {
    if (this.#state === 'closed') return
    this.#state = 'quiet'
    this.#isChosen = false
    this.#cancelWaiting()
    this.#abort?.abort()
    this.#abort = null
    this.#rtc?.cancel()
    this.#rtc = null
    this.#signals?.close()
    this.#signals = null
  }
}
