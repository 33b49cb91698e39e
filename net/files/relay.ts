/**
 * Files from one guest to another, relayed by the host. The host passes each chunk on when the receiver's link takes it. The sender may be
 * at most a window ahead of what the receiver has acknowledged, so a slow receiver slows its own sender and nobody else. Before a message
 * is passed on, the host checks its sender, that the file was offered, and its place in the order.
 *
 * Invariants of each transfer: `acked` ≤ `sentTo` ≤ `acked` + `WINDOW_BYTES`; the waiting chunks are between the two.
 */
import { Ended } from './ended.ts'
import type { FileLane, Source } from './file-lane.ts'
import {
  CHUNK_BYTES,
  MAX_ACCEPTS,
  MAX_OPEN,
  MAX_OPEN_PER_PEER,
  MAX_SENDING,
  MAX_STRAY_CHUNKS,
  WINDOW_BYTES,
} from './limits.ts'
import { encodeFileMessage, endMessage, type FileMessage, type OfferMessage } from './messages.ts'
import type { FileEnd } from './types.ts'

export interface RelayOptions {
  /** The lane that leads to a guest now; null while there is none. */
  lane(player: number): FileLane | null
  /** Why a file of this size is not allowed; null: it is. */
  forbids(size: number): FileEnd | null
}

/** One file on its way from guest to guest. */
class Passing implements Source {
  readonly sender: number
  readonly receiver: number
  readonly id: number
  readonly size: number
  accepts = 0
  acked = 0
  sentTo = 0
  endCame = false
  /** Chunks out of order since the last accept: sent before it, and dropped here. */
  strays = 0
  waiting: Uint8Array[] = []

  constructor(sender: number, receiver: number, { id, size }: OfferMessage) {
    this.sender = sender
    this.receiver = receiver
    this.id = id
    this.size = size
  }

  take(): Uint8Array | null {
    return this.waiting.shift() ?? null
  }
}

const keyOf = (sender: number, receiver: number, id: number): string => `${sender}>${receiver}:${id}`

export class FileRelay {
  readonly #options: RelayOptions
  readonly #passing = new Map<string, Passing>()
  readonly #ended = new Ended()

  constructor(options: RelayOptions) {
    this.#options = options
  }

  /** Bytes of files that wait here. */
  get waitingBytes(): number {
    let bytes = 0
    for (const { waiting } of this.#passing.values()) for (const message of waiting) bytes += message.length
    return bytes
  }

  /** A message of one guest to another about a file. False: no honest guest sends it, or not now. */
  hear(from: number, message: FileMessage): boolean {
    const { peer: to, id } = message
    if (message.kind === 'offer') return this.#offer(from, to, message)
    const isOfSender = message.kind === 'chunk' || message.kind === 'end'
    const ofSender = keyOf(from, to, id)
    const ofReceiver = keyOf(to, from, id)
    const key = isOfSender || (message.kind === 'cancel' && this.#passing.has(ofSender)) ? ofSender : ofReceiver
    const passing = this.#passing.get(key)
    if (!passing) return this.#hearOfEnded(from, message, ofSender, ofReceiver)
    switch (message.kind) {
      case 'chunk':
        return this.#chunk(passing, message)
      case 'end':
        if (passing.sentTo !== passing.size || passing.endCame || passing.accepts === 0) return false
        passing.endCame = true
        this.#queue(passing, message)
        return true
      case 'accept':
        return this.#accept(passing, message)
      case 'ack':
        if (message.at <= passing.acked || message.at > passing.sentTo) return false
        passing.acked = message.at
        break
      case 'done':
        if (!passing.endCame) return false
        this.#forget(key, 'done')
        break
      case 'cancel':
        this.#forget(key, message.reason)
        break
    }
    this.#say(from, to, message)
    return true
  }

  /** A guest who accepts an ended transfer missed its end, as their link was lost: they are told again. */
  #hearOfEnded(from: number, { kind, peer, id }: FileMessage, ofSender: string, ofReceiver: string): boolean {
    const end = this.#ended.endOf(ofReceiver)
    if (end && kind === 'accept') this.#say(peer, from, endMessage(peer, id, end))
    return this.#ended.mayStillCome(ofSender) || this.#ended.mayStillCome(ofReceiver)
  }

  #offer(from: number, to: number, message: OfferMessage): boolean {
    const key = keyOf(from, to, message.id)
    const known = this.#passing.get(key)
    if (known && known.size !== message.size) return false
    if (!known) {
      const end = this.#ended.endOf(key) ?? this.#refusal(from, to, message.size)
      if (end) {
        this.#ended.add(key, end)
        this.#say(to, from, endMessage(to, message.id, end))
        return true
      }
      this.#passing.set(key, new Passing(from, to, message))
    }
    this.#say(from, to, message)
    return true
  }

