/**
 * The tick that others are drawn at: so far behind the newest snapshot that the next one has nearly always come when it is
 * needed, and no further. This is adaptive playout, as in Mirror's `SnapshotInterpolation` and Netcode for Entities. The
 * delay follows the measured share of late snapshots rather than a deviation, because losses and stalls are no normal
 * distribution.
 */
import { pathSamples, type RecentSamples } from './recent-samples.ts'
import { SteeredClock } from './steered-clock.ts'

/** The share of snapshots that may come too late to be drawn towards. Until they come, entities are extrapolated. */
const LATE_SHARE = 0.005
/**
 * The share of time that may be extrapolated. A burst that loses ten snapshots counts as one late snapshot with a gap that is ten
 * times as long. Counting late snapshots would overlook it, so late time is limited, too: a tenth of a second in twenty.
 */
const LATE_TIME_SHARE = 0.005
/** The path is measured over this time, ms. Bursts are rare: a shorter window would hold two of them at one time and ten at another. */
const WINDOW_MS = 20_000
/** So much extrapolation adds no delay, ms: in that time nothing strays far. */
const GUESSED_MS = 21.7
/** The delay covers late snapshots by at most so much more than usual ones. A longer gap costs less than such a delay all the time. */
const MAX_WAIT_SECONDS = 0.12
/** The further away the host is, the less a longer delay matters: this share of the round trip comes on top. */
const MAX_WAIT_SHARE = 0.65
/**
 * Without snapshots the drawn time goes on for so long after the newest, though entities stop sooner. A host that stood still
 * catches up by a second (MAX_HOST_CATCH_UP_SECONDS). If the drawn time went on meanwhile, it is as far behind the host then as
 * it was before.
 */
const MAX_PAST_NEWEST_SECONDS = 0.9
/** The delay before anything is measured, ms. */
const FIRST_WAIT_MS = 33
const FIRST_SNAPSHOTS = 4
/** Snapshots that come within so much time of each other, ms, were held back together by an outage. */
const AT_ONCE_MS = 2
/** After so long without a snapshot, what was drawn meanwhile was wrong anyway: the drawn time is set, not steered. */
const RESUMED_MS = 1500
/** A smaller error is steered, not set: players see a leap of a few ticks. */
const SET_SECONDS = 0.2
/** Nobody sees a world that runs 4 % faster or slower; a jump everybody does. */
const STEERING = { slowest: 0.96, fastest: 1.04, hurryMs: 200, jumpMs: 750 }

/**
 * Another host's snapshots come later by a tick or two, and until the drawn time has gone back as much, what turns is guessed wrong. For so
 * long after a change of host, ms, it may run slower than usual: by a tenth, as a change of host is allowed to.
 */
const REBASED_MS = 500
const REBASED_SLOWEST = 0.9

export class PresentationClock {
  private readonly ticksPerMs: number
  private readonly clock: SteeredClock
  private readonly lateness: RecentSamples
  private readonly maxWaitTicks: number
  private readonly pastNewestTicks: number
  private readonly setTicks: number
  private newest: number | null = null
  private newestAt = 0
  private interval = 2
  private rttTicks = 0
  /** Snapshots come again after an outage: the drawn time is set, not steered. */
  private resumed = false
  private rebased = false
  /** When the first snapshot of another host came. */
  private rebasedAt = Number.NEGATIVE_INFINITY

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
    this.maxWaitTicks = MAX_WAIT_SECONDS * tickRate
    this.setTicks = SET_SECONDS * tickRate
    this.pastNewestTicks = MAX_PAST_NEWEST_SECONDS * tickRate
    this.clock = new SteeredClock(this.ticksPerMs, STEERING)
    this.lateness = pathSamples(tickRate, WINDOW_MS)
  }

  /** A snapshot newer than all before it has come; the next is to follow after `intervalTicks`. */
  snapshot(now: number, tick: number, intervalTicks: number): void {
    // Lateness: how far the drawn tick may be without extrapolating until this snapshot came. Of snapshots that come together
    // only the first was waited for.
    if (this.newest !== null && now - this.newestAt > AT_ONCE_MS && !this.rebased)
      this.lateness.add(now, this.newest + this.interval - now * this.ticksPerMs)
    if (this.newest !== null && now - this.newestAt > RESUMED_MS) this.resumed = true
    if (this.rebased) this.rebasedAt = now
    this.rebased = false
    this.newest = tick
    this.newestAt = now
    this.interval = intervalTicks
  }

  /** Another host goes on: that nothing came meanwhile says nothing of its path. */
  rebase(): void {
    this.rebased = true
  }

  /** The host's time was set forward by so many ticks. */
  shift(ticks: number): void {
    this.lateness.shift(ticks)
  }

  /**
   * The tick to draw others at, with its fraction; the host is `rttTicks` away. It never runs backwards. While the host's
   * time is not known (`hostTimeUnknown`) it goes on as time does.
   */
  tickAt(now: number, rttTicks: number, settled: boolean, hostTimeUnknown = false): number {
    this.rttTicks = rttTicks
    if (this.newest === null) return this.clock.tick
    const before = this.clock.tick
    const target = now * this.ticksPerMs + this.offset
    const end = this.newest + this.pastNewestTicks
    if (hostTimeUnknown) {
      this.clock.tick = Math.max(before, Math.min(this.clock.coast(now), end))
      return this.clock.tick
    }
    const anew = this.resumed && Math.abs(target - before) > this.setTicks
    const slowest = now - this.rebasedAt < REBASED_MS ? REBASED_SLOWEST : STEERING.slowest
    const next = this.clock.advance(now, Math.min(target, end), settled && !anew, slowest)
    // After a stall the host goes on where it stood, so the drawn world waits for it.
    if (!anew || (target <= end && target >= before)) this.resumed = false
    this.clock.tick = Math.max(before, Math.min(next, end))
    return this.clock.tick
  }

  /** Drawn tick − time, both in ticks: behind the newest snapshot by its interval and by what late ones need. */
  private get offset(): number {
    const { lateness, interval } = this
    if (lateness.count < FIRST_SNAPSHOTS)
      return (this.newest ?? 0) - this.newestAt * this.ticksPerMs - interval - FIRST_WAIT_MS * this.ticksPerMs
    const enough = Math.min(
      lateness.low(LATE_SHARE),
      lateness.shortBy(LATE_TIME_SHARE * lateness.spanMs * this.ticksPerMs),
    )
    return (
      Math.max(
        enough + GUESSED_MS * this.ticksPerMs,
        lateness.usual - this.maxWaitTicks - MAX_WAIT_SHARE * this.rttTicks,
      ) - interval
    )
  }

  /** The interpolation delay, ticks: how far the drawn tick is behind the newest snapshot when that arrives. 0 before the first. */
  get delayTicks(): number {
    const { newest, lateness } = this
    if (newest === null) return 0
    const usual = lateness.count > 0 ? lateness.usual : newest - this.newestAt * this.ticksPerMs
    return usual - this.offset
  }
}
