/**
 * Remembers transfers that ended a moment ago, and how. In go ends; out goes whether a late message about one of them is honest.
 *
 * Messages that the other side sent before it knew of the end still arrive. They are dropped, and up to a window of them does not count
 * as nonsense. A side whose link was lost may not know of the end: it offers or accepts again, and is told.
 */
import type { FileEnd } from './types.ts'

/** Ends that are remembered. Only when hundreds end within one round trip can a late message find its end forgotten. */
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

  /** How a transfer has ended; null when that is forgotten, or it never existed. */
  endOf(key: string): FileEnd | null {
    return this.#ends.get(key)?.end ?? null
  }

  /** Counts a message about a transfer that is not open. False: no honest peer sends it. */
  mayStillCome(key: string): boolean {
    const ended = this.#ends.get(key)
    if (!ended || ended.left === 0) return false
    ended.left--
    return true
  }
}
