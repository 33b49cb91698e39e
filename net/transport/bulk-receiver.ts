/**
 * The receiving side of the bulk lane, above all pipes: takes pieces in order, drops what came before, and puts messages
 * together. Pure. It allocates for bytes that have come, never for a length that was claimed.
 *
 * Invariants: every message comes out once, in order, whatever pipes its pieces came over. What is kept of a message that is
 * not complete is at most `maxBytes`.
 */
import { MAX_BULK_BYTES } from '../wire/lanes.ts'
import { MIN_PIECE_BYTES, type Piece } from './bulk-frames.ts'

/**
 * What a piece came to: a whole message; `part`, kept until the rest comes; `again`, had before, as after a change of
 * pipes; `refused`, what no honest peer sends.
 */
export type Taken = Uint8Array | 'part' | 'again' | 'refused'

export class BulkReceiver {
  readonly #maxBytes: number
  #next = 0
  #parts: Uint8Array[] = []
  #partBytes = 0
  /** What the message under way still lacks, as its last piece said. */
  #left = 0

  /** `maxBytes`: of the largest message that is taken. */
  constructor(maxBytes = MAX_BULK_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** The number of the piece that is wanted: all before it were received. */
  get next(): number {
    return this.#next
  }

  take({ sequence, left, bytes }: Piece): Taken {
    if (sequence < this.#next) return 'again'
    if (sequence > this.#next || !this.#fits(left, bytes)) return 'refused'
    this.#next++
    if (this.#partBytes === 0 && left === 0) return bytes
    this.#parts.push(bytes)
    this.#partBytes += bytes.length
    this.#left = left
    return left === 0 ? this.#assembled() : 'part'
  }

  /** Only the last piece of a message may be short, and each says truly what is left. */
  #fits(left: number, { length }: Uint8Array): boolean {
    if (left > 0 && length < MIN_PIECE_BYTES) return false
    return this.#partBytes === 0 ? left + length <= this.#maxBytes : left === this.#left - length
  }

  #assembled(): Uint8Array {
    const message = new Uint8Array(this.#partBytes)
    let at = 0
    for (const part of this.#parts) {
      message.set(part, at)
      at += part.length
    }
    this.#parts = []
    this.#partBytes = 0
    return message
  }
}
