/** When one client is sent to, and how much: the rate that its path carries, turned into packets of a useful size. */

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
import { LEAST_BYTES, OVERHEAD_BYTES, type SendSchedule, scheduleFor, USEFUL_BYTES } from './send-schedule.ts'
import type { Sharer } from './shared-uplink.ts'
import { TokenBucket } from './token-bucket.ts'

/** A path of which nothing is known is taken to carry what a client is sent at most; half a second tells. */
const MOST = CLIENT_BYTES_PER_SECOND + FAST_SNAPSHOT_RATE * OVERHEAD_BYTES
const LEAST = MIN_SNAPSHOT_RATE * (LEAST_BYTES + OVERHEAD_BYTES)
/** The pace stays for so long, ms: each change of the interval moves what the client draws a little in time. */
const PACE_MS = 1000
/** A world that is to arrive soon goes in packets that are hardly any overhead. */
const JOIN_PACKET_BYTES = 700
const FULL_PACE: SendSchedule = {
  rate: FAST_SNAPSHOT_RATE,
  limitBytes: MAX_STATE_BYTES,
  bytesPerSecond: CLIENT_BYTES_PER_SECOND,
  burstBytes: CLIENT_BURST_BYTES,
}
/** What a probe holds besides what may be cut: its head, and what the client predicts. */
const UNCUT_BYTES = 60
/** How much larger a packet may become before it has to be cut. */
const NEED_MARGIN = 1.25

/** How the host sends to one client, and why not more. */
export interface SendingReport {
  /** Snapshots per second: 60 while it joins, then 30, 20 or 10, or as near to it as whole ticks give; never more than ticks. */
  readonly snapshotsPerSecond: number
  /** The longest packet it is sent, bytes of payload. */
  readonly limitBytes: number
  /** What its path is taken to carry, bytes per second with overhead: more is not tried than is ever needed. */
  readonly bytesPerSecond: number
  /** How much longer packets take than they did at their fastest in the last ten seconds, ms. */
  readonly queueMs: number
  /** `queue`: packets waited on the way, so it is sent less; `silence`: its acks are overdue; null: it is sent all. */
  readonly limitedBy: 'queue' | 'silence' | null
}

/** Of the news for a client, after a packet: `none` is left, it `follows` in the tick's next packet, or it `waits`. */
export type Rest = 'none' | 'follows' | 'waits'

/** What may be sent at a tick. */
export interface Allowance {
  /** What the presented section may take, bytes. */
  readonly budgetBytes: number
  /** Ticks between snapshots, as the client is to reckon with. */
  readonly interval: number
}

