/**
 * When one client is sent to, and how much: the rate that its path carries, as packets of a useful size. The host asks once
 * in every tick (`update`, `claimTurn`), and tells what left and what was acked.
 */

import type { SnapshotAck } from '../wire/inputs.ts'
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import {
  CLIENT_BURST_BYTES,
  CLIENT_BYTES_PER_SECOND,
  FAST_SNAPSHOT_RATE,
  JOIN_BYTES_PER_SECOND,
  JOIN_SECONDS,
  MIN_SNAPSHOT_RATE,
  SLOW_SNAPSHOT_RATE,
} from './limits.ts'
import { probeBytes } from './outage-probe.ts'
import { SendRate } from './send-rate.ts'
import { MIN_BYTES, OVERHEAD_BYTES, type SendSchedule, scheduleFor, USEFUL_BYTES } from './send-schedule.ts'
import type { Sharer } from './shared-uplink.ts'
import { TokenBucket } from './token-bucket.ts'

/**
 * The highest rate after a join, bytes per second with overhead, and the first one. Half a second tells whether it is too much.
 * A join may rise to `JOIN_BYTES_PER_SECOND`.
 */
const NORMAL_MAX_RATE = CLIENT_BYTES_PER_SECOND + FAST_SNAPSHOT_RATE * OVERHEAD_BYTES
/** The lowest rate, bytes per second. */
const MIN_RATE = MIN_SNAPSHOT_RATE * (MIN_BYTES + OVERHEAD_BYTES)
/** A schedule stays for so long, ms: each change of the interval moves what the client draws a little in time. */
const SCHEDULE_MS = 1000
/** During a join packets have at least this room, bytes: hardly any of them is overhead. */
const JOIN_PACKET_BYTES = 700
const FULL_SCHEDULE: SendSchedule = {
  rate: FAST_SNAPSHOT_RATE,
  limitBytes: MAX_STATE_BYTES,
  bytesPerSecond: CLIENT_BYTES_PER_SECOND,
  burstBytes: CLIENT_BURST_BYTES,
}
/** How many bytes of a probe cannot be left out: its head, and what the client predicts. */
const UNCUT_BYTES = 60
/** A packet may become larger by this factor before something has to be left out of it. */
const NEED_MARGIN = 1.25

/** How the host sends to one client, and why not more. */
export interface SendingReport {
  /** Snapshots per second: 60 while it joins, then 30, 20 or 10, or as near to it as whole ticks give; never more than ticks. */
  readonly snapshotsPerSecond: number
  /** The longest packet it is sent, bytes of payload. */
  readonly limitBytes: number
  /** What its path carries, bytes per second with overhead. More is not tried than is ever needed. */
  readonly bytesPerSecond: number
  /** How much longer packets take than they did at their fastest in the last ten seconds, ms. */
  readonly queueMs: number
  /** Why it is sent less. `queue`: packets waited on the path. `outage`: its acks are overdue. null: it is sent all. */
  readonly limitedBy: 'queue' | 'outage' | null
}

/** Pending changes that a packet had no room for: there are `none`, they go `next` in the same tick, or they `wait`. */
export type LeftOver = 'none' | 'next' | 'wait'

/** What may be sent at a tick. */
export interface Allowance {
  /** What the presented section may take, bytes. */
  readonly budgetBytes: number
  /** Ticks between snapshots, as the client is to reckon with. */
  readonly interval: number
}

export class Downlink implements Sharer {
  readonly rate = new SendRate({ start: NORMAL_MAX_RATE, max: JOIN_BYTES_PER_SECOND, min: MIN_RATE })
  /** The budget of payload bytes. Whole packets are charged to it; only the presented section is limited by it. */
  readonly bucket = new TokenBucket(CLIENT_BYTES_PER_SECOND, CLIENT_BURST_BYTES)
  private readonly tickRate: number
  private sentTick: number
  private schedule = FULL_SCHEDULE
  private scheduledAt = Number.NEGATIVE_INFINITY
  /** When the join ends at the latest, ms: until then a client is sent as much as its path carries. */
  private joinsUntil: number | null = null
  private joined = false
  /** The largest packet since the schedule was set, with a margin, bytes; infinite once something did not fit. */
  private needBytes = Number.POSITIVE_INFINITY
  /** Whether the path carried less than there was to send, when the schedule was set. */
  private heldBack = false

  /** `tick`: the host's newest, of which nothing is sent any more. */
  constructor(tickRate: number, tick: number) {
    this.tickRate = tickRate
    this.sentTick = tick
  }

  get bytesPerSecond(): number {
    return this.rate.bytesPerSecond
  }

  get demand(): number {
    return this.needBytes === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : this.rate.usedPerSecond * NEED_MARGIN
  }

