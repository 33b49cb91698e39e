/**
 * What a client knows from the host: for each record its states of the last two seconds, as they were confirmed.
 * `sample` is the one function of presentation: the record at any tick, fraction included.
 */

import type { Layout } from '../wire/layout.ts'
import { type RecordState, writeDiscreteFields, writeRow } from '../wire/states.ts'
import { type EntityId, isRefereedFrom, isSpawnedByStep, type PlayerId, spawnerOf } from '../world/ids.ts'
import { initialNumbers, initialObjects, type Row } from '../world/record.ts'
import type { GoneReason } from '../world/record-types.ts'
import type { RecordType } from '../world/schema.ts'
import { type Extrapolation, extrapolationOf, sampleBeyond } from './extrapolation.ts'
import { sampleBetween, sampleRates, sampleSegments, straightTicks } from './sampling.ts'

interface ConfirmedState {
  readonly tick: number
  /** The last tick that this same state was confirmed for. */
  confirmedUntil: number
  readonly state: RecordState
}

/** A spawn of `step` that is told so late is still drawn from its spawn tick on: two snapshots in a row may be lost. */
const MAX_BACKDATED_SECONDS = 8 / 60
/** The same at low tick rates: the snapshot after next. */
const MIN_BACKDATED_TICKS = 3

/** What a rate did within this time tells how it goes on for as long. */
const RECENT_SECONDS = 0.25

/** After a rebase every record is told again within this time, on a narrow path, too: a thousand take one to two seconds. */
const MAX_UNTOLD_SECONDS = 5

export class ConfirmedRecord {
  readonly layout: Layout
  readonly id: EntityId
  readonly owner: PlayerId | null
  /** The first tick without it, once that is known. */
  goneAt: number | null = null
  goneReason: GoneReason = 'destroyed'
  private readonly backdatedTicks: number
  private readonly straightTicks: number
  private readonly recentTicks: number
  private readonly states: ConfirmedState[] = []
  /** Of the states as they are now; null: not asked for yet. */
  private extrapolation: Extrapolation | null = null
  /** When `step` spawned it; −∞ for what it did not spawn. */
  private readonly spawnTick: number
  /** The tick at which it was shown again. States from before that tick are ignored when they come late. */
  private shownSince = 0

  constructor(layout: Layout, { id, owner }: RecordState, tickRate = 60) {
    this.backdatedTicks = Math.max(MIN_BACKDATED_TICKS, Math.round(MAX_BACKDATED_SECONDS * tickRate))
    this.straightTicks = straightTicks(tickRate)
    this.recentTicks = RECENT_SECONDS * tickRate
    this.layout = layout
    this.id = id
    this.owner = owner
    this.spawnTick = isSpawnedByStep(id) ? spawnerOf(id).tick : Number.NEGATIVE_INFINITY
  }

  get type(): RecordType {
    return this.layout.type
  }

  /** The first tick to draw it at. */
  get firstTick(): number {
    const first = this.states.length > 0 ? (this.states[0] as ConfirmedState).tick : Number.POSITIVE_INFINITY
    const spawnTick = this.spawnTick
    return spawnTick < first && spawnTick >= first - this.backdatedTicks ? spawnTick : first
  }

  confirm(tick: number, state: RecordState): void {
    if (this.goneAt !== null && tick >= this.goneAt) {
      // It was hidden and is shown again: it begins anew, and does not glide from where it was.
      this.goneAt = null
      this.states.length = 0
      this.shownSince = tick
    }
    if (this.goneAt === null) this.goneReason = 'destroyed'
    if (tick < this.shownSince) return
    this.extrapolation = null
    let stateAt = this.states.length
    while (stateAt > 0 && (this.states[stateAt - 1]?.tick ?? 0) > tick) stateAt--
    const before = this.states[stateAt - 1]
    if (before?.tick === tick) return
    // A late state within a confirmed span repeats that span's state, so it is confirmed until the same tick.
    const until = Math.max(tick, before?.confirmedUntil ?? tick)
    if (before && before.confirmedUntil >= tick) before.confirmedUntil = tick - 1
    this.states.splice(stateAt, 0, { tick, confirmedUntil: until, state })
  }

