/**
 * A network in virtual time: links as bad as one likes, from a seed. The same seed gives the same run, to the byte.
 * Time stands still until `advanceTo` is called.
 */
import { seededStream } from '../platform/seeded-chance.ts'
import { VirtualTime } from '../platform/virtual-time.ts'
import { checkSeed } from '../world/given.ts'
import {
  type Bottleneck,
  checkBottleneck,
  checkConditions,
  checkTime,
  type LinkConditions,
} from './simulated/conditions.ts'
import { SimulatedEnd, type SimulatedLink } from './simulated/end.ts'
import { BottleneckQueue, Path, type Uplink } from './simulated/path.ts'

export { seededRandom } from '../platform/seeded-chance.ts'
export type {
  Bottleneck,
  BurstLoss,
  LinkConditions,
  NetworkConditions,
  Reordering,
  Stalling,
} from './simulated/conditions.ts'
export type { SimulatedLink } from './simulated/end.ts'
export type { MachineClock } from './simulated/machine.ts'

export interface PairOptions {
  /** A line that the first end shares with others; see {@link SimulatedNetwork.uplink}. */
  readonly uplink?: Uplink | null
  /** Whether the sending guard of the state lane skips what would wait, as on a real link. Default true. */
  readonly guarded?: boolean
}

/** Which goes first of what happens at the same time: what arrives, then the ranks that a caller gives. */
const ARRIVAL_RANK = 0

export class SimulatedNetwork {
  private readonly seed: number
  private readonly time: VirtualTime
  private paths = 0

  /**
   * `time`: that of a larger simulation, in which this network is a part. Default: a time of its own.
   * @throws TypeError, RangeError for a seed that is no whole number from 0 to 2^32 − 1.
   */
  constructor(seed: number, time: VirtualTime = new VirtualTime()) {
    checkSeed('SimulatedNetwork', seed)
    this.seed = seed
    this.time = time
  }

  /** Virtual time in ms; while something happens, the exact time of that. */
  get now(): number {
    return this.time.now
  }

  /**
   * Two ends; `there` are the conditions from the first to the second, `back` the other way.
   * @throws RangeError when a condition is out of range.
   */
  pair(there: LinkConditions, back: LinkConditions = there, options: PairOptions = {}): [SimulatedLink, SimulatedLink] {
    const { uplink = null, guarded = true } = options
    checkConditions(there)
    checkConditions(back)
    const a = new SimulatedEnd(this, new Path(there, seededStream(this.seed, this.paths++), uplink), guarded)
    const b = new SimulatedEnd(this, new Path(back, seededStream(this.seed, this.paths++)), guarded)
    a.connect(b)
    return [a, b]
  }

  /** A line that several links leave through: give it to `pair`. @throws RangeError when a figure is out of range. */
  uplink(bottleneck: Bottleneck): Uplink {
    checkBottleneck('hostUplink', bottleneck)
    return { queue: new BottleneckQueue(), bottleneck }
  }

  /** Runs `run` at a time, not before now; of what happens then, after what has a lower rank. */
  at(time: number, run: () => void, rank = ARRIVAL_RANK): void {
    // Not below 0 alone: before now is now.
    if (typeof time !== 'number' || Number.isNaN(time)) checkTime('A time of the network', time)
    this.time.at(time, run, rank)
  }

  /** Lets happen everything that is due up to `now`, in the order of time. */
  advanceTo(now: number): void {
    checkTime('The time to advance to', now)
    this.time.advanceTo(now)
  }
}
