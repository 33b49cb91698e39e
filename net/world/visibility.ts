/** Which fields of a record a player may know, by the field's audience (`to`). */
import { teamOf } from './audience.ts'
import type { PlayerId } from './ids.ts'
import type { GameRecord } from './record.ts'
import type { CompiledField, RecordType } from './schema.ts'
import type { World } from './world.ts'

/** Whether a player may know this field of this record, given its owner and the teams of now. */
export function mayKnow(world: World, player: PlayerId, record: GameRecord, field: CompiledField): boolean {
  switch (field.audience) {
    case 'all':
      return true
    case 'owner':
      return record.owner === player
    case 'team':
      return record.owner !== null && (record.owner === player || teamOf(world, record.owner) === teamOf(world, player))
    case 'nobody':
      return false
  }
}

const guarded = new WeakMap<RecordType, readonly CompiledField[]>()

/** The fields of a type that not everybody may know. */
export function guardedFields(type: RecordType): readonly CompiledField[] {
  let fields = guarded.get(type)
  if (!fields) {
    fields = type.fields.filter(({ audience }) => audience !== 'all')
    guarded.set(type, fields)
  }
  return fields
}
