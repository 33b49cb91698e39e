/**
 * What a drawn world draws from. A player's page gives its prediction. A spectator's gives a confirmed world and steps
 * nothing (`watched`). A replay steps everything and confirms nothing.
 */

import type { ConfirmedWorld } from '../replication/confirmed-world.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { RecordCopy } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'

export interface Source {
  /** Gives players, globals, options and settings, and makes the records that are drawn. */
  readonly world: Pick<
    World,
    'game' | 'players' | 'globals' | 'options' | 'settings' | 'player' | 'entityType' | 'make'
  >
  /** The newest tick that was stepped here; any number where nothing is stepped. */
  readonly tick: number
  /** The entities that are stepped here, after a tick; null for a tick that is not kept. */
  stateAt(tick: number): { readonly records: ReadonlyMap<EntityId, RecordCopy> } | null
  /** Whether entities of this type and owner are stepped here. They are drawn from `stateAt`, all others from `confirmed`. */
  steps(type: RecordType, owner: PlayerId | null): boolean
  /** What the host told. */
  readonly confirmed: Pick<ConfirmedWorld, 'tick' | 'records'>
}

/** The source of a spectator: everything as the host confirmed it, and nothing stepped here. */
export function watched({ world, confirmed }: Pick<Source, 'world' | 'confirmed'>): Source {
  return { world, confirmed, tick: 0, stateAt: () => null, steps: () => false }
}
