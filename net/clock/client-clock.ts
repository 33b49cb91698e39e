/**
 * A client's two clocks. The *predicted* tick runs ahead of the host: it is what this client simulates. The *presentation*
 * tick runs behind the host: it is what others are drawn at. Both are steered by a few percent, more when they are far off,
 * and set at once only when steering would take seconds.
 *
 * In go the arrival of each snapshot, each measured round trip, and what the host says of this client's inputs. Out come the
 * two ticks at any time. The host's time may be set while this client hears nothing: `find` looks for it then.
 */
import { LeadClock } from './lead-clock.ts'
import { PresentationClock } from './presentation-clock.ts'
import { RoundTrip } from './round-trip.ts'

/** A client that hears no snapshot for this long stops running ahead of it; a host catches up by as much. */
export const MAX_PREDICTION_SECONDS = 1
/** The host's time is averaged over about 16 snapshots: half a second. */
const SMOOTHING = 1 / 16
/** Until this many round trips are measured, the estimate still moves: the clock is set, not steered (as lightyear does). */
const SYNC_ROUND_TRIPS = 3
/**
 * After so long without a snapshot there is an outage, ms: the path is cut, or the host stands still. A host that stood
 * still for longer than it catches up has set its time back, and only the next snapshots can tell.
 */
const OUTAGE_MS = 600
/**
 * A host that stood still for long runs MAX_PREDICTION_SECONDS of ticks and skips the rest. So its first snapshot after that is
 * ahead of the newest one by about so many ticks; it may differ by this, ms, because snapshots are lost.
 */
const CAUGHT_UP_MS = 150
/** A snapshot may be so late by jitter alone, ms. */
const JITTER_MS = 40
/** The search decides after so long, ms: of the snapshots that come within it, one is not late by jitter. */
const SEARCH_MS = 15
/** The search ends after so long, ms. Packets that an outage held back come first, and look like a host whose time was set. */
const DOUBT_MS = 500
/** No path delays a snapshot by so much, ms, or brings it so much earlier: the host's time has jumped. */
const JUMP_MS = 500
const EARLY_MS = 83

/** Looks for the host's time, after an outage or a change of host. An offset is a snapshot's tick less its arrival, in ticks. */
interface Search {
  readonly since: number
  /** Another host has told its time: what is looked for is how long its path is. */
  readonly rebased: boolean
  /** The offset before. */
  readonly usual: number
  /** The largest offset since: of the snapshot that came fastest. */
  best: number
  /** The shift that the search has applied so far, ticks. */
  shifted: number
  found: boolean
}

export class ClientClock {
  /** How far the predicted tick was ahead of the host's tick when it was last asked for, ticks. */
  leadTicks = 0
  /** How far the presentation tick was behind the host's tick when it was last asked for, ticks. */
  behindTicks = 0
  private readonly ticksPerMs: number
  private readonly maxAheadTicks: number
  private readonly lead: LeadClock
  private readonly presentation: PresentationClock
  /** The average of each snapshot's tick less its arrival time in ticks; null before the first. */
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
    this.maxAheadTicks = Math.round(MAX_PREDICTION_SECONDS * tickRate)
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

  /** After an outage, finds out by the fastest of the next snapshots whether the host's time was set meanwhile. */
  private find(now: number, tick: number, offset: number): void {
    const outageMs = now - (this.heardAt ?? now)
    this.heardAt = now
    // A host that skipped time is ahead by the most that it catches up. Packets that an outage held back may be of any tick.
    const beyond = tick - this.newest - this.maxAheadTicks
    const skipped = Math.abs(beyond) <= CAUGHT_UP_MS * this.ticksPerMs
    const { rebased } = this
    this.rebased = false
    if ((rebased || (outageMs > OUTAGE_MS && skipped)) && this.offset !== null && this.settled)
      this.search = {
        since: now,
        rebased,
        usual: this.offset,
        best: Number.NEGATIVE_INFINITY,
        shifted: 0,
        found: false,
      }
    const { search } = this
    if (!search) return
    search.best = Math.max(search.best, offset)
    if (search.rebased) {
      if (now - search.since >= SEARCH_MS) this.changePath(search.best - search.usual)
      return
    }
    const late = search.usual - search.best
    if (late < JITTER_MS * this.ticksPerMs) this.shift(search, 0)
    else if (now - search.since >= SEARCH_MS) this.shift(search, -late)
    if (late < JITTER_MS * this.ticksPerMs || now - search.since > DOUBT_MS) this.search = null
  }

