/**
 * The bulk lane of a link, above all its pipes: whole messages in, whole messages out, each once and in order. It owns the
 * acknowledgements between the sending and the receiving side.
 */
import { decodeBulkFrame, encodeAck } from './bulk-frames.ts'
import { BulkReceiver } from './bulk-receiver.ts'
import { BulkSender, MAX_PIECES } from './bulk-sender.ts'
import { LOW_WATER_BYTES } from './link.ts'
import type { Pipe } from './pipe.ts'

/**
 * Frames that tell nothing new, between two changes of pipes. After a change an honest peer repeats a window of pieces,
 * and may acknowledge as many.
 */
const MAX_AGAIN = 4 * MAX_PIECES

export class BulkLane {
  readonly #sender = new BulkSender()
  readonly #receiver: BulkReceiver
  #ackIsDue = false
  #again = 0
  #isPumping = false

  /** `maxBytes`: of the largest message that this side takes. */
  constructor(maxBytes?: number) {
    this.#receiver = new BulkReceiver(maxBytes)
  }

  /** Bytes of messages that wait for a pipe. */
  get waitingBytes(): number {
    return this.#sender.waitingBytes
  }

  /** Copies a message and queues it. */
  queue(message: Uint8Array): void {
    this.#sender.queue(message)
  }

  /** Takes a frame. Returns a message that it completes, or null; `refused`: no honest peer sends it. */
  hear(data: Uint8Array, nowMs: number): Uint8Array | null | 'refused' {
    const frame = decodeBulkFrame(data)
    if (!frame) return 'refused'
    if (frame.kind === 'ack') {
      const taken = this.#sender.acknowledge(frame.next, nowMs)
      return taken === 'stale' ? this.#noteAgain() : taken === 'taken' ? null : taken
    }
    const taken = this.#receiver.take(frame)
    if (taken === 'refused') return taken
    // Also of what came again: the other side has not heard that it came.
    this.#ackIsDue = true
    if (taken === 'again') return this.#noteAgain()
    return taken === 'part' ? null : taken
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
    this.#again = 0
    // The last acknowledgement may have been lost with the old pipe.
    this.#ackIsDue = true
  }

  /** A pipe was lost on the way: the other side may have repeated over it what it repeats here. */
  forgive(): void {
    this.#again = 0
  }

  #noteAgain(): null | 'refused' {
    return ++this.#again > MAX_AGAIN ? 'refused' : null
  }
}
