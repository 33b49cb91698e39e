/** How much a record matters to a player: the game's `relevant`, made safe. */
import { checkNoPromise, describeGiven } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'

/**
 * Above 0 gains that much per snapshot, 0 hides. What is a player's own, and what is no entity, they always know. What is
 * no finite number hides as well: a slip must not show what is secret.
 */
export function decideRelevance(world: World, record: GameRecord, player: PlayerId): number {
  const { relevant } = world.game.rules
  if (!relevant || record.$type.role !== 'entity' || record.owner === player) return 1
  const value: unknown = relevant.call(world.game.rules, record, player, world)
  if (typeof value === 'number' && Number.isFinite(value)) return Math.max(0, value)
  checkNoPromise('relevant', value)
  world.refuse(
    `relevant returned ${describeGiven(value)}, which hides the ${record.type}. Return a number: 0 hides, 1 shows`,
  )
  return 0
}
