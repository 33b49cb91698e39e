import { describe, expect, it } from 'vitest'
import { quantileOf, size } from './distribution.ts'
import { type Hit, HitLedger } from './hits.ts'

const hit: Hit = { by: 64, whom: 65, weapon: 'beam', shot: 100 }

function run(seen: readonly Hit[], decided: readonly Hit[]) {
  const ledger = new HitLedger()
  for (const each of seen) ledger.see(each)
  for (const each of decided) ledger.decide(each)
  ledger.finish()
  return ledger.tally
}

describe('the ledger of hits', () => {
  it('confirms what the host decided for the same shot, once', () => {
    expect(run([hit], [hit])).toMatchObject({ seen: 1, confirmed: 1, confirmedBy: { beam: 1, bullet: 0 } })
    expect(run([hit, hit], [hit])).toMatchObject({ seen: 2, confirmed: 1 })
  })

  it.each([
    ['somebody else was hit', { ...hit, whom: 66 }],
    ['somebody else shot', { ...hit, by: 67 }],
    ['it was the other weapon', { ...hit, weapon: 'bullet' as const }],
    ['the shot was fired before', { ...hit, shot: 99 }],
    ['the shot was fired much later', { ...hit, shot: 121 }],
  ])('confirms nothing when %s', (_, decided) => {
    expect(run([hit], [decided])).toMatchObject({ seen: 1, confirmed: 0 })
  })

  it('confirms a shot that the host fired late, because the press came late', () => {
    expect(run([hit], [{ ...hit, shot: 112 }])).toMatchObject({ confirmed: 1 })
  })

  it('keeps those who were safe apart from those who were not', () => {
    const ledger = new HitLedger()
    for (const ms of [0, 0, 120]) ledger.hurt(ms)
    expect(quantileOf(ledger.tally.safe, 0.5)).toBe(0)
    expect(size(ledger.tally.behindCover)).toBe(1)
  })
})
