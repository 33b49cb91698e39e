/**
 * A client's two clocks. The *predicted* tick runs ahead of the host, so that inputs arrive before their tick runs;
 * the *presentation* tick runs behind it, so that there are two snapshots to draw between. Both are steered by a few
 * percent, never set, unless more than ten ticks off (Unity Netcode for Entities: `NetworkTimeSystem`).
 */

/** Inputs aim to be this early, on top of the jitter: one tick for each loop, since both run in whole ticks, and one to spare. */
const LEAD_TICKS = 3
/** Share of a tick that each tick of error adds to the rate. */
const GAIN = 0.1
const MAX_STRETCH = 0.05
/** Beyond this a clock is set at once: nobody would sit out a correction of seconds. */
const JUMP_TICKS = 10
/** Presentation waits for two snapshots and this many deviations of their arrival. */
const JITTER_FACTOR = 3
const MAX_DELAY_TICKS = 30
/** With no news the drawn world stops this far after the newest: a quarter of a second, as far as anything is moved on. */
const MAX_PAST_NEWEST_SECONDS = 0.25
/** Averages over about 16 snapshots: half a second. */
const SMOOTHING = 1 / 16

/** Before this many round trips are measured the estimate is still moving, and the clock is set, not steered (as lightyear). */
const SYNC_ROUND_TRIPS = 3

class SteeredClock {
  /** Where it stands, in ticks. */
  at = 0
  private readAt: number | null = null

  /** The clock at `now`, moved on towards `target`, its tick by a perfect estimate. */
  advance(now: number, target: number, ticksPerMs: number, settled: boolean): number {
    this.at = this.next(now, target, ticksPerMs, settled)
    this.readAt = this.readAt === null ? now : Math.max(this.readAt, now)
    return this.at
  }

  private next(now: number, target: number, ticksPerMs: number, settled: boolean): number {
    if (this.readAt === null || !settled) return Math.max(this.at, target)
    const elapsed = Math.max(0, now - this.readAt) * ticksPerMs
    // The target moved on during the step as well, so the error is the one before it.
    const error = target - elapsed - this.at
    if (Math.abs(error) > JUMP_TICKS) return target
    return this.at + elapsed * (1 + Math.max(-MAX_STRETCH, Math.min(MAX_STRETCH, error * GAIN)))
  }
}

export class ClientClock {
  rttMs = 0
  /** Ticks from one packet of inputs to the next: the first of its inputs has waited for all but one of them. */
  inputTicks = 1
  private readonly ticksPerMs: number
  private readonly predicted = new SteeredClock()
  private readonly presented = new SteeredClock()
  /** Newest estimate of (snapshot's tick − its arrival time in ticks), and how far arrivals stray from it. */
  private offset: number | null = null
  private deviation = 0
  private interval = 2
  private newest = 0
  private samples = 0
  private roundTrips = 0

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
  }

  private get settled(): boolean {
    return this.roundTrips >= SYNC_ROUND_TRIPS
  }

  /** A snapshot newer than all before it has arrived. */
  snapshot(now: number, tick: number, intervalTicks: number): void {
    const offset = tick - now * this.ticksPerMs
    this.interval = intervalTicks
    this.newest = tick
    this.samples++
    if (this.offset === null || Math.abs(offset - this.offset) > JUMP_TICKS * 3) {
      this.offset = offset
      this.samples = 1
      return
    }
    const share = Math.max(SMOOTHING, 1 / this.samples)
    this.deviation += (Math.abs(offset - this.offset) - this.deviation) * share
    this.offset += (offset - this.offset) * share
  }

  /** A round trip was measured. */
  roundTrip(ms: number): void {
    this.roundTrips++
    this.rttMs += (ms - this.rttMs) * Math.max(1 / 12, 1 / this.roundTrips)
  }

  /** The tick to simulate up to, with its fraction: the host's own tick as it will be when an input of now arrives. */
  predictedTick(now: number): number {
    const waited = this.inputTicks - 1
    const lead = this.rttMs * this.ticksPerMs + LEAD_TICKS + waited + JITTER_FACTOR * this.deviation
    return this.predicted.advance(now, now * this.ticksPerMs + (this.offset ?? 0) + lead, this.ticksPerMs, this.settled)
  }

  /** The tick to draw others at, with its fraction. */
  presentationTick(now: number): number {
    const target = now * this.ticksPerMs + (this.offset ?? 0) - this.delayTicks
    const end = this.newest + MAX_PAST_NEWEST_SECONDS * this.ticksPerMs * 1000
    const { at: before } = this.presented
    const next = this.presented.advance(now, Math.min(target, end), this.ticksPerMs, this.settled)
    // After a stall the host goes on where it stood: the drawn world waits for it, because it never runs backwards.
    this.presented.at = Math.max(before, Math.min(next, end))
    return this.presented.at
  }

  get delayTicks(): number {
    return Math.min(MAX_DELAY_TICKS, 2 * this.interval + JITTER_FACTOR * this.deviation)
  }
}