  /** The newest state still holds at `tick`. */
  unchanged(tick: number): void {
    const last = this.states[this.states.length - 1]
    if (!last || last.confirmedUntil >= tick) return
    last.confirmedUntil = tick
    this.extrapolation = null
  }

  gone(tick: number, reason: GoneReason): void {
    this.goneAt = tick
    this.goneReason = reason
  }

  /**
   * Forgets what was confirmed after `tick`. Returns whether any state is left. If the new host never tells of the record, the
   * reason is not known, so it counts as out of view.
   */
  rebase(tick: number): boolean {
    if (this.goneAt !== null && this.goneAt > tick) this.goneAt = null
    if (this.goneAt === null) this.goneReason = 'out of view'
    this.extrapolation = null
    while ((this.states.at(-1)?.tick ?? 0) > tick) this.states.pop()
    const newest = this.states.at(-1)
    if (newest && newest.confirmedUntil > tick) newest.confirmedUntil = tick
    return newest !== undefined
  }

  /** Keeps the newest state at or before `tick` and all after it. */
  forget(tick: number): void {
    let keep = 0
    while (keep + 1 < this.states.length && (this.states[keep + 1]?.tick ?? 0) <= tick) keep++
    if (keep > 0) this.states.splice(0, keep)
  }

  /** How it is drawn after the newest confirmed tick. Null: nothing is known. */
  get beyond(): Extrapolation | null {
    if (this.states.length > 0) this.extrapolation ??= extrapolationOf(this.layout, this.states, this.recentTicks)
    return this.extrapolation
  }

  /** By how many ticks a sample of `tick` is extrapolated beyond the newest confirmed tick. */
  guessedTicks(tick: number): number {
    const newest = this.states[this.states.length - 1]
    return newest ? Math.max(0, tick - newest.confirmedUntil) : 0
  }

  /** Whether the record's state was confirmed for this very tick. */
  isConfirmedAt(tick: number): boolean {
    const known = this.states.findLast((state) => state.tick <= tick)
    return known !== undefined && tick <= known.confirmedUntil
  }

  /** The record at the newest tick confirmed at or before `tick`, on its grid, and that tick. */
  at(tick: number): { readonly tick: number; readonly row: Row } | null {
    for (let i = this.states.length - 1; i >= 0; i--) {
      const known = this.states[i]
      if (!known || known.tick > tick) continue
      const confirmed = Math.min(known.confirmedUntil, Math.floor(tick))
      const row = { numbers: initialNumbers(this.type), objects: initialObjects(this.type) }
      writeRow(this.layout, known.state, confirmed, row)
      return { tick: confirmed, row }
    }
    return null
  }

  /**
   * Writes the record at `tick` (with fraction) to `into`: along its segment while that is confirmed, then towards the next
   * state, or on from the newest one until `horizon` when none is known yet. Returns the state that it is of; null when
   * nothing is known. Given what was returned the last time for the same row, it writes only what can have changed.
   */
  sample(tick: number, horizon: number, into: Row, last: RecordState | null = null): RecordState | null {
    const { states } = this
    let i = states.length - 1
    if (i < 0) return null
    while (i > 0 && (states[i] as ConfirmedState).tick > tick) i--
    const from = states[i] as ConfirmedState
    const next = i + 1 < states.length ? (states[i + 1] as ConfirmedState) : null
    const { state } = from
    // Rates, and what does not move, keep their value until the next state.
    if (state !== last) sampleRates(this.layout, state, into)
    if (next && tick > from.confirmedUntil)
      sampleBetween(this.layout, state, from.confirmedUntil, next.state, next.tick, tick, this.straightTicks, into)
    else if (tick <= from.confirmedUntil || !this.beyond) sampleSegments(this.layout, state, tick, into)
    else sampleBeyond(this.layout, this.beyond, Math.min(tick, Math.max(horizon, from.confirmedUntil)), into)
    if (state.shared !== last?.shared || state.own !== last.own) writeDiscreteFields(this.layout, state, into)
    return state
  }
}

