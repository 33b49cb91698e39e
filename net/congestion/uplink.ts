/**
 * A client's path to the host. What was sent and what the host acked go in; when the next packet is due, and the round trip,
 * come out. In an outage only probes are sent.
 */
import { arrivalOf } from '../wire/hold.ts'
import { InputSchedule } from './input-schedule.ts'
import { probeIntervalMs } from './outage-probe.ts'

/** Acks that are later than the round trip by so much are overdue, ms. */
const OVERDUE_MS = 200
/**
 * A shorter gap is a burst of losses: SCTP's first window holds for it, and every tick counts once it is over. Probes from
 * 0.4 s on made 4.2 % of inputs late on a path that loses 10 % in bursts, from 0.6 s on 4.0 %.
 */
const MIN_OUTAGE_MS = 600
/** The longest time between probes, ms. */
const MAX_PROBE_MS = 250
/** No path becomes shorter by so much in a second: a clock was set, or this page's stood still in a sleep. */
const CLOCK_SET_MS = 250

/** What a snapshot says of the inputs. */
export interface InputAck {
  /** The newest input that the host has. */
  readonly inputAck: number
  /** How long the host had it when it made the snapshot, ms. */
  readonly holdMs: number
  /** The snapshot's own tick. */
  readonly tick: number
}

export class Uplink {
  private readonly tickRate: number
  private readonly tickMs: number
  private readonly keepTicks: number
  private schedule: InputSchedule
  /** When the newest packet with the input of a tick left, oldest first, for all that is not acknowledged. */
  private readonly sentAt = new Map<number, number>()
  private packetBytes = 0
  private sentTick = Number.NEGATIVE_INFINITY
  /** The host's time less this page's, ms, when a snapshot came fastest: in this second, in the one before. */
  private fastest = { since: 0, now: Number.POSITIVE_INFINITY, before: Number.POSITIVE_INFINITY }

  /** Inputs are kept for `keepTicks`. */
  constructor(tickRate: number, keepTicks: number) {
    this.tickMs = 1000 / tickRate
    this.tickRate = tickRate
    this.schedule = new InputSchedule(tickRate)
    this.keepTicks = keepTicks
  }

  /** Ticks from one packet to the next, as far as queues are concerned. */
  get everyTicks(): number {
    return this.schedule.everyTicks
  }

  /** Whether a packet is sent with the input of this tick; at most one a tick. */
  due(now: number, tick: number, rttMs: number): boolean {
    const probeTicks = this.probeMs(now, rttMs) / this.tickMs
    return tick - this.sentTick >= Math.max(this.everyTicks, Math.floor(probeTicks))
  }

  /** The time between packets while nothing is acknowledged, ms; 0 when all is well. */
  private probeMs(now: number, rttMs: number): number {
    const outageMs = now - (this.sentAt.values().next().value ?? now)
    if (outageMs < Math.max(MIN_OUTAGE_MS, rttMs + OVERDUE_MS)) return 0
    return Math.min(MAX_PROBE_MS, probeIntervalMs(outageMs, this.packetBytes))
  }

  /** A packet of `bytes` with the inputs up to that of `tick` has left. */
  sent(now: number, tick: number, bytes: number): void {
    this.sentTick = tick
    this.packetBytes = bytes
    this.sentAt.set(tick, now)
    for (const old of this.sentAt.keys()) {
      if (old > tick - this.keepTicks) break
      this.sentAt.delete(old)
    }
  }

  /** The host has more inputs than it had. Returns the round trip, ms; null when it is not known. */
  acknowledged(now: number, { inputAck, holdMs, tick }: InputAck): number | null {
    const sentAt = this.sentAt.get(inputAck)
    for (const sent of this.sentAt.keys()) if (sent <= inputAck) this.sentAt.delete(sent)
    if (sentAt === undefined) return null
    // The host sends a tick's snapshot when it runs the tick. So this is when it received the input, by its own clock.
    const receivedAt = arrivalOf(tick * this.tickMs, holdMs)
    const heardAt = arrivalOf(now, holdMs)
    if (receivedAt === null || heardAt === null) return null
    this.schedule.sample(now, receivedAt - sentAt)
    const ms = heardAt - sentAt
    // Longer than inputs are kept: this page stood still meanwhile, or its clock was set.
    return ms < this.keepTicks * this.tickMs ? Math.max(0, ms) : null
  }

  /** A snapshot newer than all before it has come. When it shows that a clock was set, what both clocks measured is dropped. */
  snapshot(now: number, tick: number): void {
    const ahead = tick * this.tickMs - now
    const set = ahead > this.fastest.before + CLOCK_SET_MS
    if (set) {
      this.schedule = new InputSchedule(this.tickRate)
      this.sentAt.clear()
    }
    if (set || now - this.fastest.since > 1000)
      this.fastest = { since: now, now: ahead, before: set ? ahead : this.fastest.now }
    else this.fastest.now = Math.max(this.fastest.now, ahead)
  }
}
