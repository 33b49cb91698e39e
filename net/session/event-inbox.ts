/** Events at a client: each heard exactly once, at the time its type names; a predicted one that did not happen, denied. */

import { EVENT_BYTES } from '../replication/snapshot-builder.ts'
import type { WireEvent } from '../wire/snapshots.ts'
import type { AnyGame, EventType } from '../world/game.ts'
import { FIRST_REFEREE_ORDINAL, type PlayerId } from '../world/ids.ts'
import { plainValues } from '../world/record.ts'
import type { Emitted } from '../world/world.ts'
import { MAX_PENDING_EVENTS } from './limits.ts'

export interface HeardEvent {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly tick: number
  readonly mine: boolean
  /** It was heard as predicted, but the host says that it did not happen. */
  readonly denied: boolean
}

/** A predicted event, until the host's copy of it is due to have come. */
interface Predicted {
  readonly heard: HeardEvent
  readonly type: EventType
  state: 'open' | 'confirmed' | 'denied'
}

/** Identities of predicted events are kept for so long, to know the host's copy of them, which an outage may hold back: 256 ticks of 1/60 s. */
const REMEMBERED_SECONDS = 4.3
/** Events that wait for the presentation clock; more than this and the oldest are heard early rather than kept. */
const MAX_WAITING = 1024
/**
 * An input that came late acts some ticks later than was predicted, so its event, too, is the host's of up to a quarter
 * of a second later: until then it may still come, and after it is denied.
 */
const LATEST_SECONDS = 0.25

export class EventInbox {
  /** All events up to this number have been received. */
  received = 0
  private readonly me: PlayerId
  private readonly latestTicks: number
  private readonly rememberedTicks: number
  private readonly largestBytes: number
  private readonly ahead = new Set<number>()
  private readonly predicted = new Map<string, Predicted>()
  private waiting: HeardEvent[] = []
  private ready: HeardEvent[] = []

  constructor(me: PlayerId, game: AnyGame) {
    this.me = me
    this.latestTicks = Math.round(LATEST_SECONDS * game.tickRate)
    this.rememberedTicks = Math.round(REMEMBERED_SECONDS * game.tickRate)
    this.largestBytes = Math.max(0, ...game.schema.events.map(mostBytes))
  }

  /** What this client's own `step` emitted: heard at once, once, however often the tick is replayed. */
  predict(events: readonly Emitted[]): void {
    for (const { type, tick, owner, ordinal, row } of events) {
      const key = identity(type.index, tick, ordinal)
      if (this.predicted.has(key)) continue
      const payload = plainValues(type.fields, row)
      const heard = { name: type.name, payload, tick, mine: owner === this.me, denied: false }
      this.predicted.set(key, { heard, type, state: 'open' })
      this.ready.push(heard)
    }
  }

  /** The events of a snapshot of `tick`, whose first is the oldest that the host still keeps. */
  snapshot(tick: number, events: readonly WireEvent[]): void {
    // What was before it has been received, or was dropped after an outage and will never come.
    if (events[0]) this.oldestKept(events[0].number)
    for (const event of events) this.receive(event)
    // With one more of the largest the packet would not have been full, so nothing was left out.
    if (events.length === 0 || (events.length + 1) * this.largestBytes <= EVENT_BYTES) this.deny(tick)
    for (const [key, { heard }] of this.predicted)
      if (heard.tick < tick - this.rememberedTicks) this.predicted.delete(key)
  }

  private oldestKept(number: number): void {
    this.received = Math.max(this.received, number - 1)
    for (const ahead of this.ahead) if (ahead <= this.received) this.ahead.delete(ahead)
    while (this.ahead.delete(this.received + 1)) this.received++
  }

  private receive(event: WireEvent): void {
    // An honest host keeps no more than so many, and the first of a packet is the oldest of them.
    if (event.number > this.received + MAX_PENDING_EVENTS) return
    if (event.number <= this.received || this.ahead.has(event.number)) return
    this.ahead.add(event.number)
    while (this.ahead.delete(this.received + 1)) this.received++
    const { type, tick, owner, row } = event
    const mine = owner === this.me
    if (mine && type.timing === 'predicted' && event.ordinal < FIRST_REFEREE_ORDINAL) {
      const known = this.predictionOf(event)
      if (known) {
        known.state = 'confirmed'
        return
      }
    }
    const heard = { name: type.name, payload: plainValues(type.fields, row), tick, mine, denied: false }
    if (type.timing === 'now' || mine) this.ready.push(heard)
    else this.waiting.push(heard)
    if (this.waiting.length > MAX_WAITING) this.ready.push(...this.waiting.splice(0, this.waiting.length - MAX_WAITING))
  }

  /** The prediction of the host's event: the same, or else the oldest of its kind that a late input has put off to it. */
  private predictionOf({ type, tick, ordinal }: WireEvent): Predicted | null {
    const same = this.predicted.get(identity(type.index, tick, ordinal))
    if (same) return same
    for (const known of this.predicted.values())
      if (
        known.state === 'open' &&
        known.type === type &&
        known.heard.tick < tick &&
        known.heard.tick >= tick - this.latestTicks
      )
        return known
    return null
  }

  private deny(tick: number): void {
    for (const known of this.predicted.values()) {
      if (known.state !== 'open' || known.heard.tick > tick - this.latestTicks) continue
      known.state = 'denied'
      this.ready.push({ ...known.heard, denied: true })
    }
  }

  /** What does not wait for the drawn world. */
  takeReady(): HeardEvent[] {
    return this.ready.length > 0 ? this.ready.splice(0).sort((a, b) => a.tick - b.tick) : []
  }

  /** Everything that is due when the drawn world has reached `presentationTick`, in the order of ticks. */
  take(presentationTick: number): HeardEvent[] {
    const due: HeardEvent[] = []
    if (this.waiting.length > 0) {
      const later: HeardEvent[] = []
      for (const event of this.waiting) (event.tick <= presentationTick ? due : later).push(event)
      this.waiting = later
    }
    if (this.ready.length > 0) due.push(...this.ready.splice(0))
    return due.sort((a, b) => a.tick - b.tick)
  }
}

function identity(type: number, tick: number, ordinal: number): string {
  return `${type}:${tick}:${ordinal}`
}

/** What an event may take on the wire: its head, each number, and the length before each text or list. */
const HEAD_BYTES = 24
const NUMBER_BYTES = 8
const LENGTH_BYTES = 1

function mostBytes({ fields: { numbers, objects } }: EventType): number {
  let bytes = HEAD_BYTES + numbers.length * NUMBER_BYTES
  for (const { max, of } of objects) bytes += LENGTH_BYTES + max * (of ? NUMBER_BYTES : 1)
  return bytes
}
