/** The recorded ticks that a replay moves along; one of them is shown. A host's ticks are run again, a guest's are read. */

import type { ReplayFailure } from '../session/recordings.ts'
import type { Emitted } from '../world/emitted.ts'
import type { PlayerId } from '../world/ids.ts'
import type { RecordCopy, Row } from '../world/record.ts'
import type { World } from '../world/world.ts'

export interface Track {
  readonly firstTick: number
  readonly lastTick: number
  readonly tick: number
  readonly failure: ReplayFailure | null
  /** Globals, players and entities stand here as they are at `tick`. */
  readonly world: World
  /** Goes to a tick within the first and the last; where the track turns out to be damaged, to the last good one before it. */
  go(tick: number): void
  /** All records but inputs, after `tick` or the tick before, by type and id; null for others. */
  recordsAt(tick: number): readonly RecordCopy[] | null
  inputOf(player: PlayerId): Row | null
  /** What the newest tick emitted. */
  readonly emitted: readonly Emitted[]
  /** 32 bits. */
  hash(): number
  /** The recorded low bits of the hash at `tick`; null where none is recorded. */
  readonly recordedHash: number | null
}
