/**
 * How much of the bulk lane may be under way. Bulk takes what the state lane leaves, and never makes a queue that the state lane
 * waits in. In: acknowledgements with their round-trip times. Out: a window in bytes. Pure: time comes in as an argument.
 *
 * The shortest recent round trip is the path without a queue (the base); what a piece takes longer is queue. That is LEDBAT (RFC
 * 6817) on round trips, with the slowdowns of LEDBAT++ (draft-irtf-iccrg-ledbat-plus-plus): now and then the window falls to its
 * least for one round trip, so that the queue drains and the base is measured anew. Without them, links that share an uplink take
 * each other's queue for the path and add their own on top, and a path that has become longer looks like a queue for ever.
 *
 * Measured in the simulated network, state lane p90 beyond the path: 8 links that send 2 MB each over 3 Mbit/s: 241 ms without slowdowns and with a
 * least window of 8 KiB, 58 ms with them and 2 KiB; 4 links over 5 Mbit/s: 49 and 19 ms. 20 MB over 20 Mbit/s and 20 ms: 17.6 and
 * 16.8 Mbit/s. The same after the path grew from 0 to 20 ms: 2.6 and 12 Mbit/s. Between pages that are busy for 8 to 20 of each
 * 25 ms, with the shortest of six samples: 4.9, of 200 ms: 7.1 Mbit/s.
 */
import { MIN_PIECE_BYTES, PIECE_BYTES } from './bulk-frames.ts'

/**
 * Queue that bulk aims at, ms: less than half of what a file may add to the state lane's delay (DESIGN: 20 ms), since the queue
 * swings around it, and a piece of 16 KiB takes 7 ms at 20 Mbit/s. It holds also while this link's state lane rests: the same
 * uplink may carry those of others.
 */
const TARGET_MS = 9

/**
 * Of the samples of so many ms the shortest counts, and of so many at least: Wi-Fi holds packets up, and a page that draws reads what
 * has come only between two pictures, all of it at once. A queue that drains shows at once that way; one that grows, late.
 */
const SPAN_MS = 200
const SAMPLES = 6

/**
 * Growth per round trip while none of the last samples shows a queue: a quarter of the window, and at most a piece, which takes 7 ms at
 * 20 Mbit/s.
 */
const GROWTH = 1 / 4
const MAX_GROWTH_BYTES = PIECE_BYTES

/** Growth per acknowledged byte while one of them does, but none of the span: within a span it adds a fifth of the target. */
const CAREFUL_GROWTH = TARGET_MS / SPAN_MS / 5

/** Pauses between slowdowns are so many times as long as a slowdown with its way up: they cost about 6 % of the throughput. */
const PAUSE_PER_SLOWDOWN = 15
/** And no shorter, ms: on a short path slowdowns would come twice a second. */
const MIN_PAUSE_MS = 5000
/** At the least window a slowdown costs nothing, so it comes sooner, ms: the path may have become longer. */
const PAUSE_AT_LEAST_MS = 1000

/** Two pieces. Eight guests of one host make a queue of 43 ms with it on an uplink of 3 Mbit/s, and made one of 175 ms with 8 KiB. */
export const MIN_WINDOW_BYTES = 2 * 1024

/** SCTP starts with ten packets (dcSCTP); what is beyond waits in the page anyway. */
const FIRST_WINDOW_BYTES = 16 * 1024

/** 1 MiB is 40 Mbit/s at a round trip of 200 ms. It is also what a change of pipes may send twice. */
export const MAX_WINDOW_BYTES = 1024 * 1024

/**
 * `starting`: doubles each round trip, up to where it was before a slowdown, or until a queue shows. `steady`: holds the queue at its
 * target. `slow`: at its least until a piece comes back that left with no other of this link before it.
 */
type Phase = 'starting' | 'steady' | 'slow'

export class BulkWindow {
  #bytes = FIRST_WINDOW_BYTES
  #phase: Phase = 'starting'
  /** Where `starting` ends. */
  #ceiling = MAX_WINDOW_BYTES
  /** Of the last samples: while the window doubles, a queue must be seen at once. */
  readonly #last = new RecentLeast(SAMPLES, 0)
  readonly #recent = new RecentLeast(SAMPLES, SPAN_MS)
  /** The shortest round trips between the last two slowdowns, and since the last. */
  #before = Number.POSITIVE_INFINITY
  #present = Number.POSITIVE_INFINITY
  /** When the last slowdown began. */
  #slowFrom = Number.NEGATIVE_INFINITY
  /** When the next begins. */
  #slowAt = Number.POSITIVE_INFINITY

  get bytes(): number {
    return this.#bytes
  }

