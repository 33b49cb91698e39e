/**
 * Time that stands still until it is told to go on. Events come in with the time at which they happen; `advanceTo` and
 * `runTo` let them happen in order. One object is the time of a whole simulation: its pages, its sockets, its network.
 *
 * Invariants: `now` never runs back. Events of the same time run in the order of their ranks, then in the order in which
 * they were asked for. So the same calls give the same run.
 */
import { EventQueue } from './event-queue.ts'

/** Times are sums of fractions: what is due within this of the end of a run belongs to it. */
const SLACK_MS = 1e-6

export class VirtualTime {
  readonly #events = new EventQueue()
  #now = 0

  /** In ms; while an event runs, the exact time of that event. */
  get now(): number {
    return this.#now
  }

  /** Runs `run` at a time, not before now; of what happens then, after what has a lower rank. */
  at(time: number, run: () => void, rank = 0): void {
    if (Number.isNaN(time)) throw new RangeError('VirtualTime.at: the time is NaN. Write a time in ms.')
    this.#events.add(Math.max(time, this.#now), rank, run)
  }

  /** Lets everything happen that is due up to `now`. Promises wait until the caller's own task is over. */
  advanceTo(now: number): void {
    while (this.#runNext(now));
    this.#now = Math.max(this.#now, now)
  }

  /** As `advanceTo`, and lets every promise run to its end between one event and the next. */
  async runTo(now: number): Promise<void> {
    await settled()
    while (this.#runNext(now)) await settled()
    this.#now = Math.max(this.#now, now)
  }

  /**
   * Runs until `done` says true, looked at after each event, or until the time is `latest`.
   * @returns whether `done` said true.
   */
  async runUntil(done: () => boolean, latest: number): Promise<boolean> {
    await settled()
    while (!done()) {
      if (!this.#runNext(latest)) {
        this.#now = Math.max(this.#now, latest)
        return false
      }
      await settled()
    }
    return true
  }

  #runNext(latest: number): boolean {
    const first = this.#events.first
    if (!first || first.at > latest + SLACK_MS) return false
    this.#events.takeFirst()
    this.#now = first.at
    first.run()
    return true
  }
}

/** Resolves after all promises that can go on have done so: a new task begins when no microtask is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(null)
    }
  })
}
