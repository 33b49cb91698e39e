/**
 * Finds what a prediction got wrong: compares the predicted entities of a tick with the host's, to the bit, and names
 * the first difference.
 */

import type { EntityId, PlayerId } from '../world/ids.ts'
import { isSpawnedByStep } from '../world/ids.ts'
import { plainValues, type RecordCopy } from '../world/record.ts'
import type { CompiledField } from '../world/schema.ts'
import { firstDifference } from './comparison.ts'

/** The first thing in which the prediction of a tick was wrong. */
export interface Divergence {
  /** `snapshot`: the host has it otherwise. `replay`: the same tick, run again from the same state, gave otherwise. */
  readonly by: 'snapshot' | 'replay'
  readonly tick: number
  readonly type: string
  readonly id: EntityId
  /** The field. Null when one side has no such entity, or has one of another type. */
  readonly field: string | null
  /** Its value here, and its value at the host or in the second run, as the developer sees it. Null without a field. */
  readonly predicted: unknown
  readonly confirmed: unknown
}

type Records = ReadonlyMap<EntityId, RecordCopy>

/**
 * The first wrong prediction of a tick. `by referee`: only fields and entities differ that `referee` alone writes, which no
 * client can predict. Null: both are equal in every field that the player `me` is told.
 */
export function findDivergence(
  tick: number,
  me: PlayerId,
  predicted: Records,
  confirmed: Records,
): Divergence | 'by referee' | null {
  let byReferee = false
  for (const theirs of confirmed.values()) {
    const mine = predicted.get(theirs.id)
    if (mine?.type !== theirs.type) {
      // Nobody can predict what `referee` spawns.
      if (mine || isSpawnedByStep(theirs.id)) return oneSided(tick, theirs)
      byReferee = true
      continue
    }
    const { type, row, owner } = theirs
    const told = ({ audience }: CompiledField): boolean => audience === 'all' || (audience !== 'nobody' && owner === me)
    const field = firstDifference(type, mine.row, row, (other) => !other.authority && told(other))
    if (field !== null) return inField(tick, field, mine, theirs)
    byReferee ||= firstDifference(type, mine.row, row, (other) => other.authority && told(other)) !== null
  }
  for (const mine of predicted.values()) if (!confirmed.has(mine.id)) return oneSided(tick, mine)
  return byReferee ? 'by referee' : null
}

function oneSided(tick: number, { type, id }: RecordCopy): Divergence {
  return { by: 'snapshot', tick, type: type.name, id, field: null, predicted: null, confirmed: null }
}

function inField(tick: number, field: string, mine: RecordCopy, theirs: RecordCopy): Divergence {
  const value = ({ type, row }: RecordCopy): unknown => plainValues(type, row)[field]
  const { type, id } = theirs
  return { by: 'snapshot', tick, type: type.name, id, field, predicted: value(mine), confirmed: value(theirs) }
}

/** One sentence: what was wrong, of which entity, when, and how. */
export function describeDivergence({ by, tick, type, id, field, predicted, confirmed }: Divergence): string {
  const replay = by === 'replay'
  if (field === null)
    return `${type} ${id} at tick ${tick} is ${replay ? 'there in one of two runs' : 'on one side'} only`
  const [one, other] = replay ? ['at first', 'when it ran again'] : ['predicted', 'confirmed']
  return `${type}.${field} of ${type} ${id} at tick ${tick}: ${String(predicted)} ${one}, ${String(confirmed)} ${other}`
}
