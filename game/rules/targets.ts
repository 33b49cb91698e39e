/**
 * What a pilot's shots can strike, as they see it: a hit on their screen is a hit. Runs in `step`. In: the shooter. Out: foes, rocks and foes'
 * missiles where the shooter's page drew them; own things and those of mates are left out, since shots pass through them.
 */
import { radiusOf } from './asteroids.ts'
import { HULLS, MISSILE_RADIUS, type Mode, type Team } from './balance.ts'
import { playsTeams } from './modes.ts'
import type { EntityId, PlayerId, Step } from './shape.ts'
import { areMates } from './sides.ts'

export interface Target {
  readonly id: EntityId
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** What tells friend from foe: the world of `step` and that of `referee`. */
interface Sides {
  readonly globals: { readonly mode: Mode }
  player(id: PlayerId): { readonly team: Team | 'none' }
}

/** Plain numbers, read once per tick rather than once per bullet. */
export function listTargets(world: Step, shooter: PlayerId | null): Target[] {
  const seen = world.asSeenBy(shooter)
  const targets: Target[] = []
  for (const { id, owner, x, y, hull } of seen.all('ship'))
    if (!isSpared(world, shooter, owner)) targets.push({ id, x, y, radius: HULLS[hull].radius })
  for (const { id, x, y, size } of seen.all('asteroid')) targets.push({ id, x, y, radius: radiusOf(size) })
  for (const { id, owner, x, y } of seen.all('missile'))
    if (!isSpared(world, shooter, owner)) targets.push({ id, x, y, radius: MISSILE_RADIUS })
  return targets
}

/** Whether what this owner has is spared by the shooter: it is the shooter's own, or of a mate. */
export function isSpared(world: Sides, shooter: PlayerId | null, owner: PlayerId | null): boolean {
  if (owner === shooter) return true
  if (!playsTeams(world) || shooter === null || owner === null) return false
  return areMates(world.player(shooter), world.player(owner))
}
