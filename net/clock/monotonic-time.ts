/**
 * A time that never runs back. `performance.now()` never does, but a session may be driven by another clock. When that is set
 * back, everything that waits for a time would stop until the clock is there again.
 */

import { checkFinite } from '../world/given.ts'

/** A frame's timestamp is a little older than the clock. Only a time that is older by more was set back. */
const MOMENT_MS = 1000

export class MonotonicTime {
  private newest = Number.NEGATIVE_INFINITY
  private addedMs = 0

  /**
   * The time at `now`, ms: `now` itself, until that falls behind by more than a second; then it goes on from where it was.
   * @throws TypeError for what is no finite number: one such time would spoil all that follow.
   */
  timeAt(now: number): number {
    checkFinite('The time', now, 'performance.now(), in ms')
    if (now + this.addedMs < this.newest - MOMENT_MS) this.addedMs = this.newest - now
    const time = now + this.addedMs
    this.newest = Math.max(this.newest, time)
    return time
  }
}
