/** Three joins across the lab's NATs, one by each route. The whole matrix is `npm run lab -- --matrix`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_RELAY_PORT, SIGNALING_PORT } from './addresses.ts'
import { Lab } from './peers.ts'
import { whyNoLab } from './rights.ts'

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
    // On a busy machine the relay would be there first.
    ['public', 'direct', NO_RELAY_PORT],
    ['symmetric', 'turn', NO_RELAY_PORT],
    ['only-443', 'relayed', SIGNALING_PORT],
  ] as const)('a guest at %s joins a host behind a symmetric NAT, and plays: %s', async (place, route, port) => {
    expect(await lab.join(lab.addHost(place), code, port)).toMatchObject({ reason: 'joined', route })
  })
})
