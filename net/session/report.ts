/** What `session.world()` shows, of a host or a client: each record with the fields that this page may know. */
import type { ConfirmedWorld } from '../replication/confirmed-world.ts'
import type { History } from '../world/history.ts'
import { type EntityId, GLOBALS_ID, type PlayerId } from '../world/ids.ts'
import { plainValues, type Row } from '../world/record.ts'
import type { CompiledField, RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'
import type { ReportedEntity, ReportedPlayer, ReportedRecord, WorldReport } from './types.ts'

interface ReportSource {
  readonly type: RecordType
  readonly id: EntityId
  readonly row: Row
  readonly predicted: boolean
  /** The tick that this state is of. */
  readonly tick: number
  shows(field: CompiledField): boolean
}

/** In the order of ids. */
function reportOf(tick: number, records: readonly ReportSource[]): WorldReport {
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

/** The true world after `tick`, or at the newest tick kept before it. */
export function reportOfHistory(history: History, tick: number): WorldReport {
  const then = history.stateAt(tick)
  const at = then?.tick ?? tick
  // What never leaves the host is not shown either: whoever looks at this page's console plays, too.
  const shows = ({ audience }: CompiledField): boolean => audience !== 'nobody'
  const records = then?.records ?? []
  return reportOf(
    at,
    records.map(({ type, id, row }) => ({ type, id, row, predicted: true, tick: at, shows })),
  )
}

/** What a client was told: each record at the newest tick confirmed for it at or before `tick`. */
export function reportOfConfirmed(confirmed: ConfirmedWorld, world: World, tick: number): WorldReport {
  const records: ReportSource[] = []
  for (const known of confirmed.records.values()) {
    const { type, id, owner, goneAt } = known
    if (type.role === 'input' || (goneAt !== null && goneAt <= tick)) continue
    const state = known.at(tick)
    if (!state) continue
    const predicted = type.role === 'entity' && world.predicts(type, owner)
    // What this page is not told it cannot report.
    const shows = ({ audience }: CompiledField): boolean =>
      audience === 'all' || (audience !== 'nobody' && owner === world.predicting)
    records.push({ type, id, predicted, tick: state.tick, row: state.row, shows })
  }
  return reportOf(Math.min(tick, confirmed.tick), records)
}
