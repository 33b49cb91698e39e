/**
 * Checks the rules in development: the host runs a tick twice from the same saved state. State that rules keep outside the
 * world, in a module or a closure, makes the second run differ, as it would every replay on a client.
 */

import { copyRow, type Row } from '../world/record.ts'
import { loadWorld, saveWorld } from '../world/save.ts'
import type { RecordType } from '../world/schema.ts'
import { runTick, type TickInput } from '../world/tick.ts'
import type { World } from '../world/world.ts'
import { firstDifference } from './comparison.ts'

/** Runs the tick as `runTick` does, and warns of the first field in which a second run differs. The match goes on with the first. */
export function checkReplay(world: World, tick: number, run: TickInput, warn: (problem: string) => void): void {
  const before = saveWorld(world)
  runTick(world, tick, run)
  const first = new Map<number, { type: RecordType; row: Row }>()
  for (const record of world.records.values()) first.set(record.id, { type: record.$type, row: copyRow(record) })
  const { emitted, removed, pending } = world
  const after = saveWorld(world)

  const problem = loadWorld(world, before)
  if (problem !== null) warn(`The world could not be loaded as it was saved: ${problem}`)
  runTick(world, tick, run)
  const difference = compare(world, first)
  if (difference)
    warn(
      `Tick ${tick} ran twice from the same state and ${difference}. The rules keep state outside the world, or use chance of their own.`,
    )

  // The match goes on with the first run, so that checking changes nothing.
  loadWorld(world, after)
  world.tick = tick
  world.emitted = emitted
  world.removed = removed
  world.pending = pending
}

function compare(world: World, first: ReadonlyMap<number, { type: RecordType; row: Row }>): string | null {
  for (const record of world.records.values()) {
    const other = first.get(record.id)
    if (!other) return `${record.$type.name} ${record.id} was there only the second time`
    const field = firstDifference(record.$type, other.row, record, ({ kind }) => kind !== 'opaque')
    if (field) return `${record.$type.name}.${field} of ${record.id} differs`
  }
  for (const [id, { type }] of first)
    if (!world.records.has(id as never)) return `${type.name} ${id} was there only the first time`
  return null
}
