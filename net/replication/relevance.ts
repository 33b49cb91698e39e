/** How much a record matters to a player: the game's `relevant`, made safe. */
import { checkNoPromise, describeGiven } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'

/**
 * Above 0: how much the record's priority gains per snapshot. 0 hides it. Players always know their own entities and all
 * records that are no entities. A value that is no finite number hides, too: a mistake must not reveal a secret.
 * `player`: null for a spectator.
 */
export function decideRelevance(world: World, record: GameRecord, player: PlayerId | null): number {
  const { relevant } = world.game.rules
  if (!relevant || record.$type.role !== 'entity' || (player !== null && record.owner === player)) return 1
  const value: unknown = player === null ? relevanceToSpectators(world, record) : judge(world, record, player)
  if (typeof value === 'number' && Number.isFinite(value)) return Math.max(0, value)
  checkNoPromise('relevant', value)
  world.refuse(
    `relevant returned ${describeGiven(value)}, which hides the ${record.type}. Return a number: 0 hides, 1 shows`,
  )
  return 0
}

function judge(world: World, record: GameRecord, player: PlayerId | null): unknown {
  return world.game.rules.relevant?.call(world.game.rules, record, player, world)
}

/** Rules that do not expect spectators may throw. Anybody may come and watch, so that must not end the match. */
function relevanceToSpectators(world: World, record: GameRecord): unknown {
  try {
    return judge(world, record, null)
  } catch (error) {
    world.refuse(
      `relevant threw for a spectator, which hides the ${record.type}: ${error}. Return a number where the player is null`,
    )
    return 0
  }
}
