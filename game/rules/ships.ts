/** How ships fly: thrust, drag and turn, walls, and bounces off asteroids and each other. Runs in `step`, everywhere. */
import { cos, sin } from 'starwire'
import { radiusOf } from './asteroids.ts'
import {
  BOUNCE,
  BRAKE_DRAG,
  DASH_SPEED,
  DRAG,
  HASTE_SPEED,
  HASTE_THRUST,
  HULLS,
  type Hull,
  MAX_SHIP_RADIUS,
  OVERSPEED_DRAG,
  TURN_RESPONSE,
  TURN_STEPS,
  WALL_BOUNCE,
} from './balance.ts'
import { type Field, fieldOf } from './field.ts'
import { playsTeams } from './modes.ts'
import type { FlyingShip, Step } from './shape.ts'
import { areMates } from './sides.ts'

/** Moves every ship by one tick. */
export function flyShips(world: Step): void {
  const ships = [...world.all('ship')]
  const asteroids = [...world.all('asteroid')]
  for (const ship of ships) {
    ship.impact = 0
    steer(world, ship)
    ship.x += ship.vx * world.dt
    ship.y += ship.vy * world.dt
    for (const asteroid of asteroids) bounceOff(ship, asteroid, radiusOf(asteroid.size))
  }
  for (let i = 0; i < ships.length; i++)
    for (let j = i + 1; j < ships.length; j++) {
      const [a, b] = [ships[i], ships[j]]
      if (a && b) bounceApart(a, b, areMatesIn(world, a, b))
    }
  const field = fieldOf(world)
  for (const ship of ships) {
    stayInside(ship, field)
    if (ship.impact > 40 && ship.owner !== null)
      world.emit(
        'bumped',
        { by: ship.owner, x: ship.x, y: ship.y, speed: Math.round(ship.impact) },
        { owner: ship.owner },
      )
  }
}

function steer(world: Step, ship: FlyingShip): void {
  const { dt } = world
  // Before a round begins everybody stands, whatever they press.
  const isLocked = world.tick < world.globals.startsAt
  const input = world.inputOf(isLocked ? null : ship.owner)
  const { thrust, topSpeed, turnSpeed, dashCooldown } = powersOf(ship, world.tick)
  const turn = (input.turn / TURN_STEPS) * turnSpeed
  ship.spin += (turn - ship.spin) * Math.min(1, TURN_RESPONSE * dt)
  ship.angle += ship.spin * dt
  ship.thrust = input.thrust
  const dashes = input.dash && world.tick >= ship.dashAt
  const push = (input.thrust ? thrust * dt : 0) + (dashes ? DASH_SPEED : 0)
  const vx = ship.vx + cos(ship.angle) * push
  const vy = ship.vy + sin(ship.angle) * push
  const kept = 1 - (input.brake || isLocked ? BRAKE_DRAG : DRAG) * dt
  const before = Math.sqrt(ship.vx * ship.vx + ship.vy * ship.vy)
  const after = Math.sqrt(vx * vx + vy * vy) * kept
  // Thrust ends at the top speed; what a dash or a bounce gave beyond it fades, for cutting it off would swallow them.
  const faded = before - Math.max(0, before - topSpeed) * OVERSPEED_DRAG * dt
  const most = dashes ? after : Math.max(topSpeed, faded)
  const factor = after > most ? (kept * most) / after : kept
  ship.vx = vx * factor
  ship.vy = vy * factor
  if (!dashes || ship.owner === null) return
  ship.dashAt = world.tick + dashCooldown
  world.emit('dashed', { by: ship.owner }, { owner: ship.owner })
}

/** What a ship's engines can at a tick. */
function powersOf({ hull, hasteUntil }: FlyingShip, tick: number): Hull {
  const plain = HULLS[hull]
  if (tick >= hasteUntil) return plain
  return { ...plain, thrust: plain.thrust * HASTE_THRUST, topSpeed: plain.topSpeed * HASTE_SPEED }
}

/** A ship against something much heavier: the ship is pushed out and thrown back, the other does not notice. */
function bounceOff(
  ship: FlyingShip,
  rock: { readonly x: number; readonly y: number; readonly vx: number; readonly vy: number },
  radius: number,
): void {
  const dx = ship.x - rock.x
  const dy = ship.y - rock.y
  const reach = radius + HULLS[ship.hull].radius
  if (dx > reach || dx < -reach || dy > reach || dy < -reach) return
  const distance = Math.sqrt(dx * dx + dy * dy)
  if (distance >= reach) return
  const nx = distance > 0 ? dx / distance : 1
  const ny = distance > 0 ? dy / distance : 0
  ship.x += nx * (reach - distance)
  ship.y += ny * (reach - distance)
  const closing = -((ship.vx - rock.vx) * nx + (ship.vy - rock.vy) * ny)
  if (closing <= 0) return
  ship.vx += nx * closing * (1 + BOUNCE)
  ship.vy += ny * closing * (1 + BOUNCE)
  meet(ship, closing, 'rock')
}

function meet(ship: FlyingShip, closing: number, what: FlyingShip['met']): void {
  // Of several at once the hardest tells.
  if (closing <= ship.impact) return
  ship.impact = closing
  ship.met = what
}

function areMatesIn(world: Step, a: FlyingShip, b: FlyingShip): boolean {
  if (!playsTeams(world) || a.owner === null || b.owner === null) return false
  return areMates(world.player(a.owner), world.player(b.owner))
}

/** Units between two ships beyond which no hulls touch. */
const WIDEST = 2 * MAX_SHIP_RADIUS

/** Two ships, which count as of equal weight. On a client only the own one moves: what is written to the other is dropped. */
function bounceApart(a: FlyingShip, b: FlyingShip, mates: boolean): void {
  const dx = a.x - b.x
  const dy = a.y - b.y
  if (dx > WIDEST || dx < -WIDEST || dy > WIDEST || dy < -WIDEST) return
  const reach = HULLS[a.hull].radius + HULLS[b.hull].radius
  const distance = Math.sqrt(dx * dx + dy * dy)
  if (distance >= reach) return
  const nx = distance > 0 ? dx / distance : 1
  const ny = distance > 0 ? dy / distance : 0
  const overlap = (reach - distance) / 2
  const closing = -((a.vx - b.vx) * nx + (a.vy - b.vy) * ny)
  const change = closing > 0 ? (closing * (1 + BOUNCE)) / 2 : 0
  a.x += nx * overlap
  a.y += ny * overlap
  a.vx += nx * change
  a.vy += ny * change
  b.x -= nx * overlap
  b.y -= ny * overlap
  b.vx -= nx * change
  b.vy -= ny * change
  if (closing <= 0) return
  const what = mates ? 'mate' : 'ship'
  meet(a, closing, what)
  meet(b, closing, what)
}

function stayInside(ship: FlyingShip, { left, top, right, bottom }: Field): void {
  const { radius } = HULLS[ship.hull]
  if (ship.x < left + radius) {
    ship.x = left + radius
    ship.vx = Math.abs(ship.vx) * WALL_BOUNCE
  } else if (ship.x > right - radius) {
    ship.x = right - radius
    ship.vx = -Math.abs(ship.vx) * WALL_BOUNCE
  }
  if (ship.y < top + radius) {
    ship.y = top + radius
    ship.vy = Math.abs(ship.vy) * WALL_BOUNCE
  } else if (ship.y > bottom - radius) {
    ship.y = bottom - radius
    ship.vy = -Math.abs(ship.vy) * WALL_BOUNCE
  }
}
