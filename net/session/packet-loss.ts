/** The share of the last second's packets that did not arrive, from the gaps in their sequence numbers. */

import { sequenceDistance } from '../wire/sequence.ts'

const WINDOW_MS = 1000

export class PacketLoss {
  private readonly arrivals: { at: number; sequence: number }[] = []

  arrived(now: number, sequence: number): void {
    this.arrivals.push({ at: now, sequence })
    while ((this.arrivals[0]?.at ?? now) < now - WINDOW_MS) this.arrivals.shift()
  }

  /** 0 to 1; 0 before anything has come. */
  get share(): number {
    let oldest: number | null = null
    let span = 0
    for (const { sequence } of this.arrivals) {
      oldest ??= sequence
      span = Math.max(span, sequenceDistance(sequence, oldest))
    }
    return span === 0 ? 0 : Math.max(0, 1 - this.arrivals.length / (span + 1))
  }

  /** The sender counts anew. */
  clear(): void {
    this.arrivals.length = 0
  }
}
