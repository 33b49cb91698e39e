/**
 * Who is really there. A pilot without input for a while, or for a ship's whole life, steps aside: there is no ship of
 * theirs, so nobody makes points of it, and the first input brings a new one. Where nobody could shoot, everybody is left in
 * peace: without foes, in the countdown, and in the pause after a round. Whoever lost the connection is none of these: that ship drifts on for as long as its pilot may return
 * (pilots.ts).
 */
import { IDLE_AFTER, TEAMS } from './balance.ts'
import { isOut, playsTeams } from './modes.ts'
import type { PlayerId, Referee } from './shape.ts'

/** Whether there is a fight: two pilots who are connected and have not stepped aside, or one of each team. */
export function hasFight(world: Referee): boolean {
  return haveFoes(
    world,
    world.players.filter((player) => isActive(world, player)),
  )
}

/** The same of pilots of whom some may be away or aside. */
export function haveFoes(world: Referee, pilots: readonly PlayerId[]): boolean {
  if (!playsTeams(world)) return pilots.length >= 2
  return TEAMS.every((team) => pilots.some((player) => world.player(player).team === team))
}

export function watchHands(world: Referee): void {
  for (const player of world.players) {
    if (!hasInput(world, player)) continue
    const record = world.player(player)
    record.activeAt = world.tick
    if (!record.aside) continue
    record.aside = false
    world.emit('cameBack', { whom: player })
  }
  let fights = hasFight(world)
  const isPeace = world.globals.phase === 'over' || world.tick < world.globals.startsAt
  for (const player of world.players) {
    if (!isActive(world, player)) continue
    const record = world.player(player)
    // Who is out has nothing to do.
    if (!fights || isPeace || isOut(world, player)) record.activeAt = world.tick
    else if (world.tick >= record.activeAt + IDLE_AFTER) {
      stepAside(world, player)
      fights = hasFight(world)
    }
  }
}

export function isActive(world: Referee, player: PlayerId): boolean {
  const { leftAt, aside } = world.player(player)
  return leftAt === 0 && !aside
}

/** Any key and any thumb counts, and a vote while there is one. */
function hasInput(world: Referee, player: PlayerId): boolean {
  // Of whoever is away the last input may be repeated for a moment.
  if (world.player(player).leftAt !== 0) return false
  const { turn, thrust, brake, fire, special, dash, vote } = world.inputOf(player)
  if (world.globals.phase === 'over' && vote !== 'none' && vote !== 'any') return true
  return turn !== 0 || thrust || brake || fire || special || dash
}

export function stepAside(world: Referee, player: PlayerId): void {
  const record = world.player(player)
  const ship = world.get('ship', record.ship)
  if (ship) world.remove(ship)
  record.ship = null
  record.aside = true
  world.emit('steppedAside', { whom: player })
}
