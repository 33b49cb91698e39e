/** What a link does to packets, from a seed: loses them, or lets others overtake them. */
import { seededRandom } from '../../../net/testing.ts'

/** From a seed, whether what is sent at a moment is lost. */
export type Loss = (seed: number) => (now: number) => boolean

export const noLoss: Loss = () => () => false

/** Mean length of a burst, ms: bursts are of time, so a packet that comes soon after a lost one is likely lost too. */
const BURST_MS = 120

/** A share of packets, each for itself, or in bursts of time (Gilbert–Elliott). */
export function randomLoss(share: number, inBursts: boolean): Loss {
  return (seed) => {
    const random = seededRandom((seed * 7919) >>> 0)
    if (!inBursts) return () => random() < share
    let lossy = false
    let until = 0
    return (now) => {
      while (now >= until) {
        lossy = !lossy && until > 0
        // Times in either state are exponential; their means give the share.
        const meanMs = lossy ? BURST_MS : (BURST_MS * (1 - share)) / share
        until += -Math.log(1 - random()) * meanMs
      }
      return lossy
    }
  }
}

/** From a seed, by how many ms a packet is later than the link's own delay. */
export type Lateness = (seed: number) => () => number

export const inOrder: Lateness = () => () => 0

/** A share of packets comes late by `ms`, and is overtaken when that is more than the time between two. */
export function reordered(share: number, ms: number): Lateness {
  return (seed) => {
    const random = seededRandom(seed * 104_729)
    return () => (random() < share ? ms : 0)
  }
}
