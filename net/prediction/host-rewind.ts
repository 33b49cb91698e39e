/**
 * `asSeenBy` on the host: the world as a player saw it, from the host's own memory of the last ticks. A client says only which
 * tick it saw, never where anything was; `rewind-check.ts` checks that tick.
 */
import { interpolate } from '../replication/sampling.ts'
import { checkId } from '../world/given-ids.ts'
import type { History, RecordedTick } from '../world/history.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import { recordedById, recordedOfType } from '../world/recorded-index.ts'
import type { Rewind, RewoundWorld } from '../world/rewind.ts'
import type { RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'

/**
 * No rewind goes further back. An average link needs 223 ms (round trip, presentation delay, wait of the input), and a longer
 * rewind hits players who are behind cover by now.
 */
const MAX_REWIND_SECONDS = 0.3
/**
 * The cap is never below this, which matters below 17 ticks a second. At 10 the same average link needs 4.2 ticks: inputs wait
 * one tick and one more for a lost packet, and presentation waits one snapshot and one more for a lost one.
 */
const MIN_REWIND_TICKS = 5

/** No rewind goes further back, in ticks. `dt`: seconds per tick. */
export function maxRewindTicks(dt: number): number {
  return Math.max(MIN_REWIND_TICKS, Math.ceil(MAX_REWIND_SECONDS / dt))
}

/** What a rewind needs of a client: the tick that its player saw as they gave the newest input that a tick has used. */
export interface RewindClient {
  readonly inputs: { readonly seenTick: number }
}

export class HostRewind implements Rewind {
  private readonly world: World
  private readonly recent: Pick<History, 'stateAt'>
  private readonly clients: ReadonlyMap<PlayerId, RewindClient>
  /** Weak: the rewound world of a player who left goes with them. */
  private readonly worlds = new WeakMap<RewindClient, HostRewoundWorld>()

  constructor(world: World, recent: Pick<History, 'stateAt'>, clients: ReadonlyMap<PlayerId, RewindClient>) {
    this.world = world
    this.recent = recent
    this.clients = clients
  }

  of(player: PlayerId): RewoundWorld | null {
    const client = this.clients.get(player)
    if (!client) return null
    const { tick, dt } = this.world
    const seen = Math.max(client.inputs.seenTick, tick - Math.max(MIN_REWIND_TICKS, MAX_REWIND_SECONDS / dt))
    if (seen >= tick) return null
    let world = this.worlds.get(client)
    if (!world) {
      world = new HostRewoundWorld(this.world, player, (at) => this.recent.stateAt(at))
      this.worlds.set(client, world)
    }
    world.look(tick, seen)
    return world
  }
}

/** One player's rewound world. Its records are reused from tick to tick: a game may rewind in every tick for every player. */
class HostRewoundWorld implements RewoundWorld {
  tick = 0
  /** The host's tick for which `look` was called last. */
  private from = -1
  private readonly world: World
  private readonly player: PlayerId
  private readonly stateAt: (tick: number) => RecordedTick | null
  private readonly lists = new Map<RecordType, readonly GameRecord[]>()
  private readonly records = new Map<EntityId, GameRecord>()

  constructor(world: World, player: PlayerId, stateAt: (tick: number) => RecordedTick | null) {
    this.world = world
    this.player = player
    this.stateAt = stateAt
  }

  look(from: number, tick: number): void {
    if (from === this.from && tick === this.tick) return
    this.from = from
    this.tick = tick
    this.lists.clear()
    const there = this.stateAt(Math.floor(tick))
    for (const id of this.records.keys()) if (!there || !recordedById(there, id)) this.records.delete(id)
  }

  *all(name: string): Generator<GameRecord> {
    const type = this.world.entityType(name)
    for (const record of this.world.list(type)) if (record.$alive && this.isPresent(type, record.owner)) yield record
    yield* this.past(type)
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    if (id === null || id === undefined) return null
    checkId(name, id)
    for (const record of this.all(name)) if (record.id === id) return record
    return null
  }

  /** Whether the player sees such an entity in the present, because they predict it. */
  private isPresent({ predict }: RecordType, owner: PlayerId | null): boolean {
    return predict === 'all' || (predict === 'owner' && owner === this.player)
  }

  private past(type: RecordType): readonly GameRecord[] {
    const known = this.lists.get(type)
    if (known) return known
    const list: GameRecord[] = []
    const before = this.stateAt(Math.floor(this.tick))
    const after = this.stateAt(Math.floor(this.tick) + 1) ?? before
    for (const { id, owner, row } of before ? recordedOfType(before, type) : []) {
      if (this.isPresent(type, owner)) continue
      const record = this.records.get(id) ?? this.make(type, id, owner)
      const next = (after && recordedById(after, id)?.row) ?? row
      interpolate(type, record, row, next, this.tick - Math.floor(this.tick))
      list.push(record)
    }
    this.lists.set(type, list)
    return list
  }

  private make(type: RecordType, id: EntityId, owner: PlayerId | null): GameRecord {
    const record = this.world.make(type, id, owner)
    record.$writable = false
    this.records.set(id, record)
    return record
  }
}
