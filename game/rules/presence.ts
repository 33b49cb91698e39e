/**
 * Who is really there. A pilot without input for a while, or for a ship's whole life, steps aside: there is no ship of
 * theirs, so nobody makes points of it, and the first input brings a new one. Whoever is alone is left in peace: nobody
 * could shoot. Whoever lost the connection is none of these: that ship drifts on for as long as its pilot may return
 * (pilots.ts).
 */
import { IDLE_AFTER } from './constants.ts'
import type { PlayerId, Referee } from './shape.ts'

/** Pilots who are connected and have not stepped aside; who waits for the next ship counts. */
export function countActive(world: Referee): number {
  let active = 0
  for (const player of world.players) if (isActive(world, player)) active++
  return active
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
  let active = countActive(world)
  for (const player of world.players) {
    if (!isActive(world, player)) continue
    const record = world.player(player)
    if (active < 2) record.activeAt = world.tick
    else if (world.tick >= record.activeAt + IDLE_AFTER) {
      stepAside(world, player)
      active--
    }
  }
}

export function isActive(world: Referee, player: PlayerId): boolean {
  const { leftAt, aside } = world.player(player)
  return leftAt === 0 && !aside
}

/** Any key and any thumb counts. */
function hasInput(world: Referee, player: PlayerId): boolean {
  // Of whoever is away the last input may be repeated for a moment.
  if (world.player(player).leftAt !== 0) return false
  const { turn, thrust, brake, fire, dash } = world.inputOf(player)
  return turn !== 0 || thrust || brake || fire || dash
}

export function stepAside(world: Referee, player: PlayerId): void {
  const record = world.player(player)
  const ship = world.get('ship', record.ship)
  if (ship) world.remove(ship)
  record.ship = null
  record.aside = true
  world.emit('steppedAside', { whom: player })
}
