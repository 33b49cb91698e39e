/**
 * The host's history: the state of every record after each of the last ticks. Rewind and reports read it. It also finds which
 * records a tick removed.
 */
import type { EntityId, PlayerId } from './ids.ts'
import { assignRow, copyRow, type GameRecord, type RecordCopy, type Row } from './record.ts'
import type { RecordType } from './schema.ts'
import type { World } from './world.ts'

export interface RecordedTick {
  readonly tick: number
  /** Valid for as long as the tick is kept. After that the copies are reused. */
  readonly records: readonly RecordCopy[]
}

/** A copy that is reused once its tick is forgotten: at 1,000 records, new copies took a third of the host's tick. */
interface ReusedCopy extends RecordCopy {
  id: EntityId
  owner: PlayerId | null
  readonly row: Row
}

export class History {
  /** The records that the newest tick removed. */
  removed: readonly EntityId[] = []
  private readonly history: { readonly tick: number; readonly records: readonly ReusedCopy[] }[] = []
  private readonly keepTicks: number
  /** By type: its records after the newest tick, in the order of their ids. A world's lists are replaced, never changed. */
  private readonly present = new Map<RecordType, readonly GameRecord[]>()

  constructor(keepTicks: number) {
    this.keepTicks = keepTicks
  }

  /** Copies the world. To be called once after each tick. */
  record(world: World): void {
    const spare = this.history.length >= this.keepTicks ? (this.history.shift()?.records ?? []) : []
    const records: ReusedCopy[] = []
    const lost: EntityId[] = []
    let next = 0
    for (const type of world.game.schema.types) {
      const list = world.list(type)
      this.noteLost(type, list, lost)
      if (type.role === 'input') continue
      // Both are in the order of types, so the spare copies of a type stand together.
      while (next < spare.length && (spare[next] as ReusedCopy).type.index < type.index) next++
      for (let i = 0; i < list.length; i++) {
        const reused = spare[next]?.type === type ? spare[next++] : undefined
        records.push(copyOf(type, list[i] as GameRecord, reused))
      }
    }
    this.removed = lost
    this.history.push({ tick: world.tick, records })
  }

  /**
   * Begins with the states of earlier ticks, oldest first, of which some may be missing: a missing tick has the state before it. Call it before
   * the first `record`, whose tick follows the last of them.
   */
  load(past: readonly RecordedTick[], until: number): void {
    for (const [i, { tick, records }] of past.entries())
      for (let at = tick; at < (past[i + 1]?.tick ?? until); at++) {
        // Copies for each tick: they are reused one tick after the other.
        const copies = records.map(({ type, id, owner, row }) => ({ type, id, owner, row: copyRow(row) }))
        this.history.push({ tick: at, records: copies })
      }
  }

  private noteLost(type: RecordType, list: readonly GameRecord[], lost: EntityId[]): void {
    const before = this.present.get(type)
    if (before === list) return
    this.present.set(type, list)
    let next = 0
    for (const { id } of before ?? []) {
      while (next < list.length && (list[next] as GameRecord).id < id) next++
      if (list[next]?.id !== id) lost.push(id)
    }
  }

  /** The newest state at or before `tick` that is still kept; before the oldest, the oldest. Null before the first tick. */
  stateAt(tick: number): RecordedTick | null {
    const first = this.history[0]
    if (!first) return null
    return this.history[Math.max(0, Math.min(this.history.length - 1, Math.floor(tick) - first.tick))] ?? null
  }
}

function copyOf(type: RecordType, record: GameRecord, reused: ReusedCopy | undefined): ReusedCopy {
  if (!reused) return { type, id: record.id, owner: record.owner, row: copyRow(record) }
  reused.id = record.id
  reused.owner = record.owner
  assignRow(reused.row, record)
  return reused
}
