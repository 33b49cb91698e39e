/**
 * The state lane over an ordered, reliable stream. What sits in TCP's buffers cannot be called back, so old state would arrive
 * before new state. Therefore at most two frames are out that the other side's page has not read. In: frames to send, credits of
 * the other side. Out: whether a frame may go out now. Pure.
 *
 * A frame that may not go out is refused, and none is kept for later. The sender then knows that nobody hears it, and makes a newer one.
 * A frame that was kept and pushed out by the next one was counted as sent by the match above: two copies of a change went out in a
 * row and then waited for their ack, always in the same place between two credits, and a client heard of a removal four seconds late.
 *
 * Invariant: no more than `MAX_UNREAD` frames are out.
 */

/**
 * State frames that are out and unread (DESIGN, "Routes"). One would leave the path empty while its credit comes back. Three
 * would make the newest state half as old again behind a stall. Two are 20 packets a second at a round trip of 100 ms.
 */
export const MAX_UNREAD = 2

export class StateCredit {
  /** Sizes of the frames that are out, in bytes, oldest first. */
  readonly #unread: number[] = []
  /** Frames that were refused. */
  skipped = 0

  /** Frames that the other side has not read. */
  get unread(): number {
    return this.#unread.length
  }

  /** Bytes that have to be read before another frame may go out; 0 while one may. */
  get blockingBytes(): number {
    return this.#unread.length < MAX_UNREAD ? 0 : this.#unread.reduce((sum, bytes) => sum + bytes, 0)
  }

  /** Whether a frame may go out now. A yes counts as sent. */
  take(bytes: number): boolean {
    if (this.#unread.length >= MAX_UNREAD) {
      this.skipped++
      return false
    }
    this.#unread.push(bytes)
    return true
  }

  /** The other side has read one frame. False: nothing was unread, so no honest peer says that. */
  credited(): boolean {
    return this.#unread.shift() !== undefined
  }
}
