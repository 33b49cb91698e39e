import { describe, expect, it } from 'vitest'
import { duelMatch } from './duel-match.ts'

describe('a duel under measurement', () => {
  it('sees hits of both weapons, some of which the host denies, since it hits where ships are now', {
    tags: ['long'],
  }, () => {
    const tally = duelMatch({ profile: 'lan', seed: 1, hits: 60, seconds: 40, tickRate: 60 })
    expect(tally.seen).toBeGreaterThanOrEqual(60)
    expect(tally.seenBy.beam + tally.seenBy.bullet).toBe(tally.seen)
    expect(tally.seenBy.beam).toBeGreaterThan(10)
    expect(tally.seenBy.bullet).toBeGreaterThan(5)
    expect(tally.confirmed).toBeGreaterThan(0)
    expect(tally.confirmed).toBeLessThanOrEqual(tally.seen)
  })
})
