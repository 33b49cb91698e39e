/** What matters to whom when a snapshot is full: what is near, and ships more than anything. */
import type { Asteroid, Bullet, Missile, Pickup, PlayerId, Referee, Ship } from './shape.ts'

/** Units: about half a screen. Farther away a thing is seen on the radar at most. */
const NEAR = 900

export function relevanceOf(
  entity: Ship | Bullet | Missile | Pickup | Asteroid,
  player: PlayerId | null,
  world: Referee,
): number {
  // Spectators, and who has no ship, see all alike.
  const ship = player === null ? null : world.get('ship', world.player(player).ship)
  const near = !ship || (Math.abs(entity.x - ship.x) < NEAR && Math.abs(entity.y - ship.y) < NEAR)
  switch (entity.type) {
    case 'ship':
      return near ? 4 : 1.5
    case 'bullet':
      return near ? 3 : 0.3
    case 'missile':
      return near ? 4 : 1
    case 'pickup':
    case 'asteroid':
      return near ? 1 : 0.5
  }
}
