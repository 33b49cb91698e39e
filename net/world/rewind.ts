/**
 * The world as a player saw it when he gave his input (lag compensation: Bernier, "Latency Compensating Methods in
 * Client/Server In-game Protocol Design and Optimization"): what he aims at is where he saw it, not where it is.
 */
import type { EntityId, PlayerId } from './ids.ts'
import type { GameRecord } from './record.ts'

/** A moment of the world, to be read only. */
export interface RewoundWorld {
  /** The tick that others are seen at, with its fraction. */
  readonly tick: number
  /** All entities of a type: first, as they are now, those that the player predicts, then the others; each in id order. */
  all(name: string): Iterable<GameRecord>
  get(name: string, id: EntityId | null): GameRecord | null
}

/** Who knows what players saw: the host by its memory, a client by what it drew. */
export interface Rewind {
  /** Null for a player of whom nothing is known: he sees the present. */
  of(player: PlayerId): RewoundWorld | null
}
