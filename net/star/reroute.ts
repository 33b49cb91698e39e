/**
 * Finds another route for a guest's link: when it hears nothing, before the link is given up; when its relay ended or is about to; and while it
 * is relayed, as a direct route is better. In: what the link hears of the other side, and news of the page. Out: attempts to connect, whose
 * pipe takes the link over (make before break). The lobby above sees the other side late and alive again, or nothing at all.
 *
 * This is a new connection rather than an ICE restart: it goes by TURN and relay as well, works where WebRTC cannot restart, and nothing of the
 * bulk lane is lost either way. The guest begins it, as it knows the code; its key proves to the host which link it has.
 *
 * Invariants: at most one attempt at a time. When a silent route speaks again before another was chosen, the attempt is given up. After `close`
 * there is no signalling, connection or timer of it.
 */
import { Backoff } from '../platform/backoff.ts'
import type { Cancel, Platform } from '../platform/platform.ts'
import type { GuestSignalHandlers, GuestSignals } from '../signaling/signals.ts'
import type { Liveness } from '../transport/link.ts'
import type { LinkAttempt } from './open-link.ts'

/** Silence of 1 s is `late`; a stalled page is silent for up to 1.5 s, and another route does not wake it. */
const BEGIN_AFTER_LATE_MS = 500

/** Between two attempts. The link itself is given up after 5 s of silence. */
const AGAIN_AFTER_MS = 1000

/**
 * How long a relayed link waits until it tries a direct route again, at first and at most. An attempt costs both pages a connection and some
 * signals. What keeps packets out is mostly there for hours, and a page that changes its network hears of it.
 */
const BETTER_AFTER = { firstMs: 20_000, longestMs: 300_000 }

/** A page that wakes or is back online does not try more often than this. */
const BETTER_AT_MOST_EVERY_MS = 5000

/**
 * Why another route is sought. `silent`: nothing is heard. `ended`: the relay is gone, or is about to go. `better`: the relay carries the link,
 * and a direct route would be faster; the relay is not asked for again.
 */
export type RerouteCause = 'silent' | 'ended' | 'better'

/** What one attempt tells. */
export interface RerouteWatch {
  /** A new pipe was chosen, and takes the link over as soon as the host uses it, too. */
  chosen(): void
  failed(): void
  /** No other route is tried any more. */
  settled(): void
}

export interface RerouteOptions {
  readonly platform: Pick<Platform, 'after' | 'now' | 'onWake' | 'random'>
  /** Whether the relay carries the link, and this page may go by other routes. */
  couldBeBetter(): boolean
  /** Asks the host through signalling, with the link's key. */
  ask(handlers: GuestSignalHandlers, signal: AbortSignal): Promise<GuestSignals>
  /** Connects for the same link. Null: this page has no way to. */
  connect(signals: GuestSignals, watch: RerouteWatch, cause: RerouteCause): LinkAttempt | null
}

interface Attempt {
  readonly cause: RerouteCause
  readonly abort: AbortController
  signals: GuestSignals | null
  rtc: LinkAttempt | null
  isChosen: boolean
}

