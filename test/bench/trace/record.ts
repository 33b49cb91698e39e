/**
 * A trace: every entity of a scenario at every tick, exact, in typed arrays. Codecs are fed from traces, so all see the
 * same truth and no rules run while they are timed.
 */
import type { AnyGame } from '../../../net/world/game.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import type { World } from '../../../net/world/world.ts'
import { type ScenarioName, startScenario } from '../worlds/scenarios.ts'

/**
 * Entities stand in the order of their types, those of a type in id order. Row `r` of the arrays is one entity at one
 * tick; the rows of tick `t` (1 to `ticks`) are `firstRow[t]` up to, not including, `firstRow[t + 1]`.
 */
export interface Trace {
  readonly scenario: ScenarioName
  readonly seed: number
  readonly game: AnyGame
  readonly players: readonly PlayerId[]
  readonly ticks: number
  readonly firstRow: Uint32Array
  readonly ids: Float64Array
  /** Index into `game.schema.types`. */
  readonly types: Uint8Array
  /** The player's id, or 0 for nobody. */
  readonly owners: Uint16Array
  /** Where the row's numbers begin; there are as many as its type has number fields, hidden ones included. */
  readonly at: Uint32Array
  readonly numbers: Float64Array
  /** Ids of the entities that this tick has and the one before had not, by tick. */
  readonly spawned: readonly (readonly number[])[]
  /** Ids of the entities that the tick before had and this one has not, by tick. */
  readonly removed: readonly (readonly number[])[]
}

/** Runs a scenario for so many seconds and keeps all of it. */
export function recordTrace(scenario: ScenarioName, seed: number, seconds: number): Trace {
  const run = startScenario(scenario, seed)
  const ticks = Math.round(seconds * run.game.tickRate)
  return recordTicks(scenario, seed, run.game, run.players, ticks, () => {
    run.tick()
    return run.world
  })
}

function recordTicks(
  scenario: ScenarioName,
  seed: number,
  game: AnyGame,
  players: readonly PlayerId[],
  ticks: number,
  next: () => World,
): Trace {
  const types = [...game.schema.entities.values()]
  for (const type of types) refuseObjects(type)
  const columns = new Columns()
  const firstRow = new Uint32Array(ticks + 2)
  const spawned: number[][] = [[]]
  const removed: number[][] = [[]]
  let before = new Set<number>()
  for (let tick = 1; tick <= ticks; tick++) {
    const world = next()
    firstRow[tick] = columns.rows
    const now = new Set<number>()
    for (const type of types)
      for (const record of world.list(type)) {
        columns.add(record.id, type.index, record.owner ?? 0, record.numbers)
        now.add(record.id)
      }
    spawned.push([...now].filter((id) => !before.has(id)))
    removed.push([...before].filter((id) => !now.has(id)))
    before = now
  }
  firstRow[ticks + 1] = columns.rows
  return { scenario, seed, game, players, ticks, firstRow, ...columns.done(), spawned, removed }
}

function refuseObjects(type: RecordType): void {
  if (type.objects.length > 0) throw new TypeError(`A trace keeps numbers only, but ${type.name} has other fields.`)
}

/** Typed arrays that grow. */
class Columns {
  rows = 0
  private used = 0
  private ids = new Float64Array(1024)
  private types = new Uint8Array(1024)
  private owners = new Uint16Array(1024)
  private at = new Uint32Array(1024)
  private numbers = new Float64Array(8192)

  add(id: number, type: number, owner: number, numbers: Float64Array): void {
    if (this.rows === this.ids.length) this.growRows()
    while (this.used + numbers.length > this.numbers.length) this.numbers = twice(this.numbers, Float64Array)
    this.ids[this.rows] = id
    this.types[this.rows] = type
    this.owners[this.rows] = owner
    this.at[this.rows] = this.used
    this.numbers.set(numbers, this.used)
    this.rows++
    this.used += numbers.length
  }

  done(): Pick<Trace, 'ids' | 'types' | 'owners' | 'at' | 'numbers'> {
    return {
      ids: this.ids.slice(0, this.rows),
      types: this.types.slice(0, this.rows),
      owners: this.owners.slice(0, this.rows),
      at: this.at.slice(0, this.rows),
      numbers: this.numbers.slice(0, this.used),
    }
  }

  private growRows(): void {
    this.ids = twice(this.ids, Float64Array)
    this.types = twice(this.types, Uint8Array)
    this.owners = twice(this.owners, Uint16Array)
    this.at = twice(this.at, Uint32Array)
  }
}

type Column = Float64Array | Uint8Array | Uint16Array | Uint32Array

function twice<T extends Column>(column: T, Kind: new (length: number) => T): T {
  const grown = new Kind(column.length * 2)
  grown.set(column)
  return grown
}
