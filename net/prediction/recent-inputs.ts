/**
 * How one player's inputs of the last ten seconds came to the host: how many were missing when their tick ran, and how long
 * the others had waited. It is for overlays and benchmarks only; `lead-clock.ts` steers a client's clock.
 */

/**
 * Ticks are counted in spans of so many: as many as the host counts starvation over, so that host and client count alike. It
 * is the same number at every tick rate, because the wire tells a count of so many (WIRE.md, `starved`).
 */
export const SPAN_TICKS = 64
/** The figures cover about so much time: the last whole spans, and the one that has begun. */
const TOLD_SECONDS = 10
/** With one span alone, the figures would be empty whenever a span begins. */
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
  private readonly maxSpans: number

  constructor(tickRate: number) {
    this.maxSpans = Math.max(MIN_SPANS, Math.ceil((TOLD_SECONDS * tickRate) / SPAN_TICKS))
  }

  /** At the host: a tick ran. Its input had waited for so many ticks; null: it had none. */
  took(tick: number, waitedTicks: number | null): void {
    const span = this.span(tick)
    span.ticks++
    if (waitedTicks === null) span.late++
    else this.waited(tick, waitedTicks)
  }

  /** At a client: so many of the 64 ticks up to `tick` ran without an input. Of a span, the first report counts. */
  told(tick: number, starved: number): void {
    const span = this.span(tick)
    if (span.ticks > 0) return
    span.ticks = SPAN_TICKS
    span.late = starved
  }

  /** An input was there when its tick ran, after it had waited for so many ticks. */
  waited(tick: number, ticks: number): void {
    const span = this.span(tick)
    span.waits++
    span.waitedTicks += ticks
  }

  /** The span of a tick. Ticks come in order. */
  private span(tick: number): Span {
    const number = Math.floor(tick / SPAN_TICKS)
    const last = this.spans.at(-1)
    if (last && last.number >= number) return last
    const span = { number, ticks: 0, late: 0, waits: 0, waitedTicks: 0 }
    this.spans.push(span)
    while ((this.spans[0]?.number ?? number) <= number - this.maxSpans) this.spans.shift()
    return span
  }

  /** Share of the ticks that ran without their input, 0 to 1; 0 before anything is known. */
  get lateShare(): number {
    const ticks = this.sum('ticks')
    return ticks === 0 ? 0 : this.sum('late') / ticks
  }

  /** The mean wait of the inputs that were there when their tick ran, ticks; 0 before anything is known. */
  get waitTicks(): number {
    const waits = this.sum('waits')
    return waits === 0 ? 0 : this.sum('waitedTicks') / waits
  }

  private sum(what: Exclude<keyof Span, 'number'>): number {
    return this.spans.reduce((sum, span) => sum + span[what], 0)
  }
}
