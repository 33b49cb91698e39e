/** Bytes and packets of the last second, for stats. */
import type { Traffic } from './types.ts'

export class RateMeter {
  private readonly samples: { at: number; bytes: number }[] = []
  private bytes = 0

  add(now: number, bytes: number): void {
    this.samples.push({ at: now, bytes })
    this.bytes += bytes
    this.expire(now)
  }

  read(now: number): Traffic {
    this.expire(now)
    return { bytesPerSecond: this.bytes, packetsPerSecond: this.samples.length }
  }

  /** The sizes of the last second's packets. */
  sizes(now: number): { last: number; mean: number; max: number } {
    this.expire(now)
    const count = this.samples.length
    if (count === 0) return { last: 0, mean: 0, max: 0 }
    let max = 0
    for (const { bytes } of this.samples) max = Math.max(max, bytes)
    return { last: this.samples[count - 1]?.bytes ?? 0, mean: this.bytes / count, max }
  }

  private expire(now: number): void {
    let old = 0
    // A sample from the future was taken before the clock was set back.
    while (old < this.samples.length && Math.abs((this.samples[old]?.at ?? now) - now) > 1000)
      this.bytes -= this.samples[old++]?.bytes ?? 0
    if (old > 0) this.samples.splice(0, old)
  }
}
