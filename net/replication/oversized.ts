/**
 * The exact section of a client may be larger than all packets of one tick, snapshot after snapshot. Then no tick of it is
 * ever whole, and the client cannot start. Only the developer can change that, so they get a sentence.
 */
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import { MAX_PACKETS_PER_TICK } from '../wire/snapshot-head.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Oversized } from './snapshot-builder.ts'

/** So many oversized snapshots in a row bring the warning. A join has fewer: what does not change is acked in a round trip. */
export const OVERSIZED_SNAPSHOTS = 20

/** The sentence for the developer. */
export function describeOversized(player: PlayerId, { types, fitted }: Oversized): string {
  const counts = new Map<string, number>()
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  const kB = (bytes: number): string => (bytes / 1000).toFixed(0)
  const most = MAX_PACKETS_PER_TICK * MAX_STATE_BYTES
  const what = [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
  return `The page of player ${player} predicts ${what} that change all the time: about ${kB((most * types.length) / Math.max(1, fitted))} kB a tick, and a tick takes ${kB(most)} kB at most. That page cannot start, or is never put right. Change less at once, or let the host alone move them: predict: 'none'.`
}
