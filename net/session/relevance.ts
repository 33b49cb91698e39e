/** How much a record matters to a player: the game's `relevant`, made safe. */
import type { PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'

/** Above 0 gains that much per snapshot, 0 hides. What is a player's own, and what is no entity, he always knows. */
export function decideRelevance(world: World, record: GameRecord, player: PlayerId): number {
  const { relevant } = world.game.rules
  if (!relevant || record.$type.role !== 'entity' || record.owner === player) return 1
  const value = relevant.call(world.game.rules, record, player, world)
  return Number.isFinite(value) ? Math.max(0, value) : 1
}
