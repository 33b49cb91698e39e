/**
 * What a bot sees: what a player's screen would show. In goes the host's world after each tick. Out comes a view with only what this player
 * is told. Records that a client would predict are as of now; all others as they were `delayTicks` ago.
 *
 * Invariant: an entity is shown as of a tick only where `relevant` showed it to this player at that very tick.
 */

import { decideRelevance } from '../replication/relevance.ts'
import { checkId } from '../world/given-ids.ts'
import type { History } from '../world/history.ts'
import { type EntityId, GLOBALS_ID, type PlayerId } from '../world/ids.ts'
import { assignRow, GameRecord, type Holder, initialNumbers, initialObjects, type Row } from '../world/record.ts'
import { recordedById, recordedOfType } from '../world/recorded-index.ts'
import type { RecordType } from '../world/schema.ts'
import { guardedFields, mayKnow } from '../world/visibility.ts'
import type { World } from '../world/world.ts'

/** A record of the view. It is made once and written again at each look. */
interface Shown {
  readonly record: GameRecord
  /** The look that it was written for. */
  look: number
}

/** Mostly nothing is hidden, and this is asked in every tick. */
const NOTHING: ReadonlySet<EntityId> = new Set()

export class BotEyes implements Holder {
  /** The tick at which everything is seen that a client would not predict. */
  tick = 0
  readonly refereeing = false
  readonly seesHidden = false
  private readonly world: World
  private readonly history: Pick<History, 'stateAt'>
  private readonly me: PlayerId
  private readonly delayTicks: number
  private readonly shown = new Map<EntityId, Shown>()
  private readonly lists = new Map<RecordType, readonly GameRecord[]>()
  /** By tick that this player was here at: the entities that `relevant` hid. */
  private readonly hidden = new Map<number, ReadonlySet<EntityId>>()
  private looks = 0

  constructor(world: World, history: Pick<History, 'stateAt'>, me: PlayerId, delayTicks: number) {
    this.world = world
    this.history = history
    this.me = me
    this.delayTicks = delayTicks
  }

  /**
   * Looks before the next tick runs.
   * @throws whatever `relevant` throws.
   */
  look(): void {
    const { world, hidden } = this
    this.looks++
    this.lists.clear()
    hidden.set(world.tick, this.hiddenNow())
    this.tick = Math.max(0, world.tick + 1 - this.delayTicks)
    // In the order of ticks.
    for (const tick of hidden.keys()) {
      if (tick >= this.tick) break
      hidden.delete(tick)
    }
    if (this.looks % 600 === 0) this.forget()
  }

  private hiddenNow(): ReadonlySet<EntityId> {
    const { world, me } = this
    if (!world.game.rules.relevant) return NOTHING
    let ids: Set<EntityId> | null = null
    for (const type of world.game.schema.entities.values())
      for (const record of world.list(type)) {
        if (decideRelevance(world, record, me) > 0) continue
        ids ??= new Set()
        ids.add(record.id)
      }
    return ids ?? NOTHING
  }

  /** Drops records that were not looked at for 600 looks. */
  private forget(): void {
    for (const [id, { look }] of this.shown) if (look < this.looks - 600) this.shown.delete(id)
  }

  get players(): readonly PlayerId[] {
    return this.world.players
  }

  get options(): Readonly<Record<string, unknown>> {
    return this.world.options
  }

  get settings(): Readonly<Record<string, unknown>> {
    return this.world.settings
  }

  get globals(): GameRecord {
    return this.single(GLOBALS_ID as EntityId) ?? this.world.globals
  }

  player(id: PlayerId): GameRecord {
    return this.single(id as number as EntityId) ?? this.world.player(id)
  }

  /** The globals, or a player's record. */
  private single(id: EntityId): GameRecord | null {
    const then = this.history.stateAt(this.tick)
    const past = then && recordedById(then, id)
    const now = this.world.records.get(id)
    if (now && (!past || now.owner === this.me)) return this.show(now.$type, id, now.owner, now)
    return past && this.show(past.type, id, past.owner, past.row)
  }

  all(name: string): readonly GameRecord[] {
    const type = this.world.entityType(name)
    let list = this.lists.get(type)
    if (!list) {
      list = this.find(type)
      this.lists.set(type, list)
    }
    return list
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    if (id === null || id === undefined) return null
    checkId(name, id)
    return this.all(name).find((record) => record.id === id) ?? null
  }

  /** In the order of ids. */
  private find(type: RecordType): GameRecord[] {
    const found: GameRecord[] = []
    if (type.predict !== 'none')
      for (const record of this.world.list(type))
        if (this.isPresent(type, record.owner)) found.push(this.show(type, record.id, record.owner, record))
    const present = found.length
    const hidden = this.hidden.get(this.tick)
    const then = this.history.stateAt(this.tick)
    // This player was not here then.
    if (hidden === undefined || then === null) return found
    for (const { id, owner, row } of recordedOfType(then, type))
      if (!this.isPresent(type, owner) && !hidden.has(id)) found.push(this.show(type, id, owner, row))
    return present === 0 ? found : found.sort((a, b) => a.id - b.id)
  }

  /** Whether a client of this player would predict the record, and so show it as of now. */
  private isPresent({ predict }: RecordType, owner: PlayerId | null): boolean {
    return predict === 'all' || (predict === 'owner' && owner === this.me)
  }

  /** The record of the view, with the values that this player is told. */
  private show(type: RecordType, id: EntityId, owner: PlayerId | null, row: Row): GameRecord {
    let shown = this.shown.get(id)
    // The rules and bots ask for the same player's record again and again.
    if (shown?.look === this.looks && shown.record.$type === type) return shown.record
    if (shown?.record.$type !== type || shown.record.owner !== owner) {
      shown = { record: new GameRecord(type, this, id, owner, emptyRow(type)), look: 0 }
      shown.record.$writable = false
      shown.record.$mine = owner === this.me
      this.shown.set(id, shown)
    }
    const { record } = shown
    shown.look = this.looks
    assignRow(record, row)
    for (const field of guardedFields(type)) {
      if (mayKnow(this.world, this.me, record, field)) continue
      if (field.store === 'number') record.numbers[field.column] = field.initial
      else record.objects[field.column] = field.initial
    }
    return record
  }

  // What its records ask.

  exists(id: EntityId): boolean {
    return this.world.exists(id)
  }

  refuse(problem: string): void {
    this.world.refuse(problem)
  }

  whyReadOnly(): string {
    return 'in what a bot sees, which is only read: its input is what it returns'
  }
}

const emptyRow = (type: RecordType): Row => ({ numbers: initialNumbers(type), objects: initialObjects(type) })
