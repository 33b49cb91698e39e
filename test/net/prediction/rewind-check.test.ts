import { describe, expect, it } from 'vitest'
import { type Claim, RewindCheck } from '../../../net/prediction/rewind-check.ts'

const INTERVAL = 2
const TRIP = 6

/** A client on a line without scatter that has acknowledged a snapshot in every tick: packet i is of tick 1000 + 2 i. */
function check(packets = 100): { rewindCheck: RewindCheck; claim(claimed: number, faults?: Partial<Claim>): number } {
  const rewindCheck = new RewindCheck(60)
  let tick = 1000
  const say = (claimed: number, faults: Partial<Claim> = {}): number => {
    tick++
    const acked = Math.floor((tick - 1000 - TRIP) / INTERVAL)
    if (tick % INTERVAL === 0) rewindCheck.sent((tick - 1000) / INTERVAL, tick, INTERVAL)
    return rewindCheck.believe({
      acked: acked < 0 ? null : acked % 65_536,
      claimed: tick - TRIP - claimed,
      tick: tick + 2,
      hostTime: tick,
      stalled: false,
      ...faults,
    })
  }
  for (let i = 0; i < packets * INTERVAL; i++) say(1)
  return { rewindCheck, claim: (claimed, faults) => tick + 1 - TRIP - say(claimed, faults) }
}

describe('what a player says they saw, at the first moment of another host', () => {
  const C = 5000
  const say = (rewindCheck: RewindCheck, claimed: number, faults: Partial<Claim> = {}): number =>
    rewindCheck.believe({ acked: null, claimed, tick: C + 30, hostTime: C + 20, stalled: false, ...faults })

  it('is what the host before told: a shot that was aimed before the change hits what it was aimed at', () => {
    const rewindCheck = new RewindCheck(60, C)
    for (const seen of [C - 20, C - 8.5, C + 10]) expect(say(rewindCheck, seen)).toBe(seen)
    expect(rewindCheck.movedClaims).toBe(0)
  })

  it('is at most 0.4 s before the change and 0.25 s after it, whatever is claimed', () => {
    const rewindCheck = new RewindCheck(60, C)
    expect(say(rewindCheck, C - 600)).toBe(C - 24)
    expect(say(rewindCheck, C + 600)).toBe(C + 15)
    expect(rewindCheck.movedClaims).toBe(2)
  })

  it('is the present once they have a snapshot of this host, or should have: nobody shoots into the past for ever', () => {
    const rewindCheck = new RewindCheck(60, C)
    expect(say(rewindCheck, C - 8, { hostTime: C + 121 })).toBe(Number.POSITIVE_INFINITY)
    rewindCheck.sent(0, C + 20, INTERVAL)
    say(rewindCheck, C + 14, { acked: 0, hostTime: C + 26 })
    expect(say(rewindCheck, C - 8, { hostTime: C + 27 })).toBe(Number.POSITIVE_INFINITY)
  })

  it('is nothing yet where the match is this host’s own', () => {
    expect(say(new RewindCheck(60), C - 8)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('what a player says they saw', () => {
  it('is believed as long as their snapshots explain it', () => {
    const { rewindCheck, claim } = check()
    for (const behind of [1, 0.5, 0.25, 1]) expect(claim(behind)).toBe(behind)
    expect(rewindCheck.movedClaims).toBe(0)
  })

  it('is brought to the nearest that is possible, and counted', () => {
    const { rewindCheck, claim } = check()
    // The newest snapshot, what acks scatter by, and 25 ms.
    for (const behind of [20, 6, 1e9]) expect(claim(behind)).toBeLessThan(TRIP)
    expect(rewindCheck.movedClaims).toBe(3)
  })

  it('is never further back than that, however slowly a claim creeps there', () => {
    const { claim } = check()
    let behind = 0
    for (let i = 1; i <= 200; i++) behind = claim(i / 10)
    expect(behind).toBeLessThan(TRIP)
  })

  it('is never more than a quarter of a second ahead of the newest snapshot', () => {
    const { claim } = check()
    let ahead = 0
    for (let i = 0; i < 200; i++) ahead = claim(-1e6)
    expect(ahead).toBeGreaterThan(-16)
    expect(ahead).toBeLessThan(-12)
  })

  it('does not jump to and fro, but where an outage explains it', () => {
    const { rewindCheck } = check()
    const at = 1300
    rewindCheck.sent(150, at, INTERVAL)
    const said = (tick: number, claimed: number, hostTime = at + TRIP + tick): number =>
      rewindCheck.believe({ acked: 150, claimed, tick: at + tick, hostTime, stalled: false })
    // The host has heard of nothing newer for a quarter of a second and more: time stood still for this player.
    said(0, at - 1, at + 60)
    expect(said(1, at + 14, at + 61)).toBe(at + 14)
    const usual = check()
    usual.claim(1)
    expect(usual.claim(-14)).toBeGreaterThan(-5)
  })

  it('stands still with the snapshots in an outage of a second, while time and inputs go on', () => {
    const { rewindCheck, claim } = check()
    claim(1)
    const [acked, newest, tick] = [97, 1194, 1203]
    let seen = 0
    for (let i = 0; i < 60; i++)
      seen = rewindCheck.believe({ acked, claimed: newest, tick: tick + 2 + i, hostTime: tick + i, stalled: false })
    expect(seen).toBe(newest)
  })

  it('is the present for whoever has received nothing, or names a packet that was never sent or long ago', () => {
    const { claim } = check()
    for (const acked of [null, 100 + 50, 65_535, 5000]) expect(claim(1, { acked })).toBe(Number.NEGATIVE_INFINITY)
    expect(check(0).claim(1)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('goes on over the wrap of sequence numbers', () => {
    const rewindCheck = new RewindCheck(60)
    let refused = 0
    for (let i = 65_400; i < 65_700; i++) {
      rewindCheck.sent(i % 65_536, i, 1)
      const seen = rewindCheck.believe({
        acked: (i - 4) % 65_536,
        claimed: i - 5,
        tick: i + 2,
        hostTime: i,
        stalled: false,
      })
      if (i > 65_404 && seen !== i - 5) refused++
    }
    expect(refused).toBe(0)
  })

  it('measures nothing while the host stands still, of whose delay the player knows nothing', () => {
    const { rewindCheck, claim } = check()
    claim(1, { hostTime: 1400, stalled: true })
    expect(claim(20)).toBeLessThan(TRIP)
    expect(rewindCheck.movedClaims).toBe(1)
  })
})
