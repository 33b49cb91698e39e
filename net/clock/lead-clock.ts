/**
 * The tick that a client simulates up to: so far ahead of the host that its inputs arrive before their tick runs.
 *
 * The host measures how far that is. Each snapshot tells the shortest time that a recent input waited in the host's queue;
 * below zero it came too late. The client subtracts where its own clock stood as it gave that input. What remains depends on
 * the path alone, not on corrections under way, so the steering cannot swing (the ring of corrections in Unity's Netcode for
 * Entities has the same aim). The lead is chosen so that all but a small share of the last seconds' inputs come in time
 * (Photon Fusion steers by the same share).
 */
import { pathSamples, type RecentSamples } from './recent-samples.ts'
import { SteeredClock } from './steered-clock.ts'

/** The share of inputs that may come late, and the safety on top, in ticks. */
const LATE_SHARE = 0.005
const SAFETY_TICKS = 0.9
/** Jitter is what all but this share stay within. On top of it, one lost packet must not make its input late. */
const JITTER_SHARE = 0.05
const PACKET_TICKS = 1.47
/**
 * Bursts and stalls delay some inputs by more than a median one. The lead covers at most so much of that: a longer one would
 * make every input later to save a few.
 */
const MAX_WAIT_SECONDS = 0.135
/** At low tick rates the lead covers at least this: a lost input comes with the next packet, a tick later. */
const MIN_MAX_WAIT_TICKS = 2.5
/** The further away the host is, the less a longer wait matters: this share of the round trip comes on top. */
const MAX_WAIT_SHARE = 0.31
/** The path is measured over this time, ms. */
const WINDOW_MS = 8000
/** At low tick rates it is measured over more time, ticks: among fewer inputs, a loss of 2 % would show once, and count as chance. */
const MIN_WINDOW_TICKS = 240
/** The lead before the host's first report: a tick each for the client's and the host's loop, which run in whole ticks, and one spare. */
const FIRST_LEAD_TICKS = 3
const FIRST_REPORTS = 3
/** Nobody predicts further than this beyond the round trip. */
const MAX_LEAD_SECONDS = 1
/** So many ticks are remembered with their time: more than a second, beyond which nobody runs ahead. */
const RING = 256
/** Slowing down is never urgent. Hurrying is: until then, inputs come late. */
const STEERING = { slowest: 0.95, fastest: 1.1, hurryMs: 83, jumpMs: 167 }

export class LeadClock {
  private readonly ticksPerMs: number
  private readonly clock: SteeredClock
  private readonly needs: RecentSamples
  private readonly maxWaitTicks: number
  private rttTicks = 0
  /** Ring of the last inputs, by tick modulo RING: the tick, and (tick − now × ticksPerMs) when its input was given. */
  private readonly ticks = new Int32Array(RING).fill(-1)
  private readonly offsets = new Float64Array(RING)

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
    this.maxWaitTicks = Math.max(MIN_MAX_WAIT_TICKS, MAX_WAIT_SECONDS * tickRate)
    this.clock = new SteeredClock(this.ticksPerMs, STEERING)
    this.needs = pathSamples(tickRate, Math.max(WINDOW_MS, MIN_WINDOW_TICKS / this.ticksPerMs))
  }

  /** The input of `tick` was given and leaves at `now`. */
  gave(tick: number, now: number): void {
    this.ticks[tick % RING] = tick
    this.offsets[tick % RING] = tick - now * this.ticksPerMs
  }

  /** The host's report on the inputs of the last ticks up to `tick`: the shortest wait of them, in ticks. */
  waited(now: number, tick: number, waitTicks: number): void {
    // A late input belongs to an earlier tick. Compare with the clock as it stood when that input was given.
    const given = Math.round(tick + Math.min(0, Math.max(-RING, waitTicks)))
    if (given < 0 || this.ticks[given % RING] !== given) return
    this.needs.add(now, waitTicks - (this.offsets[given % RING] ?? 0))
  }

  /** The host's time was set forward by so many ticks: inputs wait so much less for their tick. */
  shift(ticks: number): void {
    this.needs.shift(-ticks)
  }

  /** The predicted tick at `now` while the host's time is not known: it goes on as time does, up to `end`. */
  coast(now: number, end: number): number {
    const most = Math.max(this.clock.tick, end)
    this.clock.tick = Math.min(this.clock.coast(now), most)
    return this.clock.tick
  }

  /** The predicted tick at `now`, with its fraction. `hostTick` is the newest that can have arrived by now. */
  tickAt(now: number, hostTick: number, rttTicks: number, settled: boolean): number {
    this.rttTicks = rttTicks
    // No path needs such a lead. The host's or this page's time was set, or the page slept. A client that is behind its
    // snapshots gives no inputs, so no report would ever correct it: measure anew.
    const lead = now * this.ticksPerMs + this.offset - hostTick
    if (lead < 0 || lead > rttTicks + MAX_LEAD_SECONDS * 1000 * this.ticksPerMs) this.needs.clear()
    const offset =
      this.needs.count >= FIRST_REPORTS ? this.offset : hostTick + rttTicks + FIRST_LEAD_TICKS - now * this.ticksPerMs
    return this.clock.advance(now, now * this.ticksPerMs + offset, settled)
  }

  /**
   * Predicted tick less time, both in ticks. It lets all but `LATE_SHARE` of the inputs come in time, but exceeds what the
   * median input needs by at most the longest wait.
   */
  private get offset(): number {
    const { needs } = this
    const enough = Math.max(SAFETY_TICKS - needs.low(LATE_SHARE), PACKET_TICKS - needs.low(JITTER_SHARE))
    return Math.min(enough, this.maxWaitTicks + MAX_WAIT_SHARE * this.rttTicks - needs.quantile(0.5))
  }
}
