/** The host's clock is set in the middle of a match: the match goes on for everybody as if nothing had been. */
import { describe, expect, it } from 'vitest'
import { STRIDE, Watched } from './luck.ts'

const HOUR_MS = 3_600_000
const GUESTS = [1, 2]

describe('the host’s clock that is set', () => {
  it.each([
    ['back', -HOUR_MS],
    ['forward', HOUR_MS],
  ])('%s by an hour stops nobody, costs no guest an input, and drops nobody', (_where, ms) => {
    const match = new Watched().run(2500)
    const { world } = match.match.host.session
    const before = { tick: world.tick, starved: GUESTS.map((place) => match.moments[place]!.at(-1)!.starved) }
    match.jump(0, ms)
    match.run(2000)
    expect(world.tick).toBeGreaterThanOrEqual(before.tick + 119)
    expect(world.tick).toBeLessThanOrEqual(before.tick + 122)
    for (const [i, place] of GUESTS.entries()) {
      expect(match.moments[place]!.at(-1)!.starved - before.starved[i]!).toBeLessThanOrEqual(2)
      expect(match.client(place).link.open).toBe(true)
    }
    expect(match.match.host.session.malformed).toEqual({})
    for (const place of [0, ...GUESTS]) expect(match.faults(place)).toEqual([])
    for (const strides of match.strides) expect(Math.max(...strides)).toBeLessThanOrEqual(STRIDE)
  })
})

describe('figures of the last second', () => {
  it('are of the last second after a clock was set back, on the host and on a guest', () => {
    const match = new Watched().run(2500)
    for (const place of [0, 1]) match.jump(place, -HOUR_MS)
    match.run(3000)
    const { runner } = match.client(1)
    const now = match.match.now - HOUR_MS
    for (const meter of [runner.up, runner.session.down, match.match.host.down, match.match.host.up]) {
      const { packetsPerSecond } = meter.read(now)
      expect(packetsPerSecond).toBeGreaterThan(25)
      // Three send 60 a second.
      expect(packetsPerSecond).toBeLessThan(200)
    }
  })
})
