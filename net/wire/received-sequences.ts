/** Which packets of a numbered stream have arrived, and the ack that says so: the newest and the 32 before it. */
import { holdMsOf } from './hold.ts'
import type { SnapshotAck } from './inputs.ts'
import { sequenceDistance } from './sequence.ts'

/** The newest packet of a numbered stream, and which of the 32 before it have arrived. */
export class ReceivedSequences {
  private newest: number | null = null
  private earlier = 0
  private arrivedAt = 0

  /** Notes an arrival. False for one that came before, or is too old to be told apart. */
  receive(sequence: number, now: number): boolean {
    if (this.newest === null) {
      this.newest = sequence
      this.arrivedAt = now
      return true
    }
    const ahead = sequenceDistance(sequence, this.newest)
    if (ahead > 0) {
      this.earlier = ahead > 32 ? 0 : shiftLeft(this.earlier, ahead) | (ahead > 32 ? 0 : 1 << (ahead - 1))
      this.newest = sequence
      this.arrivedAt = now
      return true
    }
    const bit = -ahead - 1
    if (bit < 0 || bit > 31 || (this.earlier >>> bit) & 1) return false
    this.earlier |= 1 << bit
    return true
  }

  ack(now: number): SnapshotAck | null {
    if (this.newest === null) return null
    return {
      sequence: this.newest,
      earlier: this.earlier >>> 0,
      holdMs: holdMsOf(now - this.arrivedAt),
    }
  }
}

/** JavaScript shifts by the count modulo 32, so 32 itself needs care. */
function shiftLeft(bits: number, count: number): number {
  return count >= 32 ? 0 : bits << count
}
