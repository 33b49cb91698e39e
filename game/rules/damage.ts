/** What the referee makes of hits and collisions: damage, destruction, points, repair. */
import { splitAsteroid } from './asteroids.ts'
import {
  ASTEROID_POINTS,
  BULLET_DAMAGE,
  CREDIT_FOR,
  FULL_HP,
  HARMLESS_IMPACT,
  IMPACT_DAMAGE,
  MAX_IMPACT_DAMAGE,
  REPAIR_AFTER,
  REPAIR_EVERY,
} from './constants.ts'
import { isActive, stepAside } from './presence.ts'
import { countDeath, countKill, countPoints } from './scoring.ts'
import type { Asteroid, Bullet, Cause, PlayerId, Referee, Ship } from './shape.ts'

/** Bullets that struck in this tick, or in one that a page predicted before. */
export function settleBullets(world: Referee): void {
  for (const bullet of world.all('bullet')) {
    if (!bullet.spent) continue
    const ship = world.get('ship', bullet.struck)
    const asteroid = world.get('asteroid', bullet.struck)
    if (ship) damageShip(world, ship, BULLET_DAMAGE, bullet.owner, 'shot', bullet)
    else if (asteroid) chipAsteroid(world, asteroid, bullet)
    world.remove(bullet)
  }
}

/** Damage from what ships ran into in this tick. */
export function settleImpacts(world: Referee): void {
  for (const ship of world.all('ship')) {
    if (ship.met === 'mate') continue
    const damage = Math.min(MAX_IMPACT_DAMAGE, Math.round((ship.impact - HARMLESS_IMPACT) * IMPACT_DAMAGE))
    if (damage > 0) damageShip(world, ship, damage, null, ship.met, ship)
  }
}

/** Mends hulls that were left alone for a while. */
export function repairShips(world: Referee): void {
  if (world.tick % REPAIR_EVERY !== 0) return
  for (const ship of world.all('ship')) if (ship.hp < FULL_HP && world.tick >= ship.hitAt + REPAIR_AFTER) ship.hp += 1
}

function damageShip(
  world: Referee,
  ship: Ship,
  damage: number,
  by: PlayerId | null,
  cause: Cause,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const safe = world.tick < ship.safeUntil
  // Somebody who left can still be owed a kill, but nobody is whose seat is free.
  const shooter = by !== null && world.players.includes(by) ? by : null
  world.emit('hit', { whom: ship.owner, by: shooter, x, y, damage: safe ? 0 : Math.min(damage, ship.hp) })
  if (safe) return
  ship.hp = Math.max(0, ship.hp - damage)
  if (shooter !== null) ship.hitBy = shooter
  if (ship.hp === 0) destroyShip(world, ship, shooter ?? creditFor(world, ship), cause)
  else ship.hitAt = world.tick
}

/** Who drove it into the rock: whoever hit it shortly before. */
function creditFor(world: Referee, ship: Ship): PlayerId | null {
  const { hitBy } = ship
  if (hitBy === null || hitBy === ship.owner || !world.players.includes(hitBy)) return null
  return world.tick - ship.hitAt <= CREDIT_FOR ? hitBy : null
}

function destroyShip(world: Referee, ship: Ship, by: PlayerId | null, cause: Cause): void {
  const { owner, x, y, bornAt } = ship
  world.remove(ship)
  if (owner !== null) countDeath(world, owner)
  if (by !== null) countKill(world, by)
  world.emit('destroyed', { whom: owner, by, x, y, cause })
  // Lost without a touch: the next one would only be shot down as well.
  if (owner !== null && isActive(world, owner) && world.player(owner).activeAt < bornAt) stepAside(world, owner)
}

function chipAsteroid(world: Referee, asteroid: Asteroid, bullet: Bullet): void {
  const { x, y, size } = asteroid
  asteroid.hp = Math.max(0, asteroid.hp - 1)
  const broken = asteroid.hp === 0
  // A broken one bursts at its centre, a chip flies off where the bullet struck.
  const at = broken ? { x, y } : { x: bullet.x, y: bullet.y }
  world.emit('chipped', { by: bullet.owner, ...at, size, broken })
  if (!broken) return
  if (bullet.owner !== null) countPoints(world, bullet.owner, ASTEROID_POINTS[size] ?? 0)
  // The bullet stands still by now; where it struck says where it came from.
  splitAsteroid(world, asteroid, x - bullet.x, y - bullet.y)
}