/** What a snapshot says of the world, without slots. */
export interface ConfirmedChanges {
  readonly layouts: readonly Layout[]
  /** By index among `layouts`. */
  readonly present: readonly { readonly layout: number; readonly state: RecordState }[]
  readonly gone: readonly { readonly id: EntityId; readonly tick: number; readonly reason: GoneReason }[]
  readonly complete: boolean
  /** Older than a snapshot that was applied before: its states are added to the past, and nothing else is. */
  readonly late: boolean
}

/** All records a client knows. */
export class ConfirmedWorld {
  readonly records = new Map<EntityId, ConfirmedRecord>()
  /** The newest tick of any snapshot. */
  tick = 0
  private readonly keepTicks: number
  private readonly tickRate: number
  /** Records from before a `rebase` of which the new host has told nothing yet. */
  private readonly untold = new Set<EntityId>()
  /** The tick of the first snapshot since the `rebase`. */
  private toldFrom: number | null = null

  constructor(keepTicks: number, tickRate = 60) {
    this.keepTicks = keepTicks
    this.tickRate = tickRate
  }

  apply(tick: number, { layouts, present, gone, complete, late }: ConfirmedChanges): void {
    const mentioned = new Set<EntityId>()
    for (let i = 0; i < present.length; i++) {
      const { layout: index, state } = present[i] as ConfirmedChanges['present'][number]
      const layout = layouts[index] as Layout
      mentioned.add(state.id)
      if (!late) this.untold.delete(state.id)
      let known = this.records.get(state.id)
      if (!known && !late) {
        known = new ConfirmedRecord(layout, state, this.tickRate)
        this.records.set(state.id, known)
      }
      // Never mix states of two types in one record.
      if (known?.layout !== layout) continue
      if (!late || known.goneAt === null || tick < known.goneAt) known.confirm(tick, state)
    }
    if (late) return
    for (const { id, tick: goneAt, reason } of gone) if (!mentioned.has(id)) this.records.get(id)?.gone(goneAt, reason)
    // A tick may come in several packets, of which only the last can be complete.
    if (tick < this.tick) return
    if (this.untold.size > 0) this.settleUntold(tick, complete)
    if (complete)
      for (const record of this.records.values())
        if (record.goneAt === null && !mentioned.has(record.id)) record.unchanged(tick)
    this.tick = tick
  }

  /**
   * After a rebase: once a complete snapshot has come, the records that it did not mention are gone. On a path where no
   * snapshot is ever complete, every record is told within MAX_UNTOLD_SECONDS.
   */
  private settleUntold(tick: number, complete: boolean): void {
    this.toldFrom ??= tick
    if (!complete && tick - this.toldFrom < MAX_UNTOLD_SECONDS * this.tickRate) return
    for (const id of this.untold) {
      const record = this.records.get(id)
      if (record?.goneAt === null) record.gone(tick, 'out of view')
    }
    this.untold.clear()
  }

  /**
   * A host tells the world anew, from `tick` on. What was confirmed after `tick` is forgotten, and so are entities that
   * `referee` spawned with `nextRefereeId` or a later id. All other records stay until the host tells of them, or until
   * they are missing in its first complete snapshot.
   */
  rebase(tick: number, nextRefereeId: number): void {
    this.toldFrom = null
    for (const [id, record] of this.records) {
      if (isRefereedFrom(nextRefereeId, id) || !record.rebase(tick)) this.records.delete(id)
      else if (record.goneAt === null) this.untold.add(id)
    }
    this.tick = Math.min(this.tick, tick)
  }

  /** Drops states and records that are older than `keepTicks`. Returns whether a record was dropped. */
  forget(): boolean {
    const before = this.tick - this.keepTicks
    let any = false
    for (const record of this.records.values()) {
      if (record.goneAt === null || record.goneAt >= before) record.forget(before)
      else any = this.records.delete(record.id) || any
    }
    return any
  }
}
