/**
 * Whether a client knows what the host has: what it predicts to the bit, all else within a wire step, each record at the
 * tick that it was confirmed for. For tests; nothing here is sent or drawn.
 */

import { decideRelevance } from '../replication/relevance.ts'
import type { ClientSession } from '../session/client.ts'
import type { HostSession } from '../session/host.ts'
import type { WorldReport } from '../session/types.ts'
import { difference } from '../world/grid.ts'
import type { EntityId } from '../world/ids.ts'
import type { CompiledField, NumberField, RecordType } from '../world/schema.ts'

type Fields = Readonly<Record<string, unknown>>

interface Known {
  readonly type: RecordType
  readonly id: number
  readonly tick: number
  readonly exact: boolean
  readonly fields: Fields
}

/** What is older cannot be compared any more, and a client that heard nothing for so long is cut off. */
const MAX_AGE_SECONDS = 1

/** The first thing in which the client differs, as a sentence; null when there is none. */
export function firstDifference(host: HostSession, client: ClientSession): string | null {
  const who = `player ${client.me}`
  if (!client.ready) return `${who} has received no whole snapshot yet`
  const { game, world } = host
  const seen = client.report()
  const oldest = world.tick - MAX_AGE_SECONDS * game.tickRate
  if (seen.tick < oldest) return `${who} has heard of tick ${seen.tick} at the latest, and the host is at ${world.tick}`
  const truths = new Map<number, ReadonlyMap<string, Known>>()
  const truthAt = (tick: number): ReadonlyMap<string, Known> => {
    let truth = truths.get(tick)
    if (!truth) {
      truth = recordsOf(host.report(tick), game.schema)
      truths.set(tick, truth)
    }
    return truth
  }
  const known = recordsOf(seen, game.schema)
  for (const [name, record] of known) {
    const { type, tick, exact, fields } = record
    if (tick < oldest)
      return `${name} was confirmed to ${who} for tick ${tick} at the latest, and the host is at ${world.tick}`
    const real = truthAt(tick).get(name)
    if (!real) return `${name} at tick ${tick}: ${who} has it, and the host has not`
    for (const field of type.fields) {
      if (!(field.name in fields) || isDrawnRate(type, field, exact)) continue
      const [mine, theirs] = [fields[field.name], real.fields[field.name]]
      if (!isSame(field, theirs, mine, exact))
        return `${type.name}.${field.name} of ${name} at tick ${tick}: ${shown(theirs)} at the host, ${shown(mine)} at ${who}`
    }
  }
  for (const [name, { type, id }] of truthAt(seen.tick)) {
    const record = world.records.get(id as EntityId)
    if (known.has(name) || !record || decideRelevance(world, record, client.me) === 0) continue
    return `${name} at tick ${seen.tick}: the host has it, and ${who} has not${type.role === 'entity' ? '' : ' its record'}`
  }
  return null
}

function recordsOf(
  { globals, players, entities }: WorldReport,
  schema: HostSession['game']['schema'],
): Map<string, Known> {
  const records = new Map<string, Known>()
  if (globals) records.set('the globals', { type: schema.globals, id: 0, exact: false, ...globals })
  for (const player of players) records.set(`player ${player.id}`, { type: schema.player, exact: false, ...player })
  for (const { id, type: name, predicted, tick, fields } of entities) {
    const type = schema.entities.get(name)
    if (type) records.set(`${name} ${id}`, { type, id, tick, exact: predicted, fields })
  }
  return records
}

/** What is drawn moves along lines: its place is within a step of the truth, its rate is the line's. */
function isDrawnRate(type: RecordType, { store, column }: CompiledField, exact: boolean): boolean {
  return !exact && store === 'number' && type.numbers.some(({ rate }) => rate === column)
}

function isSame(field: CompiledField, truth: unknown, seen: unknown, exact: boolean): boolean {
  // A reference outlives what it names; what it reads as then is the reader's own.
  if (field.kind === 'entity' || (field.store === 'object' && field.of?.kind === 'entity')) return true
  if (field.store === 'number') return isSameNumber(field, truth, seen, exact)
  if (!Array.isArray(truth) || !Array.isArray(seen) || !field.of) return truth === seen
  const { of } = field
  return truth.length === seen.length && truth.every((item, i) => isSameNumber(of, item, seen[i], exact))
}

function isSameNumber(field: NumberField, truth: unknown, seen: unknown, exact: boolean): boolean {
  if (truth === seen) return true
  if (exact || (field.kind !== 'fixed' && field.kind !== 'angle')) return false
  return Math.abs(difference(field, Number(truth), Number(seen))) <= field.wireStep
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value)
