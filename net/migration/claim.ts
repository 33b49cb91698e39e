/** One claim of an heir: who voted for it, who refused, and what signalling said. */
import { type Electorate, membersOf, type Tally, tally, type Voter } from './electorate.ts'

export class Claim {
  readonly epoch: number
  signalling: 'unasked' | 'asked' | 'granted' | 'refused' = 'unasked'
  private readonly electorate: Electorate
  private readonly voters: readonly Voter[]
  private readonly votes: Set<Voter>
  private readonly refused = new Set<Voter>()
  private readonly since: number
  private readonly me: Voter

  constructor(epoch: number, electorate: Electorate, me: Voter, now: number) {
    this.epoch = epoch
    this.me = me
    this.electorate = electorate
    this.voters = membersOf(electorate)
    this.since = now
    this.votes = new Set(this.voters.filter((voter) => voter === me))
  }

  /** A vote cannot be taken back, and who is no voter has none. */
  vote(from: Voter): void {
    if (!this.voters.includes(from)) return
    this.votes.add(from)
    this.refused.delete(from)
  }

  refuse(from: Voter): void {
    if (this.voters.includes(from) && !this.votes.has(from)) this.refused.add(from)
  }

  get isWon(): boolean {
    const { tally } = this
    return tally === 'majority' || (tally === 'half' && this.signalling === 'granted')
  }

  /** Not even all the others' votes would do. The silent host gives none: an heir who waited for it would lose two seconds. */
  get isLost(): boolean {
    const { electorate, refused, votes } = this
    const possible = tally(
      electorate,
      (voter) => votes.has(voter) || (voter !== electorate.host && !refused.has(voter)),
    )
    return possible === 'fewer' || (possible === 'half' && this.signalling === 'refused')
  }

  /** All but the host, who votes for nobody, and signalling where it was asked, have said no: no vote is on its way. */
  isUnused(host: Voter): boolean {
    const saidNo = this.signalling === 'unasked' || this.signalling === 'refused'
    return saidNo && this.voters.every((voter) => voter === this.me || voter === host || this.refused.has(voter))
  }

  /** Exactly half voted for it. Signalling is not asked before: it would give the lobby to somebody who cannot win. */
  get needsSignalling(): boolean {
    return this.tally === 'half' && this.signalling === 'unasked'
  }

  private get tally(): Tally {
    return tally(this.electorate, (voter) => this.votes.has(voter))
  }

  /** While signalling is asked, its answer counts. */
  isOver(now: number, afterMs: number): boolean {
    return now - this.since >= afterMs && this.signalling !== 'asked'
  }
}
