/**
 * The tick that a client simulates up to: so far ahead of the host that its inputs arrive before their tick runs.
 *
 * How far that is, the host measures: each snapshot tells the shortest time that an input of late had to wait in the
 * host's queue (below zero, it came too late). From it the client takes what its own clock stood at when it gave that
 * input; what remains is the line's, whatever corrections were under way, so that the steering cannot swing (the aim of
 * the ring of corrections in Unity's Netcode for Entities). The lead is then what makes all but a small share of the
 * last seconds' inputs come in time (Photon Fusion steers by the same share).
 */
import { lineSamples, type RecentSamples } from './recent-samples.ts'
import { SteeredClock } from './steered-clock.ts'

/** The share of inputs that may come late, and the ticks of safety on top. */
const LATE_SHARE = 0.005
const SAFETY_TICKS = 0.9
/** The usual jitter is that of all but this share; on top of it one lost packet must not make its input late. */
const JITTER_SHARE = 0.05
const PACKET_TICKS = 1.47
/**
 * The longest wait, beyond the usual, for inputs that bursts and stalls hold back: above it, everything being late is
 * worse than some inputs being later.
 */
const MOST_WAIT_SECONDS = 0.135
/** Nor is it less than this, at low tick rates: an input that is lost comes with the next packet, a tick later. */
const LEAST_MOST_WAIT_TICKS = 2.5
/** The further away the host is, the less a longer wait changes: this share of the round trip on top. */
const MOST_WAIT_SHARE = 0.31
/** How the line behaves is seen over this time, ms. */
const WINDOW_MS = 8000
/** At low tick rates longer, ticks: among fewer inputs a loss of one in fifty is not seen twice, and so taken for chance. */
const LEAST_WINDOW_TICKS = 240
/** Before the host has told anything: one tick for each loop, since both run in whole ticks, and one to spare. */
const FIRST_LEAD_TICKS = 3
const FIRST_REPORTS = 3
/** Beyond the round trip; nobody predicts further. */
const MOST_LEAD_SECONDS = 1
/** Ticks whose time is kept: more than a second, beyond which nobody runs ahead. */
const RING = 256
/** Slower is never urgent; faster is, for until then inputs come late. */
const STEERING = { slowest: 0.95, fastest: 1.1, hurryMs: 83, jumpMs: 167 }

export class LeadClock {
  private readonly ticksPerMs: number
  private readonly clock: SteeredClock
  private readonly needs: RecentSamples
  private readonly mostWaitTicks: number
  private rttTicks = 0
  /** For each of the last ticks, which it is and the clock's offset (tick − time in ticks) as it was simulated. */
  private readonly ticks = new Int32Array(RING).fill(-1)
  private readonly offsets = new Float64Array(RING)

  constructor(tickRate: number) {
    this.ticksPerMs = tickRate / 1000
    this.mostWaitTicks = Math.max(LEAST_MOST_WAIT_TICKS, MOST_WAIT_SECONDS * tickRate)
    this.clock = new SteeredClock(this.ticksPerMs, STEERING)
    this.needs = lineSamples(tickRate, Math.max(WINDOW_MS, LEAST_WINDOW_TICKS / this.ticksPerMs))
  }

  /** The input of `tick` was given and leaves at `now`. */
  gave(tick: number, now: number): void {
    this.ticks[tick % RING] = tick
    this.offsets[tick % RING] = tick - now * this.ticksPerMs
  }

  /** The host's report on the inputs of the last ticks up to `tick`: the shortest wait of them, in ticks. */
  waited(now: number, tick: number, waitTicks: number): void {
    // What came too late was for a tick so much earlier, and the clock may have been led elsewhere since.
    const given = Math.round(tick + Math.min(0, Math.max(-RING, waitTicks)))
    if (given < 0 || this.ticks[given % RING] !== given) return
    this.needs.add(now, waitTicks - (this.offsets[given % RING] ?? 0))
  }

  /** The host's time was set by so much: what was given for a tick then waits longer for it by as much less. */
  shift(ticks: number): void {
    this.needs.shift(-ticks)
  }

  /** The predicted tick at `now` while nobody knows the host's time: it goes on as time does, up to `end`. */
  coast(now: number, end: number): number {
    const most = Math.max(this.clock.at, end)
    this.clock.at = Math.min(this.clock.coast(now), most)
    return this.clock.at
  }

  /** The predicted tick at `now`, with its fraction. `hostTick` is the host's own, as far as is known, `rttTicks` away. */
  at(now: number, hostTick: number, rttTicks: number, settled: boolean): number {
    this.rttTicks = rttTicks
    // No line needs such a lead: the host's time or this page's was set, or stood still in a sleep. And a client behind
    // its snapshots gives no inputs, so that no report would ever tell.
    const lead = now * this.ticksPerMs + this.offset - hostTick
    if (lead < 0 || lead > rttTicks + MOST_LEAD_SECONDS * 1000 * this.ticksPerMs) this.needs.clear()
    const offset =
      this.needs.count >= FIRST_REPORTS ? this.offset : hostTick + rttTicks + FIRST_LEAD_TICKS - now * this.ticksPerMs
    return this.clock.advance(now, now * this.ticksPerMs + offset, settled)
  }

  private get offset(): number {
    const { needs } = this
    const enough = Math.max(SAFETY_TICKS - needs.low(LATE_SHARE), PACKET_TICKS - needs.low(JITTER_SHARE))
    return Math.min(enough, this.mostWaitTicks + MOST_WAIT_SHARE * this.rttTicks - needs.quantile(0.5))
  }
}