  /** Eight pieces in a window, so that a narrow path does not wait for a whole one. */
  get pieceBytes(): number {
    return Math.min(PIECE_BYTES, Math.max(MIN_PIECE_BYTES, Math.floor(this.#bytes / 8)))
  }

  /** `bytes` were acknowledged, `ms` after they left. `wasFull`: the window held more back. */
  acknowledged(bytes: number, ms: number, wasFull: boolean, nowMs: number): void {
    this.#present = Math.min(this.#present, ms)
    const baseMs = Math.min(this.#before, this.#present)
    const lastMs = this.#last.add(ms, nowMs) - baseMs
    const queueMs = this.#recent.add(ms, nowMs) - baseMs
    if (this.#phase === 'slow') this.#leaveSlowdown(ms, nowMs)
    else if (this.#phase === 'starting' && lastMs < TARGET_MS / 2 && this.#bytes < this.#ceiling) {
      if (wasFull) this.#set(Math.min(this.#ceiling, this.#bytes + bytes))
    } else {
      if (this.#phase === 'starting') this.#becomeSteady(ms, nowMs)
      if (nowMs >= this.#slowAt) this.#measureAnew(ms, wasFull, nowMs)
      else this.#follow(queueMs, lastMs, bytes, wasFull)
    }
  }

  /** Another pipe: nothing is known of its path. */
  reset(): void {
    this.#bytes = FIRST_WINDOW_BYTES
    this.#phase = 'starting'
    this.#ceiling = MAX_WINDOW_BYTES
    this.#forgetSamples()
    this.#before = Number.POSITIVE_INFINITY
    this.#present = Number.POSITIVE_INFINITY
    this.#slowFrom = Number.NEGATIVE_INFINITY
    this.#slowAt = Number.POSITIVE_INFINITY
  }

  /** Per round trip: grows without a queue, stands at the target, and halves at twice the target. */
  #follow(queueMs: number, lastMs: number, bytes: number, wasFull: boolean): void {
    const off = Math.max(-1, (TARGET_MS - queueMs) / TARGET_MS)
    if (off < 0) this.#set(this.#bytes + (off * bytes) / 2)
    else if (wasFull) {
      const isClear = lastMs < TARGET_MS / 2
      const growth = isClear ? Math.min(MAX_GROWTH_BYTES / this.#bytes, GROWTH) : CAREFUL_GROWTH
      this.#set(this.#bytes + off * bytes * growth)
    }
    if (this.#bytes === MIN_WINDOW_BYTES) this.#slowAt = Math.min(this.#slowAt, this.#slowFrom + PAUSE_AT_LEAST_MS)
  }

  /** The first slowdown comes at once: what came before this link's first piece may have been the queue of another. */
  #becomeSteady(ms: number, nowMs: number): void {
    const tookMs = nowMs - this.#slowFrom
    const isFirst = tookMs === Number.POSITIVE_INFINITY
    this.#phase = 'steady'
    this.#slowAt = nowMs + (isFirst ? 2 * ms : Math.max(MIN_PAUSE_MS, PAUSE_PER_SLOWDOWN * tookMs))
  }

  /** Forgets the older half of what is known of the base. A window that nobody fills makes no queue: it need not become slow. */
  #measureAnew(ms: number, wasFull: boolean, nowMs: number): void {
    this.#before = this.#present
    this.#present = ms
    this.#slowFrom = nowMs
    this.#slowAt = nowMs + MIN_PAUSE_MS
    if (!wasFull) return
    this.#phase = 'slow'
    this.#ceiling = this.#bytes
    this.#bytes = MIN_WINDOW_BYTES
  }

  /** Ends with the first piece that left after it began: by then all that was under way had arrived. */
  #leaveSlowdown(ms: number, nowMs: number): void {
    if (nowMs - ms < this.#slowFrom) return
    this.#phase = 'starting'
    this.#forgetSamples()
  }

  #forgetSamples(): void {
    this.#last.clear()
    this.#recent.clear()
  }

  #set(bytes: number): void {
    this.#bytes = Math.min(MAX_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, bytes))
  }
}

/** The shortest of the samples of a span of time. Keeps, oldest first, those that are shorter than all that came after. */
class RecentLeast {
  readonly #samples: { readonly ms: number; readonly atMs: number; readonly nth: number }[] = []
  readonly #least: number
  readonly #spanMs: number
  #count = 0

  /** Of `spanMs`, and of `least` samples at least. */
  constructor(least: number, spanMs: number) {
    this.#least = least
    this.#spanMs = spanMs
  }

  /** Returns the shortest, this one counted. */
  add(ms: number, nowMs: number): number {
    while ((this.#samples.at(-1)?.ms ?? -1) >= ms) this.#samples.pop()
    this.#samples.push({ ms, atMs: nowMs, nth: this.#count++ })
    let oldest = this.#samples[0]
    while (oldest && oldest.atMs < nowMs - this.#spanMs && oldest.nth < this.#count - this.#least) {
      this.#samples.shift()
      oldest = this.#samples[0]
    }
    return oldest?.ms ?? ms
  }

  clear(): void {
    this.#samples.length = 0
  }
}
