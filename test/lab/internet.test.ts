import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab } from './peers.ts'
import { whyNoLab } from './rights.ts'
import { playScene, sceneOf } from './scenes.ts'

const why = whyNoLab()

describe.skipIf(why !== null)(
  `the lab's internet${why === null ? '' : ` (skipped: ${why})`}`,
  { tags: ['long'] },
  () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await Lab.open()
    }, 30_000)
    afterAll(() => lab?.close())

    test.each([
      ['public', true, true],
      ['full-cone', true, true],
      ['port-restricted', true, false],
      ['dead-vpn', true, false],
      ['symmetric', false, false],
      ['only-443', null, false],
    ])('STUN finds at %s: one port for all %s, open for all %s', async (place, sameForAll, openForAll) => {
      expect(await lab.mapping(lab.addHost(place))).toEqual({ sameForAll, openForAll })
    })

    // The quickest of the scenes, in Node. All of them, also with pages in real browsers: `npm run lab -- --scenes`.
    test.each(['rebinding', 'rebinding-443', 'cut-3', 'cable'])(
      'leaves a guest whose network changes in a match in their seat, session and ship: %s',
      { timeout: 60_000 },
      async (name) => {
        expect(await playScene(lab, sceneOf(name), 'node')).toMatchObject({ playsOn: true, wrong: [], states: [] })
      },
    )
  },
)
