/** The store of a service that is one process. */
import { createMemoryStore } from '../../../../net/signaling/server/memory-store.ts'
import { manualClock } from '../support.ts'
import { describeStore } from './store-suite.ts'

const SHORT_MS = 1000

describeStore('memory', async (maxLobbies) => {
  const clock = manualClock()
  const store = createMemoryStore({ maxLobbies, now: clock.now })
  return { stores: [store, store], shortMs: SHORT_MS, letShortLeasesEnd: async () => clock.advance(SHORT_MS) }
})
