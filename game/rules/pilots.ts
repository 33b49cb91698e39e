/** Pilots who come, leave and return, and the ships they are given. */
import { atan2 } from 'starwire'
import { radiusOf } from './asteroids.ts'
import { ARENA_HEIGHT, ARENA_WIDTH, FIRE_COOLDOWN, MAX_PLAYERS, SAFE_AFTER_SPAWN, SHIP_RADIUS } from './constants.ts'
import type { PlayerId, Referee } from './shape.ts'

/**
 * Keeps the records of who is here. The ship of a pilot who may return drifts on, a target as ever: whoever pulls the
 * plug in a fight escapes nothing by it, and whoever lost his network comes back to his ship if it is still there.
 */
export function attendPilots(world: Referee): void {
  for (const player of world.joined) {
    const record = world.player(player)
    record.color = freeColor(world, player)
    record.respawnAt = world.tick
  }
  for (const player of world.left) if (world.players.includes(player)) world.player(player).leftAt = world.tick
  for (const player of world.returned) world.player(player).leftAt = 0
}

/** New ships for those who have none, when their time has come. */
export function launchShips(world: Referee): void {
  for (const player of world.players) {
    const record = world.player(player)
    if (record.ship !== null || record.leftAt !== 0 || world.tick < record.respawnAt) continue
    const { x, y } = findPlace(world)
    const ship = world.spawn('ship', {
      owner: player,
      x,
      y,
      angle: atan2(ARENA_HEIGHT / 2 - y, ARENA_WIDTH / 2 - x),
      safeUntil: world.tick + SAFE_AFTER_SPAWN,
    })
    record.ship = ship.id
  }
}

/** Whoever shoots gives up the protection of a new ship. */
export function endProtection(world: Referee): void {
  for (const ship of world.all('ship'))
    if (world.tick < ship.safeUntil && ship.gunsAt === world.tick + FIRE_COOLDOWN) ship.safeUntil = world.tick
}

function freeColor(world: Referee, newcomer: PlayerId): number {
  const taken = new Set<number>()
  for (const player of world.players) {
    const { color, respawnAt } = world.player(player)
    // Who came at this very tick and has not had his turn yet has no livery either.
    if (player !== newcomer && respawnAt !== 0) taken.add(color)
  }
  for (let color = 0; color < MAX_PLAYERS; color++) if (!taken.has(color)) return color
  return 0
}

/** The best of ten places: far from every other ship, clear of asteroids. */
function findPlace(world: Referee): { x: number; y: number } {
  const margin = 4 * SHIP_RADIUS
  let best = { x: ARENA_WIDTH / 2, y: ARENA_HEIGHT / 2 }
  let bestRoom = -1
  for (let attempt = 0; attempt < 10; attempt++) {
    const place = {
      x: margin + world.secret() * (ARENA_WIDTH - 2 * margin),
      y: margin + world.secret() * (ARENA_HEIGHT - 2 * margin),
    }
    const room = roomAt(world, place.x, place.y)
    if (room <= bestRoom) continue
    bestRoom = room
    best = place
  }
  return best
}

function roomAt(world: Referee, x: number, y: number): number {
  // Half the arena is as good as any farther place: then chance decides.
  let room = ARENA_WIDTH / 2
  for (const ship of world.all('ship')) room = Math.min(room, distance(ship.x - x, ship.y - y))
  for (const asteroid of world.all('asteroid')) {
    const clearance = distance(asteroid.x - x, asteroid.y - y) - radiusOf(asteroid.size) - SHIP_RADIUS
    // An asteroid a ship's length away is no worse than a ship five times as far.
    room = Math.min(room, Math.max(0, clearance) * 5)
  }
  return room
}

function distance(dx: number, dy: number): number {
  return Math.sqrt(dx * dx + dy * dy)
}
