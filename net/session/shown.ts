/** A match as it is looked at: the view that a page draws, and the report of all that is known. Of running matches and of replays. */

import type { GameShape } from '../world/game-shape.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type {
  GoneReason,
  SeenGlobals,
  SeenOptions,
  SeenPlayer,
  SeenSettings,
  ViewEntity,
} from '../world/record-types.ts'

export type AnyViewEntity<G extends GameShape> = {
  [K in keyof G['entities'] & string]: ViewEntity<G, K>
}[keyof G['entities'] & string]

export interface Gone<G extends GameShape> {
  /** As it was last drawn. */
  readonly entity: AnyViewEntity<G>
  readonly reason: GoneReason
}

/**
 * One frame of the drawn world. The same object in every frame: read it at once, do not keep it. Asked for twice with the
 * same time it is one frame, the same for both.
 */
export interface View<G extends GameShape> {
  /**
   * The tick that others are drawn at, with its fraction: some way behind the host. 0 before the first snapshot has come; until then
   * there are no players, and globals have their defaults.
   */
  readonly tick: number
  /** This page's player. */
  readonly me: PlayerId
  readonly players: readonly PlayerId[]
  readonly globals: SeenGlobals<G>
  readonly options: SeenOptions<G>
  /** The lobby's settings as they were when the match began. */
  readonly settings: SeenSettings<G>
  player(id: PlayerId): SeenPlayer<G>
  /** All entities of a type in id order. The object of an entity is the same in every frame until it goes. */
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<ViewEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): ViewEntity<G, Name> | null
  /** What is drawn for the first time in this frame. After a lost connection, what came meanwhile. */
  readonly appeared: readonly AnyViewEntity<G>[]
  /** What is drawn no more since this frame, and why. What went while the connection was lost is `out of view`. */
  readonly gone: readonly Gone<G>[]
}

export interface ReportedEntity {
  readonly id: EntityId
  readonly type: string
  /** Whether this page predicts it: then its state is exact, else within one wire step. */
  readonly predicted: boolean
  /** The tick that this state was confirmed for. */
  readonly tick: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** The record of a player, or the globals: of fields that this page is told. */
export interface ReportedRecord {
  /** The tick that this state was confirmed for. */
  readonly tick: number
  readonly fields: Readonly<Record<string, unknown>>
}

export interface ReportedPlayer extends ReportedRecord {
  readonly id: PlayerId
}

export interface WorldReport {
  readonly tick: number
  /** Null before the first of them was heard of. */
  readonly globals: ReportedRecord | null
  readonly players: readonly ReportedPlayer[]
  readonly entities: readonly ReportedEntity[]
}
