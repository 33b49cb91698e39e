/** The events that the host emitted and each screen heard: how late, which never, which twice. */
import { add, type Distribution, distribution, MS_STEP } from './distribution.ts'

/** Younger than this at the end of the run an event may still be on its way, ms. */
const UNDERWAY_MS = 3000

export interface EventTally {
  /** From the host's tick to the listener, beyond the one-way trip, ms. */
  readonly delay: Distribution
  emitted: number
  lost: number
  doubled: number
}

function eventTally(): EventTally {
  return { delay: distribution(MS_STEP), emitted: 0, lost: 0, doubled: 0 }
}

export class EventLedger {
  private readonly emittedAt = new Map<number, number>()
  private readonly heard: Map<number, number>[]
  readonly tally = eventTally()
  private readonly oneWayMs: number

  constructor(screens: number, oneWayMs: number) {
    this.heard = Array.from({ length: screens }, () => new Map())
    this.oneWayMs = oneWayMs
  }

  emitted(number: number, atMs: number): void {
    this.emittedAt.set(number, atMs)
  }

  hear(screen: number, number: number, atMs: number): void {
    const times = this.heard[screen]
    const emittedAt = this.emittedAt.get(number)
    if (!times || emittedAt === undefined) return
    const already = times.get(number) ?? 0
    times.set(number, already + 1)
    if (already > 0) this.tally.doubled++
    else add(this.tally.delay, atMs - emittedAt - this.oneWayMs)
  }

  /** Counts what has not come by the end of the run. */
  finish(nowMs: number): void {
    for (const [number, atMs] of this.emittedAt) {
      if (atMs > nowMs - UNDERWAY_MS) continue
      for (const times of this.heard) {
        this.tally.emitted++
        if (!times.has(number)) this.tally.lost++
      }
    }
  }
}
