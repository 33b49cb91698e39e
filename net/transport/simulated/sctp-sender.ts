/**
 * The sending side of a simulated SCTP association, which decides how late a message gets: a queue per lane, one
 * congestion window for both, acknowledgements, and what is done about loss.
 *
 * RFC 9260 (congestion control 7.2, retransmission 6.3) and RFC 3758 (messages that are given up), with the choices and
 * constants of dcSCTP, the SCTP of Chromium: the window starts at ten packets, falls to no less than four on loss, and
 * to one when the retransmission timer rings.
 */
import type { Lane } from '../../wire/lanes.ts'
import { CHUNK_HEADER, chunkBytes, type DataChunk, type Message, MTU, type Sack } from './sctp-packet.ts'
import { BackingOffTimer, type RetransmissionTimeout, type TimeLine } from './sctp-timeout.ts'

const INITIAL_WINDOW = 10 * MTU
const MIN_WINDOW = 4 * MTU
/** The receiver's window, which nothing here fills; slow start goes on until the first loss. */
const INITIAL_THRESHOLD = 5 * 1024 * 1024
/** Below this window dcSCTP asks for acknowledgements without delay. */
const IMMEDIATE_ACK_WINDOW = 10 * MTU
/**
 * Chromium tells a page that its buffer has drained only when it is empty or so much has left since it last did: until
 * then `bufferedAmount` is too high.
 */
const DRAIN_REPORT_BYTES = 100 * 1024
/** Reported missing so often, a chunk is lost (RFC 9260, 7.2.4). */
const MISSING_REPORTS = 3

/** A chunk that is under way, or was, and is not cumulatively acknowledged. */
interface Outstanding {
  readonly chunk: DataChunk
  /** With its header and padding, as the window counts it. */
  readonly bytes: number
  readonly sentAt: number
  fate: 'in flight' | 'to be resent' | 'done' | 'given up'
  /** Also what was given up may have come. */
  acknowledged: boolean
  missingReports: number
  wasResent: boolean
}

interface Queued {
  readonly message: Message
  sent: number
}

/** What a SACK brought. */
interface SackOutcome {
  bytes: number
  highest: number
  loss: boolean
}

export class SctpSender {
  #window = INITIAL_WINDOW
  #threshold = INITIAL_THRESHOLD
  #partialBytes = 0
  /** While in fast recovery: the chunk whose acknowledgement ends it. */
  #recoveryEnd: number | null = null
  #cumulative = 0
  /** In the order of their numbers, from `#cumulative + 1`. */
  #outstanding: Outstanding[] = []
  #inFlightBytes = 0
  #resendFast: Outstanding[] = []
  #resend: Outstanding[] = []
  readonly #queues: Record<Lane, Queued[]> = { state: [], bulk: [] }
  readonly #queuedBytes: Record<Lane, number> = { state: 0, bulk: 0 }
  /** What has left the queue without the page having been told. */
  readonly #untoldBytes: Record<Lane, number> = { state: 0, bulk: 0 }
  #lastLane: Lane = 'bulk'
  readonly #time: TimeLine
  readonly #timeout: RetransmissionTimeout
  readonly #timer: BackingOffTimer
  #noForwardUntil = 0