  /**
   * The snapshots of another host come `ticks` earlier than the old one's did; below 0, later. Its time is known (`rebase`), so its
   * path is another one. Inputs are taken to have as much of the difference as snapshots.
   */
  private changePath(ticks: number): void {
    this.search = null
    if (Math.abs(ticks) < JITTER_MS * this.ticksPerMs) return
    // No path is so much longer: the host has skipped more time than it told.
    const isSet = ticks < -JUMP_MS * this.ticksPerMs
    this.lead.shift(isSet ? ticks : -ticks)
    // What comes earlier can wait: the drawn world catches up slowly by itself.
    if (ticks < 0) this.presentation.shift(ticks)
    if (!isSet) this.roundTrip.changed((-2 * ticks) / this.ticksPerMs)
    this.offset = (this.offset ?? 0) + ticks
  }

  /** The host's time was set by `ticks`, in all, since the search began. */
  private shift(search: Search, ticks: number): void {
    const by = ticks - search.shifted
    search.shifted = ticks
    search.found = true
    if (by === 0) return
    this.lead.shift(by)
    this.presentation.shift(by)
    this.offset = (this.offset ?? 0) + by
  }

  /**
   * Another host goes on, whose time is set by `ticks` (below 0: it skipped some). Its path is another one, too: the next snapshots
   * tell.
   */
  rebase(now: number, ticks: number): void {
    this.rebased = true
    this.presentation.rebase()
    if (this.offset === null) return
    this.lead.shift(ticks)
    this.presentation.shift(ticks)
    this.offset += ticks
    // The outage is over: a client that stood still, as far ahead as it may be, goes on before the first snapshot comes.
    this.heardAt = now
    this.newest = Math.max(this.newest, Math.floor(this.hostTickAt(now)))
  }

  /** Whether the host's time is not known: the search has found nothing yet. */
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

  /** The host's time at `now`, in ticks: as it is there, half a round trip after what is heard here. 0 before the first snapshot. */
  hostTickAt(now: number): number {
    return this.offset === null ? 0 : (now + this.rttMs / 2) * this.ticksPerMs + this.offset
  }

  /** The tick to simulate up to, with its fraction. */
  predictedTick(now: number): number {
    // A page may draw before anything has come; its own time is not the host's.
    if (this.offset === null) return 0
    const hostTick = now * this.ticksPerMs + this.offset
    const rttTicks = this.rttMs * this.ticksPerMs
    // In an outage, too, no client runs further ahead of the newest snapshot than the host can catch up.
    const predicted =
      this.lost || now - (this.heardAt ?? now) > OUTAGE_MS
        ? this.lead.coast(now, this.newest + this.maxAheadTicks)
        : this.lead.tickAt(now, hostTick, rttTicks, this.settled)
    // What arrives now left the host half a round trip ago.
    this.leadTicks = predicted - hostTick - rttTicks / 2
    return predicted
  }

  /** The tick to draw others at, with its fraction. */
  presentationTick(now: number): number {
    const rttTicks = this.rttMs * this.ticksPerMs
    const presented = this.presentation.tickAt(now, rttTicks, this.settled, this.lost)
    if (this.offset !== null) this.behindTicks = now * this.ticksPerMs + this.offset + rttTicks / 2 - presented
    return presented
  }

  /** How far others are to be drawn behind a snapshot as it arrives, in ticks. */
  get delayTicks(): number {
    return this.presentation.delayTicks
  }
}
