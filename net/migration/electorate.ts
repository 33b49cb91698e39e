/**
 * Who votes, by version. The host changes one member at a time. While a change is under way, a quorum is needed both in the voters of
 * before and in the new ones, for hosting as well as for a claim. It is over once a quorum of both has acked it: those vote for no claim
 * that is counted on an older version. So any two quorums have a voter in common, or both have signalling's vote.
 */
import type { PlayerId } from '../world/ids.ts'

/** A page that votes, by its player. Null: the page of a host without a player, which has a vote like any other. */
export type Voter = PlayerId | null

export interface Electorate {
  /** Rises with each change of the voters. */
  readonly version: number
  readonly host: Voter
  /** The host and the connected players. Who said goodbye is none. */
  readonly voters: readonly Voter[]
  /** The voters of the version before, while one who knows nothing of this one may still win with them; null: nobody can. */
  readonly before: readonly Voter[] | null
  /** The warm heirs, the first in rank first. */
  readonly heirs: readonly PlayerId[]
}

/** What some members come to. `half`: they need signalling's vote. */
export type Tally = 'majority' | 'half' | 'fewer'

/** What the members come to who are `counted`, in each list that a quorum is needed in. */
export function tally({ voters, before }: Electorate, isCounted: (voter: Voter) => boolean): Tally {
  const lists = before === null ? [voters] : [voters, before]
  const over = lists.map((list) => list.filter(isCounted).length * 2 - list.length)
  if (over.some((by) => by < 0)) return 'fewer'
  return over.includes(0) ? 'half' : 'majority'
}

/** All who may vote, those of the version before included. */
export function membersOf({ voters, before }: Electorate): readonly Voter[] {
  return before === null ? voters : [...new Set([...voters, ...before])]
}

/** The host's list of voters. */
export class Voters {
  private electorate: Electorate
  private readonly acked = new Set<Voter>()
  private wanted: readonly Voter[]
  private gone: ReadonlySet<Voter> = new Set()
  private isSignallingHere = false
  /** The newest version that each player has acked. */
  private readonly versions = new Map<PlayerId, number>()
  /** The newest version that signalling's vote has settled. */
  private signalled = 0

  /** `acked`: who has this version. Default: all. */
  constructor(electorate: Electorate, acked = electorate.voters) {
    this.electorate = electorate
    this.wanted = electorate.voters
    for (const voter of acked) this.acked.add(voter)
  }

  get current(): Electorate {
    return this.electorate
  }

  /** These are to vote. They become the voters one after the other, those who left first. `gone`: who said goodbye, and votes no more. */
  want(voters: readonly Voter[], gone: ReadonlySet<Voter> = new Set()): void {
    this.wanted = voters
    this.gone = gone
    this.step()
  }

  /**
   * Whether signalling has answered this host of late that nobody else has its vote. It settles a version that half have acked, all heirs
   * among them: signalling votes for no others.
   */
  setSignalling(isHere: boolean): void {
    this.isSignallingHere = isHere
    this.step()
  }

  /** Heirs are no voters' matter, and change at once. */
  setHeirs(heirs: readonly PlayerId[]): void {
    this.electorate = { ...this.electorate, heirs }
  }

  /** A member has this version. */
  ack(player: PlayerId, version: number): void {
    if (version <= this.electorate.version) this.versions.set(player, version)
    if (version === this.electorate.version) this.acked.add(player)
    this.step()
  }

  /** Whether signalling may hear of them as an heir: they have every version that was settled because signalling votes for nobody without it. */
  mayBeHeir(player: PlayerId): boolean {
    return (this.versions.get(player) ?? 0) >= this.signalled
  }

  /** Whether no claim of an older version can win any more. */
  get isSettled(): boolean {
    return this.acks === 'majority' || (this.acks === 'half' && this.isSettledBySignalling)
  }

  private get acks(): Tally {
    return tally(this.electorate, (voter) => voter === this.electorate.host || this.acked.has(voter))
  }

  private get isSettledBySignalling(): boolean {
    return this.isSignallingHere && this.electorate.heirs.every((heir) => this.acked.has(heir))
  }

  private step(): void {
    this.settle()
    const { voters, version } = this.electorate
    const gone = voters.find((voter) => !this.wanted.includes(voter))
    const come = this.wanted.find((player) => !voters.includes(player))
    if (!this.isSettled || (gone === undefined && come === undefined)) return
    const next =
      gone === undefined
        ? [...voters, come as Voter].sort((a, b) => (a ?? 0) - (b ?? 0))
        : voters.filter((voter) => voter !== gone)
    this.electorate = { ...this.electorate, version: version + 1, voters: next, before: voters }
    this.acked.clear()
    // Who said goodbye votes for nobody, which is all that an ack says.
    if (gone !== undefined && this.gone.has(gone)) this.acked.add(gone)
    this.settle()
  }

  private settle(): void {
    if (!this.isSettled) return
    if (this.acks === 'half') this.signalled = this.electorate.version
    if (this.electorate.before !== null) this.electorate = { ...this.electorate, before: null }
  }
}
