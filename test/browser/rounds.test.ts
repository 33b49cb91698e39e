/** A whole short round of each mode, as four people play it in real pages with four bots on a bad network: the steps of `npm run play -- --rounds`. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { beginStory, stepsFrom } from '../play/rounds.ts'

let story: Awaited<ReturnType<typeof beginStory>>

describe('an evening of rounds', { tags: ['long'] }, () => {
  beforeAll(async () => {
    story = await beginStory()
  }, 180_000)
  afterAll(() => story?.four.end())

  for (const { title, run } of stepsFrom('free')) it(title, () => run(story), 240_000)
})
