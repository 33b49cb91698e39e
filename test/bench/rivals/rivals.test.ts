import { describe, expect, it } from 'vitest'
import { recordTrace } from '../trace/record.ts'
import type { ScenarioName } from '../worlds/scenarios.ts'
import { measureRivals, printRivals } from './measure.ts'
import { timePaired } from './timing.ts'

/** Mean bytes per snapshot in the prototype's arena, by scenario S, M, L, in the order of `rivals`. */
const prototypeBytes = {
  S: [6889, 6034, 1374, 748, 226],
  M: [14998, 13089, 2996, 1678, 461],
  L: [54391, 47223, 11021, 6443, 1956],
} as const

describe('the rivals', { tags: ['long'] }, () => {
  // A rival that was made weak by mistake would make every ratio of the bench worthless.
  it.each([
    ['S', 30],
    ['M', 30],
    ['L', 10],
  ] as const)(
    'need in %s what they did in the prototype, within 10 %',
    (scenario, seconds) => {
      const figures = printRivals([scenario], { seconds })
      for (const [i, { name, meanBytes, wrongStates }] of figures.entries()) {
        expect(meanBytes / prototypeBytes[scenario][i]!, name).toBeGreaterThan(0.9)
        expect(meanBytes / prototypeBytes[scenario][i]!, name).toBeLessThan(1.1)
        expect(wrongStates, name).toBe(0)
      }
    },
    60_000,
  )

  it.each(['duel', 'walkers', 'yard', 'bodies'] as const)(
    'decode every state of %s to the truth',
    (scenario: ScenarioName) => {
      for (const { name, wrongStates } of measureRivals(recordTrace(scenario, 1, 3))) expect(wrongStates, name).toBe(0)
    },
    60_000,
  )
})

describe('paired timing', () => {
  it('finds the same work as long as itself, and twice the work longer', () => {
    const work = (rounds: number) => (): number => {
      let sum = 0
      for (let i = 0; i < rounds; i++) sum += Math.sqrt(i)
      return sum
    }
    expect(timePaired(work(20_000), work(20_000), { count: 200 }).ratio).toBeCloseTo(1, 0)
    expect(timePaired(work(80_000), work(20_000), { count: 200 }).ratio).toBeGreaterThan(2)
  })
})
