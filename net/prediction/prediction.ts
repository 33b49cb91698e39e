/**
 * What a client steps ahead of the host: its own entities, by the same `step`. When the host's exact state of a tick
 * arrives, it is compared with the predicted state of that tick, to the bit. When they differ, the host's state is
 * restored and the inputs since then are replayed (Bernier, "Latency compensating methods"; Overwatch, GDC 2017).
 *
 * In go inputs (`advance`) and exact states (`reconcile`); out comes what happened, as data: events, corrections, denials
 * and the first thing that was wrong. Nothing here calls whoever drives it.
 *
 * Invariants: the history has one state for each of the last ticks, up to the world's own, without a gap. Inputs are kept
 * for `keepTicks`, acknowledged or not.
 */

import type { ConfirmedWorld } from '../replication/confirmed-world.ts'
import type { Emitted } from '../world/emitted.ts'
import type { AnyGame } from '../world/game.ts'
import { type EntityId, inputId, isRefereedFrom, isSpawnedByStep, type PlayerId } from '../world/ids.ts'
import { assignRow, copyRow, type GameRecord, type RecordCopy, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { setInputs } from '../world/tick.ts'
import { World } from '../world/world.ts'
import { ClientRewind } from './client-rewind.ts'
import { type Divergence, findDivergence } from './divergence.ts'
import { Others } from './others.ts'

/** What the player did in a tick, and the tick, with its fraction, that they saw others at then. */
interface GivenInput {
  readonly row: Row
  readonly seenTick: number
}

export interface PredictedState {
  readonly tick: number
  readonly records: ReadonlyMap<EntityId, RecordCopy>
}

export interface PredictionOptions {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly seed: number
  readonly options: Readonly<Record<string, unknown>>
  /** As they were when the match began. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly confirmed: ConfirmedWorld
  /** For how many ticks states and inputs are kept. */
  readonly keepTicks: number
  /** Every tick is rolled back and run again, and writes that the rules do not allow are noted. Default: false. */
  readonly development?: boolean
}

/** What came of a predicted tick. */
export interface Advance {
  /** What `step` emitted. */
  readonly emitted: readonly Emitted[]
  /** In development, the first thing that came out otherwise when the tick ran again; null: none did. */
  readonly unstable: Divergence | null
}

/** An entity that a replay put elsewhere: how it stood at the newest tick, and how it stands there now. */
export interface Correction {
  readonly id: EntityId
  readonly before: Row
  readonly after: Row
}

/** What came of comparing a predicted tick with the host's. */
export interface Reconciliation {
  /** The first thing that was predicted wrongly; null: nothing was. */
  readonly divergence: Divergence | null
  /** Every entity that was replayed to the newest tick. */
  readonly corrections: readonly Correction[]
  /** Entities that `step` spawned here, and that the host never had. */
  readonly denied: readonly EntityId[]
  /** What the replayed ticks emitted, told from what was emitted before by its identity. */
  readonly emitted: readonly Emitted[]
}

/** The prediction was right: nothing was replayed. */
const RIGHT: Reconciliation = { divergence: null, corrections: [], denied: [], emitted: [] }

/** Refused writes that wait to be told; those after them are dropped. */
const MAX_REFUSALS = 64

export class Prediction {
  readonly world: World
  readonly confirmed: ConfirmedWorld
  /** Snapshots whose predicted state was wrong. */
  corrections = 0
  private readonly me: PlayerId
  private readonly keepTicks: number
  private readonly development: boolean
  private readonly history: PredictedState[] = []
  private readonly inputs = new Map<number, GivenInput>()
  private readonly rewind: ClientRewind
  private readonly others: Others
  private refusals: string[] = []
  private started = false

  constructor({
    game,
    me,
    seed,
    options,
    settings = {},
    confirmed,
    keepTicks,
    development = false,
  }: PredictionOptions) {
    this.me = me
    this.development = development
    this.confirmed = confirmed
    this.keepTicks = keepTicks
    const refused = (problem: string): void => {
      if (development && this.refusals.length < MAX_REFUSALS) this.refusals.push(problem)
    }
    this.world = new World({ game, seed, options, settings, predicting: me, refused })
    this.others = new Others(this.world, me, confirmed)
    this.rewind = new ClientRewind(this.world, me, confirmed)
    this.world.rewind = this.rewind
    // The host does not send players their own input.
    const input = this.world.make(game.schema.input, inputId(me), me)
    input.$writable = false
    this.world.insert(input)
  }

  /** The newest predicted tick. */
  get tick(): number {
    return this.world.tick
  }

  /** Whether an exact state has come: before that there is nothing to predict from. */
  get ready(): boolean {
    return this.started
  }

  /** Whether this client steps records of this type and owner. */
  steps(type: RecordType, owner: PlayerId | null): boolean {
    return this.world.predicts(type, owner)
  }

  /** The inputs of the ticks after `acked`, oldest first; of more than `most` only the newest. */
  inputsAfter(acked: number, most: number): Row[] {
    const rows: Row[] = []
    // Ticks that a sleeping page skipped have no input. Inputs from before such a gap must not fill it.
    for (let tick = this.tick; tick > acked && rows.length < most; tick--) {
      const given = this.inputs.get(tick)
      if (!given) break
      rows.push(given.row)
    }
    return rows.reverse()
  }

  /** Simulates the next tick with this player's input; they saw others at `seenTick` as they gave it (default: now). */
  advance(input: Row, seenTick = this.world.tick + 1): Advance {
    const tick = this.world.tick + 1
    this.inputs.set(tick, { row: input, seenTick })
    for (const old of this.inputs.keys()) {
      if (old > tick - this.keepTicks) break
      this.inputs.delete(old)
    }
    const before = this.development ? this.stateAt(tick - 1) : null
    const emitted = this.run(tick)
    return { emitted, unstable: before && this.runAgain(before) }
  }

  /** Runs the tick again from the same state. A difference means that `step` reads something outside of the world. */
  private runAgain(before: PredictedState): Divergence | null {
    const first = this.history.pop()
    this.place(before)
    this.run(before.tick + 1)
    const second = this.stateAt(this.tick)
    if (!first || !second) return null
    const divergence = findDivergence(first.tick, this.me, first.records, second.records)
    return divergence === null || divergence === 'by referee' ? null : { ...divergence, by: 'replay' }
  }

  /** For a page that only watches: the globals and players of `tick`, as the host told them. Nothing is stepped. */
  watch(tick: number): void {
    this.world.begin(tick)
    this.others.place(tick)
  }

  private run(tick: number): readonly Emitted[] {
    const { world } = this
    world.begin(tick)
    this.others.place(tick)
    const given = this.inputs.get(tick)
    if (given) setInputs(world, new Map([[this.me, given.row]]))
    this.rewind.tick = given?.seenTick ?? tick
    world.step()
    world.round()
    this.history.push(this.capture(tick))
    if (this.history.length > this.keepTicks) this.history.shift()
    return world.emitted
  }

  /** Writes that the rules or the page tried and may not do, since the last call; empty unless in development. */
  takeRefusals(): readonly string[] {
    const { refusals } = this
    if (refusals.length > 0) this.refusals = []
    return refusals
  }

  /** Lets go of what the confirmed world has forgotten. */
  forgetOthers(): void {
    this.others.forget()
    this.rewind.forget()
  }

  /** Another host goes on, and `referee` there spawns with `nextRefereeId` next: what had this id, or a later one, is forgotten. */
  rebase(nextRefereeId: number): void {
    for (const record of [...this.predictedRecords()])
      if (isRefereedFrom(nextRefereeId, record.id)) this.world.detach(record)
    for (const [i, { tick, records }] of this.history.entries()) {
      const kept = [...records].filter(([id]) => !isRefereedFrom(nextRefereeId, id))
      if (kept.length < records.size) this.history[i] = { tick, records: new Map(kept) }
    }
    this.forgetOthers()
  }

  private capture(tick: number): PredictedState {
    const records = new Map<EntityId, RecordCopy>()
    for (const record of this.predictedRecords()) {
      records.set(record.id, { type: record.$type, id: record.id, owner: record.owner, row: copyRow(record) })
    }
    return { tick, records }
  }

  private *predictedRecords(): Generator<GameRecord> {
    const { world } = this
    for (const type of world.game.schema.entities.values())
      for (const record of world.list(type)) if (world.predicts(type, record.owner)) yield record
  }

  /** What was predicted for a tick; null for one that is not kept. */
  stateAt(tick: number): PredictedState | null {
    return this.history[this.history.length - 1 - (this.tick - tick)] ?? null
  }

  /** Takes the host's exact state, after `tick`, of everything that this client predicts. */
  reconcile(tick: number, exact: ReadonlyMap<EntityId, RecordCopy>): Reconciliation {
    const predicted = this.started ? this.stateAt(tick) : null
    const divergence = predicted && findDivergence(tick, this.me, predicted.records, exact)
    if (predicted && divergence === null) return RIGHT
    const wrong = divergence === 'by referee' ? null : divergence
    if (wrong) this.corrections++
    return { divergence: wrong, ...this.replay(tick, exact) }
  }

  /** Goes back to the host's state of `tick`, and from there again to the newest tick. */
  private replay(tick: number, exact: ReadonlyMap<EntityId, RecordCopy>): Omit<Reconciliation, 'divergence'> {
    const newest = this.started ? this.tick : tick
    const before = (this.started ? this.stateAt(newest)?.records : null) ?? new Map<EntityId, RecordCopy>()
    this.restore(tick, exact)
    // A page may draw before the next tick has run here.
    if (newest <= tick) this.others.place(tick)
    this.started = true
    const emitted: Emitted[] = []
    for (let next = tick + 1; next <= newest; next++) emitted.push(...this.run(next))
    const corrections: Correction[] = []
    for (const { id, type, row } of this.stateAt(newest)?.records.values() ?? []) {
      const was = before.get(id)
      if (was?.type === type) corrections.push({ id, before: was.row, after: row })
    }
    return { corrections, denied: [...before.keys()].filter((id) => this.neverWas(id)), emitted }
  }

  /** Whether an entity was only ever predicted: the host has not told of it, and the replay did not spawn it again. */
  private neverWas(id: EntityId): boolean {
    if (!isSpawnedByStep(id) || this.confirmed.records.has(id)) return false
    return !this.history.some(({ records }) => records.has(id))
  }

  /** Puts what is predicted back to an earlier state. */
  private place({ tick, records }: PredictedState): void {
    const { world } = this
    for (const record of [...this.predictedRecords()])
      if (records.get(record.id)?.type !== record.$type) world.detach(record)
    for (const { type, id, owner, row } of records.values()) {
      const known = world.records.get(id)
      if (known) assignRow(known, row)
      else world.insert(world.make(type, id, owner, copyRow(row)))
    }
    world.begin(tick)
  }

  private restore(tick: number, exact: ReadonlyMap<EntityId, RecordCopy>): void {
    this.place({ tick, records: exact })
    this.history.length = 0
    this.history.push(this.capture(tick))
  }
}
