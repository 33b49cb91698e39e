/**
 * A candidate's part: the claims of this page, one at a time, and what each has come to. In go votes and refusals; out comes whether a claim
 * is won, lost, or needs signalling's vote.
 *
 * Invariant: a claim that is over never wins. Its epoch is claimed again only when nobody can have voted for it.
 */
import { Claim } from './claim.ts'
import { CLAIM_MS } from './election-times.ts'
import type { Electorate, Voter } from './electorate.ts'

export class Candidacy {
  /** Null: this page claims nothing. */
  claim: Claim | null = null
  /** No claim before this time, ms. */
  nextAt = 0
  /** The last claim that came to nothing. When all have refused it, nobody has voted for its epoch, and the next claim is for it again. */
  private lost: Claim | null = null

  begin(epoch: number, electorate: Electorate, me: Voter, now: number): void {
    this.lost = null
    this.claim = new Claim(epoch, electorate, me, now)
  }

  /** Whether the last claim was for this epoch, and all but the host have refused it. */
  mayClaimAgain(epoch: number, host: Voter): boolean {
    return this.lost?.epoch === epoch && this.lost.isUnused(host)
  }

  isOver(now: number): boolean {
    return this.claim?.isOver(now, CLAIM_MS) ?? false
  }

  /** Returns the claim that ends here; null: there is none. */
  end(): Claim | null {
    const { claim } = this
    if (claim) this.lost = claim
    this.claim = null
    return claim
  }

  /** This page hosts, or follows another host. */
  reset(): void {
    this.claim = this.lost = null
  }

  /** Refusals may come when the claim is over: they tell that nobody voted for it. */
  refuse(from: Voter, epoch: number): void {
    for (const claim of [this.claim, this.lost]) if (claim?.epoch === epoch) claim.refuse(from)
  }

  /** What the claim has come to; null: nothing yet. */
  get outcome(): 'won' | 'lost' | 'needs signalling' | null {
    const { claim } = this
    if (!claim) return null
    if (claim.isWon) return 'won'
    if (claim.isLost) return 'lost'
    return claim.needsSignalling ? 'needs signalling' : null
  }
}
