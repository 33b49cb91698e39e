/**
 * Checks the tick that a player claims to have seen others at. The host measures the path itself: it knows when it sent each
 * snapshot and when the ack came back. An honest client draws others behind its newest snapshot only as far as its snapshots
 * come unevenly, and its drawn time runs about as fast as real time. A claim beyond that is moved to the nearest tick that is
 * possible (Source ignores a claimed tick that contradicts the measured latency).
 *
 * What it cannot detect: a client that acknowledges late. To the host that looks like a long or uneven path, and its claims
 * are believed as those of such a path are, never further back than the rewind cap.
 */
import { sequenceDistance } from '../wire/sequence.ts'

/** No client draws others further ahead of the newest snapshot. */
const MAX_AHEAD_SECONDS = 0.25
/** However uneven the path, presentation waits no longer: 0.12 s and 0.65 of the round trip (presentation-clock.ts). */
const MAX_WAIT_SECONDS = 0.12
const MAX_WAIT_SHARE = 0.65
/** Allowed on top of what was measured, for the jitter that only the client sees. */
const ALLOWANCE_SECONDS = 0.025
/** The path is measured over this time: longer than a client's own window (20 s), and than its slow corrections take. */
const WINDOW_SECONDS = 30
/** Before so many acks, and a second of them, the longest wait is allowed: the path is not known yet. */
const FIRST_ACKS = 60
const FIRST_SECONDS = 1
/** Drawn time runs at 0.9 to 1.19 of real time. A claim that differs from real time by more than this share is a jump. */
const RATE_SHARE = 0.2
/** For a moment, frames, steered clocks and catching up may add so much. */
const RATE_SLACK_SECONDS = 0.05
/** Without a newer ack for so much longer than usual there is an outage. Drawn time stands still in it, and is set after it. */
const OUTAGE_SECONDS = 0.25
const KEPT = 256
/**
 * A host that goes on after a tick C knows what players saw of the host before: at most so long before C, as an heir keeps it, and at most
 * `MAX_AHEAD_SECONDS` after C.
 */
const SEEN_BEFORE_SECONDS = 0.4
/** They have seen nothing else until its first snapshot is acked: after the second that they predict on alone, and a round trip. */
const FIRST_CLAIMS_SECONDS = 2

/** What one packet of inputs says. */
export interface Claim {
  /** The newest snapshot that the client has, by its packet; null for none. */
  readonly acked: number | null
  /** The tick, with its fraction, that the player saw others at. */
  readonly claimed: number
  /** The tick of the packet's newest input. */
  readonly tick: number
  /** The host's time in ticks as the packet came. */
  readonly hostTime: number
  /** Whether the host stood still: packets have waited for it, and measure nothing. */
  readonly stalled: boolean
}

/** How old the newest acked snapshot was when packets arrived, in ticks: the lowest and the highest age in a second. */
interface Ages {
  readonly second: number
  least: number
  most: number
}

/** The last claim that was believed. */
interface Believed {
  readonly tick: number
  readonly hostTime: number
  readonly seen: number
}

export class RewindCheck {
  /** How many claims were moved to a tick that is possible. */
  movedClaims = 0
  private readonly tickRate: number
  /** The host goes on with another host's match after this tick; null: the match is its own. */
  private readonly wentOnAfter: number | null
  private readonly sequences = new Int32Array(KEPT).fill(-1)
  private readonly ticks = new Float64Array(KEPT)
  private newestSent: number | null = null
  private newestAcked: number | null = null
  private intervalTicks = 0
  private acks = 0
  private ages: Ages[] = []
  private last: Believed | null = null
  /** By how much claims may still run ahead of real time or behind it, ticks. Each that does uses some of it up. */
  private slack: number

  /** `wentOnAfter`: the host goes on after this tick with a match that the client has seen of another host. Default null: it does not. */
  constructor(tickRate: number, wentOnAfter: number | null = null) {
    this.tickRate = tickRate
    this.wentOnAfter = wentOnAfter
    this.slack = RATE_SLACK_SECONDS * tickRate
  }

  /** The packet of this number is a snapshot of `tick`; the next is to follow after `intervalTicks`. */
  sent(sequence: number, tick: number, intervalTicks: number): void {
    this.sequences[sequence % KEPT] = sequence
    this.ticks[sequence % KEPT] = tick
    this.newestSent = sequence
    this.intervalTicks = intervalTicks
  }

