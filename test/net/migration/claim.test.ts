import { describe, expect, it } from 'vitest'
import { Claim } from '../../../net/migration/claim.ts'
import { Election } from '../../../net/migration/election.ts'
import type { ElectionAction } from '../../../net/migration/election-messages.ts'
import { nextTerm } from '../../../net/migration/next-epochs.ts'
import { seat } from './members.ts'

const voters = [0, 1, 2, 3].map(seat)
const electorate = { version: 1, host: seat(0), voters, before: null, heirs: [seat(1)] }

describe('a claim', () => {
  it('counts each voter once, and strangers never', () => {
    const claim = new Claim(2, electorate, seat(1), 0)
    for (const stranger of [7, 8, 9]) claim.vote(seat(stranger))
    claim.vote(seat(1))
    claim.vote(seat(2))
    claim.vote(seat(2))
    expect(claim).toMatchObject({ isWon: false, needsSignalling: true })
    claim.vote(seat(3))
    expect(claim.isWon).toBe(true)
  })

  it('of an heir who is no voter has not even its own vote', () => {
    const claim = new Claim(2, electorate, seat(9), 0)
    claim.vote(seat(1))
    claim.vote(seat(2))
    expect(claim.isWon).toBe(false)
  })

  it('is lost once too many refused, and not before', () => {
    const claim = new Claim(2, electorate, seat(1), 0)
    claim.refuse(seat(2))
    expect(claim.isLost).toBe(false)
    claim.signalling = 'refused'
    expect(claim.isLost).toBe(true)
  })

  it('is lost as soon as it could win with the vote of the silent host alone, so that it is made again at once', () => {
    const claim = new Claim(2, electorate, seat(1), 0)
    claim.refuse(seat(2))
    claim.refuse(seat(3))
    expect(claim.isLost).toBe(true)
    const ofHost = new Claim(2, electorate, seat(0), 0)
    ofHost.refuse(seat(1))
    expect(ofHost.isLost).toBe(false)
  })
})

describe('a vote for a claim that is over', () => {
  it('is answered, so that a voter who missed the end goes back to the host', () => {
    const election = new Election({ me: seat(1), epoch: 1, electorate, now: 0 })
    election.receive(seat(2), { type: 'vote', epoch: 2 }, 10)
    const sent: ElectionAction[] = [{ do: 'send', to: seat(2), message: { type: 'withdrawn', epoch: 2 } }]
    expect(election.take()).toEqual(sent)
  })
})

/** The first epoch that may be voted for. */
const VOTED = nextTerm(1)

describe('a voter', () => {
  it('says nothing to the old host while its vote counts, and goes back to it once the claim is withdrawn', () => {
    const election = new Election({ me: seat(2), epoch: 1, electorate, now: 0 })
    election.receive(seat(1), { type: 'claim', epoch: VOTED, roster: 1 }, 600)
    expect(election.saysTo(seat(0))).toBe(false)
    expect(election.hear(seat(0), 1, 610)).toBe(false)
    election.receive(seat(3), { type: 'withdrawn', epoch: VOTED }, 620)
    expect(election.saysTo(seat(0))).toBe(false)
    election.receive(seat(1), { type: 'withdrawn', epoch: VOTED }, 630)
    expect(election.saysTo(seat(0))).toBe(true)
    expect(election.hear(seat(0), 1, 640)).toBe(true)
    // Never twice for one epoch.
    election.receive(seat(1), { type: 'claim', epoch: VOTED, roster: 1 }, 2000)
    expect(election.refusals).toEqual({ epoch: 1 })
  })

  it('that is a host who stands still votes for nobody: its lobby may come back', () => {
    const election = new Election({ me: seat(0), epoch: 1, electorate, now: 0 })
    election.tick(1500)
    expect(election.paused).toBe(true)
    election.take()
    election.receive(seat(1), { type: 'claim', epoch: VOTED, roster: 1 }, 1600)
    expect(election.take()).toEqual([])
  })
})
