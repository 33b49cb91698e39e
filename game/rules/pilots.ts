/** Pilots who come, leave and return, and the ships they are given. */
import { FIRE_COOLDOWN, HULL_NAMES, HULLS, SAFE_AFTER_SPAWN, SPECIAL_NAMES, type Team } from './balance.ts'
import { findPlace, openHeading } from './places.ts'
import type { Referee } from './shape.ts'
import { colorOfTeam, dealColors, dealRarest, dealTeams } from './sides.ts'
import { usedSpecial } from './specials.ts'

/**
 * Keeps the records of the pilots. The ship of a pilot who may return drifts on and can be hit: nobody escapes a fight by pulling
 * the plug, and pilots who lost their network find their ship again if it is still there.
 */
export function attendPilots(world: Referee): void {
  if (world.joined.length > 0) {
    dealSides(world)
    dealShips(world)
  }
  for (const player of world.joined) {
    const record = world.player(player)
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
      hull: record.hull,
      special: record.special,
      hp: HULLS[record.hull].hp,
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
    if (world.tick < ship.safeUntil && (ship.gunsAt === world.tick + FIRE_COOLDOWN || usedSpecial(ship, world.tick)))
      ship.safeUntil = world.tick
}

/** Gives those who join at this tick their hull and special: what they asked for, or else what fewest have. */
function dealShips(world: Referee): void {
  const { joined, players } = world
  const present = players.filter((player) => !joined.includes(player)).map((player) => world.player(player))
  const records = joined.map((player) => world.player(player))
  const hulls = dealRarest(
    HULL_NAMES,
    present.map(({ hull }) => hull),
    records.map(({ wantedHull }) => wantedHull),
  )
  const specials = dealRarest(
    SPECIAL_NAMES,
    present.map(({ special }) => special),
    records.map(({ wantedSpecial }) => wantedSpecial),
  )
  for (const [i, record] of records.entries()) {
    record.hull = hulls[i] ?? 'husky'
    record.special = specials[i] ?? 'beam'
  }
}

/** Gives those who join at this tick their livery and team. */
function dealSides(world: Referee): void {
  const { joined, players, settings } = world
  const present = players.filter((player) => !joined.includes(player)).map((player) => world.player(player))
  const records = joined.map((player) => world.player(player))
  if (settings.teams) {
    const sizeOf = (team: Team): number => present.filter((record) => record.team === team).length
    const teams = dealTeams({ sirius: sizeOf('sirius'), procyon: sizeOf('procyon') }, records)
    for (const [i, record] of records.entries()) {
      record.team = teams[i] ?? 'sirius'
      record.color = colorOfTeam(record.team)
    }
    return
  }
  const taken = present.map(({ color }) => color)
  const colors = dealColors(taken, records)
  for (const [i, record] of records.entries()) record.color = colors[i] ?? 0
}
