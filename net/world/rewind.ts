/**
 * Lag compensation: the world as players saw it when they gave their input. They aim at what they see, which is where
 * others were some time ago (Bernier, "Latency Compensating Methods in Client/Server In-game Protocol Design and
 * Optimization"). Only the two interfaces stand here; prediction/ has the rewind of the host and that of a client.
 */
import type { EntityId, PlayerId } from './ids.ts'
import type { GameRecord } from './record.ts'

/** The world at an earlier moment. It can only be read. */
export interface RewoundWorld {
  /** The tick that others are seen at, with its fraction. */
  readonly tick: number
  /** All entities of a type. First those that the player predicts, as they are now; then the others, as they were. Each in id order. */
  all(name: string): Iterable<GameRecord>
  get(name: string, id: EntityId | null): GameRecord | null
}

/** Gives the world as a player saw it. The host takes it from its history, a client from what it drew. */
export interface Rewind {
  /** Null when nothing is known of what the player saw: then they see the present. */
  of(player: PlayerId): RewoundWorld | null
}
