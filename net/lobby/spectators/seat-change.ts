/**
 * A guest's request to watch, or to play again, from asking the host until it is granted, declined, or ended with the link or the lobby.
 * While one is under way, packets of the state lane are neither sent nor read: they would count for the wrong seat.
 *
 * Invariant: every request ends. A host that does not answer in time is treated as lost.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Cancel, Timers } from '../../platform/platform.ts'
import type { Refusal } from '../refusal.ts'
import { SEAT_CHANGE_BURST, SECONDS_PER_SEAT_CHANGE } from './seat-change-limits.ts'

/** A host's page that is awake answers at once; ms. */
const ANSWER_DEADLINE_MS = 5000

export class SeatChange {
  private readonly timers: Timers
  private readonly allowance = new TokenBucket(1 / SECONDS_PER_SEAT_CHANGE, SEAT_CHANGE_BURST)
  private resolve: ((refusal: Refusal | null) => void) | null = null
  private stopTimer: Cancel = () => {}

  constructor(timers: Timers) {
    this.timers = timers
  }

  /** Whether the host is asked and has not answered. */
  get isUnderWay(): boolean {
    return this.resolve !== null
  }

  /** Sends the request by `ask`. Calls `late` when the host does not answer in time. */
  begin(ask: () => void, late: () => void): Promise<Refusal | null> {
    if (this.isUnderWay || !this.allowance.take(this.timers.now())) return Promise.resolve('too-often')
    return new Promise((resolve) => {
      this.resolve = resolve
      this.stopTimer = this.timers.after(ANSWER_DEADLINE_MS, late)
      ask()
    })
  }

  /** The request has ended. Null: the guest has the other seat. */
  end(refusal: Refusal | null): void {
    this.stopTimer()
    const { resolve } = this
    this.resolve = null
    resolve?.(refusal)
  }
}