  assign(bytesPerSecond: number): void {
    this.rate.assign(bytesPerSecond)
    this.scheduledAt = Number.NEGATIVE_INFINITY
  }

  acknowledge(ack: SnapshotAck, now: number): void {
    this.rate.acknowledge(ack, now)
  }

  /** A packet has left. */
  packetSent(now: number, sequence: number, bytes: number, leftOver: LeftOver): void {
    this.bucket.spend(bytes)
    this.rate.packetSent(now, sequence, bytes + OVERHEAD_BYTES)
    this.needBytes = Math.max(this.needBytes, leftOver === 'wait' ? Number.POSITIVE_INFINITY : bytes * NEED_MARGIN)
    if (leftOver === 'none' && !this.joined) this.endJoin()
  }

  private endJoin(): void {
    this.joined = true
    this.rate.setMax(NORMAL_MAX_RATE)
    this.scheduledAt = Number.NEGATIVE_INFINITY
  }

  /** Once a tick. `fastestRate`: snapshots a second that the host can afford. True when a queue was found. */
  update(now: number, fastestRate: number): boolean {
    this.joinsUntil ??= now + JOIN_SECONDS * 1000
    if (!this.joined && now >= this.joinsUntil) this.endJoin()
    const wanting = this.needBytes === Number.POSITIVE_INFINITY || this.schedule.rate < this.roundedRate(fastestRate)
    const queue = this.rate.update(now, wanting)
    if (queue || !this.joined || now - this.scheduledAt >= SCHEDULE_MS) {
      this.heldBack = wanting && this.rate.limited
      this.reschedule(now, fastestRate)
    }
    return queue
  }

  private reschedule(now: number, fastestRate: number): void {
    this.schedule = this.scheduleAt(fastestRate)
    this.bucket.refit(now, this.schedule.bytesPerSecond, this.schedule.burstBytes)
    this.scheduledAt = now
    this.needBytes = 0
  }

  private scheduleAt(fastestRate: number): SendSchedule {
    const { rate, joined, schedule, tickRate } = this
    if (joined && !rate.limited) return { ...FULL_SCHEDULE, rate: this.roundedRate(fastestRate) }
    const slower = [fastestRate, Math.min(fastestRate, SLOW_SNAPSHOT_RATE), MIN_SNAPSHOT_RATE].map((packets) =>
      this.roundedRate(packets),
    )
    return scheduleFor({
      bytesPerSecond: rate.bytesPerSecond,
      rates: joined ? slower : [tickRate, tickRate / 2, ...slower],
      present: schedule.rate,
      usefulBytes: joined ? Math.min(USEFUL_BYTES, this.needBytes || USEFUL_BYTES) : JOIN_PACKET_BYTES,
      maxBytes: MAX_STATE_BYTES,
    })
  }

  /** The nearest rate that whole ticks allow: the room of each packet is computed from the rate that is really sent. */
  private roundedRate(rate: number): number {
    return this.tickRate / this.interval(rate)
  }

  /** Ticks between packets. */
  private interval(rate: number): number {
    return Math.max(1, Math.round(this.tickRate / rate))
  }

  /**
   * Claims this tick's turn. Returns what may be sent, or null when nothing is due. A claimed turn is used up, whether the
   * packet leaves or not. All clients with the same interval are sent to at the same ticks.
   */
  claimTurn(tick: number, now: number, fastestRate: number): Allowance | null {
    const outageMs = this.rate.outageMs(now)
    const interval = this.interval(outageMs > 0 ? MIN_SNAPSHOT_RATE : this.schedule.rate)
    if (this.rate.paused(now) || Math.floor(tick / interval) <= Math.floor(this.sentTick / interval)) return null
    this.sentTick = tick
    return {
      budgetBytes: Math.min(this.bucket.available(now), this.limitBytes(outageMs)),
      interval: this.interval(Math.min(fastestRate, this.schedule.rate)),
    }
  }

  private limitBytes(outageMs: number): number {
    if (outageMs === 0) return this.schedule.limitBytes
    return Math.max(0, probeBytes(outageMs, 1000 / MIN_SNAPSHOT_RATE) - UNCUT_BYTES)
  }

  report(now: number): SendingReport {
    const { rate, schedule } = this
    const isOutage = rate.outageMs(now) > 0
    return {
      snapshotsPerSecond: isOutage ? this.roundedRate(MIN_SNAPSHOT_RATE) : schedule.rate,
      limitBytes: schedule.limitBytes,
      bytesPerSecond: Math.round(rate.bytesPerSecond),
      queueMs: Math.round(rate.delay.growthMs),
      limitedBy: isOutage ? 'outage' : this.heldBack && this.joined ? 'queue' : null,
    }
  }
}
