/**
 * Finds records in a tick of the history, by id and by type. In goes a `RecordedTick`. Its index is made at the first question, shared by all
 * who look at this tick (bots, rewinds), and goes with it.
 */
import type { RecordedTick } from './history.ts'
import type { EntityId } from './ids.ts'
import type { RecordCopy } from './record.ts'
import type { RecordType } from './schema.ts'

interface RecordedIndex {
  readonly byId: Map<EntityId, RecordCopy>
  readonly byType: Map<RecordType, RecordCopy[]>
}

const indices = new WeakMap<RecordedTick, RecordedIndex>()

/** Null: there was no such record. */
export function recordedById(then: RecordedTick, id: EntityId): RecordCopy | null {
  return indexOf(then).byId.get(id) ?? null
}

/** The records of a type, in the order of ids. */
export function recordedOfType(then: RecordedTick, type: RecordType): readonly RecordCopy[] {
  return indexOf(then).byType.get(type) ?? []
}

function indexOf(then: RecordedTick): RecordedIndex {
  const known = indices.get(then)
  if (known) return known
  const index: RecordedIndex = { byId: new Map(), byType: new Map() }
  for (const record of then.records) {
    index.byId.set(record.id, record)
    const list = index.byType.get(record.type)
    if (list) list.push(record)
    else index.byType.set(record.type, [record])
  }
  for (const list of index.byType.values()) sortById(list)
  indices.set(then, index)
  return index
}

/** A world keeps its records in this order, so mostly there is nothing to do. */
function sortById(list: RecordCopy[]): void {
  for (let i = 1; i < list.length; i++)
    if ((list[i - 1] as RecordCopy).id > (list[i] as RecordCopy).id) {
      list.sort((a, b) => a.id - b.id)
      return
    }
}
