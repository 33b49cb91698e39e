/**
 * A joining client whose exact section never fits into the packets of a tick would wait for ever (replication/oversized.ts says it
 * to the host's developer). This check makes it fail with a sentence.
 */
import { OVERSIZED_SNAPSHOTS } from '../replication/oversized.ts'
import { MAX_PACKETS_PER_TICK, type SnapshotHead } from '../wire/snapshot-head.ts'
import { OVERSIZED_SECONDS } from './limits.ts'

export class OversizedJoin {
  private series: { readonly since: number; snapshots: number } | null = null

  clear(): void {
    this.series = null
  }

  /** For each packet. `ready`: the client has the first whole tick. @throws RangeError when the section never fits. */
  check({ packetIndex, last }: SnapshotHead, now: number, ready: boolean): void {
    if (last || ready) return this.clear()
    if (packetIndex < MAX_PACKETS_PER_TICK - 1) return
    this.series ??= { since: now, snapshots: 0 }
    this.series.snapshots++
    if (this.series.snapshots >= OVERSIZED_SNAPSHOTS && now - this.series.since >= OVERSIZED_SECONDS * 1000)
      throw new RangeError(
        `What this page is to predict changes in every tick by more than ${MAX_PACKETS_PER_TICK} packets hold, so it cannot start: see the host's console.`,
      )
  }
}
