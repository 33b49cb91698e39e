/**
 * The law of drawn time across a change of host: for who keeps their links, the world that their page draws goes on at 0.9 to 1.1 of real
 * time. In go looks at a page, some times a second; out come faults. Judged is who has something to draw from some seconds before
 * the change until some seconds after it: the drawn time goes on for 900 ms beyond the newest tick that came, and stands still then; and it
 * never goes back, so it stands still where the match goes back by more.
 */

/** The drawn time may be so far beyond the newest tick that came, ms: 900 ms are the most, and a look later it could have run into them. */
const MAX_BEYOND_MS = 650
/** The next host may go on from so much before the newest tick that came, ms. From an older world the match goes back, and not its drawn time. */
const MAX_BACK_MS = 500
export interface DrawnTimes {
  /** For so long before a change all was well, ms: what an outage leaves behind is steered away by then. Default 5,000. */
  readonly steadyMs?: number
  /** So long after a change the law holds, ms. Default 4,000. */
  readonly judgedMs?: number
}
/** Looks come at least so often, ms: between two that are further apart, whatever happened was not seen. */
const MAX_LOOK_MS = 400
const SLOWEST = 0.9
const FASTEST = 1.1
/** Frames and snapshots come in ticks: so many of them a look may be off. */
const GRAIN_TICKS = 0.1

/** What one look at a page sees. */
export interface DrawnLook {
  /** Virtual time, ms. */
  readonly now: number
  readonly epoch: number
  /** The drawn tick, with its fraction. */
  readonly tick: number
  /** The newest tick that came whole. */
  readonly confirmed: number
}

export class DrawnTime {
  private readonly name: string
  private readonly ticksPerMs: number
  private readonly steadyMs: number
  private readonly judgedMs: number
  private last: DrawnLook | null = null
  private steadySince = 0
  private changedAt = Number.NEGATIVE_INFINITY
  private isTold = false
  /** How many changes of host were judged to their end. */
  judged = 0

  constructor(name: string, tickRate: number, { steadyMs = 5000, judgedMs = 4000 }: DrawnTimes = {}) {
    this.name = name
    this.steadyMs = steadyMs
    this.judgedMs = judgedMs
    this.ticksPerMs = tickRate / 1000
  }

  /** The page slept, dialled or was away: nothing before counts. */
  interrupt(): void {
    this.last = null
    this.changedAt = Number.NEGATIVE_INFINITY
  }

  /** Returns what broke the law; null: nothing. */
  look(look: DrawnLook): string | null {
    const { now, epoch, tick, confirmed } = look
    if (this.last && now - this.last.now > MAX_LOOK_MS) this.interrupt()
    const { last } = this
    this.last = look
    if (!last) this.steadySince = now
    const wasStarved = last !== null && last.tick - last.confirmed > MAX_BEYOND_MS * this.ticksPerMs
    const isBack = last !== null && last.confirmed - confirmed > MAX_BACK_MS * this.ticksPerMs
    if (wasStarved || isBack) this.interrupt()
    if (!last || !this.last) return null
    if (epoch !== last.epoch) {
      this.changedAt = last.now - this.steadySince >= this.steadyMs ? now : Number.NEGATIVE_INFINITY
      this.isTold = false
    }
    const since = now - this.changedAt
    if (since > this.judgedMs) {
      if (Number.isFinite(since)) this.judged++
      this.changedAt = Number.NEGATIVE_INFINITY
      return null
    }
    const elapsed = (now - last.now) * this.ticksPerMs
    const drawn = tick - last.tick
    const isEven = drawn >= elapsed * SLOWEST - GRAIN_TICKS && drawn <= elapsed * FASTEST + GRAIN_TICKS
    if (isEven || this.isTold) return null
    this.isTold = true
    return `${this.name} draws ${drawn.toFixed(2)} ticks in ${elapsed.toFixed(2)}, ${since} ms after host ${epoch}`
  }
}
