/** What players saw, from the host's own memory of the last ticks: no client says where anything was, only when he looked. */
import { interpolate } from '../sync/sample.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import { type GameRecord, initialNumbers, initialObjects, type RecordCopy } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { Sight, Sights } from '../world/sight.ts'
import type { World } from '../world/world.ts'
import type { HostClient } from './host-client.ts'
import type { RecentTicks, RecordedTick } from './recent-ticks.ts'

/**
 * No shot looks further back: an average link needs 223 ms (round trip, delay of presentation, wait of the input), and
 * whoever is hit must not have been in cover for longer.
 */
const MAX_REWIND_SECONDS = 0.3

export class HostSights implements Sights {
  private readonly world: World
  private readonly recent: RecentTicks
  private readonly clients: ReadonlyMap<PlayerId, HostClient>
  private readonly sights = new Map<PlayerId, HostSight>()
  private readonly byId = new WeakMap<RecordedTick, ReadonlyMap<EntityId, RecordCopy>>()

  constructor(world: World, recent: RecentTicks, clients: ReadonlyMap<PlayerId, HostClient>) {
    this.world = world
    this.recent = recent
    this.clients = clients
  }

  of(player: PlayerId): Sight | null {
    const client = this.clients.get(player)
    if (!client) return null
    const { tick, dt } = this.world
    const seen = Math.max(client.inputs.seenTick, tick - MAX_REWIND_SECONDS / dt)
    if (seen >= tick) return null
    const known = this.sights.get(player)
    if (known?.tick === seen && known.at === tick) return known
    const sight = new HostSight(this.world, player, seen, (at) => this.recordsAt(at))
    this.sights.set(player, sight)
    return sight
  }

  private recordsAt(tick: number): ReadonlyMap<EntityId, RecordCopy> {
    const then = this.recent.stateAt(tick)
    if (!then) return new Map()
    let records = this.byId.get(then)
    if (!records) {
      records = new Map(then.records.map((record) => [record.id, record]))
      this.byId.set(then, records)
    }
    return records
  }
}

class HostSight implements Sight {
  readonly tick: number
  /** The tick that it is looked at from. */
  readonly at: number
  private readonly world: World
  private readonly player: PlayerId
  private readonly recordsAt: (tick: number) => ReadonlyMap<EntityId, RecordCopy>
  private readonly lists = new Map<RecordType, readonly GameRecord[]>()

  constructor(
    world: World,
    player: PlayerId,
    tick: number,
    recordsAt: (tick: number) => ReadonlyMap<EntityId, RecordCopy>,
  ) {
    this.world = world
    this.player = player
    this.tick = tick
    this.at = world.tick
    this.recordsAt = recordsAt
  }

  *all(name: string): Generator<GameRecord> {
    const type = this.world.entityType(name)
    for (const record of this.world.list(type)) if (this.isPresent(type, record.owner)) yield record
    yield* this.past(type)
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    for (const record of this.all(name)) if (record.id === id) return record
    return null
  }

  /** What the player predicts he sees as it is. */
  private isPresent({ predict }: RecordType, owner: PlayerId | null): boolean {
    return predict === 'all' || (predict === 'owner' && owner === this.player)
  }

  private past(type: RecordType): readonly GameRecord[] {
    const known = this.lists.get(type)
    if (known) return known
    const before = Math.floor(this.tick)
    const then = this.recordsAt(before)
    const after = this.recordsAt(before + 1)
    const list: GameRecord[] = []
    for (const { type: other, id, owner, row } of then.values()) {
      if (other !== type || this.isPresent(type, owner)) continue
      const record = this.world.make(type, id, owner, {
        numbers: initialNumbers(type),
        objects: initialObjects(type),
      })
      interpolate(type, record, row, after.get(id)?.row ?? row, this.tick - before)
      record.$writable = false
      list.push(record)
    }
    this.lists.set(type, list)
    return list
  }
}
