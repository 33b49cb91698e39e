/**
 * Who votes, by version. The host changes one member at a time, and the next change waits until a majority has acked the one
 * before: so any two majorities that are counted at the same time have a member in common.
 */
import type { PlayerId } from '../world/ids.ts'

export interface Electorate {
  /** Rises with each change of the voters. */
  readonly version: number
  readonly host: PlayerId
  /** Connected players, the host's own included. Who said goodbye is none. */
  readonly voters: readonly PlayerId[]
  /** The warm heirs, the first in rank first. */
  readonly heirs: readonly PlayerId[]
}

/** The host's list of voters. */
export class Voters {
  private electorate: Electorate
  private readonly acked = new Set<PlayerId>()
  private wanted: readonly PlayerId[]

  constructor(electorate: Electorate) {
    this.electorate = electorate
    this.wanted = electorate.voters
    for (const voter of electorate.voters) this.acked.add(voter)
  }

  get current(): Electorate {
    return this.electorate
  }

  /** These are to vote. They become the voters one after the other, those who left first. */
  want(voters: readonly PlayerId[]): void {
    this.wanted = voters
    this.step()
  }

  /** Heirs are no voters' matter, and change at once. */
  setHeirs(heirs: readonly PlayerId[]): void {
    this.electorate = { ...this.electorate, heirs }
  }

  /** A member has this version. */
  ack(player: PlayerId, version: number): void {
    if (version === this.electorate.version) this.acked.add(player)
    this.step()
  }

  /** Whether a majority has the current version. */
  get isSettled(): boolean {
    const { voters, host } = this.electorate
    return voters.filter((voter) => voter === host || this.acked.has(voter)).length * 2 > voters.length
  }

  private step(): void {
    const { voters, version } = this.electorate
    const gone = voters.find((voter) => !this.wanted.includes(voter))
    const come = this.wanted.find((player) => !voters.includes(player))
    if (!this.isSettled || (gone === undefined && come === undefined)) return
    const next =
      gone === undefined
        ? [...voters, come as PlayerId].sort((a, b) => a - b)
        : voters.filter((voter) => voter !== gone)
    this.electorate = { ...this.electorate, version: version + 1, voters: next }
    this.acked.clear()
  }
}
