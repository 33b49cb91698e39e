/**
 * A page in virtual time: a {@link Platform} whose timers, clocks, chance and page events belong to a simulation. The
 * simulation hides, freezes, reloads and kills it as a player and a browser would.
 *
 * What it keeps of real pages: a hidden page runs its timers only on whole seconds of its own time, while worker clocks go
 * on. A frozen page runs nothing; what arrives meanwhile waits, and timers that fell due run when it wakes. A page that is
 * closed hears of it (`onPageGone`), one that is killed does not; afterwards nothing of it ever runs again. Each page
 * counts its time from a moment of its own.
 */

import type { Traits } from './page-events.ts'
import type { Cancel, PageStorage, Platform } from './platform.ts'
import { PULSE_MS } from './pulse.ts'
import { seededRandom } from './seeded-chance.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Clock } from './worker-clock.ts'

/** Timers of a hidden page run once in so many ms. Browsers go down to once a minute later; a second shows the same faults. */
const HIDDEN_TIMER_MS = 1000

/** When virtual time begins, by the clock of every page: any moment will do. */
const VIRTUAL_DAY = Date.UTC(2026, 0, 1)

/** `gone`: closed or killed. Its code never runs again. */
export type PageState = 'shown' | 'hidden' | 'frozen' | 'gone'

/** What a page has asked for and not released: all zero once everything in it has ended. */
export interface Pending {
  readonly timers: number
  readonly clocks: number
  readonly listeners: number
}

interface Timer {
  dueAt: number
  readonly run: () => void
}

export class VirtualPage implements Platform {
  readonly random: () => number
  readonly storage: PageStorage
  /** A process of Node instead, which hosts before pages. */
  isHeadless = false
  readonly #time: VirtualTime
  #startedAt: number
  readonly #timers = new Set<Timer>()
  readonly #clocks = new Set<object>()
  readonly #pulses = new Set<(nowMs: number) => void>()
  readonly #leaving = new Set<() => void>()
  readonly #freezing = new Set<() => void>()
  readonly #waking = new Set<() => void>()
  readonly #ending = new Set<() => void>()
  #pulse: Clock | null = null
  #state: PageState = 'shown'
  #waiting: (() => void)[] = []
  #offline = false
  /** Since when the device sleeps; null: it does not. */
  #asleepSince: number | null = null
  /** By how much the device's clock is ahead of the right time, ms. */
  #clockAheadMs = 0

  /**
   * `storage`: of the browser that the page runs in. Default: its own, so that no other page has it.
   * @throws TypeError, RangeError for a seed that is no whole number from 0 to 2^32 − 1.
   */
  constructor(time: VirtualTime, seed: number, storage = virtualStorage()) {
    this.storage = storage
    this.random = seededRandom(seed)
    this.#time = time
    this.#startedAt = time.now - Math.floor(this.random() * 1e6)
  }

  get state(): PageState {
    return this.#state
  }

  get pending(): Pending {
    return {
      timers: this.#timers.size,
      clocks: this.#clocks.size,
      listeners: this.#pulses.size + this.#leaving.size + this.#freezing.size + this.#waking.size,
    }
  }

  now(): number {
    return this.#time.now - this.#startedAt
  }

  /** All pages of a simulation agree on the time of day, but for devices whose clock was set (`setClock`). */
  wallTime(): number {
    return VIRTUAL_DAY + this.#time.now + this.#clockAheadMs
  }

  /** The device's clock is set so far ahead, or behind, of the right time. Nothing that is measured changes by it. */
  setClock(aheadMs: number): void {
    this.#clockAheadMs = aheadMs
  }

  randomBytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => Math.floor(this.random() * 256))
  }

  after(ms: number, run: () => void): Cancel {
    if (this.#state === 'gone') return () => {}
    const timer: Timer = { dueAt: this.#time.now + Math.max(0, ms), run }
    this.#timers.add(timer)
    this.#arm(timer)
    return () => void this.#timers.delete(timer)
  }

  startClock(hz: number, onTick: (nowMs: number) => void): Clock {
    const clock = {}
    if (this.#state !== 'gone') this.#clocks.add(clock)
    const tick = (): void => {
      if (!this.#clocks.has(clock)) return
      this.#time.at(this.#time.now + 1000 / hz, tick)
      if (this.#state !== 'frozen') onTick(this.now())
    }
    this.#time.at(this.#time.now + 1000 / hz, tick)
    return { kind: 'worker', stop: () => void this.#clocks.delete(clock) }
  }

  traits(): Traits {
    return { headless: this.isHeadless, hidden: this.#state !== 'shown', reluctant: false }
  }

  /** Its clocks are never late. */
  pushClocks(): void {}

  onPulse(look: (nowMs: number) => void): Cancel {
    this.#pulses.add(look)
    this.#pulse ??= this.startClock(1000 / PULSE_MS, (nowMs) => {
      for (const each of [...this.#pulses]) if (this.#pulses.has(each)) each(nowMs)
    })
    return () => {
      this.#pulses.delete(look)
      if (this.#pulses.size > 0) return
      this.#pulse?.stop()
      this.#pulse = null
    }
  }

  onPageGone(leave: () => void): Cancel {
    return listen(this.#leaving, leave)
  }

  onFreeze(freeze: () => void): Cancel {
    return listen(this.#freezing, freeze)
  }

  onWake(wake: () => void): Cancel {
    return listen(this.#waking, wake)
  }

  isOffline(): boolean {
    return this.#offline
  }

  /** For what a page is connected to: `end` runs when the page is gone. */
  whenGone(end: () => void): Cancel {
    return listen(this.#ending, end)
  }

  /** Something reaches the page, such as a message: it runs now, after a freeze if there is one, and never in a page that is gone. */
  task(run: () => void): void {
    if (this.#state === 'frozen') this.#waiting.push(run)
    else if (this.#state !== 'gone') run()
  }

  hide(): void {
    if (this.#state === 'shown') this.#state = 'hidden'
  }

  /** Shown again, also after a freeze: what waited comes first, then the timers that are due. */
  show(): void {
    if (this.#state === 'gone' || this.#state === 'shown') return
    this.#state = 'shown'
    this.#wakeDevice()
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) this.#time.at(this.#time.now, () => this.task(run))
    for (const timer of this.#timers) this.#arm(timer)
    this.#time.at(this.#time.now, () => this.#wake())
  }

  /**
   * The page stops, as in a stall of any length. Nothing runs until `show`, when the page sees how much time has passed. `isTold`: by its
   * browser, which says so before.
   */
  freeze(isTold = false): void {
    if (this.#state === 'gone' || this.#state === 'frozen') return
    if (isTold) for (const freeze of [...this.#freezing]) freeze()
    this.#state = 'frozen'
  }

  /** The device sleeps: a closed lid. As `freeze`, but the page's own time stands still, as `performance.now()` does on most systems. */
  sleep(): void {
    this.freeze()
    this.#asleepSince ??= this.#time.now
  }

  #wakeDevice(): void {
    if (this.#asleepSince === null) return
    const sleptMs = this.#time.now - this.#asleepSince
    this.#asleepSince = null
    this.#startedAt += sleptMs
    for (const timer of this.#timers) timer.dueAt += sleptMs
  }

  /** The browser says that the network is gone. What becomes of connections is up to the simulated network. */
  goOffline(): void {
    this.#offline = true
  }

  goOnline(): void {
    this.#offline = false
    this.#wake()
  }

  /** The tab is closed, reloaded or left: the page hears of it first. */
  close(): void {
    if (this.#state === 'gone') return
    if (this.#state !== 'frozen')
      for (const leave of [...this.#leaving].reverse()) if (this.#leaving.has(leave)) leave()
    this.kill()
  }

  /** The process ends. Nothing in the page runs any more. */
  kill(): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.#waiting = []
    for (const asked of [this.#timers, this.#clocks, this.#pulses, this.#leaving, this.#freezing, this.#waking])
      asked.clear()
    for (const end of [...this.#ending]) end()
    this.#ending.clear()
  }

  #wake(): void {
    if (this.#state !== 'shown') return
    for (const wake of [...this.#waking]) if (this.#waking.has(wake)) wake()
  }

  #arm(timer: Timer): void {
    this.#time.at(this.#firesAt(timer), () => this.#fire(timer))
  }

  #firesAt({ dueAt }: Timer): number {
    if (this.#state !== 'hidden') return dueAt
    const due = Math.max(dueAt, this.#time.now) - this.#startedAt
    return this.#startedAt + Math.ceil(due / HIDDEN_TIMER_MS) * HIDDEN_TIMER_MS
  }

  #fire(timer: Timer): void {
    // Cancelled, or `show` arms it anew; it may be armed twice then, and the first to come runs it.
    if (!this.#timers.has(timer) || this.#state === 'frozen' || this.#time.now < timer.dueAt) return
    const firesAt = this.#firesAt(timer)
    if (firesAt > this.#time.now) this.#time.at(firesAt, () => this.#fire(timer))
    else {
      this.#timers.delete(timer)
      timer.run()
    }
  }
}

/** The storage of a browser: give it to each page that runs there. */
export function virtualStorage(): PageStorage {
  const kept = new Map<string, string>()
  return {
    read: (name) => kept.get(name) ?? null,
    write(name, text) {
      kept.set(name, text)
      return true
    },
  }
}

function listen(listeners: Set<() => void>, listener: () => void): Cancel {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
