/**
 * How much of the bulk lane may be under way, so that it takes what the state lane leaves and never makes a queue that the
 * state lane waits in. LEDBAT (RFC 6817) on the time from a piece's departure to its acknowledgement: the shortest
 * seen is the path without a queue, and whatever a piece takes longer is queue. Pure: time comes in as an argument.
 *
 * Measured in the simulated network, 20 Mbit/s, 20 ms, a queue of 256 KiB, a game at 60 packets a second beside one message of
 * 15 MB: with SCTP's window alone 78 % of the game's packets were skipped and the rest 8.3 s late at p50; with this one 1 % were,
 * the rest 16 ms later than alone at p50 and 24 at p99, and the message took 12 % longer than the path needs.
 */
import { MIN_PIECE_BYTES, PIECE_BYTES } from './bulk-frames.ts'

/**
 * Queue that bulk aims at, ms: half of what a file may add to the state lane's delay (DESIGN: 20 ms), since the queue swings
 * around it, and a piece of 16 KiB takes 7 ms at 20 Mbit/s. Measured, a file of 20 MB beside a match in the simulated network at that rate: 16 ms
 * more at p99 and 9.1 s; with a target of 20 ms, 23 ms more and 9.0 s. Also while this link's state lane rests: the same uplink may carry those of others.
 */
const TARGET_MS = 10

/** Of the last so many samples the shortest counts: Wi-Fi holds single packets up. */
const SAMPLES = 4

/** Routes change: a shortest time older than one to two of these is forgotten, ms. */
const BASE_AGE_MS = 30_000

/** A path that others fill still carries 40 kB/s at a round trip of 200 ms. */
export const MIN_WINDOW_BYTES = 8 * 1024

/** SCTP starts with ten packets (dcSCTP); what is beyond waits in the page anyway. */
const FIRST_WINDOW_BYTES = 16 * 1024

/** 1 MiB is 40 Mbit/s at a round trip of 200 ms. It is also what a change of pipes may send twice. */
export const MAX_WINDOW_BYTES = 1024 * 1024

export class BulkWindow {
  #bytes = FIRST_WINDOW_BYTES
  /** Doubles each round trip until a queue shows. */
  #isStarting = true
  #samples: number[] = []
  /** Shortest times of the age before and of the present one. */
  #before = Number.POSITIVE_INFINITY
  #present = Number.POSITIVE_INFINITY
  #ageEndsAt = Number.NEGATIVE_INFINITY

  get bytes(): number {
    return this.#bytes
  }

  /** Eight pieces in a window, so that a narrow path does not wait for a whole one. */
  get pieceBytes(): number {
    return Math.min(PIECE_BYTES, Math.max(MIN_PIECE_BYTES, Math.floor(this.#bytes / 8)))
  }

  /** `bytes` were acknowledged, `ms` after they left. `wasFull`: the window held more back. */
  acknowledged(bytes: number, ms: number, wasFull: boolean, nowMs: number): void {
    const queueMs = this.#queueMs(ms, nowMs)
    if (this.#isStarting && queueMs < TARGET_MS / 2) {
      if (wasFull) this.#set(this.#bytes + bytes)
      return
    }
    this.#isStarting = false
    // From 1 for an empty queue down to halving within a round trip.
    const off = Math.max(-1, (TARGET_MS - queueMs) / TARGET_MS)
    if (off < 0) this.#set(this.#bytes + (off * bytes) / 2)
    else if (wasFull) this.#set(this.#bytes + (off * bytes * PIECE_BYTES) / this.#bytes)
  }

  /** Another pipe: nothing is known of its path. */
  reset(): void {
    this.#bytes = FIRST_WINDOW_BYTES
    this.#isStarting = true
    this.#samples = []
    this.#before = Number.POSITIVE_INFINITY
    this.#present = Number.POSITIVE_INFINITY
  }

  #queueMs(ms: number, nowMs: number): number {
    if (nowMs >= this.#ageEndsAt) {
      this.#before = this.#present
      this.#present = ms
      this.#ageEndsAt = nowMs + BASE_AGE_MS
    }
    this.#present = Math.min(this.#present, ms)
    this.#samples.push(ms)
    if (this.#samples.length > SAMPLES) this.#samples.shift()
    return Math.min(...this.#samples) - Math.min(this.#before, this.#present)
  }

  #set(bytes: number): void {
    this.#bytes = Math.min(MAX_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, bytes))
  }
}
