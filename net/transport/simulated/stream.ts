/**
 * A {@link MessageStream} over a simulated network: one TCP connection through a server, as a relayed route has it. What is lost is sent
 * again and holds up all that is behind it.
 *
 * Modelled: segments, order, retransmission with its timer, a window of what may be under way, acknowledgements that are lost like
 * anything else. Not modelled: the congestion window's growth, fast retransmission (with two state packets out there are never
 * three duplicate acknowledgements), the second of the two connections, the time that the server takes.
 */
import type { MessageStream, MessageStreamEvents } from '../relay/message-stream.ts'
import { startMessage } from '../relay/relay-frames.ts'
import type { Path } from './path.ts'
import type { TimeLine } from './sctp-timeout.ts'

/** Payload of one TCP segment on Ethernet: 1,500 less IP 20, TCP 32. */
const SEGMENT_BYTES = 1448

/** The bare acknowledgement of a segment has no payload. */
const ACK_BYTES = 0

/** What may be under way in one direction: Linux's first socket buffer for sending has about as much. */
const WINDOW_BYTES = 64 * 1024

/** Before the first acknowledgement: a round trip as on an average link. */
const FIRST_RTT_MS = 100

/** Linux sends the last segment again after two round trips without an answer (tail loss probe, RFC 8985, 7.2), at the earliest after 10 ms. */
const MIN_PROBE_MS = 10

/** Linux's least retransmission timeout. It doubles with each try, up to two minutes. */
const MIN_TIMEOUT_MS = 200
const MAX_TIMEOUT_MS = 120_000

/** The server cuts a socket that shows no life for so long (signaling/server/limits.ts, LEASE_MS), and then the other one. */
const SILENCE_MS = 12_000

interface Segment {
  readonly sequence: number
  readonly bytes: number
  /** The message that is complete with this segment. `close`: the other end hears no more. Null: more segments follow. */
  readonly completes: Uint8Array | 'close' | null
  acked: boolean
}

export class SimulatedStream implements MessageStream {
  readonly #time: TimeLine
  readonly #path: Path
  #other: SimulatedStream = this
  #events: MessageStreamEvents | null = null
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #isShakingHands = false
  #rttMs = FIRST_RTT_MS
  #sequence = 0
  readonly #waiting: Segment[] = []
  #underWayBytes = 0
  /** Segments that came, until those before them are there. */
  readonly #arrived = new Map<number, Segment>()
  #next = 0

  constructor(time: TimeLine, path: Path) {
    this.#time = time
    this.#path = path
  }

  /** Makes two ends of one stream. */
  connect(other: SimulatedStream): void {
    this.#other = other
    other.#other = this
  }

  attach(events: MessageStreamEvents): void {
    this.#events = events
  }

  /** The handshakes are through: both ends are at the server and have started. */
  opens(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#isShakingHands = true
    this.#events?.paired()
    this.#events?.message(startMessage)
    this.#isShakingHands = false
  }

  /** It never opened, or carries nothing any more. */
  fail(detail: string): void {
    if (this.#state === 'closed') return
    this.#events?.failed(detail)
    this.close()
  }

  send(message: Uint8Array): void {
    if (this.#state !== 'open' || this.#isShakingHands) return
    for (let left = message.length; left > 0; left -= SEGMENT_BYTES)
      this.#queue(Math.min(left, SEGMENT_BYTES), left <= SEGMENT_BYTES ? message : null)
    this.#flush()
  }

  get bufferedBytes(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** What was sent still arrives, and then the other end hears of it. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#events = null
    this.#queue(0, 'close')
    this.#flush()
    this.#time.at(this.#time.now + SILENCE_MS, () => this.#other.#closedByOther())
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  #queue(bytes: number, completes: Segment['completes']): void {
    this.#waiting.push({ sequence: this.#sequence++, bytes, completes, acked: false })
  }

  #flush(): void {
    for (let segment = this.#waiting[0]; segment; segment = this.#waiting[0]) {
      if (this.#underWayBytes > 0 && this.#underWayBytes + segment.bytes > WINDOW_BYTES) return
      this.#waiting.shift()
      this.#underWayBytes += segment.bytes
      this.#transmit(segment, 0)
    }
  }

  #transmit(segment: Segment, tries: number): void {
    if (segment.acked || this.#other.#state === 'closed') return
    const { now } = this.#time
    for (const at of this.#path.arrivals(now, segment.bytes)) {
      this.#time.at(at, () => this.#other.#take(segment))
      this.#acknowledgeAt(segment, at, now)
    }
    this.#time.at(now + this.#timeout(tries), () => this.#transmit(segment, tries + 1))
  }

  #timeout(tries: number): number {
    if (tries === 0) return Math.max(MIN_PROBE_MS, 2 * this.#rttMs)
    return Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, this.#rttMs) * 2 ** (tries - 1))
  }

  /** The acknowledgement sets out when the segment arrives. A lost one is made good by the next, or by the segment's next try. */
  #acknowledgeAt(segment: Segment, at: number, sentAt: number): void {
    this.#time.at(at, () => {
      const [backAt] = this.#other.#path.arrivals(this.#time.now, ACK_BYTES)
      if (backAt === undefined) return
      this.#time.at(backAt, () => {
        if (segment.acked) return
        segment.acked = true
        this.#underWayBytes -= segment.bytes
        this.#rttMs += (this.#time.now - sentAt - this.#rttMs) / 8
        this.#flush()
        this.#events?.drained()
      })
    })
  }

  #take(segment: Segment): void {
    if (segment.sequence < this.#next) return
    // What is sent to an end proves that the handshakes are through.
    this.opens()
    this.#arrived.set(segment.sequence, segment)
    for (let each = this.#arrived.get(this.#next); each; each = this.#arrived.get(this.#next)) {
      this.#arrived.delete(this.#next++)
      if (each.completes === 'close') this.#closedByOther()
      // A copy, as the network makes one.
      else if (each.completes) this.#events?.message(each.completes.slice())
    }
  }

  #closedByOther(): void {
    this.fail('the other side closed the connection')
  }
}