export class Downlink implements Sharer {
  readonly rate = new SendRate({ start: MOST, most: JOIN_BYTES_PER_SECOND, least: LEAST })
  /** Payload bytes that may be sent beyond what is never cut. */
  readonly bucket = new TokenBucket(CLIENT_BYTES_PER_SECOND, CLIENT_BURST_BYTES)
  private readonly tickRate: number
  private sentTick: number
  private pace = FULL_PACE
  private pacedAt = Number.NEGATIVE_INFINITY
  /** Until it has the whole world, a client is sent as much as its path carries. */
  private joinsUntil: number | null = null
  private joined = false
  /** The largest packet since the pace was set, with a margin, bytes; infinite once something did not fit. */
  private needBytes = Number.POSITIVE_INFINITY
  /** Whether the path carried less than there was to send, when the pace was set. */
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
    this.pacedAt = Number.NEGATIVE_INFINITY
  }

  acknowledge(ack: SnapshotAck, now: number): void {
    this.rate.acknowledge(ack, now)
  }

  /** A packet has left; `rest` says what became of the news that did not fit into it. */
  packetSent(now: number, sequence: number, bytes: number, rest: Rest): void {
    this.bucket.spend(bytes)
    this.rate.packetSent(now, sequence, bytes + OVERHEAD_BYTES)
    this.needBytes = Math.max(this.needBytes, rest === 'waits' ? Number.POSITIVE_INFINITY : bytes * NEED_MARGIN)
    if (rest === 'none' && !this.joined) this.endJoin()
  }

  private endJoin(): void {
    this.joined = true
    this.rate.setMost(MOST)
    this.pacedAt = Number.NEGATIVE_INFINITY
  }

  /** Once a tick. `fastestRate`: snapshots a second that the host can afford. True when a queue was found. */
  update(now: number, fastestRate: number): boolean {
    this.joinsUntil ??= now + JOIN_SECONDS * 1000
    if (!this.joined && now >= this.joinsUntil) this.endJoin()
    const wanting = this.needBytes === Number.POSITIVE_INFINITY || this.pace.rate < this.possible(fastestRate)
    const queue = this.rate.update(now, wanting)
    if (queue || !this.joined || now - this.pacedAt >= PACE_MS) {
      this.heldBack = wanting && this.rate.limited
      this.setPace(now, fastestRate)
    }
    return queue
  }

  private setPace(now: number, fastestRate: number): void {
    this.pace = this.paceAt(fastestRate)
    this.bucket.refit(now, this.pace.bytesPerSecond, this.pace.burstBytes)
    this.pacedAt = now
    this.needBytes = 0
  }

  private paceAt(fastestRate: number): SendSchedule {
    const { rate, joined, pace, tickRate } = this
    if (joined && !rate.limited) return { ...FULL_PACE, rate: this.possible(fastestRate) }
    const slower = [fastestRate, Math.min(fastestRate, SLOW_SNAPSHOT_RATE), MIN_SNAPSHOT_RATE].map((packets) =>
      this.possible(packets),
    )
    return scheduleFor({
      bytesPerSecond: rate.bytesPerSecond,
      rates: joined ? slower : [tickRate, tickRate / 2, ...slower],
      present: pace.rate,
      usefulBytes: joined ? Math.min(USEFUL_BYTES, this.needBytes || USEFUL_BYTES) : JOIN_PACKET_BYTES,
      maxBytes: MAX_STATE_BYTES,
    })
  }

  /** Packets per second, of those that whole ticks give: reckoned with more, each would have less room than there is. */
  private possible(rate: number): number {
    return this.tickRate / this.interval(rate)
  }

  /** Ticks between packets. */
  private interval(rate: number): number {
    return Math.max(1, Math.round(this.tickRate / rate))
  }

  /**
   * Claims this tick's turn: what may be sent at it; null when it is not due. A turn that was claimed is gone, sent or
   * not. All clients of an interval send at the same ticks.
   */
  claimTurn(tick: number, now: number, fastestRate: number): Allowance | null {
    const silentMs = this.rate.silentMs(now)
    const interval = this.interval(silentMs > 0 ? MIN_SNAPSHOT_RATE : this.pace.rate)
    if (this.rate.paused(now) || Math.floor(tick / interval) <= Math.floor(this.sentTick / interval)) return null
    this.sentTick = tick
    return {
      budgetBytes: Math.min(this.bucket.available(now), this.limitBytes(silentMs)),
      interval: this.interval(Math.min(fastestRate, this.pace.rate)),
    }
  }

  private limitBytes(silentMs: number): number {
    if (silentMs === 0) return this.pace.limitBytes
    return Math.max(0, probeBytes(silentMs, 1000 / MIN_SNAPSHOT_RATE) - UNCUT_BYTES)
  }

  report(now: number): SendingReport {
    const { rate, pace } = this
    const silent = rate.silentMs(now) > 0
    return {
      snapshotsPerSecond: silent ? this.possible(MIN_SNAPSHOT_RATE) : pace.rate,
      limitBytes: pace.limitBytes,
      bytesPerSecond: Math.round(rate.bytesPerSecond),
      queueMs: Math.round(rate.delay.growthMs),
      limitedBy: silent ? 'silence' : this.heldBack && this.joined ? 'queue' : null,
    }
  }
}
