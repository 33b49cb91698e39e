/** Guns and what flies out of them. Runs in `step`: the shooter's page shows shots and their end without waiting. */
import { cos, sin } from 'starwire'
import { BULLET_LIFE, BULLET_RADIUS, BULLET_SPEED, FIRE_COOLDOWN, SALVO_SPREAD, SHIP_NOSE } from './balance.ts'
import { fieldOf, isInside } from './field.ts'
import type { FlyingShip, PlayerId, Step } from './shape.ts'
import { listTargets, type Target } from './targets.ts'

/** Moves bullets by one tick and stops those that strike what their shooter sees: a hit on their screen is a hit. */
export function flyBullets(world: Step): void {
  const field = fieldOf(world)
  const targetsOf = new Map<PlayerId | null, readonly Target[]>()
  for (const bullet of world.all('bullet')) {
    if (bullet.spent) continue
    const x = bullet.x + bullet.vx * world.dt
    const y = bullet.y + bullet.vy * world.dt
    if (world.tick >= bullet.until || !isInside(field, x, y)) {
      world.remove(bullet)
      continue
    }
    bullet.x = x
    bullet.y = y
    const targets = targetsOf.get(bullet.owner) ?? listTargets(world, bullet.owner)
    targetsOf.set(bullet.owner, targets)
    const target = findStruck(targets, x, y)
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
  if (world.tick < world.globals.startsAt) return
  for (const ship of world.all('ship')) {
    const { owner } = ship
    if (owner === null || world.tick < ship.gunsAt || !world.inputOf(owner).fire) continue
    for (const off of world.tick < ship.salvoUntil ? [-SALVO_SPREAD, 0, SALVO_SPREAD] : [0])
      shoot(world, ship, owner, off)
    ship.gunsAt = world.tick + FIRE_COOLDOWN
    world.emit('shot', { by: owner }, { owner })
  }
}

/** One bullet, so many radians off the nose. */
function shoot(world: Step, ship: FlyingShip, owner: PlayerId, off: number): void {
  const dx = cos(ship.angle + off)
  const dy = sin(ship.angle + off)
  world.spawn('bullet', {
    owner,
    x: ship.x + dx * SHIP_NOSE,
    y: ship.y + dy * SHIP_NOSE,
    vx: ship.vx + dx * BULLET_SPEED,
    vy: ship.vy + dy * BULLET_SPEED,
    until: world.tick + BULLET_LIFE,
  })
}

function findStruck(targets: readonly Target[], x: number, y: number): Target | null {
  for (const target of targets) {
    const dx = target.x - x
    const dy = target.y - y
    const reach = target.radius + BULLET_RADIUS
    if (dx > reach || dx < -reach || dy > reach || dy < -reach) continue
    if (dx * dx + dy * dy < reach * reach) return target
  }
  return null
}
