/** Power-ups: rocks carry them, they lie where the rock broke, and act on the ship that flies over them. Runs in `referee`. */
import {
  CARGO_SHARE,
  HASTE_TIME,
  HULLS,
  PICKUP_LIFE,
  PICKUP_RADIUS,
  POWER_UPS,
  type PowerUp,
  REPAIR_HP,
  SALVO_TIME,
} from './balance.ts'
import type { Asteroid, Referee, Ship } from './shape.ts'

/** What a new rock carries: chance decides. */
export function drawCargo(world: Referee): Asteroid['cargo'] {
  if (world.secret() >= CARGO_SHARE) return 'none'
  return POWER_UPS[Math.floor(world.secret() * POWER_UPS.length)] ?? 'none'
}

/** Lays out what a broken rock carried, on whole pixels: so it lies at the host where guests see it. */
export function dropCargo(world: Referee, { x, y, cargo }: Pick<Asteroid, 'x' | 'y' | 'cargo'>): void {
  if (cargo === 'none') return
  world.spawn('pickup', { x: Math.round(x), y: Math.round(y), kind: cargo, until: world.tick + PICKUP_LIFE })
}

/** Gives what lies about to whoever flies over it, and takes away what lay too long. */
export function givePickups(world: Referee): void {
  for (const pickup of world.all('pickup')) {
    const taker = [...world.all('ship')].find((ship) => isOver(ship, pickup))
    if (!taker && world.tick < pickup.until) continue
    world.remove(pickup)
    if (!taker) continue
    give(world, taker, pickup.kind)
    world.emit('picked', { by: taker.owner, x: pickup.x, y: pickup.y, kind: pickup.kind })
  }
}

function isOver(ship: Ship, { x, y }: { readonly x: number; readonly y: number }): boolean {
  const reach = HULLS[ship.hull].radius + PICKUP_RADIUS
  const dx = ship.x - x
  const dy = ship.y - y
  return dx * dx + dy * dy < reach * reach
}

function give(world: Referee, ship: Ship, kind: PowerUp): void {
  switch (kind) {
    case 'repair':
      ship.hp = Math.min(HULLS[ship.hull].hp, ship.hp + REPAIR_HP)
      break
    case 'salvo':
      ship.salvoUntil = world.tick + SALVO_TIME
      break
    case 'haste':
      ship.hasteUntil = world.tick + HASTE_TIME
  }
}
