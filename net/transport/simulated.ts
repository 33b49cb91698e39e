/**
 * A network in virtual time: links as bad as one likes, from a seed. The same seed gives the same run, to the byte.
 * Time stands still until `advanceTo` is called.
 */
import type { Cancel, Timers } from '../platform/platform.ts'
import { seededStream } from '../platform/seeded-chance.ts'
import { VirtualTime } from '../platform/virtual-time.ts'
import { checkSeed } from '../world/given.ts'
import { LaneLink } from './lane-link.ts'
import {
  type Bottleneck,
  checkBottleneck,
  checkConditions,
  checkRoute,
  checkTime,
  type LinkConditions,
  type SimulatedRoute,
} from './simulated/conditions.ts'
import { BottleneckQueue, Path, type Uplink } from './simulated/path.ts'
import { type SimulatedEnd, SimulatedPipe, type WayAhead } from './simulated/pipe.ts'
import { SimulatedRelayPipe } from './simulated/relay-pipe.ts'

export { seededRandom } from '../platform/seeded-chance.ts'
export type {
  Bottleneck,
  BurstLoss,
  LinkConditions,
  NetworkConditions,
  Reordering,
  SimulatedRoute,
  Stalling,
} from './simulated/conditions.ts'
export type { MachineClock } from './simulated/machine.ts'

/** A link whose way there can be changed while it is open. */
export type SimulatedLink = LaneLink & WayAhead

export interface PairOptions {
  /** An uplink that the first end shares with others; see {@link SimulatedNetwork.uplink}. */
  readonly uplink?: Uplink | null
  /** Whether the sending guard of the state lane skips what would wait, as on a real link. Default true. */
  readonly guarded?: boolean
  /** How packets go; see {@link SimulatedRoute}. Default `direct`. */
  readonly route?: SimulatedRoute | undefined
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
   * Two ends of a link; `there` are the conditions from the first to the second, `back` the other way. They have no
   * heartbeat: silence alone never closes them.
   * @throws RangeError when a condition is out of range, or for a route that there is not.
   */
  pair(there: LinkConditions, back: LinkConditions = there, options: PairOptions = {}): [SimulatedLink, SimulatedLink] {
    const { uplink = null, guarded = true, route } = options
    checkRoute('route', route)
    const [a, b] = route === 'relay' ? this.relayPipes(there, back, uplink) : this.pipes(there, back, uplink)
    const linkOver = (pipe: SimulatedEnd): SimulatedLink => {
      const platform = { ...this.timers, onPulse: () => () => {} }
      const defer = (run: () => void): void => this.at(this.now, run)
      const link = new LaneLink(pipe, { platform, defer, guarded, heartbeat: false })
      return Object.assign(link, {
        setConditions: (conditions: LinkConditions) => pipe.setConditions(conditions),
        cut: (ms: number) => pipe.cut(ms),
      })
    }
    a.opens()
    b.opens()
    return [linkOver(a), linkOver(b)]
  }

  /**
   * Two ends of a pipe that is not open yet. `uplink`: what the first end shares with others.
   * @throws RangeError when a condition is out of range.
   */
  pipes(there: LinkConditions, back: LinkConditions, uplink: Uplink | null = null): [SimulatedPipe, SimulatedPipe] {
    const [first, second] = this.#paths(there, back, uplink)
    const a = new SimulatedPipe(this, first)
    const b = new SimulatedPipe(this, second)
    a.connect(b)
    return [a, b]
  }

  /**
   * As `pipes`, by TCP through a server: all is delivered, in order, and what is lost holds up what is behind it.
   * @throws RangeError when a condition is out of range.
   */
  relayPipes(
    there: LinkConditions,
    back: LinkConditions,
    uplink: Uplink | null = null,
  ): [SimulatedRelayPipe, SimulatedRelayPipe] {
    const [first, second] = this.#paths(there, back, uplink)
    const a = new SimulatedRelayPipe(this, first)
    const b = new SimulatedRelayPipe(this, second)
    a.connect(b)
    return [a, b]
  }

  #paths(there: LinkConditions, back: LinkConditions, uplink: Uplink | null): [Path, Path] {
    checkConditions(there)
    checkConditions(back)
    return [
      new Path(there, seededStream(this.seed, this.paths++), uplink),
      new Path(back, seededStream(this.seed, this.paths++)),
    ]
  }

  /** This network's time, for what runs on it. */
  readonly timers: Timers = {
    now: () => this.now,
    after: (ms, run) => this.#after(ms, run),
  }

  #after(ms: number, run: () => void): Cancel {
    let waits = true
    this.at(this.now + ms, () => waits && run())
    return () => {
      waits = false
    }
  }

  /** An uplink that several links share: give it to `pair`. @throws RangeError when a figure is out of range. */
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
