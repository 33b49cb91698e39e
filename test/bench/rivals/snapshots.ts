/**
 * What every rival is given: the entities of a trace at 20 Hz, on the wire's grid. Quantizing is done here, once,
 * outside of what is timed, which favours the rivals.
 */
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
  /** Index into `WireTypes`. */
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

export interface SnapshotSeries {
  readonly trace: Trace
  readonly types: readonly WireType[]
  readonly snapshots: readonly Snapshot[]
}

export function wireTypes(trace: Trace): WireType[] {
  return [...trace.game.schema.entities.values()].map((record) => ({
    name: record.name,
    record,
    fields: record.numbers.filter(({ audience }) => audience === 'all'),
  }))
}

/** Every third tick of a trace at 60 ticks a second. */
export function snapshotSeries(trace: Trace): SnapshotSeries {
  const types = wireTypes(trace)
  const first = types[0]?.record.index ?? 0
  const every = trace.game.tickRate / SNAPSHOT_RATE
  const keys = new Map<number, number>()
  const snapshots: Snapshot[] = []
  let last: readonly WireEntity[] = []
  // Where the numbers of each entity stood one tick earlier.
  let before = new Map<number, number>()
  for (let tick = 1; tick <= trace.ticks; tick++) {
    const now = new Map<number, number>()
    const entities: WireEntity[] = []
    const end = trace.firstRow[tick + 1] ?? 0
    for (let row = trace.firstRow[tick] ?? 0; row < end; row++) {
      const id = trace.ids[row] ?? 0
      const at = trace.at[row] ?? 0
      now.set(id, at)
      if (tick % every !== 0) continue
      const type = (trace.types[row] ?? 0) - first
      const fields = types[type]?.fields ?? []
      const key = keys.get(id) ?? keys.size + 1
      keys.set(id, key)
      const owner = trace.owners[row] ?? 0
      const old = before.get(id) ?? at
      entities.push({
        key,
        type,
        owner: owner === 0 ? 0 : seatOf(owner as PlayerId) + 1,
        ...onWire(fields, trace, at, old),
      })
    }
    before = now
    if (tick % every !== 0) continue
    const present = new Set(entities.map(({ key }) => key))
    snapshots.push({ tick, entities, gone: last.filter(({ key }) => !present.has(key)) })
    last = entities
  }
  return { trace, types, snapshots }
}

function onWire(
  fields: readonly NumberField[],
  { numbers, game }: Trace,
  at: number,
  old: number,
): Pick<WireEntity, 'steps' | 'exact' | 'rates'> {
  const steps = new Int32Array(fields.length)
  const exact = new Float64Array(fields.length)
  const rates = new Float64Array(fields.length)
  for (const [i, field] of fields.entries()) {
    const value = numbers[at + field.slot] ?? 0
    steps[i] = wireSteps(field, value)
    exact[i] = value / field.wireStep
    rates[i] = (difference(field, numbers[old + field.slot] ?? 0, value) / field.wireStep) * game.tickRate
  }
  return { steps, exact, rates }
}
