/**
 * The drawn world: what a page draws of its source in a frame. An entity is the same record object for as long as it is drawn,
 * updated in place each frame. What is stepped here is drawn between its two newest ticks; all else at the presentation tick.
 *
 * Corrections are smoothed: an entity that turns out to be elsewhere than it was drawn glides there.
 */

import type { Correction } from '../prediction/prediction.ts'
import { PREDICTED_GLIDE_MS, PRESENTED_GLIDE_MS, VisualError } from '../prediction/visual-error.ts'
import type { ConfirmedRecord } from '../replication/confirmed-world.ts'
import { type Extrapolation, sampleBeyond } from '../replication/extrapolation.ts'
import { interpolate, MAX_EXTRAPOLATION_SECONDS } from '../replication/sampling.ts'
import type { RecordState } from '../wire/states.ts'
import { checkId } from '../world/given-ids.ts'
import { type EntityId, isRefereedFrom, type PlayerId } from '../world/ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from '../world/inspect.ts'
import { type GameRecord, initialNumbers, type Row } from '../world/record.ts'
import type { GoneReason } from '../world/record-types.ts'
import type { RecordType } from '../world/schema.ts'
import type { Source } from './source.ts'

interface Drawn {
  readonly record: GameRecord
  /** The last frame that it was there in. */
  frame: number
  /** The confirmed record that it was last sampled from; null where it is stepped here. It tells why the entity is gone. */
  known: ConfirmedRecord | null
  /** The state that was sampled. */
  state: RecordState | null
  /** How it was extrapolated in the last frame; null: it was not. */
  guess: Extrapolation | null
  /** How far it is drawn from its true place; null before the first correction. */
  error: VisualError | null
}

/** When the drawn time advances more than real time by this within a frame, ms, it was set after an outage. */
const LEAP_MS = 83
/** For so long after that, ms, entities snap to their places instead of gliding. */
const SNAP_MS = 300
/** An entity that was extrapolated for longer than this, ms, snaps, too: where it was drawn was a guess. */
const MAX_EXTRAPOLATED_MS = 1500
/** No glide takes longer, ms: a second after a host's stall everything is drawn where it is. */
const MAX_GLIDE_MS = 800

export interface GoneRecord {
  readonly entity: GameRecord
  readonly reason: GoneReason
}

export class DrawnWorld {
  tick = 0
  me: PlayerId
  appeared: GameRecord[] = []
  gone: GoneRecord[] = []
  private source: Source
  private readonly drawn = new Map<EntityId, Drawn>()
  /** Drawn entities whose predicted spawn the host denied. They go with the next frame. */
  private readonly denied = new Set<EntityId>()
  /** Drawn entities that a host that goes on does not have. Should the same id come again, it is another entity. */
  private readonly forgotten = new Set<EntityId>()
  /** What is drawn, by type index, in id order. */
  private readonly lists: GameRecord[][]
  private readonly scratch: Row[]
  private frame = 0
  private jumped = false
  private now = 0
  private elapsedMs = 0
  /** The tick of the frame before. */
  private tickBefore = 0
  private snapUntil = Number.NEGATIVE_INFINITY
  /** The tick up to which entities are extrapolated: in the frame before, and in this one. */
  private horizon = { before: 0, now: 0 }
  private readonly ticksPerMs: number

  constructor(me: PlayerId, source: Source) {
    this.me = me
    this.source = source
    const { types } = source.world.game.schema
    this.ticksPerMs = source.world.game.tickRate / 1000
    this.lists = types.map(() => [])
    this.scratch = types.map((type) => ({ numbers: initialNumbers(type), objects: [] }))
  }

  /** A replay moved stepped entities. They glide from where they were drawn. */
  correct(corrections: readonly Correction[]): void {
    for (const { id, before, after } of corrections) {
      const drawn = this.drawn.get(id)
      if (!drawn) continue
      if (this.now < this.snapUntil) drawn.error = null
      else this.errorOf(drawn).corrected(before, after, PREDICTED_GLIDE_MS)
    }
  }

  /** The host denied the predicted spawn of these entities. They go as `denied`, not as destroyed. */
  deny(ids: readonly EntityId[]): void {
    for (const id of ids) if (this.drawn.has(id)) this.denied.add(id)
  }

  /** Another host goes on, and `referee` there spawns with `nextRefereeId` next: what has this id, or a later one, never was. */
  rebase(nextRefereeId: number): void {
    for (const id of this.drawn.keys()) if (isRefereedFrom(nextRefereeId, id)) this.forgotten.add(id)
  }

  /** This page has another seat. What is drawn goes on; it is drawn from this source. */
  reseat(me: PlayerId, source: Source): void {
    this.me = me
    this.source = source
    for (const drawn of this.drawn.values()) Object.assign(drawn, { state: null, guess: null })
  }

  private errorOf(drawn: Drawn): VisualError {
    drawn.error ??= new VisualError(drawn.record.$type)
    return drawn.error
  }

  get players(): readonly PlayerId[] {
    return this.source.world.players
  }

  get globals(): GameRecord {
    return this.source.world.globals
  }

  get options(): Readonly<Record<string, unknown>> {
    return this.source.world.options
  }

  get settings(): Readonly<Record<string, unknown>> {
    return this.source.world.settings
  }

  player(id: PlayerId): GameRecord {
    return this.source.world.player(id)
  }

  all(name: string): readonly GameRecord[] {
    const type = this.typeOf(name)
    return this.lists[type.index] ?? []
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    const drawn = id === null || id === undefined ? undefined : this.drawn.get(checkId(name, id))
    return drawn && drawn.record.$type === this.typeOf(name) ? drawn.record : null
  }

  private typeOf(name: string): RecordType {
    return this.source.world.entityType(name)
  }

