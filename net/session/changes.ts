/**
 * What changed when: the tick of each record's newest change as the wire would show it, and the states of the last
 * two seconds. "Unchanged since what the client has" is then one comparison of ticks, for all clients.
 */

import type { WireRecord } from '../wire/snapshots.ts'
import { simSteps, wireSteps } from '../world/grid.ts'
import type { EntityId } from '../world/ids.ts'
import { copyRow, type GameRecord, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'

interface Tracked {
  changedAt: number
  seenAt: number
  /** The record as whole steps of the grid it is presented on. */
  readonly steps: Float64Array
  objects: readonly unknown[]
}

export interface RecordedTick {
  readonly tick: number
  readonly records: readonly WireRecord[]
}

export class ChangeLog {
  /** Entities and player records that were there a tick ago and are no more. */
  lost: readonly EntityId[] = []
  private readonly tracked = new Map<EntityId, Tracked>()
  private readonly history: RecordedTick[] = []
  private readonly keepTicks: number

  constructor(keepTicks: number) {
    this.keepTicks = keepTicks
  }

  /** Notes the world after a tick. */
  record(world: World): void {
    const { tick } = world
    for (const record of world.records.values()) this.track(record, tick)
    const lost: EntityId[] = []
    for (const [id, tracked] of this.tracked) {
      if (tracked.seenAt === tick) continue
      this.tracked.delete(id)
      lost.push(id)
    }
    this.lost = lost
    const records: WireRecord[] = []
    for (const type of world.game.schema.entities.values())
      for (const record of world.list(type))
        records.push({ type, id: record.id, owner: record.owner, row: copyRow(record) })
    this.history.push({ tick, records })
    if (this.history.length > this.keepTicks) this.history.shift()
  }

  private track(record: GameRecord, tick: number): void {
    const type = record.$type
    let known = this.tracked.get(record.id)
    if (!known) {
      known = { changedAt: tick, seenAt: tick, steps: new Float64Array(type.numbers.length), objects: [] }
      this.tracked.set(record.id, known)
    }
    known.seenAt = tick
    if (updateSteps(type, record, known.steps) || !sameObjects(type, record.objects, known.objects)) {
      known.changedAt = tick
      known.objects = copyRow(record).objects
    }
  }

  /** The tick of a record's newest change that a snapshot would show. */
  changedAt(id: EntityId): number {
    return this.tracked.get(id)?.changedAt ?? 0
  }

  /** The newest state kept at or before `tick`. */
  stateAt(tick: number): RecordedTick | null {
    const first = this.history[0]
    if (!first) return null
    return this.history[Math.max(0, Math.min(this.history.length - 1, tick - first.tick))] ?? null
  }
}

function updateSteps(type: RecordType, row: Row, steps: Float64Array): boolean {
  let changed = false
  for (const field of type.numbers) {
    if (field.audience === 'nobody') continue
    const value = row.numbers[field.slot] ?? 0
    const step = type.role === 'entity' ? wireSteps(field, value) : simSteps(field, value)
    if (steps[field.slot] === step) continue
    steps[field.slot] = step
    changed = true
  }
  return changed
}

function sameObjects(type: RecordType, a: readonly unknown[], b: readonly unknown[]): boolean {
  return type.objects.every(({ audience, slot }) => audience === 'nobody' || sameObject(a[slot], b[slot]))
}

function sameObject(a: unknown, b: unknown): boolean {
  return (
    a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => value === b[i]))
  )
}
