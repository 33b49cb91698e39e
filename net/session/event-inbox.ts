/** Events at a client: each heard exactly once, at the time its type names. */
import type { WireEvent } from '../wire/snapshots.ts'
import type { PlayerId } from '../world/ids.ts'
import { plainValues } from '../world/record.ts'
import type { Emitted } from '../world/world.ts'

export interface HeardEvent {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly tick: number
  readonly mine: boolean
}

/** Identities of predicted events are kept for this many ticks, to know the host's copy of them. */
const REMEMBERED_TICKS = 256
/** Events that wait for the presentation clock; more than this and the oldest are heard early rather than kept. */
const MAX_WAITING = 1024

export class EventInbox {
  /** All events up to this number have been received. */
  received = 0
  private readonly me: PlayerId
  private readonly ahead = new Set<number>()
  private readonly predicted = new Map<string, number>()
  private waiting: HeardEvent[] = []
  private ready: HeardEvent[] = []

  constructor(me: PlayerId) {
    this.me = me
  }

  /** What this client's own `step` emitted: heard at once, once, however often the tick is replayed. */
  predict(events: readonly Emitted[]): void {
    for (const { type, tick, owner, ordinal, row } of events) {
      const key = identity(type.index, tick, ordinal)
      if (this.predicted.has(key)) continue
      this.predicted.set(key, tick)
      this.ready.push({ name: type.name, payload: plainValues(type.fields, row), tick, mine: owner === this.me })
    }
  }

  /**
   * The first event of a packet is the oldest that the host still keeps: what was before it has been received, or was
   * dropped after an outage and will never come.
   */
  oldestKept(number: number): void {
    this.received = Math.max(this.received, number - 1)
    for (const ahead of this.ahead) if (ahead <= this.received) this.ahead.delete(ahead)
    while (this.ahead.delete(this.received + 1)) this.received++
  }

  receive(event: WireEvent): void {
    if (event.number <= this.received || this.ahead.has(event.number)) return
    this.ahead.add(event.number)
    while (this.ahead.delete(this.received + 1)) this.received++
    const { type, tick, owner, ordinal, row } = event
    const mine = owner === this.me
    if (mine && type.timing === 'predicted' && this.predicted.has(identity(type.index, tick, ordinal))) return
    const heard = { name: type.name, payload: plainValues(type.fields, row), tick, mine }
    if (type.timing === 'now' || mine) this.ready.push(heard)
    else this.waiting.push(heard)
    if (this.waiting.length > MAX_WAITING) this.ready.push(...this.waiting.splice(0, this.waiting.length - MAX_WAITING))
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

  forget(tick: number): void {
    for (const [key, at] of this.predicted) if (at < tick - REMEMBERED_TICKS) this.predicted.delete(key)
  }
}

function identity(type: number, tick: number, ordinal: number): string {
  return `${type}:${tick}:${ordinal}`
}
