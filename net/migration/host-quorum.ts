/**
 * Whether a host still has its quorum (Raft: check quorum). In go what the voters whom it hears come to, and signalling's answers; out come
 * pauses, and questions to signalling.
 *
 * Invariants: a host of fewer than half stands still, until signalling has answered that it knows of nobody else. Half of the voters
 * count with signalling's vote alone, for as long as it answers. A host that nobody voted for is backed by nobody until a quorum has said
 * that it follows: the others may have voted for another while the word of the host before was on its way.
 */
import { AGREED_MS, RECLAIM_MS, TELL_MS } from './election-times.ts'
import type { Tally } from './electorate.ts'

/** What some of the voters come to, each the same or fewer than the one before. */
export interface Following {
  /** Heard of late, or waited for, since this page has just begun to host. */
  readonly here: Tally
  /** Heard since this page hosts. */
  readonly said: Tally
}

type QuorumAction = { readonly do: 'pause' } | { readonly do: 'resume' } | { readonly do: 'ask for epoch' }

export class HostQuorum {
  /** Stands still, since too few are heard. */
  paused = false
  /**
   * A majority of the voters is heard, or half and signalling is with it. One without may run, because signalling knows of nobody else; it
   * is no obstacle to an heir then.
   */
  isBacked = true
  /** By the player's choice, without a quorum. It waits for nobody. */
  fork = false
  /** A quorum has voted for this host, or has said since that it follows. */
  private isFollowed = true
  private pausedAt = 0
  /** Signalling lets it go on without the voters. */
  private allowed = false
  private askedAt = Number.NEGATIVE_INFINITY
  /** Since when half of the voters are heard, ms; null: more are, or fewer. */
  private halfSince: number | null = null
  /** Until when signalling's vote is its own. */
  private agreedUntil = Number.NEGATIVE_INFINITY
  private answeredUntil = Number.NEGATIVE_INFINITY

  /** Another page hosts, or this one from now on. `isVoted`: a quorum has voted for it. */
  begin({ fork, isVoted }: { fork: boolean; isVoted: boolean }): void {
    this.isBacked = this.isFollowed = isVoted
    this.paused = this.allowed = false
    this.fork = fork
    this.answeredUntil = Number.NEGATIVE_INFINITY
  }

  /** `isChanging`: a change of the voters is under way, which signalling may settle. */
  look(
    { here, said }: Following,
    { isOnline, isChanging }: { isOnline: boolean; isChanging: boolean },
    now: number,
  ): QuorumAction[] {
    const isHalf = here === 'half'
    const isEnough = here === 'majority' || (isHalf && this.hasSignallingsVote(isOnline, now))
    if (!isHalf) this.halfSince = null
    const isAwaited = !this.isFollowed && said === 'half'
    this.isFollowed ||= said === 'majority' || (isAwaited && this.isAgreed(now))
    this.isBacked = isEnough && this.isFollowed
    if (isEnough) this.allowed = false
    const actions: QuorumAction[] = []
    const goesOn = isEnough || this.allowed || this.fork
    if (goesOn === this.paused) {
      this.paused = !goesOn
      if (this.paused) this.pausedAt = now
      actions.push({ do: goesOn ? 'resume' : 'pause' })
    }
    // Half a lobby may have closed their browsers: then signalling knows of nobody else, and the rest goes on.
    const asks = this.hasStoodLong(now) || isHalf || isAwaited || this.allowed || isChanging
    if (asks && isOnline && now - this.askedAt >= TELL_MS) {
      this.askedAt = now
      actions.push({ do: 'ask for epoch' })
    }
    return actions
  }

  private hasStoodLong(now: number): boolean {
    return this.paused && now - this.pausedAt >= RECLAIM_MS
  }

  /** Half of the voters and signalling go on. An open socket is no answer of signalling's, so it is asked, and has a while for it. */
  private hasSignallingsVote(isOnline: boolean, now: number): boolean {
    if (this.halfSince === null) {
      this.halfSince = now
      if (!this.paused) this.agreedUntil = now + AGREED_MS
    }
    return isOnline && now < this.agreedUntil
  }

  /** Signalling knows no other host. */
  agreed(now: number): void {
    this.agreedUntil = this.answeredUntil = now + AGREED_MS
    if (this.hasStoodLong(now)) this.allowed = true
  }

  /** Signalling has given its vote to an heir, who may win with it. */
  disagreed(now: number): void {
    this.agreedUntil = this.answeredUntil = now
    this.allowed = false
  }

  /** Signalling has answered of late that nobody else has its vote. */
  isAgreed(now: number): boolean {
    return now < this.answeredUntil
  }
}
