/** What damage does to a ship: points of its hull, its end, who gets it, and its repair. What deals it is in hits.ts and missiles.ts. */
import { CREDIT_FOR, HULLS, REPAIR_AFTER, REPAIR_EVERY } from './balance.ts'
import { isActive, stepAside } from './presence.ts'
import { countDeath, countKill } from './scoring.ts'
import type { Cause, PlayerId, Referee, Ship } from './shape.ts'

/** Mends hulls that were left alone for a while. */
export function repairShips(world: Referee): void {
  if (world.tick % REPAIR_EVERY !== 0) return
  for (const ship of world.all('ship'))
    if (ship.hp < HULLS[ship.hull].hp && world.tick >= ship.hitAt + REPAIR_AFTER) ship.hp += 1
}

/** Hurts a ship, unless it is safe, and destroys it when nothing is left of its hull. */
export function damageShip(
  world: Referee,
  ship: Ship,
  damage: number,
  by: PlayerId | null,
  cause: Cause,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  // Behind the score table nobody can defend themselves.
  const isPeace = world.globals.phase === 'over'
  const safe = isPeace || world.tick < ship.safeUntil || world.tick < ship.shieldUntil
  // Somebody who left can still be owed a kill, but nobody is whose seat is free.
  const shooter = by !== null && world.players.includes(by) ? by : null
  world.emit('hit', { whom: ship.owner, by: shooter, x, y, damage: safe ? 0 : Math.min(damage, ship.hp) })
  if (safe) return
  if (shooter !== null) world.player(shooter).dealt += Math.min(damage, ship.hp)
  ship.hp = Math.max(0, ship.hp - damage)
  if (shooter !== null) ship.hitBy = shooter
  if (ship.hp === 0) destroyShip(world, ship, shooter ?? creditFor(world, ship), cause)
  else ship.hitAt = world.tick
}

/** Who drove it into the rock: whoever hit it shortly before. */
function creditFor(world: Referee, ship: Ship): PlayerId | null {
  const { hitBy } = ship
  if (hitBy === null || hitBy === ship.owner || !world.players.includes(hitBy)) return null
  return world.tick - ship.hitAt <= CREDIT_FOR ? hitBy : null
}

function destroyShip(world: Referee, ship: Ship, by: PlayerId | null, cause: Cause): void {
  const { owner, x, y, bornAt } = ship
  world.remove(ship)
  if (owner !== null) countDeath(world, owner)
  const streak = by === null ? 0 : countKill(world, by)
  world.emit('destroyed', { whom: owner, by, x, y, cause, streak })
  // Lost without a touch: the next one would only be shot down as well.
  if (owner !== null && isActive(world, owner) && world.player(owner).activeAt < bornAt) stepAside(world, owner)
}
