/**
 * A guest's wish to watch, or to play again, from asking the host until it is granted, declined or overtaken by events. While one
 * is under way nothing is said or heard on the state lane, for it would be taken for the wrong seat.
 *
 * Invariant: every wish ends. A host that does not answer in time is taken for lost.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Cancel, Timers } from '../../platform/platform.ts'
import type { Refusal } from '../refusal.ts'

/** As often as the host allows (`guest-peer.ts`): asked more often, this page would look like a flood. */
const WISH_BURST = 4
const SECONDS_PER_WISH = 10
/** A host's page that is awake answers at once; ms. */
const ANSWER_DEADLINE_MS = 5000

export class SeatChange {
  private readonly timers: Timers
  private readonly allowance = new TokenBucket(1 / SECONDS_PER_WISH, WISH_BURST)
  private resolve: ((refusal: Refusal | null) => void) | null = null
  private stopTimer: Cancel = () => {}

  constructor(timers: Timers) {
    this.timers = timers
  }

  /** Whether the host is asked and has not answered. */
  get isUnderWay(): boolean {
    return this.resolve !== null
  }

  /** Asks; `late`: the host does not answer. */
  begin(ask: () => void, late: () => void): Promise<Refusal | null> {
    if (this.isUnderWay || this.allowance.available(this.timers.now()) < 1) return Promise.resolve('too-often')
    this.allowance.spend(1)
    return new Promise((resolve) => {
      this.resolve = resolve
      this.stopTimer = this.timers.after(ANSWER_DEADLINE_MS, late)
      ask()
    })
  }

  /** Null: the guest has the other seat. */
  end(refusal: Refusal | null): void {
    this.stopTimer()
    const { resolve } = this
    this.resolve = null
    resolve?.(refusal)
  }
}
