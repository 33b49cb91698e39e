/** How much of its uplink a page gives to its pictures. Each receiver gets them encoded and sent apart, so more receivers get less each. */

/** To one receiver: a tile of 320 × 240 at 15 frames a second looks clean with it. */
export const MAX_VIDEO_BITS_PER_SECOND = 150_000
/**
 * To all receivers together. A match of eight takes about 0.3 Mbit/s of its host's uplink, and voices 0.3. With this, all of it leaves half of
 * 2 Mbit/s free, and frames that leave in one moment for all receivers wait for each other for some milliseconds only.
 */
const ALL_BITS_PER_SECOND = 450_000

/** For each of so many receivers. */
export function videoBitsPerSecond(receivers: number): number {
  return Math.min(MAX_VIDEO_BITS_PER_SECOND, Math.floor(ALL_BITS_PER_SECOND / Math.max(1, receivers)))
}
