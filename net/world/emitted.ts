/** An event as `step` or `referee` emitted it in a tick. */

import type { EventType } from './game.ts'
import type { EntityId, PlayerId } from './ids.ts'
import type { Row } from './record.ts'

export interface Emitted {
  readonly type: EventType
  readonly tick: number
  /** The player who caused it; null: the host. Type, tick, owner and ordinal together identify an event. */
  readonly owner: PlayerId | null
  readonly ordinal: number
  readonly row: Row
  /** The players who are told; null: everybody. */
  readonly to: readonly PlayerId[] | null
  /** Only those are told who may see this entity; null: no such condition. */
  readonly at: EntityId | null
}
