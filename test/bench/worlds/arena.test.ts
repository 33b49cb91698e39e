import { describe, expect, it } from 'vitest'
import { recordTrace } from '../trace/record.ts'
import { arenaStatistics, duelStatistics, expectedStatistics, printArena } from './arena-statistics.ts'

/** Whether a figure lies within `share` of a value, or of a range. */
function expectNear(figure: number, expected: number | readonly [number, number], share: number): void {
  const [low, high] = typeof expected === 'number' ? [expected, expected] : expected
  expect(figure).toBeGreaterThanOrEqual(low * (1 - share))
  expect(figure).toBeLessThanOrEqual(high * (1 + share))
}

describe('the bench arena', { tags: ['long'] }, () => {
  it.each(['S', 'M', 'L'] as const)(
    'flies and fights in %s as the prototype did',
    (name) => {
      const figures = arenaStatistics(recordTrace(name, 1, 30))
      console.log(printArena(name, figures))
      const expected = expectedStatistics[name]
      expectNear(figures.acceleration, expected.acceleration, 0.1)
      expectNear(figures.speed, expected.speed, 0.1)
      expectNear(figures.shotsPerShipSecond, expected.shotsPerShipSecond, 0.1)
      expectNear(figures.bulletsAlive, expected.bulletsAlive, 0.1)
      expectNear(figures.hitsPerShipMinute, expected.hitsPerShipMinute, 0.3)
    },
    60_000,
  )

  it('brings a thousand hits in a duel within ten minutes, from shots that were aimed', () => {
    const figures = duelStatistics(1, 1000)
    console.log(printArena('duel', figures))
    expect(figures.hits).toBeGreaterThanOrEqual(1000)
    expect(figures.seconds).toBeLessThan(600)
    const shots = (figures.shotsPerShipSecond * 8 * figures.seconds) / figures.hits
    // One in five or better; shots into the blue hit once in a hundred.
    expect(shots).toBeLessThan(5)
  }, 60_000)
})
