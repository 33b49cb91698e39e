/**
 * What a client steps ahead of the host: its own entities, by the same `step`. On each snapshot the predicted state
 * of that tick is compared with the host's, to the bit; when it differs, the host's is restored and the inputs since
 * then are replayed (Bernier, "Latency compensating methods"; Overwatch, GDC 2017).
 */

import type { ConfirmedRecord, ConfirmedWorld } from '../replication/confirmed-world.ts'
import { MAX_EXTRAPOLATION_SECONDS } from '../replication/sampling.ts'
import type { RecordState } from '../wire/states.ts'
import type { AnyGame } from '../world/game.ts'
import { toSimGrid } from '../world/grid.ts'
import { type EntityId, inputId, isSpawnedByStep, type PlayerId } from '../world/ids.ts'
import { assignRow, copyRow, type GameRecord, plainValues, type RecordCopy, type Row } from '../world/record.ts'
import type { CompiledField, RecordType } from '../world/schema.ts'
import { setInputs } from '../world/tick.ts'
import { type Emitted, World } from '../world/world.ts'
import { ClientRewind } from './client-rewind.ts'
import { firstDifference } from './comparison.ts'

/** What the player did in a tick, and at which tick he saw others then. */
interface GivenInput {
  readonly row: Row
  readonly seenTick: number
}

export interface PredictedState {
  readonly tick: number
  readonly records: ReadonlyMap<EntityId, RecordCopy>
}

/** The first thing in which the prediction of a tick was wrong. */
export interface Divergence {
  /** `snapshot`: the host has it otherwise. `replay`: the same tick, run again from the same state, gave otherwise. */
  readonly by: 'snapshot' | 'replay'
  readonly tick: number
  readonly type: string
  readonly id: EntityId
  /** The field, or null when one side does not have the entity at all. */
  readonly field: string | null
  /** Its value here, and at the host or in the second run, as the developer sees it; null where there is no field. */
  readonly predicted: unknown
  readonly confirmed: unknown
}

export interface PredictionOptions {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly seed: number
  readonly options: Readonly<Record<string, unknown>>
  readonly confirmed: ConfirmedWorld
  readonly keepTicks: number
  readonly refused?: (problem: string) => void
  /** Hears of every snapshot whose predicted state was wrong, and of the first thing that was. */
  readonly diverged?: (divergence: Divergence) => void
  /** For development: every tick is rolled back and run again, and this hears of the first difference. */
  readonly unstable?: (divergence: Divergence) => void
  /** Hears of every entity that a correction put elsewhere: how it stood at the newest tick, and how it stands now. */
  readonly moved?: (id: EntityId, before: Row, after: Row) => void
  /** Hears of every entity that `step` spawned here, and that a correction took back: the host never had it. */
  readonly denied?: (id: EntityId) => void
}

export class Prediction {
  readonly world: World
  /** Snapshots whose predicted state was wrong. */
  corrections = 0
  lastDivergence: Divergence | null = null
  private readonly me: PlayerId
  private readonly confirmed: ConfirmedWorld
  private readonly keepTicks: number
  private readonly history: PredictedState[] = []
  private readonly inputs = new Map<number, GivenInput>()
  private readonly rewind: ClientRewind
  /** Of which state each placed record is. */
  private readonly placed = new Map<EntityId, RecordState>()
  private readonly moved: (id: EntityId, before: Row, after: Row) => void
  private readonly denied: (id: EntityId) => void
  private readonly diverged: (divergence: Divergence) => void
  private readonly unstable: ((divergence: Divergence) => void) | null
  private started = false

  constructor({
    game,
    me,
    seed,
    options,
    confirmed,
    keepTicks,
    refused,
    unstable,
    moved = () => {},
    denied = () => {},
    diverged = () => {},
  }: PredictionOptions) {
    this.me = me
    this.diverged = diverged
    this.unstable = unstable ?? null
    this.moved = moved
    this.denied = denied
    this.confirmed = confirmed
    this.keepTicks = keepTicks
    this.world = new World({ game, seed, options, predicting: me, ...(refused ? { refused } : {}) })
    this.rewind = new ClientRewind(this.world, me, confirmed)
    this.world.rewind = this.rewind
    // The host does not send a player his own input.
    const input = this.world.make(game.schema.input, inputId(me), me)
    input.$writable = false
    this.world.insert(input)
  }

  /** The newest predicted tick. */
  get tick(): number {
    return this.world.tick
  }

  get ready(): boolean {
    return this.started
  }

