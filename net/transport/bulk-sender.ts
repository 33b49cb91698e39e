/**
 * The sending side of the bulk lane, above all pipes. It splits messages into pieces as they leave, keeps each piece until it
 * is acknowledged, and sends the others again over the next pipe. Messages leave in order, but for those that yield, such as parts of a
 * file: all others overtake them. Pure: the owner moves the frames.
 *
 * Invariants: pieces are numbered without a gap. `#pieces[0]` has the number `#acked`. The first `#sent` of them are in flight;
 * the rest were in flight over an earlier pipe and wait to be sent again. In flight are at most a window of
 * {@link BulkWindow} plus one piece, and {@link MAX_PIECES} pieces.
 */
import { encodePiece, MAX_PIECE_NUMBER } from './bulk-frames.ts'
import { BulkWindow } from './bulk-window.ts'

/** Most pieces in flight. It limits small messages to 256 per round trip. */
export const MAX_PIECES = 256

/** A piece that was split off a message. */
interface SentPiece {
  readonly frame: Uint8Array
  /** A piece that was sent twice gives no round-trip sample: nobody knows which of the two was acknowledged (Karn). */
  timesSent: number
  sentAt: number
}

export class BulkSender {
  readonly #window = new BulkWindow()
  /** Messages of which nothing is split off yet, oldest first. */
  readonly #messages: Uint8Array[] = []
  readonly #yielding: Uint8Array[] = []
  /** The message that is being split. */
  #current: Uint8Array | null = null
  /** Bytes already split off it. */
  #splitBytes = 0
  /** Bytes of all these messages that are not split off yet. */
  #unsplitBytes = 0
  /** The number of `#pieces[0]`: all before it are acknowledged. */
  #acked = 0
  readonly #pieces: SentPiece[] = []
  #sent = 0
  #sentBytes = 0
  /** Bytes of pieces that wait to go again. */
  #againBytes = 0

  /** Bytes that wait to leave. */
  get waitingBytes(): number {
    return this.#unsplitBytes + this.#againBytes
  }

  /** Copies a message and queues it. `yields`: behind all that do not, those that come later, too. */
  queue(message: Uint8Array, yields = false): void {
    const queue = yields ? this.#yielding : this.#messages
    queue.push(message.slice())
    this.#unsplitBytes += message.length
  }

  /** Forgets the messages that yield, but for one that has begun to leave. */
  dropYielding(): void {
    for (const { length } of this.#yielding.splice(0)) this.#unsplitBytes -= length
  }

  /** The frame to send next; null while the window is full or nothing waits. Ask again after `noteSent`. */
  next(): Uint8Array | null {
    if (this.#isFull) return null
    const again = this.#pieces[this.#sent]
    return again ? again.frame : this.#splitNext()
  }

  /** The frame that `next` gave has left. */
  noteSent(nowMs: number): void {
    const piece = this.#pieces[this.#sent++]
    if (!piece) return
    piece.timesSent++
    piece.sentAt = nowMs
    this.#sentBytes += piece.frame.length
    this.#againBytes -= piece.frame.length
  }

  /** All pieces before `next` have arrived. `stale`: nothing new. `refused`: one of them was never sent. */
  acknowledge(next: number, nowMs: number): 'new' | 'stale' | 'refused' {
    const count = next - this.#acked
    if (count > 0 && !this.#pieces[count - 1]?.timesSent) return 'refused'
    if (count <= 0) return 'stale'
    const wasFull = this.#isFull
    const pieces = this.#pieces.splice(0, count)
    let bytes = 0
    for (const { frame } of pieces) {
      bytes += frame.length
      // An ack over the old pipe may be for a piece that waits to be sent again.
      if (this.#sent > 0) this.#sentBytes -= frame.length
      else this.#againBytes -= frame.length
      this.#sent = Math.max(0, this.#sent - 1)
    }
    this.#acked = next
    const last = pieces.at(-1)
    if (last?.timesSent === 1) this.#window.acknowledged(bytes, nowMs - last.sentAt, wasFull, nowMs)
    return 'new'
  }

  /** Another pipe takes over: every piece that is in flight is sent again. */
  rewind(): void {
    this.#againBytes += this.#sentBytes
    this.#sentBytes = 0
    this.#sent = 0
    this.#window.reset()
  }

  get #isFull(): boolean {
    return this.#sent >= MAX_PIECES || this.#sentBytes >= this.#window.bytes
  }

  #splitNext(): Uint8Array | null {
    this.#current ??= this.#messages.shift() ?? this.#yielding.shift() ?? null
    const message = this.#current
    const sequence = this.#acked + this.#pieces.length
    if (!message || sequence > MAX_PIECE_NUMBER) return null
    const bytes = message.subarray(this.#splitBytes, this.#splitBytes + this.#window.pieceBytes)
    this.#splitBytes += bytes.length
    const frame = encodePiece(sequence, message.length - this.#splitBytes, bytes)
    if (this.#splitBytes === message.length) {
      this.#current = null
      this.#splitBytes = 0
    }
    this.#unsplitBytes -= bytes.length
    this.#againBytes += frame.length
    this.#pieces.push({ frame, timesSent: 0, sentAt: 0 })
    return frame
  }
}
