/**
 * Transfers that have ended a moment ago: what the other side said before it heard of the end is still under way. It is dropped, and
 * is held against nobody, up to as much as a window holds.
 */

/** Ends that are remembered. Of one that is forgotten nothing is under way any more, unless hundreds end in one round trip. */
const MAX_REMEMBERED = 256

/** Messages that may still come: a window of chunks, as many acks, and a few words. */
const MAX_LATE = 150

export class Ended {
  readonly #left = new Map<string, number>()

  add(key: string): void {
    this.#left.set(key, MAX_LATE)
    const [oldest] = this.#left.keys()
    if (this.#left.size > MAX_REMEMBERED && oldest !== undefined) this.#left.delete(oldest)
  }

  /** A message about a transfer that is not open. False: no honest peer says that. */
  mayStillCome(key: string): boolean {
    const left = this.#left.get(key) ?? 0
    if (left === 0) return false
    this.#left.set(key, left - 1)
    return true
  }
}
