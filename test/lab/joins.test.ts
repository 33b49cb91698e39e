/** Three joins across the lab's NATs, one by each route. The whole matrix is `npm run lab -- --matrix`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoLab } from './internet.ts'
import { Lab } from './peers.ts'

const why = whyNoLab()

describe.skipIf(why !== null)(`joins in the lab${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let lab: Lab
  let code: string
  beforeAll(async () => {
    lab = await Lab.open()
    code = (await lab.host(lab.addHost('symmetric'))).code
  }, 30_000)
  afterAll(() => lab?.close())

  test.concurrent.each([
    ['public', 'direct'],
    ['symmetric', 'turn'],
    ['only-443', 'relayed'],
  ])('a guest at %s joins a host behind a symmetric NAT, and plays: %s', async (place, route) => {
    expect(await lab.join(lab.addHost(place), code)).toMatchObject({ reason: 'joined', route })
  })
})
