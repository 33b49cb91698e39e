import { describe, expect, it } from 'vitest'
import { quantileOf, size } from './distribution.ts'
import { flyMatch } from './fly-match.ts'

describe('a match under measurement', () => {
  const result = flyMatch({ profile: 'lan', seed: 1, seconds: 8, tickRate: 60 })

  it('is the same for the same seed', { tags: ['long'] }, () => {
    expect(flyMatch({ profile: 'lan', seed: 1, seconds: 8, tickRate: 60 })).toEqual(result)
  })

  it('looks at nearly every frame of seven guests', () => {
    const { totalMs, shipMs } = result.drawers.session!.screen.remote
    // Five seconds, but for the last frames, whose truth never came.
    expect(totalMs).toBeGreaterThan(7 * 4_500)
    expect(totalMs).toBeLessThanOrEqual(7 * 5_000)
    expect(shipMs / totalMs).toBeGreaterThan(6.9)
  })

  it('sees what each baseline is known for', () => {
    const { session, latest, delayed } = result.drawers
    const staleness = (drawer = session) => quantileOf(drawer!.screen.remote.staleness, 0.5)
    // Drawn as it comes, the world is half an interval old, and stands still in every second frame.
    expect(staleness(latest)).toBeGreaterThan(12)
    expect(staleness(latest)).toBeLessThan(20)
    expect(latest!.screen.remote.frozenMs / latest!.screen.remote.shipMs).toBeGreaterThan(0.4)
    // A tenth of a second behind the newest, which is up to two ticks old.
    expect(staleness(delayed)).toBeGreaterThan(90)
    expect(staleness(delayed)).toBeLessThan(120)
    // Without prediction the own ship answers a round trip later.
    expect(quantileOf(session!.screen.ownPress, 0.5)).toBe(0)
    expect(quantileOf(latest!.screen.ownPress, 0.5)).toBeGreaterThan(30)
    expect(size(latest!.screen.ownPress)).toBeGreaterThan(10)
  })

  it('holds no inputs late on a network that loses none', () => {
    expect(result.inputs.ticks).toBeGreaterThan(7 * 290)
    expect(result.inputs.late).toBe(0)
    expect(result.prediction.mispredictions).toBe(0)
    expect(result.events).toMatchObject({ lost: 0, doubled: 0 })
  })
})
