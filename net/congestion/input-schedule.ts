/**
 * How often a client sends its inputs: in every tick, unless its own way to the host queues, because an upstream of
 * 48 kbit/s is filled by 60 packets a second that are nearly all overhead. Every packet carries all inputs that the
 * host has not acknowledged, so fewer packets lose nothing: the inputs come a tick or two later. It goes down at once
 * and comes back after a while, later each time that turns out too soon (Fiedler, "Reliability and congestion
 * avoidance over UDP").
 */
import { QueueDelay } from './queue-delay.ts'

/** Fewer packets a second, and inputs would be seen to lag. */
const LEAST_PACKETS_PER_SECOND = 15
/** After a change the queue has this long to run empty before it is looked at again, ms. */
const SETTLE_MS = 1200
/** How long without a queue until it is tried faster, ms: at first, at most. */
const RETRY_MS = 5000
const MOST_RETRY_MS = 60_000
/**
 * A quarter of the packets, and the queue has changed by less than this share: then it is not ours. The way has become
 * longer, or others fill it.
 */
const UNMOVED_SHARE = 1 / 3

export class InputSchedule {
  /** Ticks from one packet to the next, 1 to 4 at 60 a second. */
  everyTicks = 1
  readonly delay = new QueueDelay()
  private readonly mostTicks: number
  private changedAt = Number.NEGATIVE_INFINITY
  private retryMs = RETRY_MS
  /** How long the queue was when every tick still had a packet of its own, ms. */
  private fastGrowthMs = 0

  constructor(tickRate: number) {
    this.mostTicks = Math.max(1, Math.floor(tickRate / LEAST_PACKETS_PER_SECOND))
  }

  /** A packet took `ms` to the host, whatever part of it is the same for all, clocks included. */
  sample(now: number, ms: number): void {
    if (now - this.changedAt < SETTLE_MS) return
    this.delay.sample(now, ms)
    const { growthMs, thresholdMs } = this.delay
    if (growthMs > thresholdMs) this.slowDown(now, growthMs)
    else if (this.everyTicks > 1 && growthMs < thresholdMs / 2 && now - this.changedAt > this.retryMs)
      this.change(now, this.everyTicks - 1)
  }

  private slowDown(now: number, growthMs: number): void {
    if (this.everyTicks < this.mostTicks) {
      if (this.everyTicks === 1) this.fastGrowthMs = growthMs
      this.change(now, this.everyTicks + 1)
    } else if (Math.abs(growthMs - this.fastGrowthMs) < this.fastGrowthMs * UNMOVED_SHARE) {
      this.delay.rebase()
      this.change(now, 1)
    }
  }

  private change(now: number, everyTicks: number): void {
    if (everyTicks > this.everyTicks)
      // Too soon, if it was just tried; a queue after a long time is another.
      this.retryMs = now - this.changedAt < RETRY_MS ? Math.min(MOST_RETRY_MS, this.retryMs * 2) : RETRY_MS
    this.everyTicks = everyTicks
    this.changedAt = now
    this.delay.restart()
  }
}
