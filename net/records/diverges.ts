/** Compares two recordings of one match, field by field: host and guest, or the same file under two versions of the rules. */

import type { Replay } from '../session/recordings.ts'
import type { GameShape } from '../world/game-shape.ts'
import { difference } from '../world/grid.ts'
import type { PlayerId } from '../world/ids.ts'
import { plainValues, type RecordCopy } from '../world/record.ts'
import type { CompiledField, NumberField, RecordType } from '../world/schema.ts'
import { GuestTrack } from './guest-track.ts'
import { RecordedMatch } from './replay.ts'
import type { Track } from './track.ts'

/** Differences that are returned at most. Most have one cause, which the first shows. */
const MAX_DIFFERENCES = 100

export interface RecordedDifference {
  readonly tick: number
  readonly type: string
  readonly id: number
  /** Null when only one side has the record. */
  readonly field: string | null
  readonly a: unknown
  readonly b: unknown
}

/**
 * The first differences between two replays, at most 100, by tick; empty: none. Only ticks that both have are compared. When one is a
 * guest's, its predicted entities are compared to the bit, at the tick that was predicted. Its other entities are compared within a wire
 * step, at the tick that was shown, if the host had told all of them for that tick. Fields that the guest is not told are left out. The call
 * moves the position of both replays.
 *
 * @throws TypeError for what `openRecording` has not made, for two guests, and for two games.
 */
export function diverges<G extends GameShape>(a: Replay<G>, b: Replay<G>): RecordedDifference[] {
  if (!(a instanceof RecordedMatch && b instanceof RecordedMatch))
    throw new TypeError('diverges was given what is no replay. Give two that openRecording or highlight made.')
  if (a.about.game !== b.about.game)
    throw new TypeError(`diverges was given "${a.about.game}" and "${b.about.game}": give replays of one game.`)
  const [left, right] = [a.track as Track, b.track as Track]
  if (left instanceof GuestTrack && right instanceof GuestTrack)
    throw new TypeError(
      'diverges was given two recordings of guests, who were shown different ticks. Give one of the host.',
    )
  if (left instanceof GuestTrack)
    return compareShown(right, left, a.about.me).map((other) => ({ ...other, a: other.b, b: other.a }))
  return right instanceof GuestTrack ? compareShown(left, right, b.about.me) : compareRuns(left, right)
}

function compareRuns(left: Track, right: Track): RecordedDifference[] {
  const found: RecordedDifference[] = []
  const first = Math.max(left.firstTick, right.firstTick)
  for (let tick = first; tick <= Math.min(left.lastTick, right.lastTick) && found.length < MAX_DIFFERENCES; tick++) {
    for (const track of [left, right]) track.go(tick)
    if (left.tick !== tick || right.tick !== tick || left.hash() === right.hash()) continue
    const theirs = byName(right.recordsAt(tick) ?? [])
    for (const record of left.recordsAt(tick) ?? []) {
      const other = theirs.get(nameOf(record))
      theirs.delete(nameOf(record))
      if (!other) found.push(missing(tick, record, 'a'))
      else
        found.push(
          ...fieldsOf(
            tick,
            record,
            other,
            () => true,
            () => false,
          ),
        )
    }
    for (const record of theirs.values()) found.push(missing(tick, record, 'b'))
  }
  return found.slice(0, MAX_DIFFERENCES)
}

/** Compares what a page showed with the host's world at the same ticks. */
function compareShown(host: Track, guest: GuestTrack, me: PlayerId | null): RecordedDifference[] {
  const found: RecordedDifference[] = []
  const isPredicted = ({ type, owner }: RecordCopy): boolean =>
    type.predict === 'all' || (type.predict === 'owner' && owner === me)
  for (let tick = guest.firstTick; tick <= guest.lastTick && found.length < MAX_DIFFERENCES; tick++) {
    guest.go(tick)
    const { shown } = guest
    // The page skipped this tick.
    if (shown?.tick !== tick) continue
    const entities = shown.records.filter(({ type }) => type.role === 'entity')
    const others = shown.confirmed ? entities.filter((record) => !isPredicted(record)) : []
    found.push(...compareAt(host, shown.seenTick, others, me, false))
    found.push(...compareAt(host, tick, entities.filter(isPredicted), me, true))
  }
  return found.sort((a, b) => a.tick - b.tick).slice(0, MAX_DIFFERENCES)
}

function compareAt(
  host: Track,
  tick: number,
  shown: readonly RecordCopy[],
  me: PlayerId | null,
  exact: boolean,
): RecordedDifference[] {
  if (shown.length === 0 || tick < host.firstTick || tick > host.lastTick) return []
  let truth = host.recordsAt(tick)
  if (!truth) {
    host.go(tick)
    truth = host.recordsAt(tick)
  }
  if (!truth) return []
  const real = byName(truth)
  return shown.flatMap((record) => {
    const other = real.get(nameOf(record))
    if (!other) return [missing(tick, record, 'b')]
    const told = ({ audience, kind, authority }: CompiledField): boolean =>
      kind !== 'entity' &&
      (audience === 'all' || (audience === 'owner' && record.owner === me)) &&
      !(exact && authority)
    return fieldsOf(tick, other, record, told, (field) => !exact && isNear(record.type, field, other, record))
  })
}

/** Drawn places are within a wire step of the truth, drawn rates are those of the line. */
function isNear(type: RecordType, field: CompiledField, truth: RecordCopy, shown: RecordCopy): boolean {
  if (field.store !== 'number') return false
  if (type.numbers.some(({ rate }) => rate === field.column)) return true
  if (field.kind !== 'fixed' && field.kind !== 'angle') return false
  return Math.abs(difference(field, placeOf(truth, field), placeOf(shown, field))) <= field.wireStep + field.simStep
}

const placeOf = ({ row }: RecordCopy, { column }: NumberField): number => row.numbers[column] ?? 0

const nameOf = ({ type, id }: RecordCopy): string => `${type.index} ${id}`

const byName = (records: readonly RecordCopy[]): Map<string, RecordCopy> =>
  new Map(records.map((record) => [nameOf(record), record]))

function missing(tick: number, { type, id }: RecordCopy, has: 'a' | 'b'): RecordedDifference {
  return { tick, type: type.name, id, field: null, a: has === 'a', b: has === 'b' }
}

function fieldsOf(
  tick: number,
  a: RecordCopy,
  b: RecordCopy,
  asked: (field: CompiledField) => boolean,
  isNearEnough: (field: CompiledField) => boolean,
): RecordedDifference[] {
  const [left, right] = [plainValues(a.type, a.row), plainValues(b.type, b.row)]
  return a.type.fields.flatMap((field) => {
    const { name, kind } = field
    if (kind === 'opaque' || !asked(field)) return []
    const [mine, theirs] = [left[name], right[name]]
    if (JSON.stringify(mine) === JSON.stringify(theirs) || isNearEnough(field)) return []
    return [{ tick, type: a.type.name, id: a.id, field: name, a: mine, b: theirs }]
  })
}
