/** Matches whose hosts are killed and hand over, from seeds, and the planted faults that their laws have to find. */
import { describe, expect, it } from 'vitest'
import { HOST_FAULTS } from './breaks.ts'
import { playHostStory } from './story.ts'

describe('a match whose host changes', () => {
  const holds = (seeds: readonly number[]) => async () => {
    for (const seed of seeds) {
      const { faults, trace } = await playHostStory(seed)
      expect(faults.slice(0, 3), `seed ${seed}\n${trace.join('\n')}`).toEqual([])
    }
  }

  it(
    'keeps its events, commands, seats and secrets, whenever the host is killed or hands over',
    holds(Array.from({ length: 17 }, (_, i) => 1 + i)),
  )
  // It stopped within a second of telling all of a tick, and had lost its baseline since: its last tick was never told.
  it('tells its heir the last tick, whatever was lost before', { tags: ['long'] }, holds([1096]))
  it(
    'does so for many more seeds',
    { tags: ['long'], timeout: 600_000 },
    holds(Array.from({ length: 200 }, (_, i) => 100 + i)),
  )

  it.each(Object.entries(HOST_FAULTS))(
    'would be found out: %s',
    { tags: ['long'], timeout: 300_000 },
    async (_, fault) => {
      const mend = fault.plant()
      try {
        for (let seed = 1; seed <= 200; seed++) {
          const { faults } = await playHostStory(seed)
          if (faults.some((said) => fault.found.test(said))) return
        }
      } finally {
        mend()
      }
      expect.fail('no seed finds it')
    },
  )
})
