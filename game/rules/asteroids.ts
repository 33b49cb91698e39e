/** Asteroids: they drift, bounce off the walls, break into smaller ones, and the field is filled up again. */
import { isDrawn, type RockPlace, rocksIn } from './arena.ts'
import {
  ARENA_HEIGHT,
  ARENA_WIDTH,
  ASTEROID_HITS,
  ASTEROID_RADIUS,
  ASTEROID_SIZES,
  ASTEROID_SPEED,
  ASTEROID_WEIGHT,
  FIELD_WEIGHTS,
  MOON_SIZE,
  REBIRTH_DISTANCE,
  REBIRTH_EVERY,
  SPLIT_SPEED,
} from './balance.ts'
import { type Field, fieldOf } from './field.ts'
import { drawCargo, dropCargo } from './pickups.ts'
import type { Asteroid, Referee, Step } from './shape.ts'

export function radiusOf(size: number): number {
  return ASTEROID_RADIUS[size] ?? 0
}

/** Runs in `step`, where it acts on the host alone; clients draw the same straight lines from position and velocity. */
export function driftAsteroids(world: Step): void {
  const { left, top, right, bottom } = fieldOf(world)
  for (const asteroid of world.all('asteroid')) {
    const radius = radiusOf(asteroid.size)
    asteroid.x += asteroid.vx * world.dt
    asteroid.y += asteroid.vy * world.dt
    if (asteroid.x < left + radius) asteroid.vx = Math.abs(asteroid.vx)
    if (asteroid.x > right - radius) asteroid.vx = -Math.abs(asteroid.vx)
    if (asteroid.y < top + radius) asteroid.vy = Math.abs(asteroid.vy)
    if (asteroid.y > bottom - radius) asteroid.vy = -Math.abs(asteroid.vy)
  }
}

/** Breaks an asteroid in two along the shot, or to dust when it is small. */
export function splitAsteroid(world: Referee, asteroid: Asteroid, shotX: number, shotY: number): void {
  const { x, y, vx, vy, size } = asteroid
  dropCargo(world, asteroid)
  world.remove(asteroid)
  if (size <= 1) return
  const length = Math.sqrt(shotX * shotX + shotY * shotY)
  // The pieces fly off to the two sides of the shot; a shot without direction splits it left and right.
  const px = length > 0 ? -shotY / length : 1
  const py = length > 0 ? shotX / length : 0
  const offset = radiusOf(size - 1) * 0.8
  for (const side of [-1, 1])
    world.spawn('asteroid', {
      x: x + px * side * offset,
      y: y + py * side * offset,
      vx: vx + px * side * SPLIT_SPEED,
      vy: vy + py * side * SPLIT_SPEED,
      size: size - 1,
      hp: ASTEROID_HITS[size - 1] ?? 1,
    })
}

/** Fills the field at the start of a match, and later by one large asteroid at a time. */
export function refillField(world: Referee): void {
  if (isDrawn(world.settings)) return refillDrawn(world)
  const full = FIELD_WEIGHTS[world.settings.rocks] * shareOfLargest(fieldOf(world))
  let weight = 0
  for (const { size } of world.all('asteroid')) weight += ASTEROID_WEIGHT[size] ?? 0
  const whole = ASTEROID_WEIGHT[ASTEROID_SIZES]
  if (weight === 0) for (; weight + whole <= full; weight += whole) bearAsteroid(world)
  else if (weight + whole <= full && world.tick % REBIRTH_EVERY === 0) bearAsteroid(world)
}

/** A smaller field has fewer rocks, as many to a picture. */
function shareOfLargest({ left, top, right, bottom }: Field): number {
  return ((right - left) * (bottom - top)) / (ARENA_WIDTH * ARENA_HEIGHT)
}

/** The rocks of a drawn arena where they were drawn, all at once at first; later one that is gone comes back, where it is free. */
function refillDrawn(world: Referee): void {
  const rocks = rocksIn(world.settings)
  let weight = 0
  for (const { size } of world.all('asteroid')) weight += ASTEROID_WEIGHT[size] ?? 0
  if (weight === 0) {
    for (const rock of rocks) placeRock(world, rock)
    return
  }
  if (world.tick % REBIRTH_EVERY !== 0) return
  let full = 0
  for (const { size } of rocks) full += ASTEROID_WEIGHT[size] ?? 0
  // From another one each time, so that none waits behind one whose place is never free.
  const first = Math.floor(world.secret() * rocks.length)
  for (let i = 0; i < rocks.length; i++) {
    const rock = rocks[(first + i) % rocks.length]
    if (!rock || weight + (ASTEROID_WEIGHT[rock.size] ?? 0) > full) continue
    if (isFree(world, rock.x, rock.y, radiusOf(rock.size))) return placeRock(world, rock)
  }
}

function placeRock(world: Referee, { x, y, size }: RockPlace): void {
  world.spawn('asteroid', {
    x,
    y,
    size,
    hp: ASTEROID_HITS[size] ?? 1,
    cargo: size === MOON_SIZE ? 'none' : drawCargo(world),
  })
}

function bearAsteroid(world: Referee): void {
  const { left, top, right, bottom } = fieldOf(world)
  const radius = radiusOf(ASTEROID_SIZES)
  // A few tries for a free place; in a crowded arena the next chance comes in two seconds.
  for (let attempt = 0; attempt < 8; attempt++) {
    const x = left + radius + world.secret() * (right - left - 2 * radius)
    const y = top + radius + world.secret() * (bottom - top - 2 * radius)
    if (!isFree(world, x, y, radius)) continue
    world.spawn('asteroid', {
      x,
      y,
      vx: (world.secret() * 2 - 1) * ASTEROID_SPEED,
      vy: (world.secret() * 2 - 1) * ASTEROID_SPEED,
      size: ASTEROID_SIZES,
      hp: ASTEROID_HITS[ASTEROID_SIZES],
      cargo: drawCargo(world),
    })
    return
  }
}

function isFree(world: Referee, x: number, y: number, radius: number): boolean {
  for (const ship of world.all('ship'))
    if (Math.abs(ship.x - x) < REBIRTH_DISTANCE && Math.abs(ship.y - y) < REBIRTH_DISTANCE) return false
  for (const other of world.all('asteroid')) {
    const apart = radius + radiusOf(other.size)
    if (Math.abs(other.x - x) < apart && Math.abs(other.y - y) < apart) return false
  }
  return true
}
