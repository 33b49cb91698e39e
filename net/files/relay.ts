/**
 * Files from one guest to another, relayed by the host. The host passes each chunk on when the receiver's link takes it. The sender may be
 * at most a window ahead of what the receiver has acknowledged, so a slow receiver slows its own sender and nobody else. Before a message
 * is passed on, the host checks its sender, that the file was offered, and its place in the order.
 *
 * A host that took the lobby over knows nothing of the files under way. Their senders offer them again, and their receivers accept again,
 * in any order and from wherever they are.
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
  /** Whether another page hosted before: guests go on with files that it relayed. */
  readonly tookOver: boolean
  /** Whether a guest has a seat, linked or not. */
  hasSeat(player: number): boolean
}

/**
 * Messages of one guest about files that a host who took over has not been told of: one for each offer that they have at most, and a window
 * of chunks that the host before had passed on.
 */
const MAX_OF_BEFORE = MAX_OPEN + MAX_SENDING + WINDOW_BYTES / CHUNK_BYTES

/** One file on its way from guest to guest. */
class Passing implements Source {
  readonly sender: number
  readonly receiver: number
  readonly id: number
  readonly size: number
  readonly offer: OfferMessage
  accepts = 0
  acked = 0
  sentTo = 0
  endCame = false
  /** Chunks out of order since the last accept: sent before it, and dropped here. */
  strays = 0
  waiting: Uint8Array[] = []

  constructor(sender: number, receiver: number, offer: OfferMessage) {
    this.sender = sender
    this.receiver = receiver
    this.offer = offer
    this.id = offer.id
    this.size = offer.size
  }

  take(): Uint8Array | null {
    return this.waiting.shift() ?? null
  }
}

/** Honest receivers take whole chunks. The sender would take anything else for the host's fault. */
const isBoundary = ({ size }: Passing, at: number): boolean => at === size || at % CHUNK_BYTES === 0

const keyOf = (sender: number, receiver: number, id: number): string => `${sender}>${receiver}:${id}`

export class FileRelay {
  readonly #options: RelayOptions
  readonly #passing = new Map<string, Passing>()
  readonly #ended = new Ended()
  readonly #ofBefore = new Map<number, number>()

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
        if (message.at <= passing.acked || message.at > passing.sentTo || !isBoundary(passing, message.at)) return false
        passing.acked = message.at
        break
      case 'done':
        // A file that was whole before this page hosted: the receiver says so when it is offered again.
        if (!passing.endCame && !this.#mayResume(passing)) return false
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
    return this.#ended.mayStillCome(ofSender) || this.#ended.mayStillCome(ofReceiver) || this.#mayBeOfBefore(from)
  }

  /**
   * A receiver speaks of a file whose sender has not come to this host yet: it says so again when it is offered again. Or the host before,
   * a guest by now, had passed on parts of files.
   */
  #mayBeOfBefore(from: number): boolean {
    const ofBefore = (this.#ofBefore.get(from) ?? 0) + 1
    this.#ofBefore.set(from, ofBefore)
    return this.#options.tookOver && ofBefore <= MAX_OF_BEFORE
  }

  /** The host before may have relayed a part of this file. */
  #mayResume({ accepts }: Passing): boolean {
    return this.#options.tookOver && accepts === 0
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
    const { lane, tookOver, hasSeat } = this.#options
    // Right after a change of host they may be on their way: they are offered it when they come.
    if (from === to || !(lane(to) || (tookOver && hasSeat(to)))) return 'gone'
    const all = [...this.#passing.values()]
    const isCrowded =
      all.filter(({ receiver }) => receiver === to).length >= MAX_OPEN ||
      all.filter(({ sender }) => sender === from).length >= MAX_SENDING ||
      all.filter(({ sender, receiver }) => sender === from && receiver === to).length >= MAX_OPEN_PER_PEER
    return this.#options.forbids(size) ?? (isCrowded ? 'too-many' : null)
  }

  #accept(passing: Passing, message: FileMessage & { kind: 'accept' }): boolean {
    const { at } = message
    const isFirst = passing.accepts === 0
    const isInWindow = isFirst ? at === 0 : at >= passing.acked && at <= passing.sentTo
    const isAllowed = isInWindow || (this.#mayResume(passing) && at <= passing.size)
    if (!isAllowed || !isBoundary(passing, at) || ++passing.accepts > MAX_ACCEPTS) return false
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

  /** A guest's link is there. What they were offered meanwhile, or just before a link was lost, they hear now. */
  arrived(player: number): void {
    for (const { sender, receiver, accepts, offer } of this.#passing.values())
      if (receiver === player && accepts === 0) this.#say(sender, receiver, offer)
  }

  /**
   * A guest has left for good: the other side is told. `now`: or they have another number from now on, under which what they sent before
   * may still come.
   */
  gone(player: number, now: number | null = null): void {
    this.#ofBefore.delete(player)
    for (const [key, { sender, receiver, id }] of [...this.#passing]) {
      if (sender !== player && receiver !== player) continue
      this.#forget(key, 'gone')
      if (now !== null) this.#ended.add(sender === player ? keyOf(now, receiver, id) : keyOf(sender, now, id), 'gone')
      const other = sender === player ? receiver : sender
      this.#say(player, other, { kind: 'cancel', peer: player, id, reason: 'gone' })
    }
  }

  close(): void {
    for (const key of [...this.#passing.keys()]) this.#forget(key, 'gone')
  }
}
