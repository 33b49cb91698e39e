/** Guns and what flies out of them. Runs in `step`: the shooter's page shows shots and their end without waiting. */
import { cos, sin } from 'starwire'
import { radiusOf } from './asteroids.ts'
import { BULLET_LIFE, BULLET_RADIUS, BULLET_SPEED, FIRE_COOLDOWN, SHIP_NOSE, SHIP_RADIUS } from './constants.ts'
import type { EntityId, PlayerId, Step } from './shape.ts'
import { areMates } from './sides.ts'

/** What a bullet can strike. */
interface Target {
  readonly id: EntityId
  /** Whose bullets pass through it. */
  readonly owner: PlayerId | null
  /** Whether it is of the shooter's team: then their bullets pass through it, too. */
  readonly mate: boolean
  readonly x: number
  readonly y: number
  readonly reach: number
}

/** Moves bullets by one tick and stops those that strike what their shooter sees: a hit on their screen is a hit. */
export function flyBullets(world: Step): void {
  const { arenaWidth, arenaHeight } = world.settings
  const targetsOf = new Map<PlayerId | null, readonly Target[]>()
  for (const bullet of world.all('bullet')) {
    if (bullet.spent) continue
    const x = bullet.x + bullet.vx * world.dt
    const y = bullet.y + bullet.vy * world.dt
    if (world.tick >= bullet.until || x < 0 || x > arenaWidth || y < 0 || y > arenaHeight) {
      world.remove(bullet)
      continue
    }
    bullet.x = x
    bullet.y = y
    const targets = targetsOf.get(bullet.owner) ?? listTargets(world, bullet.owner)
    targetsOf.set(bullet.owner, targets)
    const target = findStruck(targets, bullet.owner, x, y)
    if (!target) continue
    // The referee deals the damage and removes it; until its word comes, the shooter's page shows it stopped here.
    bullet.spent = true
    bullet.struck = target.id
    bullet.vx = 0
    bullet.vy = 0
  }
}

/** Lets every ship shoot whose pilot holds the trigger and whose guns are ready. */
export function fireGuns(world: Step): void {
  for (const ship of world.all('ship')) {
    const { owner } = ship
    if (owner === null || world.tick < ship.gunsAt || !world.inputOf(owner).fire) continue
    const dx = cos(ship.angle)
    const dy = sin(ship.angle)
    world.spawn('bullet', {
      owner,
      x: ship.x + dx * SHIP_NOSE,
      y: ship.y + dy * SHIP_NOSE,
      vx: ship.vx + dx * BULLET_SPEED,
      vy: ship.vy + dy * BULLET_SPEED,
      until: world.tick + BULLET_LIFE,
    })
    ship.gunsAt = world.tick + FIRE_COOLDOWN
    world.emit('shot', { by: owner }, { owner })
  }
}

/** Plain numbers, read once per tick rather than once per bullet. */
function listTargets(world: Step, shooter: PlayerId | null): Target[] {
  const seen = world.asSeenBy(shooter)
  const targets: Target[] = []
  for (const { id, owner, x, y } of seen.all('ship')) {
    const mate =
      world.settings.teams && shooter !== null && owner !== null && areMates(world.player(shooter), world.player(owner))
    targets.push({ id, owner, mate, x, y, reach: SHIP_RADIUS + BULLET_RADIUS })
  }
  for (const { id, x, y, size } of seen.all('asteroid'))
    targets.push({ id, owner: null, mate: false, x, y, reach: radiusOf(size) + BULLET_RADIUS })
  return targets
}

function findStruck(targets: readonly Target[], shooter: PlayerId | null, x: number, y: number): Target | null {
  for (const target of targets) {
    if (target.owner === shooter || target.mate) continue
    const dx = target.x - x
    const dy = target.y - y
    const { reach } = target
    if (dx > reach || dx < -reach || dy > reach || dy < -reach) continue
    if (dx * dx + dy * dy < reach * reach) return target
  }
  return null
}
