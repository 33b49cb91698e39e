import { expect, it } from 'vitest'
import { FileLane } from '../../../net/files/file-lane.ts'
import { CHUNK_BYTES } from '../../../net/files/limits.ts'
import { LOW_WATER_BYTES } from '../../../net/transport/link.ts'
import { SimulatedNetwork } from '../../../net/transport/simulated.ts'
import { settle } from './support.ts'

it('hands chunks to a narrow link as it takes them, so that what the lobby says waits behind a few of them at most', async () => {
  const network = new SimulatedNetwork(1)
  const [link, other] = network.pair({ latencyMs: 20, bottleneck: { bitsPerSecond: 4_000_000, queueBytes: 65_536 } })
  const heard: number[] = []
  other.listen({ message: (_lane, bytes) => heard.push(bytes.length), closed: () => {} })
  const lane = new FileLane(link)
  let left = 40
  lane.wake({ take: () => (left-- > 0 ? new Uint8Array(CHUNK_BYTES) : null) })
  let most = 0
  let saidAfter = 0
  for (let ms = 0; ms < 5000 && heard.length < 41; ms++) {
    network.advanceTo(ms)
    await settle()
    most = Math.max(most, link.buffered('bulk'))
    if (saidAfter > 0 || heard.length < 10) continue
    saidAfter = heard.length
    lane.say(Uint8Array.of(1))
  }
  expect(heard).toHaveLength(41)
  expect(most).toBeLessThanOrEqual(LOW_WATER_BYTES.bulk + CHUNK_BYTES)
  // What waits, and what is under way.
  expect(heard.indexOf(1) - saidAfter).toBeLessThan(10)
})