  /** The inputs of the ticks after `acked`, oldest first, at most `most` of the newest. */
  inputsAfter(acked: number, most: number): Row[] {
    const rows: Row[] = []
    // Ticks that a sleeping page skipped have no input, and what lies before such a gap must not fill it.
    for (let tick = this.tick; tick > acked && rows.length < most; tick--) {
      const given = this.inputs.get(tick)
      if (!given) break
      rows.push(given.row)
    }
    return rows.reverse()
  }

  /** Simulates the next tick with this player's input, given as he saw others at `seenTick` (default: now). Returns what `step` emitted. */
  advance(input: Row, seenTick = this.world.tick + 1): readonly Emitted[] {
    const tick = this.world.tick + 1
    this.inputs.set(tick, { row: input, seenTick })
    for (const old of this.inputs.keys()) {
      if (old > tick - this.keepTicks) break
      this.inputs.delete(old)
    }
    const before = this.unstable ? this.stateAt(tick - 1) : null
    const emitted = this.run(tick)
    if (before) this.runAgain(before)
    return emitted
  }

  /** The same tick from the same state has to give the same: else `step` reads what is not in the world. */
  private runAgain(before: PredictedState): void {
    const first = this.history.pop()
    this.place(before)
    this.run(before.tick + 1)
    const second = this.stateAt(this.tick)
    if (!first || !second) return
    const divergence = this.compare(first.tick, first.records, second.records)
    if (divergence !== null && divergence !== 'news') this.unstable?.({ ...divergence, by: 'replay' })
  }

  private run(tick: number): readonly Emitted[] {
    const { world } = this
    world.begin(tick)
    this.placeOthers(tick)
    const given = this.inputs.get(tick)
    if (given) setInputs(world, new Map([[this.me, given.row]]))
    this.rewind.tick = given?.seenTick ?? tick
    world.step()
    world.round()
    this.history.push(this.capture(tick))
    if (this.history.length > this.keepTicks) this.history.shift()
    return world.emitted
  }

  /** Everything that is not predicted stands where the host last confirmed it, moved on to the tick by its rates. */
  private placeOthers(tick: number): void {
    const { world } = this
    const confirmed = this.confirmed
    const horizon = confirmed.tick + Math.round(MAX_EXTRAPOLATION_SECONDS / world.dt)
    for (const known of confirmed.records.values()) {
      if (world.predicts(known.type, known.owner) && known.type.role === 'entity') continue
      if (known.type.role === 'input' && known.owner === this.me) continue
      const there = known.firstTick <= tick && (known.goneAt === null || known.goneAt > tick)
      const record = world.records.get(known.id)
      if (there) {
        const shown = record ?? this.show(known)
        const isInput = known.type.role === 'input'
        const state = known.sample(tick, horizon, shown, record && !isInput ? this.placed.get(known.id) : null)
        if (state) this.placed.set(known.id, state)
        if (isInput) fade(shown, (tick - confirmed.tick) * world.dt)
      } else if (record) this.hide(record)
    }
  }

  private show(known: ConfirmedRecord): GameRecord {
    const { world } = this
    const record = world.make(known.type, known.id, known.owner)
    record.$writable = false
    const old = world.records.get(known.id)
    if (old) world.detach(old)
    world.insert(record)
    if (known.type.role === 'player' && known.owner !== null) {
      world.players = [...world.players.filter((id) => id !== known.owner), known.owner].sort((a, b) => a - b)
    }
    return record
  }

  private hide(record: GameRecord): void {
    this.world.detach(record)
    this.placed.delete(record.id)
    if (record.$type.role === 'player') this.world.players = this.world.players.filter((id) => id !== record.owner)
  }

