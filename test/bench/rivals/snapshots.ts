/** What every rival is given: the entities of a trace at 20 Hz, exact and on the wire's grid. */
import { difference, wireSteps } from '../../../net/world/grid.ts'
import { type PlayerId, seatOf } from '../../../net/world/ids.ts'
import type { NumberField, RecordType } from '../../../net/world/schema.ts'
import type { Trace } from '../trace/record.ts'

/** Snapshots per second. */
export const SNAPSHOT_RATE = 20

/** What everybody may see of a type of entity, in the order of the definition. */
export interface WireType {
  readonly name: string
  readonly record: RecordType
  readonly fields: readonly NumberField[]
}

/** One entity at the tick of a snapshot. The arrays go with `WireType.fields`. */
export interface WireEntity {
  /** A small number of its own, counted from 1 in the order of appearance: cheaper than the 48 bits of an `EntityId`. */
  readonly key: number
  /** Index into what `wireTypes` returns. */
  readonly type: number
  /** The owner's seat + 1, or 0. */
  readonly owner: number
  /** Whole wire steps. */
  readonly steps: Int32Array
  /** The exact value in wire steps, with its fraction. */
  readonly exact: Float64Array
  /** Wire steps per second, measured over the last tick; 0 in an entity's first tick. */
  readonly rates: Float64Array
}

export interface Snapshot {
  readonly tick: number
  readonly entities: readonly WireEntity[]
  /** Those of the snapshot before that are no more. */
  readonly gone: readonly WireEntity[]
}

export function wireTypes(trace: Trace): WireType[] {
  return [...trace.game.schema.entities.values()].map((record) => ({
    name: record.name,
    record,
    fields: record.numbers.filter(({ audience }) => audience === 'all'),
  }))
}

/** The snapshots of a trace in order: every third tick of 60 a second. Made one by one, since 30 s of a yard fill 300 MB. */
export function* snapshotsOf(trace: Trace): Generator<Snapshot> {
  const types = wireTypes(trace)
  const every = trace.game.tickRate / SNAPSHOT_RATE
  const keys = new Map<number, number>()
  let last: readonly WireEntity[] = []
  for (let tick = every; tick <= trace.ticks; tick += every) {
    const before = rowsAt(trace, tick - 1)
    const entities: WireEntity[] = []
    for (const [id, row] of rowsAt(trace, tick)) {
      const key = keys.get(id) ?? keys.size + 1
      keys.set(id, key)
      entities.push(wireEntity(trace, types, key, row, before.get(id) ?? row))
    }
    const present = new Set(entities.map(({ key }) => key))
    yield { tick, entities, gone: last.filter(({ key }) => !present.has(key)) }
    last = entities
  }
}

function rowsAt({ firstRow, ids }: Trace, tick: number): Map<number, number> {
  const rows = new Map<number, number>()
  for (let row = firstRow[tick] ?? 0; row < (firstRow[tick + 1] ?? 0); row++) rows.set(ids[row] ?? 0, row)
  return rows
}

/** `earlier` is the row of the same entity one tick earlier, or `row` itself. */
function wireEntity(
  { game, types: typeOf, owners, at, numbers }: Trace,
  types: readonly WireType[],
  key: number,
  row: number,
  earlier: number,
): WireEntity {
  const type = (typeOf[row] ?? 0) - (types[0]?.record.index ?? 0)
  const owner = owners[row] ?? 0
  const fields = types[type]?.fields ?? []
  const steps = new Int32Array(fields.length)
  const exact = new Float64Array(fields.length)
  const rates = new Float64Array(fields.length)
  for (const [i, field] of fields.entries()) {
    const value = numbers[(at[row] ?? 0) + field.column] ?? 0
    const old = numbers[(at[earlier] ?? 0) + field.column] ?? 0
    steps[i] = wireSteps(field, value)
    exact[i] = value / field.wireStep
    rates[i] = (difference(field, old, value) / field.wireStep) * game.tickRate
  }
  return { key, type, owner: owner === 0 ? 0 : seatOf(owner as PlayerId) + 1, steps, exact, rates }
}
