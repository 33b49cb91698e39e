/** Checks of the ids that rules and pages give: of entities and of players. */

import { type EntityId, isPlayerId, type PlayerId } from './ids.ts'
import type { Identity } from './record-types.ts'

/** The id of an entity that was given itself or by its id. Unchecked. */
export function idOf(entity: unknown): unknown {
  return typeof entity === 'object' ? (entity as Partial<Identity> | null)?.id : entity
}

/** What was given, as a sentence names it. */
export function nameOf(given: unknown): string {
  if (typeof given === 'string') return `"${given}"`
  return typeof given === 'object' && given !== null ? 'an object' : String(given)
}

/** @throws TypeError for what cannot be an id, since nothing would ever be found by it. */
export function checkId(name: string, id: EntityId): EntityId {
  if (typeof id !== 'number')
    throw new TypeError(`get was given ${nameOf(id)} for a ${name}. Give an entity's id, or null.`)
  return id
}

export function checkPlayer(what: string, id: PlayerId): PlayerId {
  if (!isPlayerId(id))
    throw new TypeError(
      `${what} was given ${nameOf(id)}, which is no player. Give one of world.players, or an entity's owner that is not null.`,
    )
  return id
}