  /**
   * Brings everything to the frame's time, `now` in ms: others to `presentationTick`, own to `predictedTick`, both with
   * fraction.
   */
  update(now: number, presentationTick: number, steppedTick: number): void {
    this.frame++
    this.elapsedMs = Math.max(0, now - this.now)
    this.now = Math.max(now, this.now)
    if (presentationTick - this.tick > (this.elapsedMs + LEAP_MS) * this.ticksPerMs) this.snapUntil = now + SNAP_MS
    this.tickBefore = this.tick
    this.tick = presentationTick
    this.appeared = this.appeared.length > 0 ? [] : this.appeared
    this.gone = this.gone.length > 0 ? [] : this.gone
    this.removeForgotten()
    this.drawStepped(steppedTick)
    const horizon = this.source.confirmed.tick + MAX_EXTRAPOLATION_SECONDS * 1000 * this.ticksPerMs
    this.horizon = { before: this.horizon.now, now: horizon }
    for (const known of this.source.confirmed.records.values()) this.drawConfirmed(known, presentationTick)
    for (const [id, drawn] of this.drawn) if (drawn.frame !== this.frame) this.remove(id, drawn)
    this.denied.clear()
    this.jumped = false
  }

  /** The next frame shows another moment. Entities that are missing there go as `out of view`, not as destroyed. */
  jump(): void {
    this.jumped = true
  }

  private removeForgotten(): void {
    for (const id of this.forgotten) {
      const drawn = this.drawn.get(id)
      if (drawn) this.remove(id, drawn, 'denied')
    }
    this.forgotten.clear()
  }

  private drawStepped(steppedTick: number): void {
    const { source } = this
    const now = source.stateAt(source.tick)
    if (!now) return
    const before = source.stateAt(source.tick - 1)
    // The newest tick is reached when the clock is a whole tick past it, so nothing has to be extrapolated.
    const share = Math.min(1, Math.max(0, steppedTick - source.tick))
    for (const { id, type, owner, row } of now.records.values()) {
      const was = before?.records.get(id)
      const from = was?.type === type ? was.row : row
      const drawn = this.touch(type, id, owner)
      interpolate(type, drawn.record, from, row, share)
      drawn.error?.draw(this.elapsedMs, drawn.record)
    }
  }

  private drawConfirmed(known: ConfirmedRecord, tick: number): void {
    if (known.type.role !== 'entity' || this.source.steps(known.type, known.owner)) return
    if (known.firstTick > tick || (known.goneAt !== null && known.goneAt <= tick)) return
    const drawn = this.touch(known.type, known.id, known.owner)
    const { state: before, record, guess } = drawn
    drawn.known = known
    drawn.state = known.sample(tick, this.horizon.now, record, before)
    if (guess) this.replace(drawn, guess, tick)
    drawn.guess = known.guessedTicks(tick) > 0 ? known.beyond : null
    drawn.error?.draw(this.elapsedMs, record)
  }

  /** More may be known of what was extrapolated in the last frame: from where that would be now it glides to its place. */
  private replace(drawn: Drawn, guess: Extrapolation, tick: number): void {
    const { record, known } = drawn
    const row = this.scratch[record.$type.index]
    const guessedMs = (this.tickBefore - guess.from) / this.ticksPerMs
    if (this.now < this.snapUntil || guessedMs > MAX_EXTRAPOLATED_MS) drawn.error = null
    else if (row && known) {
      row.numbers.set(record.numbers)
      sampleBeyond(known.layout, guess, Math.min(tick, this.horizon.before), row)
      this.errorOf(drawn).corrected(row, record, Math.max(PRESENTED_GLIDE_MS, Math.min(MAX_GLIDE_MS, guessedMs)))
    }
  }

  private touch(type: RecordType, id: EntityId, owner: PlayerId | null): Drawn {
    const known = this.drawn.get(id)
    if (known?.record.$type === type) {
      known.frame = this.frame
      return known
    }
    // What `step` spawns is known by its owner, tick and number, and the host may have spawned another type there.
    if (known) this.remove(id, known)
    const record = this.source.world.make(type, id, owner)
    record.$writable = false
    record.$mine = owner === this.me
    const drawn = { record, frame: this.frame, known: null, state: null, guess: null, error: null }
    this.drawn.set(id, drawn)
    const list = this.lists[type.index]
    if (list) {
      let at = list.length
      while (at > 0 && (list[at - 1]?.id ?? 0) > id) at--
      list.splice(at, 0, record)
    }
    this.appeared.push(record)
    return drawn
  }

  private remove(id: EntityId, { record, known }: Drawn, reason = this.reasonOf(id, known)): void {
    this.drawn.delete(id)
    const list = this.lists[record.$type.index]
    list?.splice(list.indexOf(record), 1)
    this.gone.push({ entity: record, reason })
  }

  private reasonOf(id: EntityId, known: ConfirmedRecord | null): GoneReason {
    if (this.jumped) return 'out of view'
    const confirmed = known ?? this.source.confirmed.records.get(id)
    return confirmed ? confirmed.goneReason : this.denied.has(id) ? 'denied' : 'destroyed'
  }

  /** What is drawn, as plain data. */
  toJSON(): Record<string, unknown> {
    const { tick, me, globals, options, settings } = this
    const players = this.players.map((id) => ({ ...this.player(id), id }))
    return { tick, me, players, options, settings, globals, entities: this.lists.flat() }
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs('view', this.toJSON(), options, inspect)
  }

  get counts(): { predicted: number; presented: number } {
    const predicted = this.source.stateAt(this.source.tick)?.records.size ?? 0
    return { predicted, presented: Math.max(0, this.drawn.size - predicted) }
  }
}
