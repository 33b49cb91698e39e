import { describe, expect, it } from 'vitest'
import { SightCheck } from '../../../net/sync/sight-check.ts'

function check(): SightCheck {
  const sights = new SightCheck(60)
  for (let i = 0; i < 100; i++) sights.sent(i, 1000 + i * 2)
  return sights
}

describe('what a player says he saw', () => {
  it('is believed near the snapshots that he had: a quarter of a second after, 0.4 s before', () => {
    const sights = check()
    for (const claimed of [1100, 1100 + 15, 1100 - 24, 1093.5]) expect(sights.believe(50, claimed)).toBe(claimed)
    expect(sights.refused).toBe(0)
  })

  it('is brought to the nearest that is possible, and counted', () => {
    const sights = check()
    expect(sights.believe(50, 1300)).toBe(1115)
    expect(sights.believe(50, 3)).toBe(1076)
    expect(sights.believe(50, -1e9)).toBe(1076)
    expect(sights.refused).toBe(3)
  })

  it('is the present for whoever has received nothing, or names a packet that was never sent or long ago', () => {
    const sights = check()
    for (const acked of [null, 100, 65_535, 5000]) expect(sights.believe(acked, 1100)).toBe(Number.POSITIVE_INFINITY)
    for (let i = 100; i < 400; i++) sights.sent(i, 1000 + i * 2)
    expect(sights.believe(50, 1100)).toBe(Number.POSITIVE_INFINITY)
    expect(new SightCheck(60).believe(0, 5)).toBe(Number.POSITIVE_INFINITY)
  })

  it('goes on over the wrap of sequence numbers', () => {
    const sights = new SightCheck(60)
    for (let i = 65_500; i < 65_600; i++) sights.sent(i % 65_536, i)
    expect(sights.believe(65_530, 65_520)).toBe(65_520)
    expect(sights.believe(10, 65_540)).toBe(65_540)
  })
})
