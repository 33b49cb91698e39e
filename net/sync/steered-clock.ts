/** A clock in ticks that is led to where it should stand by running a little faster or slower, never set back and forth. */

/** Share of a tick that each tick of error adds to the rate (Unity Netcode for Entities: `NetworkTimeSystem`). */
const GAIN = 0.1
/** Beyond this error a clock may run a tenth and more off: soon right is better than unnoticed. */
const HURRY_TICKS = 5
const HURRY_SLOWEST = 0.85
const HURRY_FASTEST = 1.1
/** Beyond this a clock is set at once: nobody would sit out a correction of seconds. */
const JUMP_TICKS = 10

export class SteeredClock {
  /** Where it stands, in ticks. */
  at = 0
  private readonly ticksPerMs: number
  private readonly slowest: number
  private readonly fastest: number
  private readAt: number | null = null

  /** It runs at `slowest` to `fastest` times the real pace, except to make up for more than five ticks. */
  constructor(ticksPerMs: number, slowest: number, fastest: number) {
    this.ticksPerMs = ticksPerMs
    this.slowest = slowest
    this.fastest = fastest
  }

  /** The clock at `now`, moved on towards `target`. Before it is `settled` it is set, though never back. */
  advance(now: number, target: number, settled: boolean): number {
    this.at = this.next(now, target, settled)
    this.readAt = this.readAt === null ? now : Math.max(this.readAt, now)
    return this.at
  }

  private next(now: number, target: number, settled: boolean): number {
    if (this.readAt === null || !settled) return Math.max(this.at, target)
    const elapsed = Math.max(0, now - this.readAt) * this.ticksPerMs
    // The target moved on during the step as well, so the error is the one before it.
    const error = target - elapsed - this.at
    if (Math.abs(error) > JUMP_TICKS) return target
    const hurried = Math.abs(error) > HURRY_TICKS
    const slowest = hurried ? HURRY_SLOWEST : this.slowest
    const fastest = hurried ? HURRY_FASTEST : this.fastest
    return this.at + elapsed * Math.max(slowest, Math.min(fastest, 1 + error * GAIN))
  }
}
