/**
 * A client's two clocks, never mixed: the *predicted* tick runs ahead of the host, the *presentation* tick behind it.
 * Both are steered by a few percent, more when they are far off, and set only when no steering would do.
 */
import { LeadClock } from './lead-clock.ts'
import { PresentationClock } from './presentation-clock.ts'

/** Averages over about 16 snapshots: half a second. */
const SMOOTHING = 1 / 16
/** Before this many round trips are measured the estimate is still moving, and the clock is set, not steered (as lightyear). */
const SYNC_ROUND_TRIPS = 3
/** The host's time has jumped by more than any line could hold a snapshot back, or bring it earlier: a new start. */
const JUMP_TICKS = 30
const EARLY_TICKS = 5

export class ClientClock {
  rttMs = 0
  /** How far the predicted tick, when it was last asked for, was ahead of the host's at that time, ticks. */
  leadTicks = 0
  /** How far the presentation tick, when it was last asked for, was behind the host's at that time, ticks. */
  behindTicks = 0
  private readonly ticksPerMs: number
  private readonly lead: LeadClock
  private readonly presentation: PresentationClock
  /** Newest estimate of (snapshot's tick − its arrival time in ticks). */
  private offset: number | null = null
  private samples = 0
  private roundTrips = 0

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
    this.lead = new LeadClock(tickRate)
    this.presentation = new PresentationClock(tickRate)
  }

  private get settled(): boolean {
    return this.roundTrips >= SYNC_ROUND_TRIPS
  }

  /** A snapshot newer than all before it has arrived. */
  snapshot(now: number, tick: number, intervalTicks: number): void {
    this.presentation.snapshot(now, tick, intervalTicks)
    const offset = tick - now * this.ticksPerMs
    this.samples++
    if (this.offset === null || offset < this.offset - JUMP_TICKS || offset > this.offset + EARLY_TICKS) {
      this.offset = offset
      this.samples = 1
      return
    }
    this.offset += (offset - this.offset) * Math.max(SMOOTHING, 1 / this.samples)
  }

  /** A round trip was measured. */
  roundTrip(ms: number): void {
    this.roundTrips++
    this.rttMs += (ms - this.rttMs) * Math.max(1 / 12, 1 / this.roundTrips)
  }

  /** The input of `tick` was given at `now` and leaves at once. */
  gave(tick: number, now: number): void {
    this.lead.gave(tick, now)
  }

  /** A snapshot of `tick` tells how long the inputs of the last ticks had to wait at the host, at the least. */
  waited(now: number, tick: number, waitTicks: number): void {
    this.lead.waited(now, tick, waitTicks)
  }

  /** The tick to simulate up to, with its fraction. */
  predictedTick(now: number): number {
    // A page may draw before anything has come; its own time is not the host's.
    if (this.offset === null) return 0
    const hostTick = now * this.ticksPerMs + this.offset
    const rttTicks = this.rttMs * this.ticksPerMs
    const predicted = this.lead.at(now, hostTick, rttTicks, this.settled)
    // What has come by now left half a round trip ago.
    this.leadTicks = predicted - hostTick - rttTicks / 2
    return predicted
  }

  /** The tick to draw others at, with its fraction. */
  presentationTick(now: number): number {
    const rttTicks = this.rttMs * this.ticksPerMs
    const presented = this.presentation.at(now, rttTicks, this.settled)
    if (this.offset !== null) this.behindTicks = now * this.ticksPerMs + this.offset + rttTicks / 2 - presented
    return presented
  }

  /** How far behind the newest snapshot, as it comes, others are to be drawn, in ticks. */
  get delayTicks(): number {
    return this.presentation.delayTicks
  }
}
