/** Pilots who come, leave and return, and the ships they are given. */
import {
  FIRE_COOLDOWN,
  HULL_NAMES,
  HULLS,
  LATE_AFTER,
  LIVES,
  SAFE_AFTER_SPAWN,
  SPECIAL_NAMES,
  type Team,
} from './balance.ts'
import { isOut, playsTeams } from './modes.ts'
import { findPlace, openHeading } from './places.ts'
import type { PlayerId, Referee } from './shape.ts'
import { colorOfTeam, dealColors, dealRarest, dealTeams } from './sides.ts'
import { usedSpecial } from './specials.ts'

/**
 * Keeps the records of the pilots. The ship of a pilot who may return drifts on and can be hit: nobody escapes a fight by pulling
 * the plug, and pilots who lost their network find their ship again if it is still there.
 */
export function attendPilots(world: Referee): void {
  const { globals } = world
  if (globals.round === 0) globals.mode = world.settings.mode
  if (world.joined.length > 0) {
    dealSides(world, world.joined)
    dealShips(world)
  }
  const isLate = globals.phase !== 'waiting' && world.tick > globals.startsAt + LATE_AFTER
  for (const player of world.joined) {
    const record = world.player(player)
    record.lives = isLate ? 0 : LIVES
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
    if (isOut(world, player)) continue
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
      safeUntil: Math.max(world.tick, world.globals.startsAt) + SAFE_AFTER_SPAWN,
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

/** Gives these players their livery and team: those who join, or all when another mode begins. */
export function dealSides(world: Referee, joined: readonly PlayerId[]): void {
  const { players } = world
  const present = players.filter((player) => !joined.includes(player)).map((player) => world.player(player))
  const records = joined.map((player) => world.player(player))
  if (playsTeams(world)) {
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
  for (const [i, record] of records.entries()) {
    record.team = 'none'
    record.color = colors[i] ?? 0
  }
}
