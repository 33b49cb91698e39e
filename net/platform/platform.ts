/**
 * What the library asks of where it runs: time, timers, chance, a clock that a hidden tab does not stop, and what becomes
 * of the page. Rooms above take it as an argument, with {@link thisPage} as its default, so that whole lobbies run in
 * virtual time. The core (`session/` and below) does not know it: there the time is an argument of each call.
 */
import { isOffline, onFreeze, onPageGone, onWake, type Traits, traits } from './page-events.ts'
import { type PageStorage, pageStorage } from './page-storage.ts'
import { onPulse } from './pulse.ts'
import { type Clock, pushClocks, startClock } from './worker-clock.ts'

export type { PageStorage }

/** Cancels a timer or a subscription; a second call does nothing. */
export type Cancel = () => void

/** Time and what waits for it. */
export interface Timers {
  /** ms since some moment; never runs back. */
  now(): number
  /** Runs once, at least so many ms from now. In a hidden page it may be late by a second, later by a minute. */
  after(ms: number, run: () => void): Cancel
}

/** Where chance comes from. */
export interface Chance {
  /** 0 to below 1, for pauses that differ between pages. */
  random(): number
  /** For secrets: codes, tokens, seeds. */
  randomBytes(count: number): Uint8Array<ArrayBuffer>
}

/** The time of day. */
export interface WallClock {
  /** ms since 1970 as the device's clock says. It may be wrong and may jump: for showing, never for measuring. */
  wallTime(): number
}

export interface Platform extends Timers, Chance, WallClock {
  /** Outlives the page: a reload finds it again. */
  readonly storage: PageStorage
  /** Calls back `hz` times a second, 1 to 240, also in a hidden page. */
  startClock(hz: number, onTick: (nowMs: number) => void): Clock
  /** Something arrived: clocks whose timer is late, as in a hidden page without workers, tick now. */
  pushClocks(nowMs: number): void
  /** Calls back every `PULSE_MS`, also in a hidden page: one clock for all that listen. */
  onPulse(look: (nowMs: number) => void): Cancel
  /** The page goes away, closed, reloaded or left. */
  onPageGone(leave: () => void): Cancel
  /** The browser is about to freeze the page. */
  onFreeze(freeze: () => void): Cancel
  /** The page is shown again, or its network is back. */
  onWake(wake: () => void): Cancel
  /** Whether the page is known to have no network. */
  isOffline(): boolean
  /** What tells how fit this page is to host a lobby. */
  traits(): Traits
}

/** The page, worker or Node process that this module is loaded in. */
export const thisPage: Platform = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  wallTime: () => Date.now(),
  random: () => Math.random(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  startClock,
  pushClocks,
  onPulse,
  onPageGone,
  onFreeze,
  onWake,
  isOffline,
  traits,
  storage: pageStorage,
}
