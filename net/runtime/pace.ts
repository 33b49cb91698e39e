/**
 * Whether this page keeps up with the ticks of its match. In goes each call of the match's clock: when it came, and how long its tick
 * took. Out comes what a host does about it. Pure: the owner has the clock.
 *
 * A tick overruns when it takes longer than a tick, or when its call comes more than a whole tick too late, because the page had something
 * else to do: a page that draws 30 pictures a second is no slow host. A stall of any length is one bad second: only a page that is slow second after second is slow.
 */

/** A call is late when so many ticks have passed since the last, and some more. */
const LATE_TICKS = 2.25
/** Above this share of overrun ticks a second counts as slow. */
const SLOW_SHARE = 0.2
/** So many slow seconds in a row: fewer snapshots; as many more: another page had better host. */
const SLOW_SECONDS = 5
/** After so many good seconds in a row snapshots come as ever. */
const GOOD_SECONDS = 30

/** `sparing`: fewer snapshots are sent. `slow`: that was not enough. */
export type PaceLevel = 'steady' | 'sparing' | 'slow'

export class Pace {
  level: PaceLevel = 'steady'
  /** This page was slow once in this match: it had better not host it again. */
  wasSlow = false
  private readonly periodMs: number
  private calledAt: number | null = null
  private secondBegan = 0
  private ticks = 0
  private overran = 0
  private slowSeconds = 0
  private goodSeconds = 0

  constructor(tickRate: number) {
    this.periodMs = 1000 / tickRate
  }

  /** The clock called at `now`, and its tick took so many ms. */
  note(now: number, tookMs: number): void {
    const before = this.calledAt
    const period = this.periodMs
    this.calledAt = now
    if (before === null) {
      this.secondBegan = now
      return
    }
    const due = Math.max(1, Math.round((now - before) / period))
    const late = now - before >= LATE_TICKS * period ? due - 1 : 0
    this.ticks += due
    this.overran += Math.min(due, late + (tookMs > period ? 1 : 0))
    if (now - this.secondBegan < 1000) return
    this.endSecond(this.overran > this.ticks * SLOW_SHARE)
    this.secondBegan = now
    this.ticks = this.overran = 0
  }

  private endSecond(isSlow: boolean): void {
    this.slowSeconds = isSlow ? this.slowSeconds + 1 : 0
    this.goodSeconds = isSlow ? 0 : this.goodSeconds + 1
    if (this.slowSeconds >= SLOW_SECONDS) {
      this.slowSeconds = 0
      this.level = this.level === 'steady' ? 'sparing' : 'slow'
      this.wasSlow ||= this.level === 'slow'
    } else if (this.goodSeconds >= GOOD_SECONDS) this.level = 'steady'
    else if (this.level === 'slow' && !isSlow) this.level = 'sparing'
  }
}
