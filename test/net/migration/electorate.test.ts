import { describe, expect, it } from 'vitest'
import { type Electorate, tally, type Voter, Voters } from '../../../net/migration/electorate.ts'
import { seededRandom } from '../../../net/testing.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { seat } from './members.ts'

const first: Electorate = { version: 1, host: seat(0), voters: [0, 1, 2].map(seat), before: null, heirs: [seat(1)] }

describe('the voters', () => {
  it('change one at a time, so that majorities of two versions always meet', () => {
    const voters = new Voters(first)
    voters.want([0, 3, 4, 5].map(seat), new Set([1, 2].map(seat)))
    const seen = [first]
    for (let i = 0; i < 20; i++) {
      const { current } = voters
      if (current.version !== seen.at(-1)?.version) seen.push(current)
      for (const voter of current.voters) if (voter !== null) voters.ack(voter, current.version)
    }
    expect(voters.current.voters).toEqual([0, 3, 4, 5].map(seat))
    for (const [i, { version, voters: now }] of seen.entries()) {
      expect(version).toBe(1 + i)
      const before = seen[i - 1]?.voters ?? now
      const both = new Set([...before, ...now])
      expect(both.size - Math.min(before.length, now.length)).toBeLessThanOrEqual(1)
    }
  })

  it('wait for a majority that has acked the version before, and take no ack of another version or of a stranger', () => {
    const voters = new Voters(first)
    voters.want([0, 1, 2, 3, 4].map(seat))
    expect(voters.current).toMatchObject({ version: 2, voters: [0, 1, 2, 3].map(seat) })
    voters.ack(seat(1), 1)
    voters.ack(seat(9), 2)
    voters.ack(seat(1), 2)
    expect(voters.isSettled).toBe(false)
    expect(voters.current.version).toBe(2)
    voters.ack(seat(2), 2)
    expect(voters.current.version).toBe(3)
  })

  it('lose those who left before others come', () => {
    const voters = new Voters(first)
    voters.want([0, 1, 3].map(seat))
    expect(voters.current.voters).toEqual([0, 1].map(seat))
  })
})

/** A host that changes its voters, members who hear of it or do not, and signalling, whose vote counts where half are for somebody. */
class Changes {
  readonly random: () => number
  readonly voters: Voters
  /** What each member knows. */
  readonly known = new Map<Voter, Electorate>()
  /** Who said goodbye: their pages vote no more. */
  readonly left = new Set<Voter>()
  private readonly here: Set<Voter>

  /** Every other host has no player. */
  constructor(seed: number) {
    this.random = seededRandom(seed)
    const host = seed % 2 === 0 ? null : seat(0)
    this.here = new Set([host])
    this.voters = new Voters({ version: 1, host, voters: [host], before: null, heirs: [] })
  }

  step(): void {
    const { voters, known, left } = this
    const player = seat(1 + Math.floor(this.random() * 5))
    const dice = this.random()
    if (dice < 0.3) {
      if (!left.has(player)) this.here.add(player)
    } else if (dice < 0.45) {
      this.here.delete(player)
      if (this.random() < 0.3 && voters.current.voters.includes(player)) left.add(player)
    } else if (dice < 0.9) {
      // A link that was lost brings nothing.
      if (this.here.has(player) && !left.has(player)) {
        known.set(player, voters.current)
        voters.ack(player, voters.current.version)
      }
    } else if (dice < 0.95) voters.setSignalling(this.random() < 0.5)
    else
      voters.setHeirs(
        [...this.here].filter(
          (member): member is PlayerId =>
            member !== voters.current.host && member !== null && voters.mayBeHeir(member) && this.random() < 0.5,
        ),
      )
    voters.want([...this.here], left)
    known.set(voters.current.host, voters.current)
  }

  /** Whether these, and signalling, are a quorum of the host, who counts all whom it hears, or of an heir, who counts votes. */
  private isQuorum(of: Voter, side: ReadonlySet<Voter>, hasSignalling: boolean): boolean {
    const electorate = this.known.get(of)!
    const { host, version } = electorate
    const isOfHost = of === host
    const votes = (voter: Voter): boolean =>
      voter !== host && !this.left.has(voter) && (this.known.get(voter)?.version ?? 0) <= version
    const found = tally(electorate, (voter) => side.has(voter) && (isOfHost || votes(voter)))
    // It votes for who is an heir now, whatever they know.
    const mayHaveVote = isOfHost || this.voters.current.heirs.some((heir) => heir === of)
    return found === 'majority' || (found === 'half' && hasSignalling && mayHaveVote)
  }

  /** Two disjoint quorums, one of them perhaps the host's; null: there are none. */
  find(): string | null {
    const members = [...this.known.keys()].filter((member) => !this.left.has(member))
    for (let bits = 0; bits < 2 ** (members.length + 1); bits++) {
      const hasSignalling = (bits >> members.length) % 2 === 1
      const here = new Set(members.filter((_, n) => (bits >> n) % 2 === 1))
      const there = new Set(members.filter((member) => !here.has(member)))
      const [one, other] = [this.quorumIn(here, hasSignalling), this.quorumIn(there, !hasSignalling)]
      if (one !== null && other !== null)
        return [one, other].map((of) => `${of} by ${JSON.stringify(this.known.get(of))}`).join(' and ')
    }
    return null
  }

  /** Who on this side may host. */
  private quorumIn(side: ReadonlySet<Voter>, hasSignalling: boolean): Voter | null {
    return [...side].find((member) => this.isQuorum(member, side, hasSignalling)) ?? null
  }
}

describe('two parts of a lobby', () => {
  it('never both have a quorum, whoever came, left, was lost or has heard of it', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const changes = new Changes(seed)
      for (let step = 0; step < 60; step++) {
        changes.step()
        expect(changes.find(), `seed ${seed}, step ${step}`).toBeNull()
      }
    }
  })
})

describe('a change of the voters', () => {
  it('needs a quorum of those before as well, until most of them have heard of it', () => {
    const voters = new Voters(first)
    voters.want([0, 1, 2, 3].map(seat))
    const among = (...members: number[]): string =>
      tally(voters.current, (voter) => members.map(seat).some((member) => member === voter))
    expect([among(0, 3), among(0, 1), among(0, 1, 3), among(2, 3)]).toEqual(['fewer', 'half', 'majority', 'fewer'])
    voters.ack(seat(3), 2)
    expect(voters.current.before).toEqual([0, 1, 2].map(seat))
    voters.ack(seat(1), 2)
    expect(voters.current.before).toBeNull()
    expect(among(0, 3)).toBe('half')
  })

  it('is over at once when who left of two had said goodbye, else once signalling has said that nobody has its vote', () => {
    const two: Electorate = { ...first, voters: [0, 1].map(seat) }
    const told = new Voters(two)
    told.want([seat(0)], new Set([seat(1)]))
    expect(told.current).toMatchObject({ voters: [seat(0)], before: null })
    const lost = new Voters(two)
    lost.want([seat(0)])
    lost.setSignalling(true)
    // It would vote for the heir who was lost.
    expect(lost.current.before).toEqual([0, 1].map(seat))
    lost.setHeirs([])
    lost.want([seat(0)])
    expect(lost.current.before).toBeNull()
  })

  it('is made by no host that took over before most have heard of it', () => {
    const voters = new Voters(first, [])
    voters.want([0, 1].map(seat))
    expect(voters.current).toBe(first)
    voters.ack(seat(1), 1)
    expect(voters.current.voters).toEqual([0, 1].map(seat))
  })
})
