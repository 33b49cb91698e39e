/**
 * What the rules cost the host: whether they keep up, how much of a stall is made up for at once, and how often the
 * development check may run. The core has no clock: what a tick took is handed in, in ms.
 */

/** What is caught up at once holds the page's thread no longer than a frame of 60 a second, ms. */
const MAX_SLICE_MS = 16
/** Whether the rules are too slow is looked at this often: seconds. A stall of the machine is a few ticks of them. */
const WINDOW_SECONDS = 2
/** Nothing is said of the first seconds, in which a page compiles its code and makes its world. */
const QUIET_SECONDS = 5
/** The share of ticks longer than a tick from which the rules are too slow, whatever the machine did between. */
const SLOW_SHARE = 0.5
/** The share of its time that a host in development spends on checking. */
const CHECK_SHARE = 0.25
/** A type of which there are more is said once: 2,000 moving entities fill every client's snapshots many times over. */
const MANY_ENTITIES = 2000

export class Load {
  /** What a tick took in the last window, in the mean, ms; 0 before. */
  tickMs = 0
  /** Ticks that never ran, because the rules were too slow to make up for them. */
  droppedTicks = 0
  /** Spawns that were above the max of their type, by its name. */
  readonly keptOut: Record<string, number> = {}
  private readonly periodMs: number
  private readonly tickRate: number
  private readonly warn: (problem: string) => void
  private windowTicks = 0
  private windowMs = 0
  private slowTicks = 0
  private checkFrom = 0
  private readonly many = new Set<string>()

  constructor(tickRate: number, warn: (problem: string) => void) {
    this.tickRate = tickRate
    this.periodMs = 1000 / tickRate
    this.warn = warn
  }

  /** A tick has run, unchecked, in so many ms. */
  ran(tick: number, ms: number): void {
    const { tickRate, periodMs } = this
    this.windowMs += ms
    if (ms > periodMs) this.slowTicks++
    if (++this.windowTicks < WINDOW_SECONDS * tickRate) return
    this.tickMs = this.windowMs / this.windowTicks
    if (this.slowTicks >= this.windowTicks * SLOW_SHARE && tick > QUIET_SECONDS * tickRate)
      this.warn(
        `The rules take ${this.tickMs.toFixed(1)} ms a tick, and a tick is ${periodMs.toFixed(1)} ms: the match runs slow for everybody. Do less in step and referee, keep fewer entities, or lower tickRate.`,
      )
    this.windowTicks = 0
    this.windowMs = 0
    this.slowTicks = 0
  }

  /** Whether a catch-up that ran `ticks` in `ms` has to leave the others for later: the next would take too long. */
  isFull(ticks: number, ms: number): boolean {
    return ticks > 0 && ms + ms / ticks > MAX_SLICE_MS
  }

  /** Whether the tick is to be checked; one check took so many ms. */
  isCheckDue(tick: number): boolean {
    return tick >= this.checkFrom
  }

  checked(tick: number, ms: number): void {
    this.checkFrom = tick + Math.min(this.tickRate, Math.max(1, Math.ceil(ms / (CHECK_SHARE * this.periodMs))))
  }

  /** So many entities of a type exist after a tick, and so many more were above its max. */
  count(type: string, entities: number, keptOut: number): void {
    if (keptOut > 0) this.keptOut[type] = (this.keptOut[type] ?? 0) + keptOut
    if (entities <= MANY_ENTITIES || this.many.has(type)) return
    this.many.add(type)
    this.warn(
      `There are ${entities} entities of ${type}: more than ${MANY_ENTITIES} are too much to step and to send. Remove what is over, make one stand for many, or give the type a max.`,
    )
  }
}
