/** Whether what a client was told is true: every state that was delivered, against the host's world of that tick. */
import type { ReadSnapshot } from '../../../net/session/snapshot-reader.ts'
import { difference } from '../../../net/world/grid.ts'
import type { GameRecord, Row } from '../../../net/world/record.ts'
import type { CompiledField, NumberField, RecordType } from '../../../net/world/schema.ts'
import type { World } from '../../../net/world/world.ts'
import type { BenchChannel } from './channel.ts'

/** How many states of this moment are wrong: present or absent against the truth, or a field beyond its step. */
export function countWrong(world: World, channel: BenchChannel, reads: readonly (ReadSnapshot | null)[]): number {
  let wrong = 0
  const me = channel.client.player
  for (const read of reads) {
    if (!read) continue
    for (const record of channel.confirmed.records.values()) {
      if (record.type.role !== 'entity' || record.goneAt !== null) continue
      const known = record.at(world.tick)
      if (known?.tick !== world.tick) continue
      const truth = world.records.get(record.id)
      if (!truth || differs(truth, known.row, record.layout.grid === 'exact', me)) wrong++
    }
    if (!read.news.complete) continue
    for (const type of world.game.schema.entities.values())
      for (const { id } of world.list(type)) if (channel.confirmed.records.get(id)?.goneAt !== null) wrong++
  }
  return wrong
}

function differs(truth: GameRecord, seen: Row, exact: boolean, me: number): boolean {
  const type = truth.$type
  return type.fields.some((field) => {
    if (field.audience === 'nobody' || (field.audience === 'owner' && truth.owner !== me)) return false
    if (field.store === 'object')
      return JSON.stringify(truth.objects[field.slot]) !== JSON.stringify(seen.objects[field.slot])
    if (exact) return truth.numbers[field.slot] !== seen.numbers[field.slot]
    return !near(type, field, truth.numbers[field.slot] ?? 0, seen.numbers[field.slot] ?? 0)
  })
}

/** What is drawn is within one wire step; a rate is that of the drawn line, so only the place it leads to is held. */
function near(type: RecordType, field: NumberField & CompiledField, truth: number, seen: number): boolean {
  if (type.numbers.some(({ rate }) => rate === field.slot)) return true
  if (field.kind !== 'fixed' && field.kind !== 'angle') return truth === seen
  return Math.abs(difference(field, truth, seen)) <= field.wireStep * (1 + 1e-9)
}
