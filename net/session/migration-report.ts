/** How well a match would outlive its host: what `session.stats().migration` tells. */
import type { PlayerId } from '../world/ids.ts'

export interface HeirReport {
  readonly heir: PlayerId
  /**
   * How old the world is that the heir could go on from, ms: since the host took it. The way of the ack is in it, so the heir's own
   * is newer. Null: the heir could not go on yet.
   */
  readonly ageMs: number | null
  /** What the heir costs the host's uplink. */
  readonly bytesPerSecond: number
  /** The world does not fit into the stream: the match ends with its host. */
  readonly tooLarge: boolean
}

export interface MigrationReport {
  /** The warm heirs, the first in rank first. */
  readonly heirs: readonly HeirReport[]
  /** `opaque`: the game has opaque fields, so it goes on from up to a second ago, four where they are large. */
  readonly hindrances: readonly 'opaque'[]
}
