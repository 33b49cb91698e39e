/**
 * What a client predicts may be more than the packets of one tick can hold, snapshot after snapshot. Then nothing that it
 * predicts is ever complete, and nothing will make it less: the developer has to hear of it.
 */
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import { MAX_PARTS } from '../wire/snapshot-head.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Oversized } from './snapshot-builder.ts'

/** So many snapshots in a row are too many. A join has fewer: what does not change is told within a round trip. */
export const OVERSIZED_SNAPSHOTS = 20

/** The sentence for the developer. */
export function describeOversized(player: PlayerId, { types, fitted }: Oversized): string {
  const counts = new Map<string, number>()
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  const kB = (bytes: number): string => (bytes / 1000).toFixed(0)
  const most = MAX_PARTS * MAX_STATE_BYTES
  const what = [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
  return `The page of player ${player} predicts ${what} that change all the time: about ${kB((most * types.length) / Math.max(1, fitted))} kB a tick, and a tick takes ${kB(most)} kB at most. That page cannot start, or is never put right. Change less at once, or let the host alone move them: predict: 'none'.`
}
