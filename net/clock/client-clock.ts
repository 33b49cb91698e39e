/**
 * A client's two clocks, never mixed: the *predicted* tick runs ahead of the host, the *presentation* tick behind it.
 * Both are steered by a few percent, more when they are far off, and set only when no steering would do.
 */
import { LeadClock } from './lead-clock.ts'
import { PresentationClock } from './presentation-clock.ts'
import { RoundTrip } from './round-trip.ts'

/** A client that hears no snapshot for this long stops running ahead of it; a host catches up by as much. */
export const MAX_PREDICTION_SECONDS = 1
/** Averages over about 16 snapshots: half a second. */
const SMOOTHING = 1 / 16
/** Before this many round trips are measured the estimate is still moving, and the clock is set, not steered (as lightyear). */
const SYNC_ROUND_TRIPS = 3
/**
 * Nothing heard for so long, ms: the line is cut, or the host stands still. A host that stood still for more than it
 * catches up has set its time back, and nothing but the next snapshots can tell.
 */
const SILENCE_MS = 600
/** The first snapshot after it is of a tick that is that near to what the host catches up by, ms: some are lost. */
const CAUGHT_UP_MS = 150
/** Snapshots come that much late without any such reason, ms. */
const USUAL_MS = 40
/** One snapshot may be late by itself; those of so long, ms, are not all. */
const SEARCH_MS = 15
/** What an outage has held back comes first, and it may seem for so long, ms, that the host's time was set. */
const DOUBT_MS = 500
/** The host's time has jumped by more than any line could hold a snapshot back, or bring it earlier: a new start. */
const JUMP_MS = 500
const EARLY_MS = 83

/** For the host's time, after a silence. */
interface Search {
  readonly since: number
  /** The offset before. */
  readonly usual: number
  best: number
  /** By how much the host's time was taken to be set, ticks. */
  shifted: number
  found: boolean
}

export class ClientClock {
  /** How far the predicted tick, when it was last asked for, was ahead of the host's at that time, ticks. */
  leadTicks = 0
  /** How far the presentation tick, when it was last asked for, was behind the host's at that time, ticks. */
  behindTicks = 0
  private readonly ticksPerMs: number
  private readonly mostAheadTicks: number
  private readonly lead: LeadClock
  private readonly presentation: PresentationClock
  /** Newest estimate of (snapshot's tick − its arrival time in ticks). */
  private offset: number | null = null
  private samples = 0
  private readonly roundTrip = new RoundTrip()
  private heardAt: number | null = null
  private newest = 0
  private search: Search | null = null
  /** Another host goes on, and its time is not known yet. */
  private rebased = false

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
    this.mostAheadTicks = Math.round(MAX_PREDICTION_SECONDS * tickRate)
    this.lead = new LeadClock(tickRate)
    this.presentation = new PresentationClock(tickRate)
  }

  private get settled(): boolean {
    return this.roundTrip.count >= SYNC_ROUND_TRIPS
  }

  /** A snapshot newer than all before it has arrived. */
  snapshot(now: number, tick: number, intervalTicks: number): void {
    const offset = tick - now * this.ticksPerMs
    this.find(now, tick, offset)
    this.newest = tick
    this.presentation.snapshot(now, tick, intervalTicks)
    this.samples++
    const [early, late] = [EARLY_MS * this.ticksPerMs, JUMP_MS * this.ticksPerMs]
    if (this.offset === null || offset < this.offset - late || offset > this.offset + Math.max(1, early)) {
      this.offset = offset
      this.samples = 1
      return
    }
    this.offset += (offset - this.offset) * Math.max(SMOOTHING, 1 / this.samples)
  }

  /** After a silence: whether the host's time is what it was, from the earliest of the snapshots that come now. */
  private find(now: number, tick: number, offset: number): void {
    const silentMs = now - (this.heardAt ?? now)
    this.heardAt = now
    // A host that skipped time has caught up by just so much; what a cut line held back is of any tick.
    const beyond = tick - this.newest - this.mostAheadTicks
    const skipped = Math.abs(beyond) <= CAUGHT_UP_MS * this.ticksPerMs
    if ((this.rebased || (silentMs > SILENCE_MS && skipped)) && this.offset !== null && this.settled)
      this.search = { since: now, usual: this.offset, best: Number.NEGATIVE_INFINITY, shifted: 0, found: false }
    this.rebased = false
    const { search } = this
    if (!search) return
    search.best = Math.max(search.best, offset)
    const late = search.usual - search.best
    if (late < USUAL_MS * this.ticksPerMs) this.shift(search, 0)
    else if (now - search.since >= SEARCH_MS) this.shift(search, -late)
    if (late < USUAL_MS * this.ticksPerMs || now - search.since > DOUBT_MS) this.search = null
  }

  /** The host's time was set by `ticks`, in all, since the silence. */
  private shift(search: Search, ticks: number): void {
    const by = ticks - search.shifted
    search.shifted = ticks
    search.found = true
    if (by === 0) return
    this.lead.shift(by)
    this.presentation.shift(by)
    this.offset = (this.offset ?? 0) + by
  }

  /** Another host goes on. Ticks run on, but its time may be set: the next snapshots tell by how much. */
  rebase(): void {
    this.rebased = true
  }

  /** Whether the host's time is looked for, and not found yet. */
  private get lost(): boolean {
    return this.search !== null && !this.search.found
  }

  /** A round trip was measured. */
  measuredRoundTrip(ms: number): void {
    this.roundTrip.measured(ms)
  }

  /** The round trip, ms; 0 before it is measured. */
  get rttMs(): number {
    return this.roundTrip.ms
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
    // In a silence, too, nobody runs further ahead of what is known than the host will catch up.
    const predicted =
      this.lost || now - (this.heardAt ?? now) > SILENCE_MS
        ? this.lead.coast(now, this.newest + this.mostAheadTicks)
        : this.lead.at(now, hostTick, rttTicks, this.settled)
    // What has come by now left half a round trip ago.
    this.leadTicks = predicted - hostTick - rttTicks / 2
    return predicted
  }

  /** The tick to draw others at, with its fraction. */
  presentationTick(now: number): number {
    const rttTicks = this.rttMs * this.ticksPerMs
    const presented = this.presentation.at(now, rttTicks, this.settled, this.lost)
    if (this.offset !== null) this.behindTicks = now * this.ticksPerMs + this.offset + rttTicks / 2 - presented
    return presented
  }

  /** How far behind the newest snapshot, as it comes, others are to be drawn, in ticks. */
  get delayTicks(): number {
    return this.presentation.delayTicks
  }
}
