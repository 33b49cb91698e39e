import { describe, expect, it } from 'vitest'
import { type Electorate, Voters } from '../../../net/migration/electorate.ts'
import { seat } from './members.ts'

const first: Electorate = { version: 1, host: seat(0), voters: [0, 1, 2].map(seat), heirs: [seat(1)] }

describe('the voters', () => {
  it('change one at a time, so that majorities of two versions always meet', () => {
    const voters = new Voters(first)
    voters.want([0, 3, 4, 5].map(seat))
    const seen = [first]
    for (let i = 0; i < 20; i++) {
      const { current } = voters
      if (current !== seen.at(-1)) seen.push(current)
      for (const voter of current.voters) voters.ack(voter, current.version)
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
