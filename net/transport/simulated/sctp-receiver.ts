/**
 * The receiving side of a simulated SCTP association: which chunks came, when to acknowledge them (RFC 9260, 6.2, and
 * RFC 7053), and whole messages from their parts. The state lane's messages are handed over as they are complete, the
 * bulk lane's in order.
 */
import type { Lane } from '../../wire/lanes.ts'
import type { DataChunk, Message, Packet, Range, Sack } from './sctp-packet.ts'
import { LazyTimer, type TimeLine } from './sctp-timeout.ts'

/** dcSCTP: after 200 ms at the latest, or half the retransmission timeout. */
const DELAYED_ACK_MS = 200
const MAX_GAPS_REPORTED = 20

/** `delayed`: one packet is not acknowledged yet, the next one brings the acknowledgement. */
type AckState = 'nothing' | 'becoming delayed' | 'delayed' | 'at once'

/** What has come of a message that is not complete. */
interface Partial {
  received: number
  newestTsn: number
}

export class SctpReceiver {
  #cumulative = 0
  /** What came beyond `#cumulative`, in order, not touching. */
  #gaps: Range[] = []
  #ackState: AckState = 'nothing'
  #heardAnything = false
  readonly #delayedAck: LazyTimer
  readonly #retransmissionTimeout: () => number
  readonly #partial = new Map<Message, Partial>()
  /** Complete messages of the bulk lane that wait for an earlier one. */
  readonly #early = new Map<number, Message>()
  #nextBulk = 0

  /** `acknowledge` is called when an acknowledgement can wait no longer. */
  constructor(time: TimeLine, retransmissionTimeout: () => number, acknowledge: () => void) {
    this.#retransmissionTimeout = retransmissionTimeout
    this.#delayedAck = new LazyTimer(time, () => {
      this.#become('at once')
      acknowledge()
    })
  }

  /** Takes the data of a packet; returns the messages that are complete with it. */
  receive({ chunks, forwardTo, immediate }: Packet): Message[] {
    if (forwardTo !== null) this.#skipTo(forwardTo)
    const complete: Message[] = []
    for (const chunk of chunks) {
      if (this.#note(chunk.tsn, immediate)) this.#assemble(chunk, complete)
    }
    if (this.#ackState === 'becoming delayed') this.#become('delayed')
    return complete
  }

  /** The acknowledgement that is due; also one that could wait, when a packet leaves anyway. */
  takeSack(packetLeavesAnyway: boolean): Sack | null {
    if (this.#ackState === 'nothing' || (this.#ackState === 'delayed' && !packetLeavesAnyway)) return null
    this.#become('nothing')
    return { cumulative: this.#cumulative, gaps: this.#gaps.slice(0, MAX_GAPS_REPORTED).map((gap) => ({ ...gap })) }
  }

  /** False for a chunk that came before or was given up. */
  #note(tsn: number, immediate: boolean): boolean {
    const isNew = tsn > this.#cumulative && this.#addToGaps(tsn)
    this.#advance()
    if (!isNew || immediate || this.#gaps.length > 0 || !this.#heardAnything) this.#become('at once')
    this.#heardAnything = true
    this.#becomeLater()
    return isNew
  }

  #becomeLater(): void {
    if (this.#ackState === 'nothing') this.#become('becoming delayed')
    else if (this.#ackState === 'delayed') this.#become('at once')
  }

  #become(next: AckState): void {
    if (next === 'delayed') this.#delayedAck.start(Math.min(DELAYED_ACK_MS, this.#retransmissionTimeout() / 2))
    else if (this.#ackState === 'delayed') this.#delayedAck.stop()
    this.#ackState = next
  }

  #addToGaps(tsn: number): boolean {
    const gaps = this.#gaps
    let place = gaps.length
    while (place > 0 && (gaps[place - 1]?.first ?? 0) > tsn) place--
    const before = gaps[place - 1]
    if (before && tsn <= before.last) return false
    const after = gaps[place]
    if (before?.last === tsn - 1) {
      before.last = tsn
      if (after?.first === tsn + 1) {
        before.last = after.last
        gaps.splice(place, 1)
      }
    } else if (after?.first === tsn + 1) after.first = tsn
    else gaps.splice(place, 0, { first: tsn, last: tsn })
    return true
  }

  #advance(): void {
    for (let first = this.#gaps[0]; first && first.first <= this.#cumulative + 1; first = this.#gaps[0]) {
      this.#cumulative = Math.max(this.#cumulative, first.last)
      this.#gaps.shift()
    }
  }

  #skipTo(tsn: number): void {
    if (tsn <= this.#cumulative) {
      // The acknowledgement of an earlier one was lost.
      this.#become('at once')
      return
    }
    this.#cumulative = tsn
    this.#advance()
    for (const [message, { newestTsn }] of this.#partial) if (newestTsn <= tsn) this.#partial.delete(message)
    this.#becomeLater()
  }

  #assemble({ tsn, message, length }: DataChunk, complete: Message[]): void {
    if (length < message.bytes.length) {
      const known = this.#partial.get(message) ?? { received: 0, newestTsn: tsn }
      known.received += length
      known.newestTsn = Math.max(known.newestTsn, tsn)
      this.#partial.set(message, known)
      if (known.received < message.bytes.length) return
      this.#partial.delete(message)
    }
    if (isOrdered(message.lane)) {
      this.#early.set(message.order, message)
      for (let next = this.#early.get(this.#nextBulk); next; next = this.#early.get(this.#nextBulk)) {
        this.#early.delete(this.#nextBulk++)
        complete.push(next)
      }
    } else complete.push(message)
  }
}

function isOrdered(lane: Lane): boolean {
  return lane === 'bulk'
}
