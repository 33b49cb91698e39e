/** When SCTP takes silence for loss: the retransmission timeout of RFC 9260, 6.3, with dcSCTP's limits; and its timers. */

/** dcSCTP's options, as Chromium leaves them. */
const INITIAL_MS = 500
const MIN_MS = 400
const MAX_MS = 60_000
/** dcSCTP divides its option of 220 ms by 8. */
const MIN_VARIANCE_MS = 27.5
/** Chromium's own limit of the backing off: what is tried after a long outage comes soon after it. */
const MAX_BACKOFF_MS = 3000

export class RetransmissionTimeout {
  ms = INITIAL_MS
  smoothedMs = INITIAL_MS
  #variance: number | null = null

  observe(rttMs: number): void {
    if (this.#variance === null) {
      this.smoothedMs = rttMs
      this.#variance = rttMs / 2
    } else {
      this.#variance += (Math.abs(this.smoothedMs - rttMs) - this.#variance) / 4
      this.smoothedMs += (rttMs - this.smoothedMs) / 8
    }
    this.#variance = Math.max(MIN_VARIANCE_MS, this.#variance)
    this.ms = Math.min(MAX_MS, Math.max(MIN_MS, this.smoothedMs + 4 * this.#variance))
  }
}

/** What a timer needs of virtual time. */
export interface TimeLine {
  readonly now: number
  at(time: number, run: () => void): void
}

/** A timer that is set again far more often than it rings: it keeps one event on the time line, not one per setting. */
export class LazyTimer {
  readonly #time: TimeLine
  readonly #ring: () => void
  /** Null: stopped. */
  #due: number | null = null
  #waitingFor = Number.POSITIVE_INFINITY

  constructor(time: TimeLine, ring: () => void) {
    this.#time = time
    this.#ring = ring
  }

  get running(): boolean {
    return this.#due !== null
  }

  start(ms: number): void {
    this.#due = this.#time.now + ms
    if (this.#due < this.#waitingFor) this.#wait(this.#due)
  }

  stop(): void {
    this.#due = null
  }

  #wait(until: number): void {
    this.#waitingFor = until
    this.#time.at(until, () => {
      // An earlier one was asked for since.
      if (this.#waitingFor !== until) return
      this.#waitingFor = Number.POSITIVE_INFINITY
      if (this.#due === null) return
      if (this.#due > until) return this.#wait(this.#due)
      this.#due = null
      this.#ring()
    })
  }
}

/** T3-rtx: doubles its time with each ring, until it is started anew. */
export class BackingOffTimer {
  readonly #timer: LazyTimer
  #rings = 0

  constructor(time: TimeLine, baseMs: () => number, ring: () => void) {
    this.#timer = new LazyTimer(time, () => {
      this.#rings++
      this.#timer.start(Math.min(MAX_BACKOFF_MS, baseMs() * 2 ** this.#rings))
      ring()
    })
  }

  get running(): boolean {
    return this.#timer.running
  }

  start(ms: number): void {
    this.#rings = 0
    this.#timer.start(ms)
  }

  stop(): void {
    this.#timer.stop()
  }
}
