/** What `session.world()` shows, of a host or a client: each record with the fields that this page may know. */
import { type EntityId, GLOBALS_ID, type PlayerId } from '../world/ids.ts'
import { plainValues, type Row } from '../world/record.ts'
import type { CompiledField, RecordType } from '../world/schema.ts'
import type { ReportedEntity, ReportedPlayer, ReportedRecord, WorldReport } from './types.ts'

export interface ReportSource {
  readonly type: RecordType
  readonly id: EntityId
  readonly row: Row
  readonly predicted: boolean
  /** The tick that this state is of. */
  readonly tick: number
  shows(field: CompiledField): boolean
}

/** In the order of ids. */
export function reportOf(tick: number, records: readonly ReportSource[]): WorldReport {
  let globals: ReportedRecord | null = null
  const players: ReportedPlayer[] = []
  const entities: ReportedEntity[] = []
  for (const { type, id, row, predicted, tick: of, shows } of records) {
    const fields = plainValues(type, row, shows)
    if (id === GLOBALS_ID) globals = { tick: of, fields }
    else if (type.role === 'player') players.push({ id: id as number as PlayerId, tick: of, fields })
    else entities.push({ id, type: type.name, predicted, tick: of, fields })
  }
  players.sort((a, b) => a.id - b.id)
  entities.sort((a, b) => a.id - b.id)
  return { tick, globals, players, entities }
}