  #refusal(from: number, to: number, size: number): FileEnd | null {
    if (from === to || !this.#options.lane(to)) return 'gone'
    const all = [...this.#passing.values()]
    const isCrowded =
      all.filter(({ receiver }) => receiver === to).length >= MAX_OPEN ||
      all.filter(({ sender }) => sender === from).length >= MAX_SENDING ||
      all.filter(({ sender, receiver }) => sender === from && receiver === to).length >= MAX_OPEN_PER_PEER
    return this.#options.forbids(size) ?? (isCrowded ? 'too-many' : null)
  }

  #accept(passing: Passing, message: FileMessage & { kind: 'accept' }): boolean {
    const { at } = message
    const isInWindow = passing.accepts === 0 ? at === 0 : at >= passing.acked && at <= passing.sentTo
    if (!isInWindow || ++passing.accepts > MAX_ACCEPTS) return false
    passing.acked = at
    passing.sentTo = at
    passing.endCame = false
    passing.strays = 0
    passing.waiting = []
    this.#say(passing.receiver, passing.sender, message)
    return true
  }

  #chunk(passing: Passing, message: FileMessage & { kind: 'chunk' }): boolean {
    const { at, bytes } = message
    if (passing.accepts === 0) return false
    if (at !== passing.sentTo) return ++passing.strays <= MAX_STRAY_CHUNKS
    const to = at + bytes.length
    const isWhole = bytes.length === CHUNK_BYTES || to === passing.size
    if (to > passing.size || !isWhole || to > passing.acked + WINDOW_BYTES) return false
    passing.sentTo = to
    this.#queue(passing, message)
    return true
  }

  /** Queues a message for the receiver. Dropped while they are away: they accept again when they are back. */
  #queue(passing: Passing, message: FileMessage): void {
    const lane = this.#options.lane(passing.receiver)
    if (!lane) return
    passing.waiting.push(encodeFileMessage({ ...message, peer: passing.sender }))
    lane.wake(passing)
  }

  #say(from: number, to: number, message: FileMessage): void {
    this.#options.lane(to)?.say(encodeFileMessage({ ...message, peer: from }))
  }

  #forget(key: string, end: FileEnd): void {
    const passing = this.#passing.get(key)
    if (passing) passing.waiting = []
    this.#passing.delete(key)
    this.#ended.add(key, end)
  }

  /** A guest's link is lost. Drops what waits for them: they accept again when they are back. */
  away(player: number): void {
    for (const passing of this.#passing.values()) if (passing.receiver === player) passing.waiting = []
  }

  /** A guest has left for good: the other side is told. */
  gone(player: number): void {
    for (const [key, { sender, receiver, id }] of [...this.#passing]) {
      if (sender !== player && receiver !== player) continue
      this.#forget(key, 'gone')
      const other = sender === player ? receiver : sender
      this.#say(player, other, { kind: 'cancel', peer: player, id, reason: 'gone' })
    }
  }

  close(): void {
    for (const key of [...this.#passing.keys()]) this.#forget(key, 'gone')
  }
}
