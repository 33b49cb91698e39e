/**
 * Whether a player can have seen others when he says: the host knows which of its snapshots he had received by then, so
 * a claim far from those is refused (as Source ignores a claimed tick that contradicts the measured latency).
 */
import { sequenceDistance } from './acks.ts'

/** Nobody draws further ahead of the newest snapshot, … */
const MOST_AHEAD_SECONDS = 0.25
/** … and no presentation waits longer, its slowest snapshots and a correction under way included. */
const MOST_BEHIND_SECONDS = 0.4
const KEPT = 256

export class SightCheck {
  /** Claims that were not believed. */
  refused = 0
  private readonly sequences = new Int32Array(KEPT).fill(-1)
  private readonly ticks = new Float64Array(KEPT)
  private readonly ahead: number
  private readonly behind: number
  private newest: number | null = null

  constructor(tickRate: number) {
    this.ahead = MOST_AHEAD_SECONDS * tickRate
    this.behind = MOST_BEHIND_SECONDS * tickRate
  }

  /** The packet of this number is a snapshot of `tick`. */
  sent(sequence: number, tick: number): void {
    this.sequences[sequence % KEPT] = sequence
    this.ticks[sequence % KEPT] = tick
    this.newest = sequence
  }

  /**
   * The tick to believe of a claim that came with the ack of this packet (null: of none): the claim itself, else the
   * nearest that is possible. Whoever has received nothing sees the present, which is `Infinity`.
   */
  believe(acked: number | null, claimed: number): number {
    if (acked === null || this.newest === null || this.sequences[acked % KEPT] !== acked)
      return Number.POSITIVE_INFINITY
    if (sequenceDistance(acked, this.newest) > 0) return Number.POSITIVE_INFINITY
    const tick = this.ticks[acked % KEPT] ?? 0
    const believed = Math.max(tick - this.behind, Math.min(tick + this.ahead, claimed))
    if (believed !== claimed) this.refused++
    return believed
  }
}
