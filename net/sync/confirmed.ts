/**
 * What a client knows from the host: for each record its states of the last two seconds, as they were confirmed.
 * `sample` is the one function of presentation: the record at any tick, fraction included.
 */
import type { Tombstone, WireRecord } from '../wire/snapshots.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { GoneReason } from '../world/types.ts'
import { extrapolate, interpolate } from './sample.ts'

interface ConfirmedState {
  readonly tick: number
  /** The last tick that this same state was confirmed for. */
  until: number
  readonly row: Row
}

export class ConfirmedRecord {
  readonly type: RecordType
  readonly id: EntityId
  readonly owner: PlayerId | null
  /** The first tick without it, once that is known. */
  goneAt: number | null = null
  goneReason: GoneReason = 'destroyed'
  private states: ConfirmedState[] = []
  /** Where it was hidden and shown again: what lies before is not to be drawn on the way to what came after. */
  private since = Number.NEGATIVE_INFINITY

  constructor({ type, id, owner }: Pick<WireRecord, 'type' | 'id' | 'owner'>) {
    this.type = type
    this.id = id
    this.owner = owner
  }

  get firstTick(): number {
    return this.states[0]?.tick ?? Number.POSITIVE_INFINITY
  }

  get lastTick(): number {
    return this.states[this.states.length - 1]?.until ?? Number.NEGATIVE_INFINITY
  }

  confirm(tick: number, row: Row): void {
    if (tick < this.since) return
    let at = this.states.length
    while (at > 0 && (this.states[at - 1]?.tick ?? 0) > tick) at--
    const before = this.states[at - 1]
    if (before?.tick === tick) return
    if (before && before.until >= tick) before.until = tick - 1
    this.states.splice(at, 0, { tick, until: tick, row })
    if (this.goneAt === null || tick < this.goneAt) return
    this.beginAnew(this.goneAt)
    this.goneAt = null
  }

  private beginAnew(tick: number): void {
    this.since = tick
    let old = 0
    while (old + 1 < this.states.length && (this.states[old]?.tick ?? 0) < tick) old++
    this.states.splice(0, old)
  }

  /** The newest state still holds at `tick`. */
  unchanged(tick: number): void {
    const last = this.states[this.states.length - 1]
    if (last && last.until < tick) last.until = tick
  }

  gone(tick: number, reason: GoneReason): void {
    if (tick <= this.since || (this.goneAt !== null && this.goneAt <= tick)) return
    this.goneReason = reason
    // A late tombstone: it has been shown again since.
    if (tick <= this.lastTick) return this.beginAnew(tick)
    this.goneAt = tick
  }

  /** Keeps the newest state at or before `tick` and all after it. */
  forget(tick: number): void {
    let keep = 0
    while (keep + 1 < this.states.length && (this.states[keep + 1]?.tick ?? 0) <= tick) keep++
    if (keep > 0) this.states.splice(0, keep)
  }

  /** The newest confirmed state at or before a tick, and that tick. */
  at(tick: number): { readonly tick: number; readonly row: Row } | null {
    for (let i = this.states.length - 1; i >= 0; i--) {
      const state = this.states[i]
      if (state && state.tick <= tick) return { tick: Math.min(state.until, tick), row: state.row }
    }
    return null
  }

  /** Writes the record at `tick` (with fraction) to `into`: between two states, or moved on from the last by its rates. */
  sample(tick: number, tickSeconds: number, into: Row): boolean {
    const { states } = this
    let i = states.length - 1
    while (i > 0 && (states[i]?.tick ?? 0) > tick) i--
    const from = states[i]
    if (!from) return false
    const next = states[i + 1]
    if (tick <= from.until) interpolate(this.type, into, from.row, from.row, 0)
    else if (next) interpolate(this.type, into, from.row, next.row, (tick - from.until) / (next.tick - from.until))
    else extrapolate(this.type, into, from.row, (tick - from.until) * tickSeconds)
    return true
  }
}

/** All records a client knows. */
export class ConfirmedWorld {
  readonly records = new Map<EntityId, ConfirmedRecord>()
  /** Tombstones of what was never seen: an older snapshot may still arrive and must not raise it. */
  private readonly buried = new Map<EntityId, Tombstone>()
  /** The newest tick of any snapshot. */
  tick = 0
  private readonly keepTicks: number

  constructor(keepTicks: number) {
    this.keepTicks = keepTicks
  }

  apply(tick: number, present: Iterable<WireRecord>, tombstones: readonly Tombstone[], complete: boolean): void {
    const mentioned = new Set<EntityId>()
    for (const record of present) {
      mentioned.add(record.id)
      let known = this.records.get(record.id)
      if (!known) {
        known = new ConfirmedRecord(record)
        this.records.set(record.id, known)
        const tombstone = this.buried.get(record.id)
        if (tombstone && tombstone.tick > tick) known.goneAt = tombstone.tick
      }
      known.confirm(tick, record.row)
    }
    for (const tombstone of tombstones) {
      const known = this.records.get(tombstone.id)
      if (known) known.gone(tombstone.tick, tombstone.reason)
      else this.buried.set(tombstone.id, tombstone)
    }
    // A tick of several packets has its other records there: for those the newest state is of this tick, or will be.
    if (complete) {
      for (const record of this.records.values())
        if (record.goneAt === null && !mentioned.has(record.id)) record.unchanged(tick)
    }
    if (tick > this.tick) this.tick = tick
  }

  /** Drops what nobody can ask for any more. */
  forget(): void {
    const before = this.tick - this.keepTicks
    for (const [id, record] of this.records) {
      if (record.goneAt !== null && record.goneAt < before) this.records.delete(id)
      else record.forget(before)
    }
    for (const [id, { tick }] of this.buried) if (tick < before) this.buried.delete(id)
  }
}
