/**
 * Missiles: they follow the foe that was ahead at the launch, and end at whatever they meet. Run in `referee`: the host alone flies them.
 * Invariant: one per launch, inside the arena, and no faster than `MISSILE_SPEED`.
 */
import { atan2, cos, sin } from 'starwire'
import { radiusOf } from './asteroids.ts'
import {
  HULLS,
  MISSILE_DAMAGE,
  MISSILE_LIFE,
  MISSILE_LOCK_ANGLE,
  MISSILE_LOCK_RANGE,
  MISSILE_RADIUS,
  MISSILE_SPEED,
  MISSILE_TURN,
  SHIP_NOSE,
} from './balance.ts'
import { damageShip } from './damage.ts'
import { fieldOf } from './field.ts'
import type { Missile, PlayerId, Referee, Ship } from './shape.ts'
import { usedSpecial } from './specials.ts'
import { isSpared } from './targets.ts'

/** Missiles of the launches of this tick. */
export function launchMissiles(world: Referee): void {
  for (const ship of world.all('ship')) {
    if (ship.owner === null || usedSpecial(ship, world.tick) !== 'missile') continue
    const dx = cos(ship.angle)
    const dy = sin(ship.angle)
    world.spawn('missile', {
      owner: ship.owner,
      x: ship.x + dx * SHIP_NOSE,
      y: ship.y + dy * SHIP_NOSE,
      vx: dx * MISSILE_SPEED,
      vy: dy * MISSILE_SPEED,
      prey: findPrey(world, ship, ship.owner)?.id ?? null,
      until: world.tick + MISSILE_LIFE,
    })
  }
}

export function flyMissiles(world: Referee): void {
  for (const missile of world.all('missile')) {
    const prey = world.get('ship', missile.prey)
    if (prey) turnTo(world, missile, prey)
    missile.x += missile.vx * world.dt
    missile.y += missile.vy * world.dt
    const met = meets(world, missile)
    if (!met && world.tick < missile.until) continue
    if (met && met !== 'rock') damageShip(world, met, MISSILE_DAMAGE, missile.owner, 'missile', missile)
    burst(world, missile)
  }
}

/** Takes a missile away, and tells it. */
export function burst(world: Referee, missile: Missile): void {
  const { owner, x, y } = missile
  world.emit('burst', { by: owner !== null && world.players.includes(owner) ? owner : null, x, y })
  world.remove(missile)
}

/** The foe nearest to the nose's direction. */
function findPrey(world: Referee, ship: Ship, owner: PlayerId): Ship | null {
  let best: Ship | null = null
  let bestOff = MISSILE_LOCK_ANGLE
  for (const other of world.all('ship')) {
    if (isSpared(world, owner, other.owner)) continue
    const dx = other.x - ship.x
    const dy = other.y - ship.y
    if (dx * dx + dy * dy > MISSILE_LOCK_RANGE * MISSILE_LOCK_RANGE) continue
    const off = Math.abs(wrapped(atan2(dy, dx) - ship.angle))
    if (off >= bestOff) continue
    best = other
    bestOff = off
  }
  return best
}

function turnTo(world: Referee, missile: Missile, prey: Ship): void {
  const heading = atan2(missile.vy, missile.vx)
  const most = MISSILE_TURN * world.dt
  const off = wrapped(atan2(prey.y - missile.y, prey.x - missile.x) - heading)
  const turned = heading + Math.max(-most, Math.min(most, off))
  missile.vx = cos(turned) * MISSILE_SPEED
  missile.vy = sin(turned) * MISSILE_SPEED
}

/** The ship that a missile meets, or a rock or wall. */
function meets(world: Referee, { owner, x, y }: Missile): Ship | 'rock' | null {
  const { left, top, right, bottom } = fieldOf(world)
  // Written coordinates end at the outermost walls.
  if (x <= left || y <= top || x >= right || y >= bottom) return 'rock'
  for (const ship of world.all('ship'))
    if (!isSpared(world, owner, ship.owner) && isWithin(ship, x, y, HULLS[ship.hull].radius + MISSILE_RADIUS))
      return ship
  for (const rock of world.all('asteroid'))
    if (isWithin(rock, x, y, radiusOf(rock.size) + MISSILE_RADIUS)) return 'rock'
  return null
}

function isWithin(thing: { readonly x: number; readonly y: number }, x: number, y: number, reach: number): boolean {
  const dx = thing.x - x
  const dy = thing.y - y
  return dx * dx + dy * dy < reach * reach
}

function wrapped(angle: number): number {
  return angle - Math.round(angle / (2 * Math.PI)) * 2 * Math.PI
}
