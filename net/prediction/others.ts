/**
 * Everything in a prediction's world that is not predicted: the globals, the players, the inputs and entities of others.
 * Before each predicted tick it stands where the host last confirmed it, moved on to that tick by its rates.
 */

import type { ConfirmedRecord, ConfirmedWorld } from '../replication/confirmed-world.ts'
import { MAX_EXTRAPOLATION_SECONDS } from '../replication/sampling.ts'
import type { RecordState } from '../wire/states.ts'
import { toSimGrid } from '../world/grid.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'

/** An old input of another player is held for this long, then fades to neutral (as Rocket League's inputs do). */
const HOLD_SECONDS = 0.1
const FADED_SECONDS = 0.25

export class Others {
  private readonly world: World
  private readonly me: PlayerId
  private readonly confirmed: ConfirmedWorld
  /** The state that each placed record was last written from. */
  private readonly placed = new Map<EntityId, RecordState>()

  constructor(world: World, me: PlayerId, confirmed: ConfirmedWorld) {
    this.world = world
    this.me = me
    this.confirmed = confirmed
  }

  /** Puts all others where they are at `tick`. */
  place(tick: number): void {
    const { world, confirmed } = this
    const horizon = confirmed.tick + Math.round(MAX_EXTRAPOLATION_SECONDS / world.dt)
    for (const known of confirmed.records.values()) {
      if (this.isOwn(known)) continue
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

  /** Whether the record is this client's own: it steps it, or it is its input. */
  private isOwn({ type, owner }: ConfirmedRecord): boolean {
    return type.role === 'entity' ? this.world.predicts(type, owner) : type.role === 'input' && owner === this.me
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
   * Removes every record that the confirmed world has forgotten. A page that stood still for two seconds gets all packets
   * at once: a record may be gone and forgotten before the next tick would have hidden it.
   */
  forget(): void {
    for (const id of [...this.placed.keys()]) {
      const record = this.confirmed.records.has(id) ? undefined : this.world.records.get(id)
      if (record) this.hide(record)
    }
  }
}

function fade(input: GameRecord, seconds: number): void {
  const left = Math.max(0, 1 - (seconds - HOLD_SECONDS) / (FADED_SECONDS - HOLD_SECONDS))
  if (left >= 1) return
  for (const field of input.$type.numbers) {
    const { column, initial, kind } = field
    const value = input.numbers[column] ?? 0
    if (kind === 'button') input.numbers[column] = 0
    else if (kind === 'int' || kind === 'fixed')
      input.numbers[column] = toSimGrid(field, initial + (value - initial) * left)
    else if (left < 0.5) input.numbers[column] = initial
  }
}
