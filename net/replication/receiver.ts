/** One client as snapshots are made for it: what it has, what it is told besides the world, and who hears of what was sent. */
import type { Downlink } from '../congestion/downlink.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Baselines } from './baselines.ts'

export interface SnapshotReceiver {
  readonly player: PlayerId
  /** What was sent, and what of it has arrived. */
  readonly baselines: Baselines
  /** When it is sent to, and how much. */
  readonly downlink: Downlink
  /** Events that are not acknowledged yet, oldest first. */
  readonly events: readonly WireEvent[]
  /** Answers to commands that are not acknowledged yet. */
  readonly results: readonly WireResult[]
  /** All commands up to this number have been received. */
  readonly commandAck: number
  /** How this client's inputs come. */
  readonly inputs: {
    /** The tick of the newest one. */
    readonly newest: number | null
    /** The shortest wait since the last snapshot, ticks; negative: late. */
    readonly shortestWait: number
    /** How many of the last 64 ticks had none. */
    readonly starvedRecently: number
    /** The client is told of them now. */
    reported(): void
  }
  readonly inputArrivedAt: number
  /** Ticks by which its inputs are to wait longer than they need to. */
  readonly handicapTicks: number
  /** Judges what the client says that it saw. */
  readonly rewindCheck: {
    /** The packet of this number is a snapshot of `tick`; the next is to follow after `intervalTicks`. */
    sent(sequence: number, tick: number, intervalTicks: number): void
  }
  /** Snapshots in a row that could not hold all that this client predicts. */
  oversized: number
}
