/**
 * A voter's part: whom this page voted for, and in which epoch (Raft: `votedFor` and the highest term). In go claims; out come votes.
 *
 * Invariant: nobody votes twice in an epoch, nor in a lower one than they have voted in.
 */
import { EPOCHS_PER_TERM, MAX_EPOCH_STEP } from '../session/limits.ts'
import type { Voter } from './electorate.ts'

interface ClaimHeard {
  readonly epoch: number
  /** The version of the voters that it counts. */
  readonly roster: number
}

interface Position {
  /** The version of the voters that this page knows. */
  readonly version: number
  /** Whether the host is heard; on the host's own page, whether it runs. */
  readonly isHostHeard: boolean
}

export class Ballot {
  /** The highest epoch that this page voted for, or plays. It never votes for it, or a lower one, again. */
  promised: number
  /** Whom it voted for, while that claim may still win; null: nobody. */
  vote: { readonly by: Voter; readonly at: number } | null = null

  constructor(promised: number) {
    this.promised = promised
  }

  give(by: Voter, epoch: number, now: number): void {
    this.promised = epoch
    this.vote = { by, at: now }
  }

  raise(epoch: number): void {
    this.promised = Math.max(this.promised, epoch)
  }

  /** The claim of this heir, for this epoch, never wins. */
  withdrawn(by: Voter, epoch: number): void {
    if (this.vote?.by === by && this.promised === epoch) this.vote = null
  }

  /** No honest member names such an epoch. */
  isTooFar(epoch: number): boolean {
    return epoch > this.promised + MAX_EPOCH_STEP
  }

  /** Why an heir's claim gets no vote; null: it gets one. */
  refusalOf(
    { epoch, roster }: ClaimHeard,
    { version, isHostHeard }: Position,
  ): 'epoch' | 'roster' | 'host lives' | null {
    if (epoch <= this.promised || this.isTooFar(epoch)) return 'epoch'
    // It may be a number of the host's own.
    if (epoch % EPOCHS_PER_TERM > 0) return 'epoch'
    // What it counts as a quorum may be none of the voters of today.
    if (roster < version) return 'roster'
    return isHostHeard ? 'host lives' : null
  }
}
