/**
 * `asSeenBy` on a client: the world as this page's player saw it when they gave the input of a tick. It is the drawn world of
 * that moment, sampled again, so that a replay of the tick sees the same.
 */

import type { ConfirmedWorld } from '../replication/confirmed-world.ts'
import { MAX_EXTRAPOLATION_SECONDS } from '../replication/sampling.ts'
import { checkId } from '../world/given-ids.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { Rewind, RewoundWorld } from '../world/rewind.ts'
import type { RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'

export class ClientRewind implements Rewind, RewoundWorld {
  /** The tick that others were drawn at when the input of the world's tick was given. */
  tick = 0
  private readonly world: World
  private readonly me: PlayerId
  private readonly confirmed: ConfirmedWorld
  private readonly records = new Map<EntityId, GameRecord>()

  constructor(world: World, me: PlayerId, confirmed: ConfirmedWorld) {
    this.world = world
    this.me = me
    this.confirmed = confirmed
  }

  /** A client does not know what other players see. */
  of(player: PlayerId): RewoundWorld | null {
    return player === this.me ? this : null
  }

  *all(name: string): Generator<GameRecord> {
    const type = this.world.entityType(name)
    for (const record of this.world.list(type)) {
      if (!record.$alive) continue
      if (this.world.predicts(type, record.owner)) yield record
    }
    yield* this.others(type)
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    if (id === null || id === undefined) return null
    checkId(name, id)
    for (const record of this.all(name)) if (record.id === id) return record
    return null
  }

  private others(type: RecordType): readonly GameRecord[] {
    const { tick, confirmed, world } = this
    const horizon = confirmed.tick + MAX_EXTRAPOLATION_SECONDS / world.dt
    const list: GameRecord[] = []
    for (const known of confirmed.records.values()) {
      if (known.type !== type || world.predicts(type, known.owner)) continue
      if (known.firstTick > tick || (known.goneAt !== null && known.goneAt <= tick)) continue
      const record = this.records.get(known.id) ?? this.make(type, known.id, known.owner)
      known.sample(tick, horizon, record)
      list.push(record)
    }
    return list.sort((a, b) => a.id - b.id)
  }

  private make(type: RecordType, id: EntityId, owner: PlayerId | null): GameRecord {
    const record = this.world.make(type, id, owner)
    record.$writable = false
    this.records.set(id, record)
    return record
  }

  /** Forgets records that the confirmed world has forgotten. */
  forget(): void {
    for (const id of this.records.keys()) if (!this.confirmed.records.has(id)) this.records.delete(id)
  }
}
