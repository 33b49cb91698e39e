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
  // A page that was reloaded dialled an heir by a number that its page before had used, and was not heard.
  it('has links between its heirs again after one of them reloads', holds([1010]))
  // The host of before lived for signalling, which refused the code to the one whom most had voted for.
  it('gives its code to the host of the most, though a host without its voters lives', holds([1028]))
  // A host that woke took what its guests had said before for signs of life, and went on beside the one whom they had voted for.
  it('has one host after the old one wakes', holds([1056]))
})
