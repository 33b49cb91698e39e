/**
 * One worker clock for the heartbeats of all links of a page. It starts with the first link and stops with the last.
 * Not page timers: in a hidden tab they run once a second. That is the limit of `late`, so every guest of a hidden host would
 * flicker between late and alive.
 */
import { type Clock, startClock } from './worker-clock.ts'

/** How often links are looked at, ms. Twice per heartbeat, so that a heartbeat is at most half an interval late. */
export const PULSE_MS = 125

const beating = new Set<(nowMs: number) => void>()
let clock: Clock | null = null

/** Calls `look` every {@link PULSE_MS} until the returned function is called. */
export function onPulse(look: (nowMs: number) => void): () => void {
  beating.add(look)
  clock ??= startClock(1000 / PULSE_MS, (nowMs) => {
    for (const each of [...beating]) if (beating.has(each)) each(nowMs)
  })
  return () => {
    beating.delete(look)
    if (beating.size > 0) return
    clock?.stop()
    clock = null
  }
}
