/** Time and chance of a signalling server: those of this process, unless a test or a simulation gives its own. */
import { randomBytes } from 'node:crypto'
import type { Chance, Timers } from '../../platform/platform.ts'

export interface ServerPlatform extends Timers, Pick<Chance, 'randomBytes'> {
  /** ms since 1970, because tokens outlive the process; never runs back. */
  now(): number
}

/** A call for chance costs 20 µs however few bytes it asks for, so they are drawn so many at a time. */
const POOL_BYTES = 4096

let pool = new Uint8Array(0)
let used = 0

/** Each byte is given once. */
function drawBytes(count: number): Uint8Array<ArrayBuffer> {
  if (count > POOL_BYTES) return Uint8Array.from(randomBytes(count))
  if (used + count > pool.length) {
    pool = Uint8Array.from(randomBytes(POOL_BYTES))
    used = 0
  }
  used += count
  return pool.slice(used - count, used)
}

export const thisProcess: ServerPlatform = {
  // Unlike Date.now, it never runs back when somebody sets the clock.
  now: () => performance.timeOrigin + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    // The HTTP server keeps the process alive, not the server's housekeeping.
    timer.unref()
    return () => clearTimeout(timer)
  },
  randomBytes: drawBytes,
}
