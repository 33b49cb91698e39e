/**
 * How often a client sends its inputs: in every tick, unless its path to the host has a queue. An upstream of 48 kbit/s is
 * full of 60 packets a second, which are nearly all overhead. Each packet carries all inputs that the host has not acked, so
 * fewer packets lose nothing: inputs come a tick or two later. The schedule slows down at once and tries to be faster after
 * a while, later each time that this was too soon (Fiedler, "Reliability and congestion avoidance over UDP").
 */
import { QueueDelay } from './queue-delay.ts'

/** With fewer packets a second, players would see their inputs lag. */
const MIN_PACKETS_PER_SECOND = 15
/** After a change the queue has this long to run empty before it is looked at again, ms. */
const SETTLE_MS = 1200
/** How long without a queue until a faster schedule is tried, ms: at first, at most. */
const RETRY_MS = 5000
const MAX_RETRY_MS = 60_000
/**
 * Sending a quarter of the packets changed the queue by less than this share: then the queue is cross-traffic, or the path has
 * become longer.
 */
const UNMOVED_SHARE = 1 / 3

export class InputSchedule {
  /** Ticks from one packet to the next, 1 to 4 at 60 a second. */
  everyTicks = 1
  readonly delay = new QueueDelay()
  private readonly maxTicks: number
  private changedAt = Number.NEGATIVE_INFINITY
  private retryMs = RETRY_MS
  /** How long the queue was when every tick still had a packet of its own, ms. */
  private fastGrowthMs = 0

  constructor(tickRate: number) {
    this.maxTicks = Math.max(1, Math.floor(tickRate / MIN_PACKETS_PER_SECOND))
  }

  /** A packet took `ms` to the host, plus or minus a constant that is the same for all packets (the clocks differ). */
  sample(now: number, ms: number): void {
    if (now - this.changedAt < SETTLE_MS) return
    this.delay.sample(now, ms)
    const { growthMs, thresholdMs } = this.delay
    if (growthMs > thresholdMs) this.slowDown(now, growthMs)
    else if (this.everyTicks > 1 && growthMs < thresholdMs / 2 && now - this.changedAt > this.retryMs)
      this.change(now, this.everyTicks - 1)
  }

  private slowDown(now: number, growthMs: number): void {
    if (this.everyTicks < this.maxTicks) {
      if (this.everyTicks === 1) this.fastGrowthMs = growthMs
      this.change(now, this.everyTicks + 1)
    } else if (Math.abs(growthMs - this.fastGrowthMs) < this.fastGrowthMs * UNMOVED_SHARE) {
      this.delay.rebase()
      this.change(now, 1)
    }
  }

  private change(now: number, everyTicks: number): void {
    if (everyTicks > this.everyTicks)
      // When the faster schedule was only just tried, it was too soon. A queue that comes later is a new one.
      this.retryMs = now - this.changedAt < RETRY_MS ? Math.min(MAX_RETRY_MS, this.retryMs * 2) : RETRY_MS
    this.everyTicks = everyTicks
    this.changedAt = now
    this.delay.restart()
  }
}
