/**
 * The data that this page says of itself (`lobby.setMyData`), sent at a pace that the host accepts. The page may set it in every
 * frame; the newest value is sent twice a second.
 */
import type { Cancel, Timers } from '../../platform/platform.ts'
import { sameValue } from './member-data.ts'

/** Between two messages, ms. After a stall of some seconds they arrive all at once, and the host still accepts them. */
const PACE_MS = 500

export class OwnData {
  private readonly timers: Timers
  private readonly send: (data: unknown) => void
  private data: unknown
  private nextAt = 0
  private stopTimer: Cancel | null = null

  /** `data`: the value that the host has. */
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

  /** The link is back. `known`: the value that the host has. */
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