  /** `timedOut` is called after the retransmission timer has rung: there is something to send. */
  constructor(time: TimeLine, timeout: RetransmissionTimeout, timedOut: () => void) {
    this.#time = time
    this.#timeout = timeout
    this.#timer = new BackingOffTimer(
      time,
      () => timeout.ms,
      () => {
        this.#timedOut()
        timedOut()
      },
    )
  }

  /** `bufferedAmount` as the page reads it: 0 when nothing waits, and at least what does. */
  bufferedAmount(lane: Lane): number {
    return this.#queuedBytes[lane] + this.#untoldBytes[lane]
  }

  get wantsImmediateAck(): boolean {
    return this.#window < IMMEDIATE_ACK_WINDOW
  }

  queue(message: Message): void {
    this.#queues[message.lane].push({ message, sent: 0 })
    this.#queuedBytes[message.lane] += message.bytes.length
  }

  stop(): void {
    this.#timer.stop()
  }

  /** What the next packet carries, with this much room in it; nothing when the window is full or there is nothing. */
  nextChunks(room: number): DataChunk[] {
    let left = Math.floor(Math.min(room, Math.max(0, this.#window - this.#inFlightBytes)) / 4) * 4
    const taken = this.#takeResends(this.#resend, left)
    for (const { length } of taken) left -= chunkBytes(length)
    while (left > CHUNK_HEADER) {
      const chunk = this.#cut(left - CHUNK_HEADER)
      if (!chunk) break
      left -= chunkBytes(chunk.length)
      taken.push(chunk)
    }
    if (taken.length > 0 && !this.#timer.running) this.#timer.start(this.#timeout.ms)
    return taken
  }

  /** What is lost and goes out at once, whatever the window says: one packet, when loss is noticed (RFC 9260, 7.2.4). */
  fastChunks(room: number): DataChunk[] {
    if (this.#resendFast.length === 0) return []
    const taken = this.#takeResends(this.#resendFast, room)
    this.#resend = [...this.#resend, ...this.#resendFast].sort((a, b) => a.chunk.tsn - b.chunk.tsn)
    this.#resendFast = []
    const [first] = taken
    if (!first) return taken
    if (first.tsn === this.#cumulative + 1) this.#timer.stop()
    if (!this.#timer.running) this.#timer.start(this.#timeout.ms)
    return taken
  }

  /** What to tell the receiver that it need not wait for; null for nothing, or when it was told just now. */
  forwardTo(): number | null {
    if (this.#outstanding[0]?.fate !== 'given up' || this.#time.now < this.#noForwardUntil) return null
    this.#noForwardUntil = this.#time.now + Math.min(200, this.#timeout.smoothedMs)
    let tsn = this.#cumulative
    for (const { fate } of this.#outstanding) {
      if (fate !== 'given up') break
      tsn++
    }
    return tsn
  }

  acknowledged(sack: Sack): void {
    if (sack.cumulative < this.#cumulative) return
    const inFlightBefore = this.#inFlightBytes
    const advanced = sack.cumulative > this.#cumulative
    const last = this.#outstanding[sack.cumulative - this.#cumulative - 1]
    if (sack.gaps.length === 0 && last && !last.wasResent) this.#timeout.observe(this.#time.now - last.sentAt)
    if (this.#recoveryEnd !== null && sack.cumulative >= this.#recoveryEnd) this.#recoveryEnd = null
    const outcome = this.#takeSack(sack, advanced)
    if (advanced) {
      this.#timer.stop()
      this.#widen(inFlightBefore, outcome.bytes)
    }
    if (outcome.loss && this.#recoveryEnd === null) {
      this.#threshold = Math.max(this.#window / 2, MIN_WINDOW)
      this.#window = this.#threshold
      this.#partialBytes = 0
      this.#recoveryEnd = this.#cumulative + this.#outstanding.length
    }
    if (this.#outstanding.length > 0 && !this.#timer.running) this.#timer.start(this.#timeout.ms)
  }

  /** Slow start and congestion avoidance (RFC 9260, 7.2.1 and 7.2.2): a window that is not used does not grow. */
  #widen(inFlightBefore: number, bytes: number): void {
    const used = inFlightBefore + MTU >= this.#window
    if (this.#window <= this.#threshold) {
      if (used && this.#recoveryEnd === null) this.#window += Math.min(bytes, MTU)
      return
    }
    this.#partialBytes += bytes
    if (this.#partialBytes < this.#window || !used) return
    this.#partialBytes -= this.#window
    this.#window += MTU
  }

  #takeSack({ cumulative, gaps }: Sack, advanced: boolean): SackOutcome {
    const outcome: SackOutcome = { bytes: 0, highest: cumulative, loss: false }
    const wasRecovering = this.#recoveryEnd !== null
    const gone = this.#outstanding.splice(0, cumulative - this.#cumulative)
    this.#cumulative = cumulative
    for (const one of gone) this.#acknowledge(one, outcome)
    for (const { first, last } of gaps)
      for (let tsn = first; tsn <= last; tsn++) {
        const one = this.#at(tsn)
        if (one) this.#acknowledge(one, outcome)
      }
    // Only what was sent before something that is newly acknowledged counts as missing; in recovery, all of it.
    const newest = wasRecovering && advanced ? (gaps.at(-1)?.last ?? cumulative) : outcome.highest
    let from = cumulative + 1
    for (const { first, last } of gaps) {
      for (let tsn = from; tsn < first && tsn <= newest; tsn++) {
        const one = this.#at(tsn)
        if (one?.fate !== 'in flight' || ++one.missingReports < MISSING_REPORTS) continue
        this.#lose(one, wasRecovering ? this.#resend : this.#resendFast)
        outcome.loss = true
      }
      from = last + 1
    }
    return outcome
  }

  #at(tsn: number): Outstanding | undefined {
    return this.#outstanding[tsn - this.#cumulative - 1]
  }

  #acknowledge(one: Outstanding, outcome: SackOutcome): void {
    if (one.acknowledged) return
    one.acknowledged = true
    outcome.bytes += one.bytes
    outcome.highest = Math.max(outcome.highest, one.chunk.tsn)
    // What was given up and came all the same still has to be stepped over.
    if (one.fate === 'given up') return
    if (one.fate === 'in flight') this.#inFlightBytes -= one.bytes
    else this.#resend = this.#resend.filter((other) => other !== one)
    one.fate = 'done'
  }

  /** A chunk of the bulk lane goes out again; one of the state lane is given up, and the rest of its message with it. */
  #lose(one: Outstanding, resend: Outstanding[]): void {
    this.#inFlightBytes -= one.bytes
    if (one.chunk.message.lane === 'bulk') {
      one.fate = 'to be resent'
      resend.push(one)
      return
    }
    one.fate = 'given up'
    const { message } = one.chunk
    for (const other of this.#outstanding) {
      if (other.chunk.message !== message || other.fate === 'given up') continue
      if (other.fate === 'in flight') this.#inFlightBytes -= other.bytes
      other.fate = 'given up'
    }
    const [head] = this.#queues.state
    if (head?.message !== message) return
    this.#queues.state.shift()
    this.#drain('state', message.bytes.length - head.sent)
  }

  /** The retransmission timer rang: everything that is under way counts as lost (RFC 9260, 6.3.3). */
  #timedOut(): void {
    this.#threshold = Math.max(this.#window / 2, MIN_WINDOW)
    this.#window = MTU
    this.#partialBytes = 0
    for (const one of this.#outstanding) if (one.fate === 'in flight') this.#lose(one, this.#resend)
    this.#resend.sort((a, b) => a.chunk.tsn - b.chunk.tsn)
  }

  #takeResends(from: Outstanding[], room: number): DataChunk[] {
    const taken: DataChunk[] = []
    let left = room
    for (let i = 0; i < from.length && left > CHUNK_HEADER; ) {
      const one = from[i]
      if (!one || one.bytes > left) {
        i++
        continue
      }
      from.splice(i, 1)
      left -= one.bytes
      one.fate = 'in flight'
      one.missingReports = 0
      one.wasResent = true
      this.#inFlightBytes += one.bytes
      taken.push(one.chunk)
    }
    return taken
  }

  /** The next chunk of new data, of at most `room` bytes of payload: the lanes take turns, message by message. */
  #cut(room: number): DataChunk | null {
    const queued = this.#head()
    if (!queued) return null
    const { message } = queued
    const offset = queued.sent
    const length = Math.min(room, message.bytes.length - offset)
    queued.sent += length
    this.#drain(message.lane, length)
    if (queued.sent === message.bytes.length) {
      this.#queues[message.lane].shift()
      this.#lastLane = message.lane
    }
    const chunk = { tsn: this.#cumulative + this.#outstanding.length + 1, message, offset, length }
    const bytes = chunkBytes(length)
    this.#outstanding.push({
      chunk,
      bytes,
      sentAt: this.#time.now,
      fate: 'in flight',
      acknowledged: false,
      missingReports: 0,
      wasResent: false,
    })
    this.#inFlightBytes += bytes
    return chunk
  }

  #drain(lane: Lane, bytes: number): void {
    this.#queuedBytes[lane] -= bytes
    this.#untoldBytes[lane] += bytes
    if (this.#queuedBytes[lane] === 0 || this.#untoldBytes[lane] >= DRAIN_REPORT_BYTES) this.#untoldBytes[lane] = 0
  }

  #head(): Queued | undefined {
    const [state] = this.#queues.state
    const [bulk] = this.#queues.bulk
    if (!state || !bulk) return state ?? bulk
    if (bulk.sent > 0) return bulk
    if (state.sent > 0) return state
    return this.#lastLane === 'state' ? bulk : state
  }
}
