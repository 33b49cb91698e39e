/**
 * Events at a client: each is heard exactly once, at the time its type names.
 *
 * The host numbers the events of one client, and repeats each until the client acks it. The number orders delivery on one
 * link, and restarts with another link or host. The identity says which event it is: type, tick, owner and ordinal. A
 * replay, and a host that goes on from an earlier tick, give the same event the same identity.
 *
 * An `open` event is not confirmed by the host yet. It was predicted here, or it came from an old host for a tick that the
 * new host runs again. An event that is not confirmed after a quarter of a second is denied.
 */

import { EVENT_BYTES } from '../replication/snapshot-builder.ts'
import type { WireEvent } from '../wire/snapshots.ts'
import type { Emitted } from '../world/emitted.ts'
import type { AnyGame, EventType } from '../world/game.ts'
import { FIRST_REFEREE_ORDINAL, type PlayerId } from '../world/ids.ts'
import { plainValues } from '../world/record.ts'
import { MAX_PENDING_EVENTS } from './limits.ts'

export interface HeardEvent {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly tick: number
  readonly mine: boolean
  /** It was heard before, but the host says that it did not happen. */
  readonly denied: boolean
}

type Identity = Pick<Emitted, 'type' | 'tick' | 'owner' | 'ordinal'>

/** An event that was heard, or that waits for its time. */
interface Known extends Identity {
  readonly heard: HeardEvent
  state: 'open' | 'confirmed' | 'denied'
}

/** Predictions are remembered this long, so that the host's copy is recognised after an outage: 256 ticks at 60 a second. */
const REMEMBERED_SECONDS = 4.3
/**
 * So many events of the host are remembered, the newest. A host that goes on from half a second ago tells the later ones
 * again: 32 in each of its 30 ticks at 60 a second.
 */
const MAX_TOLD = 1024
/** Events that wait for the presentation clock; with more than this, the oldest are heard early rather than kept. */
const MAX_WAITING = 1024
/** A late input acts up to 0.25 s later than predicted, and so does its event. A prediction is denied only after that. */
const LATEST_SECONDS = 0.25

