/**
 * What pilots carry beside the guns: a beam, a missile, a shield. Runs in `step`, so that the pilot's own page shows it without waiting.
 * The referee deals the beam's damage (damage.ts) and flies the missile (missiles.ts).
 */
import { cos, sin } from 'starwire'
import { BEAM_RANGE, SHIELD_TIME, SHIP_NOSE, SPECIAL_COOLDOWN, type SpecialName } from './balance.ts'
import { fieldOf } from './field.ts'
import type { FlyingShip, PlayerId, Ship, Step } from './shape.ts'
import { listTargets, type Target } from './targets.ts'

/** Lets every pilot use the special who asks for it and whose special is ready. */
export function useSpecials(world: Step): void {
  if (world.tick < world.globals.startsAt) return
  for (const ship of world.all('ship')) {
    const { owner } = ship
    if (owner === null || world.tick < ship.specialAt || !world.inputOf(owner).special) continue
    ship.specialAt = world.tick + SPECIAL_COOLDOWN[ship.special]
    switch (ship.special) {
      case 'beam':
        fireBeam(world, ship, owner)
        break
      case 'missile':
        world.emit('launched', { by: owner }, { owner })
        break
      case 'shield':
        ship.shieldUntil = world.tick + SHIELD_TIME
        world.emit('shielded', { by: owner }, { owner })
    }
  }
}

/** Whether a ship used its special in this tick, and which. */
export function usedSpecial({ special, specialAt }: Ship, tick: number): SpecialName | null {
  return specialAt === tick + SPECIAL_COOLDOWN[special] ? special : null
}

function fireBeam(world: Step, ship: FlyingShip, owner: PlayerId): void {
  const dx = cos(ship.angle)
  const dy = sin(ship.angle)
  const x = ship.x + dx * SHIP_NOSE
  const y = ship.y + dy * SHIP_NOSE
  const struck = firstOnRay(listTargets(world, owner), x, y, dx, dy)
  ship.beamed = struck.target?.id ?? null
  const { left, top, right, bottom } = fieldOf(world)
  const toX = Math.max(left, Math.min(right, x + dx * struck.way))
  const toY = Math.max(top, Math.min(bottom, y + dy * struck.way))
  world.emit('beamed', { by: owner, x, y, toX, toY }, { owner })
}

/** The target that a ray meets first within a beam's range, and the way to its rim. */
function firstOnRay(
  targets: readonly Target[],
  x: number,
  y: number,
  dx: number,
  dy: number,
): { readonly target: Target | null; readonly way: number } {
  let first: Target | null = null
  let way = BEAM_RANGE
  for (const target of targets) {
    const along = (target.x - x) * dx + (target.y - y) * dy
    const beside = (target.x - x) * dy - (target.y - y) * dx
    const { radius } = target
    if (along < -radius || along - radius > way || beside > radius || beside < -radius) continue
    const rim = along - Math.sqrt(radius * radius - beside * beside)
    // Behind the nose is only what the nose stands in.
    if (rim >= way || along + radius < 0) continue
    way = Math.max(0, rim)
    first = target
  }
  return { target: first, way }
}
