/**
 * What the rules cost the host. In goes how long each tick took, in ms, since the core has no clock. Out comes whether the
 * rules keep up, how many ticks may be caught up at once, and how often the development check may run.
 */

/** A catch-up holds the page's thread no longer than one frame of 60 a second, ms. */
const MAX_SLICE_MS = 16
/** The cost of the rules is judged this often: seconds. A stall of the machine is only a few ticks of them. */
const WINDOW_SECONDS = 2
/** The first seconds are not judged: a page compiles its code and makes its world in them. */
const QUIET_SECONDS = 5
/** The rules are too slow when this share of the ticks took longer than a tick. */
const SLOW_SHARE = 0.5
/** A host in development spends this share of its time on checking. */
const CHECK_SHARE = 0.25
/** A type with more entities is warned of once: 2,000 that move fill every client's snapshots many times over. */
const MANY_ENTITIES = 2000

export class Load {
  /** The mean time of a tick in the last window, ms; 0 before. */
  tickMs = 0
  /** Of that, what the bots took. */
  botMs = 0
  /** Ticks that never ran, because the rules were too slow to catch up. */
  droppedTicks = 0
  /** Spawns that were above the max of their type, by its name. */
  readonly keptOut: Record<string, number> = {}
  private readonly periodMs: number
  private readonly tickRate: number
  private readonly warn: (problem: string) => void
  private windowTicks = 0
  private windowMs = 0
  private windowBotMs = 0
  /** What the bots took for the tick that runs now. */
  private thinkingMs = 0
  private slowTicks = 0
  private checkFrom = 0
  private readonly many = new Set<string>()

  constructor(tickRate: number, warn: (problem: string) => void) {
    this.tickRate = tickRate
    this.periodMs = 1000 / tickRate
    this.warn = warn
  }

  /** The bots have decided what they do in the next tick, in so many ms. */
  thought(ms: number): void {
    this.thinkingMs = ms
  }

  /** A tick has run, unchecked, in so many ms. */
  ran(tick: number, rulesMs: number): void {
    const { tickRate, periodMs } = this
    const ms = rulesMs + this.thinkingMs
    this.windowBotMs += this.thinkingMs
    this.thinkingMs = 0
    this.windowMs += ms
    if (ms > periodMs) this.slowTicks++
    if (++this.windowTicks < WINDOW_SECONDS * tickRate) return
    this.tickMs = this.windowMs / this.windowTicks
    this.botMs = this.windowBotMs / this.windowTicks
    const bots = this.botMs > 0 ? `, of it the bots ${this.botMs.toFixed(1)} ms` : ''
    if (this.slowTicks >= this.windowTicks * SLOW_SHARE && tick > QUIET_SECONDS * tickRate)
      this.warn(
        `The rules take ${this.tickMs.toFixed(1)} ms a tick${bots}, and a tick is ${periodMs.toFixed(1)} ms: the match runs slow for everybody. Do less in step and referee, keep fewer entities, or lower tickRate.`,
      )
    this.windowTicks = 0
    this.windowBotMs = 0
    this.windowMs = 0
    this.slowTicks = 0
  }

  /** Whether a catch-up that ran `ticks` in `ms` has to leave the rest for later: one more would take too long. */
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

  /** After a tick: how many entities of a type there are, and how many more were kept out by its max. */
  count(type: string, entities: number, keptOut: number): void {
    if (keptOut > 0) this.keptOut[type] = (this.keptOut[type] ?? 0) + keptOut
    if (entities <= MANY_ENTITIES || this.many.has(type)) return
    this.many.add(type)
    this.warn(
      `There are ${entities} entities of ${type}: more than ${MANY_ENTITIES} are too much to step and to send. Remove what is over, make one stand for many, or give the type a max.`,
    )
  }
}