  /**
   * The tick to believe: the claimed one, or the nearest that is possible. A client that has received nothing, or names a
   * packet that was never sent, sees the present: `Infinity`. For a moment after a change of host it still sees what the host before told.
   */
  believe(claim: Claim): number {
    const { acked, claimed, hostTime, stalled } = claim
    if (acked === null || !this.wasSent(acked)) return this.ofHostBefore(claim)
    // A client that acknowledges an older packet than before still has the newer one.
    if (this.newestAcked === null || sequenceDistance(acked, this.newestAcked) > 0) this.newestAcked = acked
    const newest = this.ticks[this.newestAcked % KEPT] ?? 0
    const age = hostTime - newest
    if (!stalled) this.note(hostTime, age)
    const { least, most } = this.path
    const outage = stalled || age > Math.min(most, least + this.maxWait(least)) + OUTAGE_SECONDS * this.tickRate
    const paced = outage ? claimed : this.paced(claim)
    const wait =
      this.acks < Math.max(FIRST_ACKS, FIRST_SECONDS * this.tickRate)
        ? this.maxWait(least)
        : Math.min(most - least, this.maxWait(least))
    const behind = newest - wait - ALLOWANCE_SECONDS * this.tickRate
    const believed = Math.max(behind, Math.min(newest + MAX_AHEAD_SECONDS * this.tickRate, paced))
    if (believed !== claimed) this.movedClaims++
    this.keep(claim, believed, outage)
    return believed
  }

  /** What a client that has no snapshot of this host may have seen. */
  private ofHostBefore({ claimed, hostTime }: Claim): number {
    const after = this.wentOnAfter
    const { tickRate } = this
    const mayBe = after !== null && this.newestAcked === null
    if (!mayBe || hostTime > after + FIRST_CLAIMS_SECONDS * tickRate) return Number.POSITIVE_INFINITY
    const earliest = after - SEEN_BEFORE_SECONDS * tickRate
    const believed = Math.max(earliest, Math.min(after + MAX_AHEAD_SECONDS * tickRate, claimed))
    if (believed !== claimed) this.movedClaims++
    return believed
  }

  private wasSent(sequence: number): boolean {
    return (
      this.newestSent !== null &&
      this.sequences[sequence % KEPT] === sequence &&
      sequenceDistance(sequence, this.newestSent) <= 0
    )
  }

  private note(hostTime: number, age: number): void {
    this.acks++
    const second = Math.floor(hostTime / this.tickRate)
    const newest = this.ages[this.ages.length - 1]
    if (newest?.second === second) {
      newest.least = Math.min(newest.least, age)
      newest.most = Math.max(newest.most, age)
      return
    }
    this.ages.push({ second, least: age, most: age })
    while ((this.ages[0]?.second ?? second) <= second - WINDOW_SECONDS) this.ages.shift()
  }

  /** The path as the acks show it: the shortest and the longest round trip of the window, in ticks. */
  private get path(): { readonly least: number; readonly most: number } {
    let [least, most] = [Number.POSITIVE_INFINITY, 0]
    for (const ages of this.ages) {
      least = Math.min(least, ages.least)
      most = Math.max(most, ages.most)
    }
    return this.ages.length === 0 ? { least: 0, most: 0 } : { least, most }
  }

  private maxWait(tripTicks: number): number {
    return MAX_WAIT_SECONDS * this.tickRate + MAX_WAIT_SHARE * tripTicks + this.intervalTicks
  }

  /** The claim, kept to the time that passed since the last one that was believed. */
  private paced(claim: Claim): number {
    const last = this.last
    if (last === null) return claim.claimed
    const { least, most, ticks } = passed(last, claim)
    const slack = this.slackAfter(ticks)
    return Math.max(last.seen + least - slack, Math.min(last.seen + most + slack, claim.claimed))
  }

  private slackAfter(ticks: number): number {
    return this.slack + RATE_SHARE * Math.max(0, ticks)
  }

  private keep(claim: Claim, seen: number, outage: boolean): void {
    const last = this.last
    if (last !== null && claim.tick <= last.tick) return
    if (last !== null) {
      const { least, most, ticks } = passed(last, claim)
      const strayed = Math.max(0, last.seen + least - seen, seen - last.seen - most)
      this.slack = Math.max(0, Math.min(RATE_SLACK_SECONDS * this.tickRate, this.slackAfter(ticks) - strayed))
    }
    this.last = outage ? null : { tick: claim.tick, hostTime: claim.hostTime, seen }
  }
}

/** The time between two claims, in ticks, as a range: packets arrive unevenly, and inputs are given unevenly. */
function passed(last: Believed, { tick, hostTime }: Claim): { least: number; most: number; ticks: number } {
  const given = tick - last.tick
  const came = Math.max(0, hostTime - last.hostTime)
  return { least: Math.min(given, came), most: Math.max(given, came), ticks: Math.max(given, came) }
}
