/**
 * Transfers that have ended a moment ago, and how. In go ends; out goes what to make of a message about one of them.
 *
 * Messages that the other side sent before it heard of the end still arrive: they are dropped, and up to a window of them counts
 * as no fault. A side whose link was lost may not have heard of the end: it offers or accepts again, and is told.
 */
import type { FileEnd } from './types.ts'

/** Ends that are remembered. Hundreds would have to end in one round trip before a message comes for a forgotten one. */
const MAX_REMEMBERED = 256

/** Messages that may still come: a window of chunks, as many acks, and a few words. */
const MAX_LATE = 150

interface End {
  readonly end: FileEnd
  /** Messages that may still come. */
  left: number
}

export class Ended {
  readonly #ends = new Map<string, End>()

  add(key: string, end: FileEnd): void {
    this.#ends.set(key, { end, left: MAX_LATE })
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > MAX_REMEMBERED && oldest !== undefined) this.#ends.delete(oldest)
  }

  /** How a transfer has ended; null when that is long ago, or it never was. */
  endOf(key: string): FileEnd | null {
    return this.#ends.get(key)?.end ?? null
  }

  /** A message about a transfer that is not open. False: no honest peer says that. */
  mayStillCome(key: string): boolean {
    const ended = this.#ends.get(key)
    if (!ended || ended.left === 0) return false
    ended.left--
    return true
  }
}
