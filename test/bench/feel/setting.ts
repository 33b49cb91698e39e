/** What all matches under measurement have in common. */
import type { MachineClock } from '../../../net/testing.ts'
import { seededChance } from '../worlds/chance.ts'

/** Scenario S: the host's own player and seven guests. */
export const PLAYERS = 8
/** Of matches at the usual 60 ticks a second. */
export const TICKS_PER_MS = 60 / 1000
export const FRAME_MS = 1000 / 60
/** Joining is left out of the figures. */
export const WARM_UP_MS = 3000

/** Computers whose clocks are right but count from when their pages were opened, any time in a quarter of an hour. */
export function pageClocks(seed: number): (client: number) => MachineClock {
  const chance = seededChance(seed, 1000)
  const offsets = Array.from({ length: PLAYERS }, () => Math.floor(chance() * 900_000))
  return (client) => ({ offsetMs: offsets[client] ?? 0 })
}
