/**
 * The worker clock: ticks that a tab switch does not stop. Measured in a hidden Chromium tab: page timers 1 per second
 * (0 after five minutes without a connection), requestAnimationFrame 0, a timer inside a worker 62.5 as ever.
 *
 * Where a policy forbids the worker, and while it is silent, the clock goes on with a page timer. A hidden page slows that timer down, so
 * messages push the clock on (`pushClocks`): each guest sends 60 packets a second, and messages reach a hidden page undisturbed. The
 * developer is told once what to allow.
 */
import { type Beats, startBeats } from './clock-worker.ts'

export interface Clock {
  /** `timer`: no worker was to be had (Node, or a Content-Security-Policy without `worker-src blob:`), or it died. */
  readonly kind: 'worker' | 'timer'
  stop(): void
}

/** Ticks that come within this share of a period count as one: the backlog after our thread stalled. */
const COLLAPSE = 0.25

/**
 * How often to look whether the worker ticks, ms. After three looks without a tick a page timer goes on: some browsers refuse a worker
 * and say nothing, and a worker may die. A worker that was only late, as on a machine that is busy, has the clock back with its next tick.
 */
const WORKER_LOOK_MS = 1000

/** A message ticks the clock when at least this share of a period has passed. With 1, jitter would lose every other tick. */
const DUE = 0.75

/** Clocks that a page timer drives, and that a message may push on. */
const timerClocks = new Set<PageClock>()

/** Clocks that a worker drives. */
const workerClocks = new Set<PageClock>()

/** Something arrived: clocks whose timer is late, as in a hidden tab, tick now. */
export function pushClocks(nowMs: number): void {
  for (const clock of timerClocks) clock.push(nowMs)
}

let warned = false

/** Said once, and only in a page: Node's timers are never slowed down. */
function warnOfTimers(): void {
  if (warned || typeof document === 'undefined') return
  warned = true
  console.warn(
    'Starwire: the worker clock of this page does not tick, so while its tab is hidden a match runs unevenly. If a Content-Security-Policy forbids it, allow it with "worker-src blob:".',
  )
}

/** What drives the clocks that run now; null while none does. */
export function clockKind(): Clock['kind'] | null {
  if (timerClocks.size > 0) return 'timer'
  return workerClocks.size > 0 ? 'worker' : null
}

/**
 * Calls `onTick` about `hz` times a second with `performance.now()`, also in a hidden tab. Ticks that piled up while
 * the thread was busy come as one: derive what to do from `nowMs`, never from the number of calls.
 *
 * @param hz Ticks per second, above 0 and at most 240.
 * @throws RangeError when `hz` is out of that range.
 */
export function startClock(hz: number, onTick: (nowMs: number) => void): Clock {
  if (!(hz > 0 && hz <= 240)) throw new RangeError(`startClock takes 1 to 240 ticks a second, not ${hz}.`)
  return new PageClock(1000 / hz, onTick)
}

/** Driven by a worker; by a page timer where there is none, and as long as it is silent. */
class PageClock implements Clock {
  readonly #periodMs: number
  readonly #onTick: (nowMs: number) => void
  #beats: Beats | null = null
  #lastTick = Number.NEGATIVE_INFINITY
  #looksWithoutTick = 0
  #watch: ReturnType<typeof setInterval> | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(periodMs: number, onTick: (nowMs: number) => void) {
    this.#periodMs = periodMs
    this.#onTick = onTick
    try {
      this.#startBeats()
    } catch {
      this.#startTimer()
    }
  }

  get kind(): Clock['kind'] {
    return this.#timer === undefined ? 'worker' : 'timer'
  }

  stop(): void {
    this.#stopBeats()
    this.#stopTimer()
  }

  /** A message arrived: ticks when the timer is late. */
  push(nowMs: number): void {
    if (nowMs - this.#lastTick >= this.#periodMs * DUE) this.#tick()
  }

  #tick(): void {
    const now = performance.now()
    if (now - this.#lastTick < this.#periodMs * COLLAPSE) return
    this.#lastTick = now
    this.#onTick(now)
  }

  #startBeats(): void {
    this.#beats = startBeats(this.#periodMs, {
      beat: () => this.#heard(),
      failed: () => {
        this.#stopBeats()
        this.#startTimer()
      },
    })
    workerClocks.add(this)
    this.#watch = setInterval(() => this.#look(), Math.max(WORKER_LOOK_MS, 2 * this.#periodMs))
  }

  #heard(): void {
    this.#looksWithoutTick = 0
    if (this.#timer !== undefined) {
      this.#stopTimer()
      workerClocks.add(this)
    }
    this.#tick()
  }

  #look(): void {
    // While this thread was busy, ticks queued behind the first look, but never behind the second.
    if (++this.#looksWithoutTick <= 2) return
    this.#beats?.distrust()
    this.#startTimer()
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return
    warnOfTimers()
    this.#timer = setInterval(() => this.#tick(), this.#periodMs)
    workerClocks.delete(this)
    timerClocks.add(this)
  }

  #stopTimer(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    timerClocks.delete(this)
  }

  #stopBeats(): void {
    clearInterval(this.#watch)
    workerClocks.delete(this)
    this.#beats?.stop()
    this.#beats = null
  }
}
