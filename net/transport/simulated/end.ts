/**
 * An end of a simulated link: the same lanes, limits, errors, order and sending guard as the real one's. It has no
 * heartbeat: silence alone never closes it.
 */

import { type Lane, type LaneStats, newLaneStats } from '../../wire/lanes.ts'
import { MAX_BULK_WAITING } from '../channel-link.ts'
import { createDrain } from '../drain.ts'
import { SendGuard } from '../guard.ts'
import { GONE_MS } from '../heartbeat.ts'
import { checkSize, createInbox } from '../inbox.ts'
import type { DrainOutcome, Link, LinkCloseReason, LinkHandlers, SendOutcome } from '../link.ts'
import type { LinkConditions } from './conditions.ts'
import type { Path } from './path.ts'
import { SctpAssociation } from './sctp.ts'
import type { Message } from './sctp-packet.ts'
import type { TimeLine } from './sctp-timeout.ts'

/** A link whose way there can be changed while it is open. */
export interface SimulatedLink extends Link {
  /** From now on, in the direction away from this end. */
  setConditions(conditions: LinkConditions): void
  /** Whatever sets out from this end within `ms` from now is lost. */
  cut(ms: number): void
}

/** How long a goodbye may take to get through before its end falls silent. */
const LINGER_MS = 1000

/** `open` → `lingering` (a goodbye is under way) → `closed`; or straight to the last when the other end closes. */
type State = 'open' | 'lingering' | 'closed'

export class SimulatedEnd implements SimulatedLink {
  readonly #time: TimeLine
  readonly #path: Path
  readonly #association: SctpAssociation
  /** Null: everything goes out, as a program without a guard does it. */
  readonly #guard: SendGuard | null
  readonly #inbox = createInbox()
  readonly #drain = createDrain((lane) => (this.open ? this.#association.bufferedAmount(lane) : null))
  readonly #lanes: Record<Lane, LaneStats> = { state: newLaneStats(false, 0), bulk: newLaneStats(true, null) }
  #state: State = 'open'
  #other: SimulatedEnd = this
  #goodbye: { message: Uint8Array; reason: LinkCloseReason } | null = null

  constructor(time: TimeLine, path: Path, guarded: boolean) {
    this.#time = time
    this.#path = path
    this.#guard = guarded ? new SendGuard() : null
    this.#association = new SctpAssociation(time, path, (message) => this.#hear(message), this.#drain.look)
  }

  /** Makes two ends of one link. */
  connect(other: SimulatedEnd): void {
    this.#other = other
    other.#other = this
    this.#association.peer = other.#association
    other.#association.peer = this.#association
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  setConditions(conditions: LinkConditions): void {
    this.#path.conditions = conditions
  }

  cut(ms: number): void {
    this.#path.cut(this.#time.now + ms)
  }

  send(lane: Lane, bytes: Uint8Array): SendOutcome {
    checkSize(lane, bytes)
    if (this.#state !== 'open') return 'closed'
    const stats = this.#lanes[lane]
    if (!this.#hasRoom(lane, bytes.length)) {
      stats.skipped++
      return 'skipped'
    }
    stats.sentMessages++
    stats.sentBytes += bytes.length
    // A copy, as the network makes one: the sender may write its next message into the same buffer.
    this.#association.send(lane, bytes.slice())
    return 'sent'
  }

  #hasRoom(lane: Lane, bytes: number): boolean {
    const waiting = this.#association.bufferedAmount(lane)
    if (lane === 'bulk') return waiting + bytes <= MAX_BULK_WAITING
    return this.#guard?.admit(waiting, this.#time.now) ?? true
  }

  #hear({ lane, bytes }: Message): void {
    const goodbye = this.#other.#goodbye
    if (bytes === goodbye?.message) {
      this.#other.#end(goodbye.reason)
      this.#end(goodbye.reason)
    } else if (this.#state === 'open') {
      const stats = this.#lanes[lane]
      stats.receivedMessages++
      stats.receivedBytes += bytes.length
      this.#inbox.message(lane, bytes)
    }
  }

  buffered(lane: Lane): number {
    return this.#state === 'open' ? this.#association.bufferedAmount(lane) : 0
  }

  drained(lane?: Lane): Promise<DrainOutcome> {
    return this.#drain.drained(lane)
  }

  listen(handlers: LinkHandlers): void {
    this.#inbox.listen(handlers)
  }

  close(reason: LinkCloseReason = 'left'): void {
    if (this.#state !== 'open') return
    this.#state = 'lingering'
    this.#markClosed()
    const message = new Uint8Array(1)
    this.#goodbye = { message, reason }
    this.#association.send('bulk', message)
    // Not in the caller's stack: whoever closes a link is seldom ready to hear of it on the same line.
    this.#time.at(this.#time.now, () => this.#inbox.closed(reason))
    this.#time.at(this.#time.now + LINGER_MS, () => this.#end(reason))
    // The other end notices the silence, if it heard no goodbye.
    this.#time.at(this.#time.now + GONE_MS, () => this.#other.#end('lost'))
  }

  #end(reason: LinkCloseReason): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#markClosed()
    this.#association.stop()
    this.#inbox.closed(reason)
  }

  #markClosed(): void {
    for (const lane of Object.values(this.#lanes)) lane.readyState = 'closed'
    this.#drain.look()
  }

  stats(): Record<Lane, LaneStats> {
    const of = (lane: Lane): LaneStats => ({ ...this.#lanes[lane], bufferedBytes: this.buffered(lane) })
    return { state: of('state'), bulk: of('bulk') }
  }
}
