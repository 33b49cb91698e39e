/** Where new ships come into the arena, and where their noses point: safe for a moment, and with a view. */
import { atan2, cos, sin } from 'starwire'
import { radiusOf } from './asteroids.ts'
import { BULLET_LIFE, BULLET_SPEED, SAFE_AFTER_SPAWN, SHIP_RADIUS, SPAWN_MARGIN, TICK_RATE } from './balance.ts'
import { edgeRadius } from './edge.ts'
import { fieldOf } from './field.ts'
import type { Referee } from './shape.ts'

/** The more are tried, the safer is the best; sixteen pilots and 48 rocks leave one good place in three. */
const TRIES = 24
/** Units that a bullet flies: from farther away nobody can be shot at. */
const GUN_RANGE = (BULLET_SPEED * BULLET_LIFE) / TICK_RATE
/** Half the width of the line of fire at the gun, in units, and how much it widens by the unit: nobody aims better than 8°. */
const FIRE_WIDTH = 4 * SHIP_RADIUS
const FIRE_SPREAD = 0.14
/** Headings that are looked at. */
const HEADINGS = 24
/** Units of free way beyond which a heading is as open as any. */
const OPEN = 700
/** Units of free way that a heading straight to the middle of the arena is worth more than one away from it. */
const TO_THE_MIDDLE = 260

export function findPlace(world: Referee): { x: number; y: number } {
  const { left, top, right, bottom } = fieldOf(world)
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 }
  // The square within a closing edge.
  const edge = (edgeRadius(world) ?? Number.POSITIVE_INFINITY) * 0.7
  let best = middle
  let bestRoom = -1
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const x = middle.x + (2 * world.secret() - 1) * Math.min(edge, (right - left) / 2 - SPAWN_MARGIN)
    const y = middle.y + (2 * world.secret() - 1) * Math.min(edge, (bottom - top) / 2 - SPAWN_MARGIN)
    const room = roomAt(world, x, y)
    if (room <= bestRoom) continue
    bestRoom = room
    best = { x, y }
  }
  return best
}

/** The angle with the longest free way ahead, rather towards the middle of the arena, where the others are. */
export function openHeading(world: Referee, x: number, y: number): number {
  const { arenaWidth, arenaHeight } = world.settings
  const middle = atan2(arenaHeight / 2 - y, arenaWidth / 2 - x)
  let best = middle
  let bestWorth = Number.NEGATIVE_INFINITY
  for (let i = 0; i < HEADINGS; i++) {
    const off = (i * 2 * Math.PI) / HEADINGS
    const worth = freeWay(world, x, y, cos(middle + off), sin(middle + off)) + (TO_THE_MIDDLE / 2) * cos(off)
    if (worth <= bestWorth) continue
    bestWorth = worth
    best = middle + off
  }
  return best
}

/** Units to the nearest danger, as far as dangers can be compared. */
function roomAt(world: Referee, x: number, y: number): number {
  // Out of reach of all guns one place is as good as another: then chance decides, and nobody is put too far away.
  let room = GUN_RANGE
  for (const ship of world.all('ship')) {
    room = Math.min(room, distance(ship.x - x, ship.y - y))
    const dx = cos(ship.angle)
    const dy = sin(ship.angle)
    if (isOnLine(x - ship.x, y - ship.y, dx, dy, GUN_RANGE, FIRE_WIDTH, FIRE_SPREAD)) room = Math.min(room, FIRE_WIDTH)
  }
  for (const { x: bx, y: by, vx, vy } of world.all('bullet')) {
    const speed = distance(vx, vy)
    if (speed > 0 && isOnLine(x - bx, y - by, vx / speed, vy / speed, GUN_RANGE, FIRE_WIDTH, 0))
      room = Math.min(room, FIRE_WIDTH)
  }
  for (const { x: ax, y: ay, vx, vy, size } of world.all('asteroid')) {
    const clearance = nearestPass(x - ax, y - ay, vx, vy) - radiusOf(size) - SHIP_RADIUS
    // An asteroid a ship's length away is no worse than a ship five times as far.
    room = Math.min(room, Math.max(0, clearance) * 5)
  }
  return room
}

/** Whether a place, seen from the start of a line, lies on it, or beside it by less than its half width there. */
function isOnLine(
  x: number,
  y: number,
  dx: number,
  dy: number,
  length: number,
  halfWidth: number,
  spread: number,
): boolean {
  const along = x * dx + y * dy
  if (along < 0 || along > length) return false
  return Math.abs(x * dy - y * dx) < halfWidth + along * spread
}

/** How near something that drifts comes to a place while a new ship there is protected. */
function nearestPass(x: number, y: number, vx: number, vy: number): number {
  const speed2 = vx * vx + vy * vy
  const seconds = SAFE_AFTER_SPAWN / TICK_RATE
  const when = speed2 > 0 ? Math.min(seconds, Math.max(0, (x * vx + y * vy) / speed2)) : 0
  return distance(x - vx * when, y - vy * when)
}

/** Units ahead until a rock or a wall, at most `OPEN`. */
function freeWay(world: Referee, x: number, y: number, dx: number, dy: number): number {
  const { left, top, right, bottom } = fieldOf(world)
  let free = OPEN
  if (dx !== 0) free = Math.min(free, ((dx > 0 ? right : left) - x) / dx)
  if (dy !== 0) free = Math.min(free, ((dy > 0 ? bottom : top) - y) / dy)
  for (const { x: ax, y: ay, size } of world.all('asteroid')) {
    const along = (ax - x) * dx + (ay - y) * dy
    const beside = (ax - x) * dy - (ay - y) * dx
    const reach = radiusOf(size) + 2 * SHIP_RADIUS
    if (along > 0 && beside > -reach && beside < reach) free = Math.min(free, Math.max(0, along - reach))
  }
  return free
}

function distance(dx: number, dy: number): number {
  return Math.sqrt(dx * dx + dy * dy)
}
