/** The quickest of the scenes, in Node. All of them, also with pages in real browsers: `npm run lab -- --scenes`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoLab } from './internet.ts'
import { Lab } from './peers.ts'
import { playScene, sceneOf } from './scenes.ts'

const why = whyNoLab()

describe.skipIf(why !== null)(
  `a network that changes in a match, in the lab${why === null ? '' : ` (skipped: ${why})`}`,
  { tags: ['long'] },
  () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await Lab.open()
    }, 30_000)
    afterAll(() => lab?.close())

    test.each(['rebinding', 'rebinding-443', 'cut-3', 'cable'])(
      'leaves the guest in its seat, session and ship: %s',
      { timeout: 60_000 },
      async (name) => {
        expect(await playScene(lab, sceneOf(name), 'node')).toMatchObject({ playsOn: true, wrong: [], states: [] })
      },
    )
  },
)
