/**
 * The state lane over an ordered, reliable stream. What sits in TCP's buffers cannot be called back, so old state would arrive
 * before new state. Therefore at most two frames are out that the other side's page has not read, and of those that wait only
 * the newest stays. In: frames to send, credits of the other side. Out: the frame to send now, if any. Pure.
 *
 * Invariants: no more than `MAX_UNREAD` frames are out. At most one waits, and only while no more may go out.
 */
import type { SendOutcome } from '../link.ts'
import type { PipeFrame } from '../pipe.ts'

/**
 * State frames that are out and unread (DESIGN, "Routes"). One would leave the path empty while its credit comes back. Three
 * would make the newest state half as old again behind a stall. Two are 20 packets a second at a round trip of 100 ms.
 */
export const MAX_UNREAD = 2

export class StateCredit {
  #unread = 0
  #waiting: PipeFrame | null = null
  /** Frames that gave way to a newer one. */
  replaced = 0

  /** Bytes that were taken and have not gone out. */
  get waitingBytes(): number {
    return this.#waiting?.length ?? 0
  }

  /** Frames that the other side has not read. */
  get unread(): number {
    return this.#unread
  }

  /** `now`: send it. `later`: it waits, and whatever waited before is dropped. `skipped`: it says less than what waits. */
  offer(frame: PipeFrame): 'now' | 'later' | Extract<SendOutcome, 'skipped'> {
    if (this.#unread < MAX_UNREAD) {
      this.#unread++
      return 'now'
    }
    // Text only says "I am here": bytes say that, too.
    if (typeof frame === 'string' && this.#waiting !== null) return 'skipped'
    if (this.#waiting !== null) this.replaced++
    // A copy: the caller may write into the frame again.
    this.#waiting = typeof frame === 'string' ? frame : frame.slice()
    return 'later'
  }

  /** The other side has read one frame. `next` goes out now, if any. Null: nothing was unread, so no honest peer says that. */
  credited(): { readonly next: PipeFrame | null } | null {
    if (this.#unread === 0) return null
    const next = this.#waiting
    this.#waiting = null
    if (next === null) this.#unread--
    return { next }
  }
}
