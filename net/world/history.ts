/**
 * The host's history: the state of every record after each of the last ticks. Rewind and reports read it. It also finds which
 * records a tick removed.
 */
import type { EntityId } from './ids.ts'
import { copyRow, type RecordCopy } from './record.ts'
import type { World } from './world.ts'

export interface RecordedTick {
  readonly tick: number
  readonly records: readonly RecordCopy[]
}

export class History {
  /** The records that the newest tick removed. */
  lost: readonly EntityId[] = []
  private readonly history: RecordedTick[] = []
  private readonly keepTicks: number
  private present = new Set<EntityId>()

  constructor(keepTicks: number) {
    this.keepTicks = keepTicks
  }

  /** Copies the world. To be called once after each tick. */
  record(world: World): void {
    const present = new Set(world.records.keys())
    const lost: EntityId[] = []
    for (const id of this.present) if (!present.has(id)) lost.push(id)
    this.lost = lost
    this.present = present
    const records: RecordCopy[] = []
    for (const type of world.game.schema.types) {
      if (type.role === 'input') continue
      for (const record of world.list(type))
        records.push({ type, id: record.id, owner: record.owner, row: copyRow(record) })
    }
    this.history.push({ tick: world.tick, records })
    if (this.history.length > this.keepTicks) this.history.shift()
  }

  /** The newest state at or before `tick` that is still kept; before the oldest, the oldest. Null before the first tick. */
  stateAt(tick: number): RecordedTick | null {
    const first = this.history[0]
    if (!first) return null
    return this.history[Math.max(0, Math.min(this.history.length - 1, Math.floor(tick) - first.tick))] ?? null
  }
}
