/** Pilots who come, leave and return, and the ships they are given. */
import { FIRE_COOLDOWN, MAX_PLAYERS, SAFE_AFTER_SPAWN } from './constants.ts'
import { findPlace, openHeading } from './places.ts'
import type { PlayerId, Referee } from './shape.ts'

/**
 * Keeps the records of the pilots. The ship of a pilot who may return drifts on and can be hit: nobody escapes a fight by pulling
 * the plug, and pilots who lost their network find their ship again if it is still there.
 */
export function attendPilots(world: Referee): void {
  for (const player of world.joined) {
    const record = world.player(player)
    record.color = freeColor(world, player)
    record.respawnAt = world.tick
    record.activeAt = world.tick
  }
  for (const player of world.left) if (world.players.includes(player)) world.player(player).leftAt = world.tick
  for (const player of world.returned) {
    const record = world.player(player)
    record.leftAt = 0
    record.activeAt = world.tick
    record.aside = false
  }
}

/** New ships for those who have none, when their time has come. */
export function launchShips(world: Referee): void {
  for (const player of world.players) {
    const record = world.player(player)
    if (record.ship !== null || record.leftAt !== 0 || record.aside || world.tick < record.respawnAt) continue
    const { x, y } = findPlace(world)
    const ship = world.spawn('ship', {
      owner: player,
      x,
      y,
      angle: openHeading(world, x, y),
      safeUntil: world.tick + SAFE_AFTER_SPAWN,
      bornAt: world.tick,
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
    // A pilot who came at this tick and whose turn has not come yet has no livery.
    if (player !== newcomer && respawnAt !== 0) taken.add(color)
  }
  for (let color = 0; color < MAX_PLAYERS; color++) if (!taken.has(color)) return color
  return 0
}