  /**
   * Lets go of every record that the confirmed world has forgotten. A page that stood still for two seconds has all of
   * them in a burst: a record may be gone and forgotten before the next tick would have hidden it.
   */
  forgetOthers(): void {
    for (const id of [...this.placed.keys()]) {
      const record = this.confirmed.records.has(id) ? undefined : this.world.records.get(id)
      if (record) this.hide(record)
    }
    this.rewind.forget()
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

  stateAt(tick: number): PredictedState | null {
    return this.history[this.history.length - 1 - (this.tick - tick)] ?? null
  }

  /**
   * The exact state of everything this client predicts, after `tick`. Returns the events of a replay, to be told from
   * those already heard by their identity; empty when the prediction was right.
   */
  reconcile(tick: number, exact: ReadonlyMap<EntityId, RecordCopy>): readonly Emitted[] {
    const predicted = this.started ? this.stateAt(tick) : null
    if (predicted) {
      const divergence = this.compare(tick, predicted.records, exact)
      if (divergence === null) return []
      if (divergence !== 'news') {
        this.corrections++
        this.lastDivergence = divergence
        this.diverged(divergence)
      }
    }
    const newest = this.started ? this.tick : tick
    const before = this.started ? this.stateAt(newest) : null
    this.restore(tick, exact)
    // A page may draw before the next tick has run here.
    if (newest <= tick) this.placeOthers(tick)
    this.started = true
    const emitted: Emitted[] = []
    for (let next = tick + 1; next <= newest; next++) emitted.push(...this.run(next))
    for (const { id, row } of this.stateAt(newest)?.records.values() ?? []) {
      const was = before?.records.get(id)
      if (was) this.moved(id, was.row, row)
    }
    for (const id of before?.records.keys() ?? []) if (this.neverWas(id)) this.denied(id)
    return emitted
  }

  /** Whether something that was predicted is in nothing that the host has told, nor in what was replayed since. */
  private neverWas(id: EntityId): boolean {
    if (!isSpawnedByStep(id) || this.confirmed.records.has(id)) return false
    return !this.history.some(({ records }) => records.has(id))
  }

  /** The first wrong prediction; `news` when all that differs is what only `referee` writes; null when nothing does. */
  private compare(
    tick: number,
    predicted: ReadonlyMap<EntityId, RecordCopy>,
    exact: ReadonlyMap<EntityId, RecordCopy>,
  ): Divergence | 'news' | null {
    let news = false
    for (const { id, type, owner, row } of exact.values()) {
      const mine = predicted.get(id)
      if (!mine) {
        // What `referee` spawned could not be foreseen.
        if (isSpawnedByStep(id)) return divergence(tick, type, id, null)
        news = true
        continue
      }
      const sent = (field: CompiledField): boolean =>
        field.audience === 'all' || (field.audience !== 'nobody' && owner === this.me)
      const field = firstDifference(type, mine.row, row, (other) => !other.authority && sent(other))
      if (field !== null) return divergence(tick, type, id, field, mine.row, row)
      news ||= firstDifference(type, mine.row, row, (other) => other.authority && sent(other)) !== null
    }
    for (const { id, type } of predicted.values()) if (!exact.has(id)) return divergence(tick, type, id, null)
    return news ? 'news' : null
  }

  /** Puts what is predicted back to a state of before. */
  private place({ tick, records }: PredictedState): void {
    const { world } = this
    for (const record of [...this.predictedRecords()]) if (!records.has(record.id)) world.detach(record)
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

/** An input that is only known of some time ago is held on for a while, then fades to neutral (as Rocket League's do). */
const HOLD_SECONDS = 0.1
const FADED_SECONDS = 0.25

function fade(input: GameRecord, seconds: number): void {
  const left = Math.max(0, 1 - (seconds - HOLD_SECONDS) / (FADED_SECONDS - HOLD_SECONDS))
  if (left >= 1) return
  for (const field of input.$type.numbers) {
    const { slot, initial, kind } = field
    const value = input.numbers[slot] ?? 0
    if (kind === 'button') input.numbers[slot] = 0
    else if (kind === 'int' || kind === 'fixed')
      input.numbers[slot] = toSimGrid(field, initial + (value - initial) * left)
    else if (left < 0.5) input.numbers[slot] = initial
  }
}

function divergence(
  tick: number,
  type: RecordType,
  id: EntityId,
  field: string | null,
  mine?: Row,
  theirs?: Row,
): Divergence {
  const value = (row?: Row): unknown => (field === null || !row ? null : plainValues(type, row)[field])
  return { by: 'snapshot', tick, type: type.name, id, field, predicted: value(mine), confirmed: value(theirs) }
}

/** One sentence: what was wrong, of whom, when, and how. */
export function describeDivergence({ by, tick, type, id, field, predicted, confirmed }: Divergence): string {
  const replay = by === 'replay'
  if (field === null)
    return `${type} ${id} at tick ${tick} is ${replay ? 'there in one of two runs' : 'on one side'} only`
  const [one, other] = replay ? ['at first', 'when it ran again'] : ['predicted', 'confirmed']
  return `${type}.${field} of ${type} ${id} at tick ${tick}: ${String(predicted)} ${one}, ${String(confirmed)} ${other}`
}
