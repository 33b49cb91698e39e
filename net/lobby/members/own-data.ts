/**
 * What this page says of itself to the others, sent at a pace that the host takes: a page may say it in every frame, the newest
 * value is sent twice a second.
 */
import type { Cancel, Timers } from '../../platform/platform.ts'
import { sameValue } from './member-data.ts'

/** Between two messages, ms: also when a stall of seconds brings all of them at once, a host takes them. */
const PACE_MS = 500

export class OwnData {
  private readonly timers: Timers
  private readonly send: (data: unknown) => void
  private data: unknown
  private nextAt = 0
  private stopTimer: Cancel | null = null

  /** `data`: what the host has. */
  constructor(data: unknown, timers: Timers, send: (data: unknown) => void) {
    this.data = data
    this.timers = timers
    this.send = send
  }

  set(data: unknown): void {
    if (sameValue(data, this.data)) return
    this.data = data
    this.sendSoon()
  }

  /** The page is back in its seat, where the host has this. */
  resume(known: unknown): void {
    if (!sameValue(known, this.data)) this.sendSoon()
  }

  private sendSoon(): void {
    const waitMs = this.nextAt - this.timers.now()
    if (waitMs <= 0) this.sendNow()
    else this.stopTimer ??= this.timers.after(waitMs, () => this.sendNow())
  }

  private sendNow(): void {
    this.stop()
    this.nextAt = this.timers.now() + PACE_MS
    this.send(this.data)
  }

  stop(): void {
    this.stopTimer?.()
    this.stopTimer = null
  }
}
