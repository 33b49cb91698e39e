/**
 * How old the words of guests are when they come, by the host's own clock. In go the ages of one guest's words after the other; out comes whether a
 * word may be of before a cut: then it is no sign that the guest is with this host still.
 *
 * Old is what is much older than words of this guest usually are: on a path that is slow all the time they are with it all the same.
 */
import type { PlayerId } from '../../world/ids.ts'

/** Whom a guest has voted for claims after two seconds without the host: words that are older by less than this are of before it, ms. */
const OLD_MS = 1500
/** What is usual follows a path that has become slower by so much of the time. */
const CREEP = 0.3
/** Words come every 200 ms. Those that a cut held up come all at once, and are not usual for that, ms. */
const LONGEST_STEP_MS = 250

interface Usual {
  readonly ageMs: number
  readonly at: number
}

export class WordAges {
  private readonly usual = new Map<PlayerId, Usual>()

  isOld(from: PlayerId, ageMs: number, now: number): boolean {
    const before = this.usual.get(from) ?? { ageMs, at: now }
    const slower = before.ageMs + CREEP * Math.min(now - before.at, LONGEST_STEP_MS)
    this.usual.set(from, { ageMs: Math.min(ageMs, slower), at: now })
    return ageMs >= slower + OLD_MS
  }

  /** They have another link, or no seat any more. */
  forget(from: PlayerId): void {
    this.usual.delete(from)
  }
}