export class EventInbox {
  /** All events up to this number have been received. */
  received = 0
  private me: PlayerId
  private readonly latestTicks: number
  private readonly rememberedTicks: number
  private readonly largestBytes: number
  /** Numbers that were received before one that is missing. */
  private readonly ahead = new Set<number>()
  /** By identity, oldest first: what was predicted here, and what the host told. */
  private readonly predicted = new Map<string, Known>()
  private readonly hostEvents = new Map<string, Known>()
  private readonly open = new Set<Known>()
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
      const key = keyOf({ type, tick, owner, ordinal })
      if (this.predicted.has(key)) continue
      const payload = plainValues(type.fields, row)
      const heard = { name: type.name, payload, tick, mine: owner === this.me, denied: false }
      const known: Known = { heard, type, tick, owner, ordinal, state: 'open' }
      this.predicted.set(key, known)
      this.open.add(known)
      this.ready.push(heard)
    }
  }

  /** The events of a snapshot of `tick`, whose first is the oldest that the host still keeps. */
  snapshot(tick: number, events: readonly WireEvent[]): void {
    // Events before it were received, or the host dropped them after an outage and they never come.
    if (events[0]) this.oldestKept(events[0].number)
    for (const event of events) this.receive(event)
    // If one more event of the largest size would have fitted, the list is complete. An event that is missing did not happen.
    if (events.length === 0 || (events.length + 1) * this.largestBytes <= EVENT_BYTES) this.deny(tick)
    this.forget(tick)
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
    if (!this.confirm(event)) this.hear(event)
  }

  /** Whether the event needs no telling: it was told, or waits for its time. An event that was denied by mistake is told again. */
  private confirm(event: WireEvent): boolean {
    const known = this.knownAs(event)
    if (!known) return false
    const isDenied = known.state === 'denied'
    known.state = 'confirmed'
    this.open.delete(known)
    return !isDenied
  }

  /** The same event as known here; or else the oldest open one of its kind, which a late input has moved to this tick. */
  private knownAs(event: WireEvent): Known | null {
    const key = keyOf(event)
    const { tick, owner, type } = event
    const same = (this.isPredictable(event) ? this.predicted.get(key) : null) ?? this.hostEvents.get(key)
    if (same) return same
    for (const known of this.open)
      if (
        known.type === type &&
        known.owner === owner &&
        known.tick < tick &&
        known.tick >= tick - this.latestTicks &&
        isOfReferee(known) === isOfReferee(event)
      )
        return known
    return null
  }

  /** Whether it can be one that this client's own `step` emitted. */
  private isPredictable(event: Identity): boolean {
    return event.owner === this.me && event.type.timing === 'predicted' && !isOfReferee(event)
  }

  private hear({ type, tick, owner, ordinal, row }: WireEvent): void {
    const mine = owner === this.me
    const heard = { name: type.name, payload: plainValues(type.fields, row), tick, mine, denied: false }
    this.hostEvents.set(keyOf({ type, tick, owner, ordinal }), {
      heard,
      type,
      tick,
      owner,
      ordinal,
      state: 'confirmed',
    })
    if (type.timing === 'now' || mine) this.ready.push(heard)
    else this.waiting.push(heard)
    if (this.waiting.length > MAX_WAITING) this.ready.push(...this.waiting.splice(0, this.waiting.length - MAX_WAITING))
  }

  private deny(tick: number): void {
    for (const known of this.open) {
      if (known.tick > tick - this.latestTicks) continue
      known.state = 'denied'
      this.open.delete(known)
      const { heard } = known
      const waited = this.waiting.length
      if (waited > 0) this.waiting = this.waiting.filter((event) => event !== heard)
      // An event that was not told yet is dropped without a denial.
      if (this.waiting.length === waited) this.ready.push({ ...heard, denied: true })
    }
  }

  private forget(tick: number): void {
    for (const [key, known] of this.predicted)
      if (known.tick < tick - this.rememberedTicks) {
        this.predicted.delete(key)
        this.open.delete(known)
      }
    for (const [key, known] of this.hostEvents) {
      if (this.hostEvents.size <= MAX_TOLD) break
      this.hostEvents.delete(key)
      this.open.delete(known)
    }
  }

  /**
   * The numbers restart. Another host goes on after `tick` and runs the later ticks again: their events are open again. `null`:
   * the same host. It may never confirm events from before the reconnect, so none of them is denied.
   */
  rebase(tick: number | null): void {
    this.received = 0
    this.ahead.clear()
    if (tick === null) {
      for (const known of this.open) known.state = 'confirmed'
      this.open.clear()
      return
    }
    for (const known of [...this.predicted.values(), ...this.hostEvents.values()]) {
      if (known.tick <= tick || known.state === 'denied') continue
      known.state = 'open'
      this.open.add(known)
    }
  }

  /** This page has another seat with the same host. */
  reseat(me: PlayerId): void {
    this.me = me
    this.rebase(null)
  }

  /** What does not wait for the drawn world. */
  takeReady(): HeardEvent[] {
    return this.ready.length > 0 ? this.ready.splice(0).sort((a, b) => a.tick - b.tick) : []
  }

  /** Everything that is due when the drawn world has reached `presentationTick`, in the order of ticks. */
  takeDue(presentationTick: number): HeardEvent[] {
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

function keyOf({ type, tick, owner, ordinal }: Identity): string {
  return `${type.index}:${tick}:${owner}:${ordinal}`
}

/** Events of a predicted type that `referee` emits are numbered apart from those of `step`. */
function isOfReferee({ type, ordinal }: Identity): boolean {
  return type.timing === 'predicted' && ordinal >= FIRST_REFEREE_ORDINAL
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
