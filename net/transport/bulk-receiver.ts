/**
 * The receiving side of the bulk lane, above all pipes. It takes pieces in order, drops duplicates, and joins pieces to messages.
 * Pure. It allocates for bytes that have arrived, never for a length that is claimed.
 *
 * Invariants: every message comes out once and in order, whatever pipes its pieces came over. Of an incomplete message at most
 * `maxBytes` are kept.
 */
import { MAX_BULK_BYTES } from '../wire/lanes.ts'
import { MIN_PIECE_BYTES, type Piece } from './bulk-frames.ts'

/**
 * The result of a piece: the message that it completes; `incomplete`, more pieces must come; `duplicate`, as after a change of
 * pipes; `refused`, the peer broke the protocol.
 */
export type PieceResult = Uint8Array | 'incomplete' | 'duplicate' | 'refused'

export class BulkReceiver {
  readonly #maxBytes: number
  #next = 0
  #parts: Uint8Array[] = []
  #partBytes = 0
  /** Bytes that the incomplete message still lacks. */
  #left = 0

  /** `maxBytes`: the size of the largest message that is taken. */
  constructor(maxBytes = MAX_BULK_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** The number of the next piece: all before it have arrived. */
  get next(): number {
    return this.#next
  }

  take({ sequence, left, bytes }: Piece): PieceResult {
    if (sequence < this.#next) return 'duplicate'
    if (sequence > this.#next || !this.#fits(left, bytes)) return 'refused'
    this.#next++
    if (this.#partBytes === 0 && left === 0) return bytes
    this.#parts.push(bytes)
    this.#partBytes += bytes.length
    this.#left = left
    return left === 0 ? this.#assembled() : 'incomplete'
  }

  /** Every piece but a message's last has `MIN_PIECE_BYTES` or more, and what is left shrinks by exactly its length. */
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
