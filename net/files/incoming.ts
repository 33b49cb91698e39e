/**
 * One file that another page offers to this one. It waits for the player to accept. Then chunks come in order, are acknowledged and kept in
 * memory, and are joined when their SHA-256 is the sender's. Nothing that the sender says is trusted.
 *
 * Invariant: no more than `size` bytes are kept, and those only after `accept`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { ACK_BYTES, CHUNK_BYTES, MAX_STRAY_CHUNKS } from './limits.ts'
import type { FileMessage } from './messages.ts'
import { contradictsType, harmlessType } from './signatures.ts'
import { Transfer } from './transfer.ts'

export class IncomingFile extends Transfer {
  readonly outgoing = false
  isAccepted = false
  readonly #hash = sha256.create()
  #parts: Uint8Array<ArrayBuffer>[] = []
  #ackedAt = 0
  #strays = 0

  /** The player takes it. */
  accept(): void {
    if (this.end !== null || this.isAccepted) return
    this.isAccepted = true
    this.#askFrom()
  }

  /** The link is back, or the sender's is: the sender goes on from here. Does nothing before `accept`. */
  resume(): void {
    if (this.end === null && this.isAccepted) this.#askFrom()
  }

  #askFrom(): void {
    this.#ackedAt = this.bytes
    this.#strays = 0
    this.say({ kind: 'accept', at: this.bytes })
    this.moved(this.bytes)
  }

  /** A message of the sender. False: no honest one sends it now. */
  hear(message: FileMessage): boolean {
    if (!this.isAccepted) return false
    if (message.kind === 'chunk') return this.#take(message.at, message.bytes)
    return message.kind === 'end' && this.#finish(message.hash)
  }

  #take(at: number, bytes: Uint8Array): boolean {
    if (at !== this.bytes) return ++this.#strays <= MAX_STRAY_CHUNKS
    const to = at + bytes.length
    const isWhole = bytes.length === CHUNK_BYTES || to === this.size
    if (to > this.size || !isWhole || (at === 0 && contradictsType(this.type, bytes))) return this.#isCorrupt()
    // A copy: the bytes are a view into the whole message.
    const part = bytes.slice()
    this.#hash.update(part)
    this.#parts.push(part)
    this.moved(to)
    // A listener of the progress may have cancelled it.
    if (this.end === null && (to - this.#ackedAt >= ACK_BYTES || to === this.size)) {
      this.#ackedAt = to
      this.say({ kind: 'ack', at: to })
    }
    return true
  }

  #finish(hash: Uint8Array): boolean {
    if (this.bytes !== this.size || !isEqual(this.#hash.digest(), hash)) return this.#isCorrupt()
    this.blob = new Blob(this.#parts, { type: harmlessType(this.type) })
    this.say({ kind: 'done' })
    this.finish('done')
    return true
  }

  #isCorrupt(): boolean {
    this.stop('corrupt')
    return true
  }

  protected release(): void {
    this.#parts = []
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
