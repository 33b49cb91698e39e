/** The store of a service of many processes, on a real Redis. */
import { afterAll, beforeAll } from 'vitest'
import { describeStore } from '../stores/store-suite.ts'
import { until } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix, openClient, openService } from './support.ts'

const SHORT_MS = 500

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

describeStore('Redis', async (maxLobbies) => {
  const prefix = newPrefix()
  const first = await openService(redis, { prefix, maxLobbies })
  const second = await openService(redis, { prefix, maxLobbies })
  return {
    stores: [first.store, second.store],
    shortMs: SHORT_MS,
    // By Redis's own clock: a key that is set now ends after all leases of before.
    async letShortLeasesEnd() {
      const client = openClient(redis)
      await client.set(`${prefix}ends`, '', 'PX', SHORT_MS)
      let ended = false
      const ask = async (): Promise<void> => {
        ended = (await client.exists(`${prefix}ends`)) === 0
      }
      await until(() => (ended ? true : void ask()), 'the end of all short leases')
    },
  }
})
