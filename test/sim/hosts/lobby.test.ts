/** Whole lobbies whose hosts change, from seeds. */
import { describe, expect, it } from 'vitest'
import { playLobbyStory } from './lobby-story.ts'

describe('a lobby whose hosts change', () => {
  const holds = (seeds: readonly number[]) => async () => {
    for (const seed of seeds) {
      const { faults, trace } = await playLobbyStory(seed)
      expect(faults.slice(0, 3), `seed ${seed}\n${trace.join('\n')}`).toEqual([])
    }
  }

  it('keeps its laws, whoever goes when', holds([2, 3]))
})
