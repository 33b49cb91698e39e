/**
 * The host's time: which ticks are due. It begins with the first call of `due`, or where a match goes on (`startAt`). It falls behind real time only when the page
 * stood still or the rules are too slow; clients see that as a shift of the host's time.
 */

import { MAX_HOST_CATCH_UP_SECONDS, MAX_STALL_SECONDS } from './limits.ts'

/** A timer may ring early by this, ticks: its tick is due all the same. */
const EARLY_TICKS = 1e-6
/** Timers ring late by some ms; a host whose next tick is overdue by more stands still. */
const STALLED_MS = 30

export class HostTime {
  private readonly tickMs: number
  private readonly tickRate: number
  /** When tick 0 was due, ms. */
  private startedAt: number | null = null

  constructor(tickRate: number) {
    this.tickRate = tickRate
    this.tickMs = 1000 / tickRate
  }

  /** In ticks, with its fraction; never behind the newest tick that ran. */
  tickAt(now: number, tick: number): number {
    return this.startedAt === null ? 0 : Math.max(tick, (now - this.startedAt) / this.tickMs)
  }

  /** Whether the tick after `tick` is so late that the host stands still. */
  isStalled(now: number, tick: number): boolean {
    return (this.tickAt(now, tick) - tick - 1) * this.tickMs > STALLED_MS
  }

  /** A match goes on: its time is `tick`, with its fraction, at `now`. */
  startAt(now: number, tick: number): void {
    this.startedAt = now - tick * this.tickMs
  }

  /** How many ticks after `tick` are due in all. */
  behind(now: number, tick: number): number {
    return Math.floor((now - (this.startedAt ?? now)) / this.tickMs + EARLY_TICKS) - tick
  }

  /** How many ticks after `tick` are to run now. After a stall most of those that were due are skipped. */
  due(now: number, tick: number): number {
    this.startedAt ??= now - tick * this.tickMs
    const due = this.behind(now, tick)
    const most = Math.round(MAX_HOST_CATCH_UP_SECONDS * this.tickRate)
    if (due <= most) return due
    // After a short stall the match hurries to where its clients expect it. After a sleep it goes on where it stood.
    const run = due > MAX_STALL_SECONDS * this.tickRate ? 1 : most
    this.skip(due - run)
    return run
  }

  /** These due ticks never run. */
  skip(ticks: number): void {
    this.startedAt = (this.startedAt ?? 0) + ticks * this.tickMs
  }
}
