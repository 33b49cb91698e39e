/**
 * The files that one page sends and receives, to and from any number of other pages. In: messages of others, and what the page asks. Out:
 * messages over lanes, and offers for the page to answer. `lane` says how another page is reached: on a guest's page all over the link
 * to the host, on the host's page each over a link of their own. Both may change at any time, as when another page becomes the host.
 *
 * Invariants: at most `MAX_OPEN_PER_PEER` offers of one page and `MAX_OPEN` of all are open here, and at most `MAX_SENDING` of this page. Accepted
 * files have at most `MAX_RECEIVING_BYTES` together. After `close` nothing is kept.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import type { Chance, Timers } from '../platform/platform.ts'
import { describeGiven } from '../world/given.ts'
import { Ended } from './ended.ts'
import type { FileLane } from './file-lane.ts'
import { IncomingFile } from './incoming.ts'
import {
  DEFAULT_MAX_BYTES,
  MAX_OPEN,
  MAX_OPEN_PER_PEER,
  MAX_RECEIVING_BYTES,
  MAX_SENDING,
  OFFER_BURST,
  OFFERS_PER_SECOND,
} from './limits.ts'
import { encodeFileMessage, endMessage, type FileMessage, type OfferMessage } from './messages.ts'
import { cleanFileName, cleanType } from './names.ts'
import { OutgoingFile } from './outgoing.ts'
import type { Transfer, TransferHost } from './transfer.ts'
import type { FileEnd, FileOffer, FileTransfer } from './types.ts'

export interface ExchangeOptions {
  readonly platform: Timers & Chance
  /** The lane that leads to another page now; null while there is none. */
  lane(peer: number): FileLane | null
  /** The `peer` that messages to that page carry. */
  tag(peer: number): number
  /** Another page offers a file. False: it is declined. */
  offered(offer: FileOffer): boolean
  /** Why a file of this size is not allowed; null: it is. */
  forbids(size: number): FileEnd | null
}

const keyOf = (peer: number, id: number): string => `${peer}:${id}`

