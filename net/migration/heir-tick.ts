/**
 * One tick as an heir holds it: the whole world after it and all that belongs to it, so that a host can go on from there. Both
 * sides keep such ticks as baselines; they are never changed.
 */
import type { Comings } from '../session/attendance.ts'
import type { SavedSeat } from '../session/saved-match.ts'
import type { Parameters } from '../wire/parameters.ts'
import type { RecordState } from '../wire/states.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'

/** By type, by slot: the record's exact state; null for an empty slot. */
export type HeirRecords = readonly (readonly (RecordState | null)[])[]

export interface HeirTick {
  readonly tick: number
  /** The id that the next entity of `referee` gets. */
  readonly nextRefereeId: number
  /** State of the secret stream of chance: four numbers below 2^32. */
  readonly secret: readonly number[]
  /** Players of the world, in the order of their ids. */
  readonly players: readonly PlayerId[]
  readonly records: HeirRecords
  readonly seats: readonly SavedSeat[]
  /** Who came and went since. */
  readonly comings: Comings
  /** What the bots remember. */
  readonly memories: ReadonlyMap<PlayerId, Row>
  /** The version of the slow data when the tick was taken: the tick is complete only with it. */
  readonly slowVersion: number
  /** The coding parameters that it was told with. */
  readonly parameters: Parameters
}
