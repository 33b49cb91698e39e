/**
 * All records of a world: by id, and by type in the order of ids.
 *
 * Invariant: an array that `list` returned never changes. A loop over it goes on undisturbed while records come and go.
 */
import type { EntityId, PlayerId } from './ids.ts'
import type { GameRecord } from './record.ts'
import type { RecordType } from './schema.ts'

/** The records of one type. The array is sorted and cleaned when it is read, not when it changes. */
interface List {
  records: GameRecord[]
  /** `list` returned the array: copy it before it changes. */
  lent: boolean
  /** The records stand in the order of their ids. */
  sorted: boolean
  /** How many of the records are removed. */
  removed: number
  /** How many of the others this machine predicts; on the host all. */
  predicted: number
}

const newList = (): List => ({ records: [], lent: false, sorted: true, removed: 0, predicted: 0 })

export class RecordLists {
  readonly byId = new Map<EntityId, GameRecord>()
  /** By type index. */
  private lists: List[]
  private readonly predicts: (type: RecordType, owner: PlayerId | null) => boolean

  /** `predicts`: whether this machine predicts records of this type and owner. */
  constructor(types: readonly RecordType[], predicts: (type: RecordType, owner: PlayerId | null) => boolean) {
    this.lists = types.map(() => newList())
    this.predicts = predicts
  }

  /** How many records of a type there are. */
  count(type: RecordType): number {
    const list = this.lists[type.index]
    return list ? list.records.length - list.removed : 0
  }

  /** How many records of a type this machine predicts; on the host all. */
  countPredicted(type: RecordType): number {
    return this.lists[type.index]?.predicted ?? 0
  }

  /** Every record of a type, in the order of ids. */
  list(type: RecordType): readonly GameRecord[] {
    const list = this.lists[type.index]
    if (!list) return []
    if (list.removed > 0) {
      list.records = list.records.filter(({ $alive }) => $alive)
      list.removed = 0
    }
    if (!list.sorted) {
      list.records.sort((a, b) => a.id - b.id)
      list.sorted = true
    }
    list.lent = true
    return list.records
  }

  insert(record: GameRecord): void {
    const list = this.lists[record.$type.index]
    if (!list) return
    // Copy once for all inserts until the next read: a thousand spawns must not make a thousand copies.
    if (list.lent) {
      list.records = list.records.slice()
      list.lent = false
    }
    // A client puts older records back after a tick. Sorting once at the next read is cheaper than finding a place for each.
    if ((list.records.at(-1)?.id ?? 0) > record.id) list.sorted = false
    list.records.push(record)
    if (this.predicts(record.$type, record.owner)) list.predicted++
    this.byId.set(record.id, record)
  }

  remove(record: GameRecord): void {
    record.$alive = false
    const list = this.lists[record.$type.index]
    if (list) {
      list.removed++
      if (this.predicts(record.$type, record.owner)) list.predicted--
    }
    this.byId.delete(record.id)
  }

  /** Every record, in no particular order. */
  *all(): Generator<GameRecord> {
    for (const { records } of this.lists) for (const record of records) if (record.$alive) yield record
  }

  clear(): void {
    for (const record of this.byId.values()) record.$alive = false
    this.byId.clear()
    this.lists = this.lists.map(() => newList())
  }
}

/** Skips records that are removed while the loop runs. */
export function* alive(list: readonly GameRecord[]): Generator<GameRecord> {
  for (const record of list) if (record.$alive) yield record
}
