/** A {@link Pipe} over a simulated network: an end of a simulated SCTP association, with lanes as a data channel has them. */
import type { Lane } from '../../wire/lanes.ts'
import { GONE_MS } from '../heartbeat.ts'
import type { SendOutcome } from '../link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from '../pipe.ts'
import type { LinkConditions } from './conditions.ts'
import type { Path } from './path.ts'
import { SctpAssociation } from './sctp.ts'
import type { Message } from './sctp-packet.ts'
import type { TimeLine } from './sctp-timeout.ts'

/** The network in the direction away from one end. It can be changed while the pipe is open. */
export interface WayAhead {
  /** From now on. */
  setConditions(conditions: LinkConditions): void
  /** Whatever sets out from this end within `ms` from now is lost. */
  cut(ms: number): void
}

/** One end of a simulated pipe, of whichever route. */
export interface SimulatedEnd extends Pipe, WayAhead {
  readonly closed: boolean
  /** The handshake is through. */
  opens(): void
  /** It never opened, or carries nothing any more. */
  fail(detail: string): void
  /** When a packet of a handshake arrives that sets out now; null when it is lost. */
  knock(): number | null
}

/** A ClientHello of DTLS has about so many bytes. */
export const HANDSHAKE_BYTES = 200

export class SimulatedPipe implements SimulatedEnd {
  readonly #time: TimeLine
  readonly #path: Path
  readonly #association: SctpAssociation
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #other: SimulatedPipe = this
  #events: PipeEvents | null = null

  constructor(time: TimeLine, path: Path) {
    this.#time = time
    this.#path = path
    this.#association = new SctpAssociation(
      time,
      path,
      (message) => this.#hear(message),
      () => this.#events?.drained(),
    )
  }

  /** Makes two ends of one pipe. */
  connect(other: SimulatedPipe): void {
    this.#other = other
    other.#other = this
    this.#association.peer = other.#association
    other.#association.peer = this.#association
  }

  opens(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#events?.opened()
  }

  fail(detail: string): void {
    const events = this.#events
    if (this.#state === 'closed') return
    events?.failed(detail)
    this.close()
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  get closed(): boolean {
    return this.#state === 'closed'
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    if (this.#state !== 'open') return 'closed'
    const isText = typeof frame === 'string'
    // A copy, as the network makes one: the sender may write its next message into the same buffer.
    const bytes = isText ? Uint8Array.from(frame, (character) => character.charCodeAt(0)) : frame.slice()
    this.#association.send(lane, bytes, isText)
    return 'sent'
  }

  waiting(lane: Lane): number {
    return this.#state === 'open' ? this.#association.bufferedAmount(lane) : 0
  }

  /** The other end hears of it at once where the network lets it, else when ICE would notice. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#events = null
    this.#association.stop()
    const other = this.#other
    const { now } = this.#time
    const [heardAt = now + GONE_MS] = this.#path.arrivals(now, 0)
    this.#time.at(heardAt, () => other.fail('the other side closed the connection'))
  }

  setConditions(conditions: LinkConditions): void {
    this.#path.conditions = conditions
  }

  cut(ms: number): void {
    this.#path.cut(this.#time.now + ms)
  }

  knock(): number | null {
    return this.#path.arrivals(this.#time.now, HANDSHAKE_BYTES)[0] ?? null
  }

  describe(): PipeReport {
    return { kind: 'simulated' }
  }

  #hear({ lane, bytes, isText }: Message): void {
    // What is sent to an end proves that the handshake is through: packets overtake each other.
    this.opens()
    this.#events?.frame(lane, isText ? String.fromCharCode(...bytes) : bytes)
  }
}
