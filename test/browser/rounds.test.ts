/** A whole short round of each mode, as four people play it in real pages with four bots on a bad network: the steps of `npm run play -- --rounds`. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { MODES } from '../../game/rules/balance.ts'
import { beginStory, stepsOf } from '../play/rounds.ts'

/** Four pages share two cores: a round of a minute may take several. */
const PATIENCE_MS = 400_000

describe.each(MODES)('a whole short round of %s, among four people and four bots', { tags: ['long'] }, (mode) => {
  let story: Awaited<ReturnType<typeof beginStory>>
  beforeAll(async () => {
    story = await beginStory(mode)
  }, 180_000)
  afterAll(() => story?.four.end())

  for (const { title, run } of stepsOf(mode)) it(title, () => run(story), PATIENCE_MS)
})
