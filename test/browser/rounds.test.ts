/**
 * A whole short round, as four people play it in real pages with four bots on a bad network, from the first vote to the host who goes: the steps
 * of `npm run play -- --rounds`, which plays the other modes, too. Each takes minutes where four pages share two cores.
 */
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { beginStory, stepsOf } from '../play/rounds.ts'

/** Four pages share two cores: a round of a minute may take several. */
const PATIENCE_MS = 400_000

describe('a whole short round of beacon, among four people and four bots', { tags: ['long'] }, () => {
  let story: Awaited<ReturnType<typeof beginStory>>
  beforeAll(async () => {
    story = await beginStory('beacon')
  }, 180_000)
  afterAll(() => story?.four.end())

  // What the pages show then says why.
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') for (const line of await story.four.picture()) console.error(line)
  })

  for (const { title, run } of stepsOf('beacon')) it(title, () => run(story), PATIENCE_MS)
})
