/** Time and chance of a signalling server: those of this process, unless a test or a simulation gives its own. */
import { randomBytes } from 'node:crypto'
import type { Chance, Timers } from '../../platform/platform.ts'

export interface ServerPlatform extends Timers, Pick<Chance, 'randomBytes'> {
  /** ms since 1970, because tokens outlive the process; never runs back. */
  now(): number
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
  randomBytes: (count) => Uint8Array.from(randomBytes(count)),
}
