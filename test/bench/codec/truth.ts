/** Whether what a client was told is true: every state that was delivered, against the host's world of its tick. */
import type { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import { difference } from '../../../net/world/grid.ts'
import type { EntityId, PlayerId } from '../../../net/world/ids.ts'
import type { Row } from '../../../net/world/record.ts'
import type { CompiledField, NumberField, RecordType } from '../../../net/world/schema.ts'
import type { World } from '../../../net/world/world.ts'
import type { Arrival } from './channel.ts'

interface TrueRecord extends Row {
  readonly type: RecordType
  readonly owner: PlayerId | null
}

type Truth = ReadonlyMap<EntityId, TrueRecord>

/** A packet that comes later than this many sending ticks is not looked at: two seconds at 20 a second. */
const KEPT_TICKS = 40

/** The world as it was at the last sending ticks, for packets that were overtaken. */
export class TruthLog {
  private readonly truths = new Map<number, Truth>()

  keep(world: World): void {
    const truth = new Map<EntityId, TrueRecord>()
    for (const type of world.game.schema.entities.values())
      for (const { id, owner, numbers, objects } of world.list(type))
        truth.set(id, { type, owner, numbers: numbers.slice(), objects: objects.slice() })
    this.truths.set(world.tick, truth)
    for (const tick of this.truths.keys()) {
      if (this.truths.size <= KEPT_TICKS) break
      this.truths.delete(tick)
    }
  }

  at(tick: number): Truth | null {
    return this.truths.get(tick) ?? null
  }
}

/**
 * How many states of a packet's tick are wrong: present or absent against the truth, or a field beyond its step. `me` is
 * whose client it is; `exact` whether they are to have what they predict to the last bit.
 */
export function countWrong(
  log: TruthLog,
  confirmed: ConfirmedWorld,
  { tick, read }: Arrival,
  me: PlayerId,
  exact: boolean,
): number {
  const truth = log.at(tick)
  if (!read || !truth) return 0
  let wrong = 0
  for (const record of confirmed.records.values()) {
    if (record.type.role !== 'entity' || (record.goneAt !== null && record.goneAt <= tick)) continue
    const known = record.at(tick)
    if (known?.tick !== tick) continue
    const real = truth.get(record.id)
    if (!real || differs(real, known.row, exact && record.layout.grid === 'exact', me)) wrong++
  }
  if (!read.changes.complete) return wrong
  for (const id of truth.keys()) if (confirmed.records.get(id)?.goneAt !== null) wrong++
  return wrong
}

function differs({ type, owner, numbers, objects }: TrueRecord, seen: Row, exact: boolean, me: PlayerId): boolean {
  return type.fields.some((field) => {
    if (field.audience === 'nobody' || (field.audience === 'owner' && owner !== me)) return false
    if (field.store === 'object')
      return JSON.stringify(objects[field.column]) !== JSON.stringify(seen.objects[field.column])
    if (exact) return numbers[field.column] !== seen.numbers[field.column]
    return !near(type, field, numbers[field.column] ?? 0, seen.numbers[field.column] ?? 0)
  })
}

/** What is drawn is within one wire step; a rate is that of the drawn line, so only the place it leads to is held. */
function near(type: RecordType, field: NumberField & CompiledField, truth: number, seen: number): boolean {
  if (type.numbers.some(({ rate }) => rate === field.column)) return true
  if (field.kind !== 'fixed' && field.kind !== 'angle') return truth === seen
  return Math.abs(difference(field, truth, seen)) <= field.wireStep * (1 + 1e-9)
}
