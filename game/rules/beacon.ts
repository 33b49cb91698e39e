/**
 * The beacon: a place that pays the team that has it. A team that is alone around it takes it, first from the other, then for itself; it
 * stays theirs when they leave. From time to time it moves. Runs in `referee`.
 */
import {
  BEACON_CHARGE,
  BEACON_CHARGE_EVERY,
  BEACON_MOVE,
  BEACON_PAY,
  BEACON_RADIUS,
  BEACON_STAY,
  SPAWN_MARGIN,
  TEAMS,
  type Team,
  TICK_RATE,
} from './balance.ts'
import { fieldOf } from './field.ts'
import { countTeamPoints } from './scoring.ts'
import type { Referee } from './shape.ts'

export function tendBeacon(world: Referee): void {
  const { globals } = world
  if (globals.mode !== 'beacon' || globals.phase !== 'playing' || world.tick < globals.startsAt) return
  if (world.tick >= globals.beaconMovesAt) moveBeacon(world)
  if (world.tick % BEACON_CHARGE_EVERY === 0) charge(world)
  if (world.tick % TICK_RATE === 0 && globals.beaconTeam !== 'none')
    countTeamPoints(world, globals.beaconTeam, BEACON_PAY)
}

/** In the middle, and nobody's: where every round begins. */
export function placeBeacon(world: Referee): void {
  const { arenaWidth, arenaHeight } = world.settings
  Object.assign(world.globals, {
    beaconX: Math.round(arenaWidth / 2),
    beaconY: Math.round(arenaHeight / 2),
    beaconTeam: 'none',
    beaconCharge: 0,
    beaconMovesAt: world.globals.startsAt + BEACON_STAY,
  })
}

function moveBeacon(world: Referee): void {
  const { globals } = world
  const { left, top, right, bottom } = fieldOf(world)
  const between = (from: number, to: number): number =>
    Math.round(from + SPAWN_MARGIN + world.secret() * (to - from - 2 * SPAWN_MARGIN))
  const { beaconX, beaconY } = globals
  globals.beaconMovesAt = world.tick + BEACON_STAY
  globals.beaconTeam = 'none'
  globals.beaconCharge = 0
  // A few tries for a place far enough; in a small arena the last one will do.
  for (let attempt = 0; attempt < 8; attempt++) {
    globals.beaconX = between(left, right)
    globals.beaconY = between(top, bottom)
    const [dx, dy] = [globals.beaconX - beaconX, globals.beaconY - beaconY]
    if (dx * dx + dy * dy >= BEACON_MOVE * BEACON_MOVE) break
  }
  world.emit('beaconTaken', { team: 'none' })
}

function charge(world: Referee): void {
  const { globals } = world
  const [sirius, procyon] = TEAMS.map((team) => isAround(world, team))
  if (sirius === procyon) return
  const step = sirius ? 1 : -1
  globals.beaconCharge = Math.max(-BEACON_CHARGE, Math.min(BEACON_CHARGE, globals.beaconCharge + step))
  const owner = ownerAt(globals.beaconCharge, globals.beaconTeam)
  if (owner === globals.beaconTeam) return
  globals.beaconTeam = owner
  if (owner !== 'none') world.emit('beaconTaken', { team: owner })
}

function ownerAt(charge: number, before: Team | 'none'): Team | 'none' {
  if (charge === BEACON_CHARGE) return 'sirius'
  if (charge === -BEACON_CHARGE) return 'procyon'
  // Taken from its owner once it has come back to nobody's.
  if ((before === 'sirius' && charge <= 0) || (before === 'procyon' && charge >= 0)) return 'none'
  return before
}

function isAround(world: Referee, team: Team): boolean {
  const { beaconX, beaconY } = world.globals
  for (const { owner, x, y } of world.all('ship')) {
    if (owner === null || world.player(owner).team !== team) continue
    if ((x - beaconX) ** 2 + (y - beaconY) ** 2 < BEACON_RADIUS * BEACON_RADIUS) return true
  }
  return false
}