export class FileExchange {
  readonly #options: ExchangeOptions
  readonly #outgoing = new Map<string, OutgoingFile>()
  readonly #incoming = new Map<string, IncomingFile>()
  readonly #ended = new Ended()
  readonly #offers = new TokenBucket(OFFERS_PER_SECOND, OFFER_BURST)
  /** Begins at random: after a reload, a new file must not have the id of one that the other side still remembers. */
  #nextId: number
  #isClosed = false

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#nextId = new DataView(options.platform.randomBytes(4).buffer).getUint32(0)
  }

  /** Offers a file to another page. What keeps it from that is told as its end. */
  share(file: Blob, peer: number, name: string): FileTransfer {
    const id = this.#nextId
    this.#nextId = (id + 1) % 2 ** 32
    const about = { peer, id, name: cleanFileName(name), type: cleanType(file.type), size: file.size }
    const lane = this.#options.lane(peer)
    const options = {
      ...this.#hostFor(peer),
      tag: () => this.#options.tag(peer),
      wake: (source: OutgoingFile) => this.#options.lane(peer)?.wake(source),
    }
    const transfer = new OutgoingFile(options, file, about)
    const refusal = this.#isClosed || !lane ? 'gone' : (this.#options.forbids(file.size) ?? this.#tooMany())
    if (refusal) {
      transfer.finish(refusal)
      return transfer
    }
    this.#outgoing.set(keyOf(peer, id), transfer)
    transfer.offer()
    return transfer
  }

  #tooMany(): FileEnd | null {
    const isAllowed = this.#outgoing.size < MAX_SENDING && this.#offers.take(this.#options.platform.now())
    return isAllowed ? null : 'too-many'
  }

  /** A message of another page about a file. False: no honest page sends it, or not now. */
  hear(peer: number, message: FileMessage): boolean {
    if (this.#isClosed) return true
    const key = keyOf(peer, message.id)
    if (message.kind === 'offer') return this.#hearOffer(peer, key, message)
    const outgoing = this.#outgoing.get(key)
    const incoming = this.#incoming.get(key)
    const isOfSender = message.kind === 'chunk' || message.kind === 'end'
    const transfer = message.kind === 'cancel' ? (outgoing ?? incoming) : isOfSender ? incoming : outgoing
    if (!transfer) return this.#hearOfEnded(peer, key, message)
    if (message.kind !== 'cancel') return transfer.hear(message)
    transfer.finish(message.reason)
    return true
  }

  /** A page that accepts an ended transfer missed its end, as its link was lost: it is told again. */
  #hearOfEnded(peer: number, key: string, { kind, id }: FileMessage): boolean {
    const end = this.#ended.endOf(key)
    if (end && kind === 'accept') this.#hostFor(peer).say(endMessage(peer, id, end))
    return this.#ended.mayStillCome(key)
  }

  #hearOffer(peer: number, key: string, { id, name, type, size }: OfferMessage): boolean {
    const known = this.#incoming.get(key)
    if (known) {
      // The sender's link was lost.
      if (known.size !== size) return false
      known.resume()
      return true
    }
    const end = this.#ended.endOf(key)
    if (end) {
      this.#hostFor(peer).say(endMessage(peer, id, end))
      return true
    }
    const incoming = new IncomingFile(this.#hostFor(peer), { peer, id, name, type, size })
    this.#incoming.set(key, incoming)
    const refusal = this.#options.forbids(size) ?? (this.#isCrowded(peer) ? 'too-many' : null)
    if (refusal && refusal !== 'done') incoming.stop(refusal)
    else if (!this.#options.offered(this.#offerOf(incoming))) incoming.stop('declined')
    return true
  }

  #isCrowded(peer: number): boolean {
    const open = [...this.#incoming.values()]
    return open.length > MAX_OPEN || open.filter((other) => other.peer === peer).length > MAX_OPEN_PER_PEER
  }

  #offerOf(incoming: IncomingFile): FileOffer {
    const { peer, name, type, size } = incoming
    return {
      ...{ from: peer, name, type, size, ended: incoming.ended },
      get end() {
        return incoming.end
      },
      accept: ({ maxBytes = DEFAULT_MAX_BYTES } = {}) => {
        if (!(Number.isSafeInteger(maxBytes) && maxBytes >= 0))
          throw new RangeError(`maxBytes is ${describeGiven(maxBytes)}. Write a whole number of bytes.`)
        if (incoming.isAccepted) return incoming
        if (size > maxBytes) incoming.stop('too-large')
        else if (this.#receivingBytes() + size > MAX_RECEIVING_BYTES) incoming.stop('too-many')
        else incoming.accept()
        return incoming
      },
      decline: () => {
        if (!incoming.isAccepted) incoming.stop('declined')
      },
    }
  }

  #receivingBytes(): number {
    let bytes = 0
    for (const { isAccepted, size } of this.#incoming.values()) if (isAccepted) bytes += size
    return bytes
  }

  /** This page's link is back. Every transfer goes on from where it was. */
  resume(): void {
    for (const outgoing of this.#outgoing.values()) outgoing.offer()
    for (const incoming of this.#incoming.values()) incoming.resume()
  }

  /** A page that has no answer for this one yet may have missed what it was offered: it is offered again. */
  offerAgain(peer: number): void {
    for (const outgoing of this.#outgoing.values()) if (outgoing.peer === peer && !outgoing.isAccepted) outgoing.offer()
  }

  /** A page has left for good. `now`: or it has another number from now on, under which what it sent before may still come. */
  gone(peer: number, now: number | null = null): void {
    for (const transfer of this.#all()) {
      if (transfer.peer !== peer) continue
      transfer.finish('gone')
      if (now !== null) this.#ended.add(keyOf(now, transfer.id), 'gone')
    }
  }

  /** All but these pages have left for good. */
  keep(peers: ReadonlySet<number>): void {
    for (const transfer of this.#all()) if (!peers.has(transfer.peer)) transfer.finish('gone')
  }

  /** This page is another one for all others, who know that already: its transfers end. */
  begoneAll(): void {
    for (const transfer of this.#all()) transfer.finish('gone')
  }

  /** Ends everything. */
  close(): void {
    this.#isClosed = true
    for (const transfer of this.#all()) transfer.stop('gone')
  }

  #all(): Transfer[] {
    return [...this.#outgoing.values(), ...this.#incoming.values()]
  }

  #hostFor(peer: number): TransferHost {
    const { lane, tag, platform } = this.#options
    return {
      timers: platform,
      say: (message) => lane(peer)?.say(encodeFileMessage({ ...message, peer: tag(peer) })),
      ended: (transfer) => {
        const key = keyOf(transfer.peer, transfer.id)
        if (transfer.outgoing) this.#outgoing.delete(key)
        else this.#incoming.delete(key)
        this.#ended.add(key, transfer.end ?? 'gone')
      },
    }
  }
}
