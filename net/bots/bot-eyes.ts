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
import type { RecordType } from '../world/schema.ts'
import { mayKnow } from '../world/visibility.ts'
import type { World } from '../world/world.ts'

/** A record of the view. It is made once and written again at each look. */
interface Shown {
  readonly record: GameRecord
  /** The look that it was written for. */
  look: number
}

type Found = Row & { readonly type: RecordType; readonly id: EntityId; readonly owner: PlayerId | null }

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
  /** By tick: the entities that `relevant` showed; null: all. */
  private readonly visible = new Map<number, ReadonlySet<EntityId> | null>()
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
    const { world, visible } = this
    this.looks++
    this.lists.clear()
    visible.set(world.tick, this.visibleNow())
    this.tick = Math.max(0, world.tick + 1 - this.delayTicks)
    for (const tick of visible.keys()) if (tick < this.tick) visible.delete(tick)
    if (this.looks % 600 === 0) this.forget()
  }

  private visibleNow(): ReadonlySet<EntityId> | null {
    const { world, me } = this
    if (!world.game.rules.relevant) return null
    const ids = new Set<EntityId>()
    for (const type of world.game.schema.entities.values())
      for (const record of world.list(type)) if (decideRelevance(world, record, me) > 0) ids.add(record.id)
    return ids
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
    const then = this.history.stateAt(this.tick)?.records.find((record) => record.id === id)
    const now = this.world.records.get(id)
    if (now && (!then || now.owner === this.me)) return this.show({ ...rowOf(now), type: now.$type })
    return then ? this.show({ ...then, ...then.row }) : null
  }

  all(name: string): readonly GameRecord[] {
    const type = this.world.entityType(name)
    let list = this.lists.get(type)
    if (!list) {
      list = [...this.find(type)].map((found) => this.show(found)).sort((a, b) => a.id - b.id)
      this.lists.set(type, list)
    }
    return list
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    if (id === null || id === undefined) return null
    checkId(name, id)
    return this.all(name).find((record) => record.id === id) ?? null
  }

  private *find(type: RecordType): Generator<Found> {
    for (const record of this.world.list(type)) if (this.isPresent(type, record.owner)) yield { ...rowOf(record), type }
    const visible = this.visible.get(this.tick)
    // This player was not here then.
    if (visible === undefined) return
    for (const { type: other, id, owner, row } of this.history.stateAt(this.tick)?.records ?? [])
      if (other === type && !this.isPresent(type, owner) && (visible === null || visible.has(id)))
        yield { ...row, type, id, owner }
  }

  /** Whether a client of this player would predict the record, and so show it as of now. */
  private isPresent({ predict }: RecordType, owner: PlayerId | null): boolean {
    return predict === 'all' || (predict === 'owner' && owner === this.me)
  }

  /** The record of the view, with the values that this player is told. */
  private show({ type, id, owner, numbers, objects }: Found): GameRecord {
    let shown = this.shown.get(id)
    if (shown?.record.$type !== type || shown.record.owner !== owner) {
      shown = { record: new GameRecord(type, this, id, owner, emptyRow(type)), look: 0 }
      shown.record.$writable = false
      shown.record.$mine = owner === this.me
      this.shown.set(id, shown)
    }
    const { record } = shown
    shown.look = this.looks
    assignRow(record, { numbers, objects })
    for (const field of type.fields) {
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

function rowOf({ id, owner, numbers, objects }: GameRecord): Omit<Found, 'type'> {
  return { id, owner, numbers, objects }
}
