/**
 * The sending side of the bulk lane, above all pipes: cuts messages into pieces as they leave, keeps each until it is
 * acknowledged, and sends again over the next pipe what the other side has not. Pure: whoever owns it moves the frames.
 *
 * Invariants: pieces are numbered without a gap. Those before `#acked` are forgotten, the next `#sent` are under way, the
 * others of `#pieces` were under way over a pipe before. What is under way is at most a window of {@link BulkWindow} and a
 * piece, and {@link MAX_PIECES} pieces.
 */
import { encodePiece, MAX_PIECE_NUMBER } from './bulk-frames.ts'
import { BulkWindow } from './bulk-window.ts'

/** Pieces under way, for messages that are small: 256 of them a round trip. */
export const MAX_PIECES = 256

/** A piece that was cut off. It may be acknowledged once it has left. */
interface SentPiece {
  readonly frame: Uint8Array
  /** How often it left. After the second time nobody knows which of them was acknowledged. */
  timesSent: number
  sentAt: number
}

export class BulkSender {
  readonly #window = new BulkWindow()
  /** Messages of which something was never sent, oldest first. */
  readonly #messages: Uint8Array[] = []
  /** How much of the first of them was cut off. */
  #cut = 0
  /** Bytes of `#messages` that are not cut. */
  #uncutBytes = 0
  /** The number of the first of `#pieces`. */
  #acked = 0
  readonly #pieces: SentPiece[] = []
  #sent = 0
  #sentBytes = 0
  /** Bytes of pieces that wait to go again. */
  #againBytes = 0

  /** Bytes that wait to leave. */
  get waitingBytes(): number {
    return this.#uncutBytes + this.#againBytes
  }

  /** Copies a message and queues it. */
  queue(message: Uint8Array): void {
    this.#messages.push(message.slice())
    this.#uncutBytes += message.length
  }

  /** The frame to send next; null while the window is full or nothing waits. Ask again after `noteSent`. */
  next(): Uint8Array | null {
    if (this.#isFull) return null
    const again = this.#pieces[this.#sent]
    return again ? again.frame : this.#cutNext()
  }

  /** What `next` gave is under way now. */
  noteSent(nowMs: number): void {
    const piece = this.#pieces[this.#sent++]
    if (!piece) return
    piece.timesSent++
    piece.sentAt = nowMs
    this.#sentBytes += piece.frame.length
    this.#againBytes -= piece.frame.length
  }

  /** `stale`: it tells nothing new. `refused`: it acknowledges what was never sent. */
  acknowledge(next: number, nowMs: number): 'taken' | 'stale' | 'refused' {
    const count = next - this.#acked
    if (count > 0 && !this.#pieces[count - 1]?.timesSent) return 'refused'
    if (count <= 0) return 'stale'
    const wasFull = this.#isFull
    const pieces = this.#pieces.splice(0, count)
    let bytes = 0
    for (const { frame } of pieces) {
      bytes += frame.length
      // An acknowledgement over the old pipe may come for what waits to go again.
      if (this.#sent > 0) this.#sentBytes -= frame.length
      else this.#againBytes -= frame.length
      this.#sent = Math.max(0, this.#sent - 1)
    }
    this.#acked = next
    const last = pieces.at(-1)
    if (last?.timesSent === 1) this.#window.acknowledged(bytes, nowMs - last.sentAt, wasFull, nowMs)
    return 'taken'
  }

  /** Another pipe takes over: whatever is under way and not acknowledged goes again. */
  rewind(): void {
    this.#againBytes += this.#sentBytes
    this.#sentBytes = 0
    this.#sent = 0
    this.#window.reset()
  }

  get #isFull(): boolean {
    return this.#sent >= MAX_PIECES || this.#sentBytes >= this.#window.bytes
  }

  #cutNext(): Uint8Array | null {
    const [message] = this.#messages
    const sequence = this.#acked + this.#pieces.length
    if (!message || sequence > MAX_PIECE_NUMBER) return null
    const bytes = message.subarray(this.#cut, this.#cut + this.#window.pieceBytes)
    this.#cut += bytes.length
    const frame = encodePiece(sequence, message.length - this.#cut, bytes)
    if (this.#cut === message.length) {
      this.#messages.shift()
      this.#cut = 0
    }
    this.#uncutBytes -= bytes.length
    this.#againBytes += frame.length
    this.#pieces.push({ frame, timesSent: 0, sentAt: 0 })
    return frame
  }
}
