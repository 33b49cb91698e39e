/** The promises of `link.drained()`. It asks how much waits on a lane, and is told when to ask again. */

import type { Lane } from '../wire/lanes.ts'
import { type DrainOutcome, LOW_WATER_BYTES } from './link.ts'

export interface Drain {
  /** The `drained` of a link. */
  drained(lane?: Lane): Promise<DrainOutcome>
  /** To be called when bytes may have left a lane, and when the link closes: then nobody is left waiting. */
  look(): void
}

/** `waiting`: bytes in a lane's buffer; null once the link is closed. */
export function createDrain(waiting: (lane: Lane) => number | null): Drain {
  const waiters: Record<Lane, ((outcome: DrainOutcome) => void)[]> = { state: [], bulk: [] }

  function outcome(lane: Lane): DrainOutcome | null {
    const bytes = waiting(lane)
    if (bytes === null) return 'closed'
    return bytes <= LOW_WATER_BYTES[lane] ? 'drained' : null
  }

  return {
    drained(lane = 'bulk') {
      if (!Object.hasOwn(waiters, lane)) throw new RangeError(`A lane is 'bulk' or 'state', not ${lane}.`)
      return new Promise((resolve) => {
        const now = outcome(lane)
        if (now) resolve(now)
        else waiters[lane].push(resolve)
      })
    },
    look() {
      for (const lane of ['state', 'bulk'] as const) {
        const now = waiters[lane].length > 0 && outcome(lane)
        if (now) for (const resolve of waiters[lane].splice(0)) resolve(now)
      }
    },
  }
}
