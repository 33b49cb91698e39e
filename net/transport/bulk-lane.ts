/**
 * The bulk lane of a link, above all its pipes: whole messages in, whole messages out, each once and in order, but for messages that
 * yield to all others. It owns the
 * acknowledgements between the sending and the receiving side.
 */
import { decodeBulkFrame, encodeAck, type LinkKey } from './bulk-frames.ts'
import { BulkReceiver } from './bulk-receiver.ts'
import { BulkSender, MAX_PIECES } from './bulk-sender.ts'
import { LOW_WATER_BYTES } from './link.ts'
import type { Pipe } from './pipe.ts'

/**
 * Duplicate frames that are allowed per pipe. After a change of pipes an honest peer repeats at most one window of pieces, and
 * may acknowledge as many.
 */
const MAX_DUPLICATES = 4 * MAX_PIECES

export class BulkLane {
  readonly #sender = new BulkSender()
  readonly #receiver: BulkReceiver
  #ackIsDue = false
  #duplicates = 0
  #isPumping = false

  /** `maxBytes`: the size of the largest message that this side takes. */
  constructor(maxBytes?: number) {
    this.#receiver = new BulkReceiver(maxBytes)
  }

  /** Bytes of messages that wait for a pipe. */
  get waitingBytes(): number {
    return this.#sender.waitingBytes
  }

  /** Copies a message and queues it. `yields`: all others overtake it. */
  queue(message: Uint8Array, yields: boolean): void {
    this.#sender.queue(message, yields)
  }

  /** What yields and waits is of no use any more. */
  dropYielding(): void {
    this.#sender.dropYielding()
  }

  /**
   * Takes a frame. Returns the message that it completes, or a key that the other side says, else null. `refused`: no honest peer sends such a
   * frame.
   */
  hear(data: Uint8Array, nowMs: number): Uint8Array | LinkKey | null | 'refused' {
    const frame = decodeBulkFrame(data)
    if (!frame) return 'refused'
    if (frame.kind === 'key') return frame
    if (frame.kind === 'ack') {
      const ack = this.#sender.acknowledge(frame.next, nowMs)
      return ack === 'stale' ? this.#noteDuplicate() : ack === 'new' ? null : ack
    }
    const piece = this.#receiver.take(frame)
    if (piece === 'refused') return piece
    // Duplicates are acknowledged, too: the first ack may have been lost.
    this.#ackIsDue = true
    if (piece === 'duplicate') return this.#noteDuplicate()
    return piece === 'incomplete' ? null : piece
  }

  /** Sends what is due, as far as the pipe takes it: no more than the low-water mark and a piece wait there. */
  pump(pipe: Pipe, nowMs: number): void {
    // A pipe may say within `send` that it has drained.
    if (this.#isPumping) return
    this.#isPumping = true
    if (this.#ackIsDue && pipe.send('bulk', this.resumeFrame()) === 'sent') this.#ackIsDue = false
    while (pipe.waiting('bulk') < LOW_WATER_BYTES.bulk) {
      const frame = this.#sender.next()
      if (!frame || pipe.send('bulk', frame) !== 'sent') break
      this.#sender.noteSent(nowMs)
    }
    this.#isPumping = false
  }

  /** The first frame over a pipe that is to take over: where the other side goes on. */
  resumeFrame(): Uint8Array {
    return encodeAck(this.#receiver.next)
  }

  /** The other side's `resumeFrame` came. False: it is none. */
  resume(data: Uint8Array, nowMs: number): boolean {
    const frame = decodeBulkFrame(data)
    return frame?.kind === 'ack' && this.#sender.acknowledge(frame.next, nowMs) !== 'refused'
  }

  /** Another pipe carries this lane from now on: what is not acknowledged goes over it again. */
  takeOver(): void {
    this.#sender.rewind()
    this.#duplicates = 0
    // The last acknowledgement may have been lost with the old pipe.
    this.#ackIsDue = true
  }

  /** A pipe failed before it took over. Pieces that were repeated over it come again over the present one: count anew. */
  resetDuplicates(): void {
    this.#duplicates = 0
  }

  #noteDuplicate(): null | 'refused' {
    return ++this.#duplicates > MAX_DUPLICATES ? 'refused' : null
  }
}
