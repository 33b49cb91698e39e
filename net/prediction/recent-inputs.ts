/**
 * How one player's inputs of the last ten seconds came to the host: which were missing when their tick ran, and how long
 * the others had waited. For overlays and benchmarks only; what steers a client's clock is in lead-clock.ts.
 */

/**
 * Ticks counted together: as many as the host counts starvation over, so that a client that is told it counts alike. In
 * ticks at every rate, since the wire tells a count of so many (WIRE.md, `starved`).
 */
export const SPAN_TICKS = 64
/** About so much is told of, in whole spans, the begun one among them. */
const TOLD_SECONDS = 10
/** With one alone there would be nothing to tell as soon as a span begins. */
const MIN_SPANS = 2

interface Span {
  readonly number: number
  ticks: number
  late: number
  waits: number
  waitedTicks: number
}

export class RecentInputs {
  private readonly spans: Span[] = []
  private readonly most: number

  constructor(tickRate: number) {
    this.most = Math.max(MIN_SPANS, Math.ceil((TOLD_SECONDS * tickRate) / SPAN_TICKS))
  }

  /** At the host: a tick ran, with an input that had waited for so many ticks, or without one: null. */
  took(tick: number, waitedTicks: number | null): void {
    const span = this.span(tick)
    span.ticks++
    if (waitedTicks === null) span.late++
    else this.waited(tick, waitedTicks)
  }

  /** At a client: so many of the 64 ticks up to `tick` ran without an input. Told more often than every 64, it counts once. */
  told(tick: number, starved: number): void {
    const span = this.span(tick)
    if (span.ticks > 0) return
    span.ticks = SPAN_TICKS
    span.late = starved
  }

  /** An input was there when its tick ran, and had waited for so many ticks. */
  waited(tick: number, ticks: number): void {
    const span = this.span(tick)
    span.waits++
    span.waitedTicks += ticks
  }

  /** Ticks are told in order. */
  private span(tick: number): Span {
    const number = Math.floor(tick / SPAN_TICKS)
    const last = this.spans.at(-1)
    if (last && last.number >= number) return last
    const span = { number, ticks: 0, late: 0, waits: 0, waitedTicks: 0 }
    this.spans.push(span)
    while ((this.spans[0]?.number ?? number) <= number - this.most) this.spans.shift()
    return span
  }

  /** Share of the ticks that ran without their input, 0 to 1; 0 before anything is known. */
  get lateShare(): number {
    const ticks = this.sum('ticks')
    return ticks === 0 ? 0 : this.sum('late') / ticks
  }

  /** How long an input that was there had waited, in the mean, ticks; 0 before anything is known. */
  get waitTicks(): number {
    const waits = this.sum('waits')
    return waits === 0 ? 0 : this.sum('waitedTicks') / waits
  }

  private sum(what: Exclude<keyof Span, 'number'>): number {
    return this.spans.reduce((sum, span) => sum + span[what], 0)
  }
}
