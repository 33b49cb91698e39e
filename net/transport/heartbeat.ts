/**
 * Who is still there: when to say "I am here", and what the silence of the other side means. Pure: the caller looks at
 * it every {@link PULSE_MS} and tells it what was heard and sent.
 *
 * ICE is too slow to ask: after the other tab is killed it takes 5.0 to 7.7 s to `disconnected` and 15 to 18 s to
 * `failed` (measured), and both also come from a short loss of network.
 */
import { PULSE_MS } from '../platform/pulse.ts'
import type { Liveness } from './link.ts'

/** A heartbeat goes out when nothing else was sent on the state lane for this long: four chances within `LATE_MS`. */
export const BEAT_MS = 250

/** Silence after which the other side is `late`: longer than three lost heartbeats in a row at any playable loss. */
export const LATE_MS = 1000

/** Silence after which the other side is `gone`; long enough for a phone to change from Wi-Fi to mobile data. */
export const GONE_MS = 5000

/**
 * The most silence that one look counts. When our own thread stalled (a level loading, a shader compiling), what the
 * other side sent meanwhile still waits behind us in the event queue.
 */
const LOOK_COUNTS_MS = 500

/**
 * A gap between two looks that means our own page was frozen (a phone's lock, a laptop's lid): the wait starts again.
 * Above the 1 to 1.5 s between page timers in a hidden tab, which drive the looks where workers are refused.
 */
const FROZEN_MS = 2000

export class Heartbeat {
  #state: Liveness = 'alive'
  #silenceMs = 0
  #lookedAt: number
  #heardAt: number
  #sentAt: number

  constructor(nowMs: number) {
    this.#lookedAt = nowMs
    this.#heardAt = nowMs
    this.#sentAt = nowMs
  }

  get state(): Liveness {
    return this.#state
  }

  /** Anything arrived, on either lane. */
  heard(nowMs: number): void {
    this.#heardAt = nowMs
    this.#silenceMs = 0
    if (this.#state === 'late') this.#state = 'alive'
  }

  /** Something was handed to the network on the state lane, so no heartbeat is due for a while. */
  sent(nowMs: number): void {
    this.#sentAt = nowMs
  }

  /** Counts the silence since the last look. `beat`: send a heartbeat now. `gone` is final. */
  look(nowMs: number): { beat: boolean; state: Liveness } {
    const gap = nowMs - this.#lookedAt
    if (gap >= FROZEN_MS) this.#silenceMs = 0
    else this.#silenceMs += Math.min(nowMs - Math.max(this.#lookedAt, this.#heardAt), LOOK_COUNTS_MS)
    this.#lookedAt = nowMs
    if (this.#silenceMs >= GONE_MS) this.#state = 'gone'
    else if (this.#silenceMs >= LATE_MS && this.#state === 'alive') this.#state = 'late'
    // Half a look early rather than half a look late: timers jitter by a few milliseconds around 250.
    return { beat: this.#state !== 'gone' && nowMs - this.#sentAt >= BEAT_MS - PULSE_MS / 2, state: this.#state }
  }
}
