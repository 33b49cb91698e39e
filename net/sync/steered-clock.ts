/** A clock in ticks that is led to where it should stand by running a little faster or slower, never set back and forth. */

/** Share of a tick that each tick of error adds to the rate (Unity Netcode for Entities: `NetworkTimeSystem`). */
const GAIN = 0.1
/** Beyond this a clock is set at once: nobody would sit out a correction of seconds. */
const JUMP_TICKS = 10

export class SteeredClock {
  /** Where it stands, in ticks. */
  at = 0
  private readonly ticksPerMs: number
  private readonly slowest: number
  private readonly fastest: number
  private readAt: number | null = null

  /** It runs at `slowest` to `fastest` times the real pace. */
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
    return this.at + elapsed * Math.max(this.slowest, Math.min(this.fastest, 1 + error * GAIN))
  }
}
