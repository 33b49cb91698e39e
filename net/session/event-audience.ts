/**
 * Which of a tick's events each player is told, and how. An entity that is hidden from a player is hidden in events, too: the
 * player is not told of events at it, and its id is left out of other payloads. This is decided once, after the tick, by what
 * the tick's snapshots show.
 */

import { decideRelevance } from '../replication/relevance.ts'
import type { Emitted } from '../world/emitted.ts'
import type { EventType } from '../world/game.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import { copyRow, type GameRecord, type Row } from '../world/record.ts'
import type { World } from '../world/world.ts'
import { KEEP_SECONDS } from './limits.ts'

export type ToldEvent = Pick<Emitted, 'type' | 'tick' | 'owner' | 'ordinal' | 'row'>

export class EventAudience {
  private readonly world: World
  /** Entities that were removed in the last two seconds, oldest first: events may still name them. Empty for a game without `relevant`. */
  private readonly removed = new Map<EntityId, { readonly record: GameRecord; readonly tick: number }>()
  private readonly keepTicks: number
  /** For whom `relevant` is asked at the moment; null: a spectator. */
  private viewer: PlayerId | null = null
  /** Whether the viewer may know of an entity after this tick. */
  private readonly seen = new Map<EntityId, boolean>()

  constructor(world: World) {
    this.world = world
    this.keepTicks = KEEP_SECONDS * world.game.tickRate
  }

  /** After each tick, before `toldTo`. */
  noteTick(): void {
    const { world, removed } = this
    if (!world.game.rules.relevant) return
    for (const record of world.removed) removed.set(record.id, { record, tick: world.tick })
    for (const [id, { tick }] of removed) {
      if (tick > world.tick - this.keepTicks) break
      removed.delete(id)
    }
  }

  /** The events of this tick that a player or a spectator is told, in order. What `relevant` throws of a player comes through. */
  toldTo(player: PlayerId, spectates = false): ToldEvent[] {
    this.seen.clear()
    this.viewer = spectates ? null : player
    const ordinals = new Map<string, number>()
    const told: ToldEvent[] = []
    for (const event of this.world.emitted) {
      if (!this.isFor(player, event)) continue
      const { type, tick, owner } = event
      told.push({
        type,
        tick,
        owner,
        ordinal: this.ordinalFor(player, event, ordinals),
        row: this.rowFor(event),
      })
    }
    return told
  }

  private isFor(player: PlayerId, { to, at, owner }: Emitted): boolean {
    if (to !== null && !to.includes(player)) return false
    return at === null || owner === player || this.sees(at)
  }

  private sees(id: EntityId): boolean {
    const { world, seen } = this
    if (!world.game.rules.relevant) return true
    const known = seen.get(id)
    if (known !== undefined) return known
    const record = world.records.get(id) ?? this.removed.get(id)?.record
    const sees = record !== undefined && decideRelevance(world, record, this.viewer) > 0
    seen.set(id, sees)
    return sees
  }

  /**
   * The owner of a predicted event knows it by its ordinal. For all others the ordinal only tells the events of a tick apart.
   * It counts only events that they are told: a gap would reveal a hidden one.
   */
  private ordinalFor(player: PlayerId, { type, owner, ordinal }: Emitted, ordinals: Map<string, number>): number {
    const predicted = type.timing === 'predicted'
    if (predicted && owner === player) return ordinal
    const key = `${predicted} ${owner}`
    const next = ordinals.get(key) ?? 0
    ordinals.set(key, next + 1)
    return next
  }

  /** The payload, without the ids of entities that the viewer cannot see. */
  private rowFor({ type, row }: Emitted): Row {
    if (!this.world.game.rules.relevant || !namesEntities(type)) return row
    const copy = copyRow(row)
    const { numbers, objects } = type.fields
    for (const { kind, column } of numbers)
      if (kind === 'entity' && !this.sees(copy.numbers[column] as EntityId)) copy.numbers[column] = 0
    for (const { column, of } of objects) {
      const list = copy.objects[column]
      if (of?.kind !== 'entity' || !Array.isArray(list)) continue
      copy.objects[column] = list.map((id: EntityId | null) => (id !== null && this.sees(id) ? id : null))
    }
    return copy
  }
}

function namesEntities({ fields: { numbers, objects } }: EventType): boolean {
  return numbers.some(({ kind }) => kind === 'entity') || objects.some(({ of }) => of?.kind === 'entity')
}