export class Reroute {
  readonly #options: RerouteOptions
  readonly #stopWaking: Cancel
  readonly #backoff: Backoff
  #isLate = false
  /** The relay is gone, or is about to go, and no other route was chosen since. */
  #hasEnded = false
  #attempt: Attempt | null = null
  /** What begins when its time has come. Null: nothing waits. */
  #next: { readonly cause: RerouteCause; readonly cancel: Cancel } | null = null
  #triedAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: RerouteOptions) {
    const { platform } = options
    this.#options = options
    this.#backoff = new Backoff(BETTER_AFTER, platform)
    // The network is back or another one, or the page is shown again: a good moment.
    this.#stopWaking = platform.onWake(() => this.#woken())
    this.#wait('better', this.#backoff.nextMs())
  }

  /** The link tells what it hears of the host. */
  liveness(state: Liveness): void {
    if (this.#isClosed) return
    this.#isLate = state !== 'alive'
    if (this.#isLate) this.#seek('silent', BEGIN_AFTER_LATE_MS)
    // A chosen route goes on to the best one.
    else if ((this.#attempt?.cause ?? this.#next?.cause) === 'silent' && !this.#attempt?.isChosen) this.#over()
  }

  /** The relay has ended, or will soon. */
  ended(): void {
    if (this.#isClosed) return
    this.#hasEnded = true
    this.#seek('ended', 0)
  }

  /** The link has ended. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stop()
    this.#stopWaking()
  }

  /** An attempt begins in so many ms, unless one is under way that does as well. */
  #seek(cause: 'silent' | 'ended', ms: number): void {
    const attempt = this.#attempt
    // A chosen route that falls silent has just begun. One that has ended is over.
    const goesOn = attempt?.isChosen ? cause === 'silent' : attempt && attempt.cause !== 'better'
    if (goesOn) return
    const waits = this.#next?.cause
    if (waits === 'ended' || (waits === 'silent' && cause === 'silent')) return
    this.#stop()
    this.#wait(cause, ms)
  }

  #woken(): void {
    if (this.#attempt) return
    const { platform, couldBeBetter } = this.#options
    const isDue = this.#next !== null && this.#next.cause !== 'better'
    const mayBeBetter = couldBeBetter() && platform.now() - this.#triedAt >= BETTER_AT_MOST_EVERY_MS
    if (isDue) this.#begin(this.#next?.cause ?? 'silent')
    else if (mayBeBetter) this.#begin('better')
  }

  #wait(cause: RerouteCause, ms: number): void {
    this.#next?.cancel()
    this.#next = { cause, cancel: this.#options.platform.after(ms, () => this.#due(cause)) }
  }

  #due(cause: RerouteCause): void {
    this.#next = null
    // Looked at again after the next change of routes.
    if (cause !== 'better' || this.#options.couldBeBetter()) this.#begin(cause)
  }

  #begin(cause: RerouteCause): void {
    this.#stop()
    this.#triedAt = this.#options.platform.now()
    const attempt: Attempt = { cause, abort: new AbortController(), signals: null, rtc: null, isChosen: false }
    this.#attempt = attempt
    const handlers: GuestSignalHandlers = {
      signal: (text) => attempt.rtc?.signal(text),
      relay: (open) => attempt.rtc?.relay(open),
      failed: () => this.#failed(attempt),
    }
    this.#options.ask(handlers, attempt.abort.signal).then(
      (signals) => this.#admitted(signals, attempt),
      () => this.#failed(attempt),
    )
  }

  #admitted(signals: GuestSignals, attempt: Attempt): void {
    if (this.#attempt !== attempt) return signals.close()
    attempt.signals = signals
    const watch: RerouteWatch = {
      chosen: () => {
        attempt.isChosen = true
        this.#hasEnded = false
      },
      failed: () => this.#failed(attempt),
      settled: () => {
        if (this.#attempt === attempt) this.#over()
      },
    }
    attempt.rtc = this.#options.connect(signals, watch, attempt.cause)
    if (!attempt.rtc) this.#failed(attempt)
  }

  #failed(attempt: Attempt): void {
    if (this.#attempt !== attempt || attempt.isChosen) return
    this.#stop()
    if (this.#hasEnded) this.#wait('ended', AGAIN_AFTER_MS)
    else if (this.#isLate) this.#wait('silent', AGAIN_AFTER_MS)
    else this.#wait('better', this.#backoff.nextMs())
  }

  /** No other route is sought now. A relayed link looks again later. */
  #over(): void {
    this.#stop()
    if (!this.#options.couldBeBetter()) this.#backoff.reset()
    this.#wait('better', this.#backoff.nextMs())
  }

  /** Gives up what is under way or waits. */
  #stop(): void {
    this.#next?.cancel()
    this.#next = null
    const attempt = this.#attempt
    this.#attempt = null
    attempt?.abort.abort()
    attempt?.rtc?.cancel()
    attempt?.signals?.close()
  }
}
