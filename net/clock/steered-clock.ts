/** A clock in ticks that is steered to where it should be by running a little faster or slower. It is set only when it is far off. */

/** The rates of a clock that is far off: being right soon matters more than going unnoticed. */
const HURRY_SLOWEST = 0.9
const HURRY_FASTEST = 1.19
/**
 * What each second of error adds to the rate (Unity Netcode for Entities' `NetworkTimeSystem`: a tenth for each tick, of
 * sixty a second).
 */
const GAIN_PER_SECOND = 6

/** Errors below this are no reason to hurry, or to jump, at any tick rate. */
const MIN_HURRY_TICKS = 1.5
const MIN_JUMP_TICKS = 3

export class SteeredClock {
  /** Where it stands, in ticks. */
  tick = 0
  private readonly ticksPerMs: number
  private readonly slowest: number
  private readonly fastest: number
  private readonly hurryTicks: number
  private readonly jumpTicks: number
  private readonly gain: number
  private readAt: number | null = null

  /**
   * It runs at `slowest` to `fastest` times real time. It goes beyond that when it is more than `hurryMs` off, and is set at
   * once when it is more than `jumpMs` off: a correction would take seconds.
   */
  constructor(
    ticksPerMs: number,
    {
      slowest,
      fastest,
      hurryMs,
      jumpMs,
    }: {
      readonly slowest: number
      readonly fastest: number
      readonly hurryMs: number
      readonly jumpMs: number
    },
  ) {
    this.hurryTicks = Math.max(MIN_HURRY_TICKS, hurryMs * ticksPerMs)
    this.jumpTicks = Math.max(MIN_JUMP_TICKS, jumpMs * ticksPerMs)
    this.gain = GAIN_PER_SECOND / (ticksPerMs * 1000)
    this.ticksPerMs = ticksPerMs
    this.slowest = slowest
    this.fastest = fastest
  }

  /** The clock at `now`, steered towards `target`. Before it is `settled` it is set, though never back. `slowest`: for this once. */
  advance(now: number, target: number, settled: boolean, slowest = this.slowest): number {
    this.tick = this.next(now, target, settled, slowest)
    this.readAt = this.readAt === null ? now : Math.max(this.readAt, now)
    return this.tick
  }

  /** The clock at `now`, moved on as time did: where it should be is not known. */
  coast(now: number): number {
    const elapsed = Math.max(0, now - (this.readAt ?? now)) * this.ticksPerMs
    return this.advance(now, this.tick + elapsed, true)
  }

  private next(now: number, target: number, settled: boolean, slowest: number): number {
    if (this.readAt === null || !settled) return Math.max(this.tick, target)
    const elapsed = Math.max(0, now - this.readAt) * this.ticksPerMs
    // The target moved on during the step as well, so the error is the one before it.
    const error = target - elapsed - this.tick
    if (Math.abs(error) > this.jumpTicks) return target
    const hurried = Math.abs(error) > this.hurryTicks
    const least = hurried ? Math.min(HURRY_SLOWEST, slowest) : slowest
    const most = hurried ? Math.max(HURRY_FASTEST, this.fastest) : this.fastest
    return this.tick + elapsed * Math.max(least, Math.min(most, 1 + error * this.gain))
  }
}
