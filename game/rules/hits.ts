/** What the referee makes of bullets, beams and collisions of this tick: damage to ships, chips off rocks, the end of missiles. */
import { splitAsteroid } from './asteroids.ts'
import {
  ASTEROID_POINTS,
  BEAM_CHIPS,
  BEAM_DAMAGE,
  BULLET_DAMAGE,
  HARMLESS_IMPACT,
  IMPACT_DAMAGE,
  MAX_IMPACT_DAMAGE,
  MOON_SIZE,
} from './balance.ts'
import { damageShip } from './damage.ts'
import { burst } from './missiles.ts'
import { countPoints } from './scoring.ts'
import type { Asteroid, Bullet, Referee, Ship } from './shape.ts'
import { usedSpecial } from './specials.ts'

/** Bullets that struck in this tick, or in one that a page predicted before. */
export function settleBullets(world: Referee): void {
  for (const bullet of world.all('bullet')) {
    if (!bullet.spent) continue
    const ship = world.get('ship', bullet.struck)
    const asteroid = world.get('asteroid', bullet.struck)
    const missile = world.get('missile', bullet.struck)
    if (ship) {
      if (bullet.owner !== null && world.players.includes(bullet.owner)) world.player(bullet.owner).hits += 1
      damageShip(world, ship, BULLET_DAMAGE, bullet.owner, 'shot', bullet)
    }
    if (asteroid) chipAsteroid(world, asteroid, bullet, 1)
    if (missile) burst(world, missile)
    world.remove(bullet)
  }
}

/** Beams of this tick. They have no flight: what they struck is hurt where it is. */
export function settleBeams(world: Referee): void {
  for (const shooter of world.all('ship')) {
    if (usedSpecial(shooter, world.tick) !== 'beam') continue
    const ship = world.get('ship', shooter.beamed)
    const asteroid = world.get('asteroid', shooter.beamed)
    const missile = world.get('missile', shooter.beamed)
    if (ship) damageShip(world, ship, BEAM_DAMAGE, shooter.owner, 'beam', ship)
    else if (asteroid) chipAsteroid(world, asteroid, shooter, BEAM_CHIPS)
    else if (missile) burst(world, missile)
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

/** `from`: the bullet that struck, or the ship whose beam did. `hits`: as many as it counts. */
function chipAsteroid(world: Referee, asteroid: Asteroid, from: Bullet | Ship, hits: number): void {
  const { x, y, size } = asteroid
  // Nothing breaks a moon: it is cover.
  if (size !== MOON_SIZE) asteroid.hp = Math.max(0, asteroid.hp - hits)
  const broken = asteroid.hp === 0
  // A broken one bursts at its centre, a chip flies off where the bullet struck.
  const at = broken || from.type === 'ship' ? { x, y } : { x: from.x, y: from.y }
  world.emit('chipped', { by: from.owner, ...at, size, broken })
  if (!broken) return
  if (from.owner !== null) countPoints(world, from.owner, ASTEROID_POINTS[size] ?? 0)
  // A bullet stands still by now; where it struck says where it came from.
  splitAsteroid(world, asteroid, x - from.x, y - from.y)
}
