import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoLab } from './internet.ts'
import { Lab } from './peers.ts'

const why = whyNoLab()

describe.skipIf(why !== null)(
  `the lab's internet${why === null ? '' : ` (skipped: ${why})`}`,
  { tags: ['long'] },
  () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await Lab.open()
    })
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
  },
)
