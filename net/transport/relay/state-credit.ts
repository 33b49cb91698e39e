/**
 * The state lane over an ordered, reliable stream. What sits in TCP's buffers cannot be called back, so old state would arrive
 * before new state. Therefore at most two frames are out that the other side's page has not read. In: frames to send, credits of
 * the other side, the time. Out: whether a frame may go out now. Pure.
 *
 * A frame that may not go out is refused, and none is kept for later. The sender then knows that nobody hears it, and makes a newer one.
 * A frame that was kept and pushed out by the next one was counted as sent by the match above: two copies of a change went out in a
 * row and then waited for their ack, always in the same place between two credits, and a client heard of a removal four seconds late.
 *
 * Two frames in a row come back as two credits in a row, for ever: the other side would hear two states, and then nothing for almost a
 * round trip. So the second waits until about half of one has passed. Only frames of one moment go together: parts of one tick. After a
 * stall none waits: what the other side has is two seconds old, and each state that comes soon is worth more than an even pace.
 *
 * A sender is to ask `isHeld` at each tick, and not only when its next snapshot is due: at a round trip of 100 ms and 30 snapshots a second,
 * the second frame would go out after 67 ms in place of 50, and 15 a second in place of 20.
 *
 * Invariant: no more than `MAX_UNREAD` frames are out.
 */
import { BURST_MS } from '../guard.ts'

/**
 * State frames that are out and unread (DESIGN, "Routes"). One would leave the path empty while its credit comes back. Three
 * would make the newest state half as old again behind a stall. Two are 20 packets a second at a round trip of 100 ms.
 */
export const MAX_UNREAD = 2

/**
 * The second frame goes out after this share of a round trip. Half would be even; a sender that comes by at each tick would then be late by
 * up to a tick each time.
 */
const SPACING = 0.4

/** The round trip is the shortest of so many: one that waited behind a stall says nothing of the path. */
const ROUND_TRIPS = 16

/** A credit that took so many round trips came out of a stall. Jitter and a lost segment take two or three. */
const STALL_ROUND_TRIPS = 4

interface Unread {
  readonly bytes: number
  readonly sentAt: number
}

export class StateCredit {
  /** The frames that are out, oldest first. */
  readonly #unread: Unread[] = []
  #sentAt = Number.NEGATIVE_INFINITY
  /** Of the last credits, ms. */
  readonly #roundTrips: number[] = []
  /** The last credit came out of a stall. */
  #hasStalled = false
  /** Frames that were refused. */
  skipped = 0

  /** Frames that the other side has not read. */
  get unread(): number {
    return this.#unread.length
  }

  /** Bytes that have to be read before another frame may go out; 0 while one may. */
  get blockingBytes(): number {
    return this.#unread.length < MAX_UNREAD ? 0 : this.#unread.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Whether a frame may not go out now. */
  isHeld(nowMs: number): boolean {
    return this.#unread.length >= MAX_UNREAD || this.#isTooSoon(nowMs)
  }

  /** Whether a frame may go out now. A yes counts as sent. */
  take(bytes: number, nowMs: number): boolean {
    if (this.isHeld(nowMs)) {
      this.skipped++
      return false
    }
    this.#unread.push({ bytes, sentAt: nowMs })
    this.#sentAt = nowMs
    return true
  }

  /** The other side has read one frame. False: nothing was unread, so no honest peer says that. */
  credited(nowMs: number): boolean {
    const read = this.#unread.shift()
    if (!read) return false
    const tookMs = nowMs - read.sentAt
    this.#hasStalled = tookMs > STALL_ROUND_TRIPS * this.#roundTripMs
    this.#roundTrips.push(tookMs)
    if (this.#roundTrips.length > ROUND_TRIPS) this.#roundTrips.shift()
    return true
  }

  /** Infinite before the first credit. */
  get #roundTripMs(): number {
    return Math.min(...this.#roundTrips)
  }

  /** Another frame went out a moment ago, and is not of the same moment. */
  #isTooSoon(nowMs: number): boolean {
    if (this.#unread.length === 0 || this.#roundTrips.length === 0 || this.#hasStalled) return false
    const since = nowMs - this.#sentAt
    return since >= BURST_MS && since < SPACING * this.#roundTripMs
  }
}
