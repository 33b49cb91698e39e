/**
 * One file that this page sends. It is offered. Once accepted, its chunks go whenever the lane has room, at most a window ahead of what the
 * receiver has acknowledged. Its SHA-256 ends it. After a lost link it is offered again, and goes on from where the receiver is once that
 * accepts again.
 *
 * Invariants: `#acked` ≤ `#sentTo` ≤ `#acked` + `WINDOW_BYTES`. Each byte goes into the hash once, in order.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Source } from './file-lane.ts'
import { CHUNK_BYTES, MAX_ACCEPTS, OFFER_MS, READ_BYTES, WINDOW_BYTES } from './limits.ts'
import { encodeFileMessage, type FileMessage } from './messages.ts'
import { type About, Transfer, type TransferHost } from './transfer.ts'

/** A part of the file that was read into memory. */
interface Stretch {
  readonly from: number
  readonly bytes: Uint8Array
}

export interface OutgoingOptions extends TransferHost {
  /** The file has something to send. */
  wake(source: Source): void
  /** The `peer` that messages to the other side carry now. */
  tag(): number
}

export class OutgoingFile extends Transfer implements Source {
  readonly outgoing = true
  readonly #options: OutgoingOptions
  readonly #hash = sha256.create()
  #digest: Uint8Array | null = null
  #file: Blob | null
  #accepts = 0
  /** Offered again: nothing is sent before the receiver says where it is. */
  #awaitsAccept = true
  #acked = 0
  #sentTo = 0
  #hashedTo = 0
  #endIsSent = false
  /** Read and not sent yet, in order. */
  #stretches: Stretch[] = []
  /** Where the next read begins. */
  #readTo = 0
  #isReading = false

  constructor(options: OutgoingOptions, file: Blob, about: About) {
    super(options, about)
    this.#options = options
    this.#file = file
  }

  get isAccepted(): boolean {
    return this.#accepts > 0
  }

  /** Offers it: the first time, or after a lost link. */
  offer(): void {
    const { name, type, size } = this
    this.#awaitsAccept = true
    if (this.#accepts === 0) this.expire(OFFER_MS, 'declined')
    this.say({ kind: 'offer', name, type, size })
  }

  /** A message of the receiver. False: no honest one sends it now. */
  hear(message: FileMessage): boolean {
    switch (message.kind) {
      case 'accept':
        return this.#accepted(message.at)
      case 'ack':
        if (message.at <= this.#acked || message.at > this.#sentTo || !this.#isBoundary(message.at)) return false
        this.#acked = message.at
        this.moved(message.at)
        this.#options.wake(this)
        return true
      case 'done':
        if (!this.#endIsSent) return false
        this.moved(this.size)
        this.finish('done')
        return true
      default:
        return false
    }
  }

  #accepted(at: number): boolean {
    const isInWindow = this.#accepts === 0 ? at === 0 : at >= this.#acked && at <= this.#sentTo
    if (!isInWindow || !this.#isBoundary(at) || ++this.#accepts > MAX_ACCEPTS) return this.#isWrongAccept()
    this.#awaitsAccept = false
    this.#acked = at
    this.#sentTo = at
    this.#endIsSent = false
    this.#stretches = []
    this.#readTo = at
    this.moved(at)
    this.#options.wake(this)
    return true
  }

  /** A host who has just taken the lobby over cannot tell where a receiver was, and passes on whatever they say. */
  #isWrongAccept(): boolean {
    if (!this.#awaitsAccept) return false
    this.stop('corrupt')
    return true
  }

  take(): Uint8Array | null {
    if (this.end !== null || this.#awaitsAccept) return null
    if (this.#sentTo === this.size) return this.#takeEnd()
    if (this.#sentTo - this.#acked >= WINDOW_BYTES) return null
    const bytes = this.#nextChunk()
    this.#readAhead()
    if (!bytes) return null
    const at = this.#sentTo
    if (at === this.#hashedTo) {
      this.#hash.update(bytes)
      this.#hashedTo += bytes.length
    }
    this.#sentTo += bytes.length
    return encodeFileMessage({ kind: 'chunk', peer: this.#options.tag(), id: this.id, at, bytes })
  }

  #takeEnd(): Uint8Array | null {
    if (this.#endIsSent) return null
    this.#endIsSent = true
    this.#digest ??= this.#hash.digest()
    return encodeFileMessage({ kind: 'end', peer: this.#options.tag(), id: this.id, hash: this.#digest })
  }

  #isBoundary(at: number): boolean {
    return at === this.size || at % CHUNK_BYTES === 0
  }

  /** The bytes from `#sentTo` on, when they have been read. */
  #nextChunk(): Uint8Array | null {
    const [stretch] = this.#stretches
    if (!stretch) return null
    const start = this.#sentTo - stretch.from
    const chunk = stretch.bytes.subarray(start, start + CHUNK_BYTES)
    if (start + chunk.length === stretch.bytes.length) this.#stretches.shift()
    return chunk
  }

  /** Keeps one stretch ahead of the one that is being sent. */
  #readAhead(): void {
    if (this.#isReading || this.#stretches.length > 1 || this.#readTo === this.size) return
    void this.#read(this.#readTo)
  }

  async #read(from: number): Promise<void> {
    const to = Math.min(this.size, from + READ_BYTES)
    const accepts = this.#accepts
    this.#isReading = true
    const bytes = await readPart(this.#file, from, to)
    this.#isReading = false
    if (this.end !== null) return
    // The file was changed or deleted since it was chosen.
    if (bytes?.length !== to - from) return this.stop('unreadable')
    // After another accept it goes on elsewhere.
    if (accepts === this.#accepts) {
      this.#stretches.push({ from, bytes })
      this.#readTo = to
    }
    this.#options.wake(this)
  }

  protected release(): void {
    this.#file = null
    this.#stretches = []
  }
}

async function readPart(file: Blob | null, from: number, to: number): Promise<Uint8Array | null> {
  try {
    return file && new Uint8Array(await file.slice(from, to).arrayBuffer())
  } catch {
    return null
  }
}
