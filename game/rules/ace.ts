/**
 * Ace: the bot of Dogstar. It sees what a pilot's screen would show, chases the nearest foe, aims ahead of it and steers clear of
 * rocks. Its skill decides how well it aims. Without memory: what it does follows from what it sees.
 */
import { atan2, type Bot, type BotSelf, type BotView, sin, type ViewEntity } from 'starwire'
import { radiusOf } from './asteroids.ts'
import { BULLET_SPEED, SHIP_RADIUS, TICK_RATE, TURN_STEPS } from './balance.ts'
import type { DogstarShape } from './shape.ts'
import { areMates } from './sides.ts'

type View = BotView<DogstarShape>
type ShipSeen = ViewEntity<DogstarShape, 'ship'>
type RockSeen = ViewEntity<DogstarShape, 'asteroid'>

/** Radians of full stick per radian that the nose is off, and seconds of turning that are under way already. */
const EAGERNESS = 2.4
const FORESIGHT = 0.07
/** Radians off the target at which it still fires. */
const AIMED = 0.22
/** Units from which it fires, from which it stops closing in, and from which a dash pays. */
const FIRE_RANGE = 700
const CLOSE = 260
const FAR = 900
/** Radians that the worst Ace aims beside, swinging once in four seconds. */
const WORST_AIM = 0.5
const SWING_TICKS = (4 * TICK_RATE) / (2 * Math.PI)
/** Seconds ahead at which it looks for rocks, and the room that it leaves beside its hull, in units. */
const LOOKAHEAD = [0.2, 0.45, 0.7]
const ROOM = 27

export const ace: Bot<DogstarShape> = (view, me) => {
  const own = ownShip(view, me)
  // Between two ships nothing is to be done.
  if (!own) return {}
  const foe = nearestFoe(view, me, own)
  const rock = [...view.all('asteroid')].find((each) => meetsSoon(own, each))
  if (rock) return flee(own, rock)
  if (!foe) return { turn: 2, thrust: true }
  return attack(view, me, own, foe)
}

function ownShip(view: View, me: BotSelf): ShipSeen | null {
  return view.get('ship', view.player(me.id).ship)
}

function nearestFoe(view: View, me: BotSelf, own: ShipSeen): ShipSeen | null {
  let best: ShipSeen | null = null
  for (const ship of view.all('ship')) {
    if (ship.owner === null || ship.owner === me.id || !view.players.includes(ship.owner)) continue
    if (areMates(view.player(me.id), view.player(ship.owner))) continue
    if (!best || distance(own, ship) < distance(own, best)) best = ship
  }
  return best
}

function attack(view: View, me: BotSelf, own: ShipSeen, foe: ShipSeen) {
  const away = distance(own, foe)
  const beside = (1 - me.skill) * WORST_AIM * sin(view.tick / SWING_TICKS + me.random(0))
  const off = wrapped(headingTo(own, foe, away) + beside - own.angle - own.spin * FORESIGHT)
  const aimed = off < AIMED && off > -AIMED
  return {
    turn: stick(off),
    thrust: away > CLOSE,
    fire: aimed && away < FIRE_RANGE,
    dash: aimed && away > FAR && me.skill > 0.5,
  }
}

/** Away from the rock, and a little past it. */
function flee(own: ShipSeen, rock: RockSeen) {
  const off = wrapped(atan2(own.y - rock.y, own.x - rock.x) + 0.6 - own.angle - own.spin * FORESIGHT)
  return { turn: stick(off), thrust: off < 1.6 && off > -1.6 }
}

/** To where a bullet meets the foe, if both fly on as they do. */
function headingTo(own: ShipSeen, foe: ShipSeen, away: number): number {
  const seconds = away / BULLET_SPEED
  return atan2(foe.y + (foe.vy - own.vy) * seconds - own.y, foe.x + (foe.vx - own.vx) * seconds - own.x)
}

function meetsSoon(own: ShipSeen, rock: RockSeen): boolean {
  const reach = radiusOf(rock.size) + SHIP_RADIUS + ROOM
  return LOOKAHEAD.some((seconds) => {
    const dx = rock.x + rock.vx * seconds - own.x - own.vx * seconds
    const dy = rock.y + rock.vy * seconds - own.y - own.vy * seconds
    return dx * dx + dy * dy < reach * reach
  })
}

function stick(off: number): number {
  return Math.max(-TURN_STEPS, Math.min(TURN_STEPS, Math.round(off * EAGERNESS * TURN_STEPS)))
}

function distance(a: ShipSeen, b: ShipSeen): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2)
}

function wrapped(angle: number): number {
  return angle - Math.round(angle / (2 * Math.PI)) * 2 * Math.PI
}
