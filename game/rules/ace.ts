/**
 * Ace: the bot of Dogstar. It sees what a pilot's screen would show, and gives inputs as a pilot does. In this order it keeps out of the
 * burning edge, steers clear of rocks, fetches what lies about, goes for the beacon, and fights. Its skill decides how well it aims, how often
 * it dodges, and how long it hesitates. Its memory is its foe, the way that it dodges, and what it holds.
 */
import { atan2, type Bot, type BotSelf, type BotView, cos, sin, type Values, type ViewEntity } from 'starwire'
import { aimAt, distance, headingTo, headTo, type Place, stick, wrapped } from './ace-flight.ts'
import { radiusOf } from './asteroids.ts'
import { ACE_BURST, ACE_HANDS, BEACON_RADIUS, BEAM_RANGE, HULLS, SHIP_RADIUS, TICK_RATE } from './balance.ts'
import { edgeRadius } from './edge.ts'
import { playsTeams } from './modes.ts'
import type { DogstarShape, memory } from './shape.ts'
import { areMates } from './sides.ts'

type View = BotView<DogstarShape>
type ShipSeen = ViewEntity<DogstarShape, 'ship'>
type RockSeen = ViewEntity<DogstarShape, 'asteroid'>
type Memory = Values<typeof memory>
type Input = ReturnType<Bot<DogstarShape>>

/** It thinks every fourth tick, 15 times a second, and holds what it holds between: hands are no faster, and most of its cost is to look. */
const THINK_EVERY = 4
/** Radians off the target at which it fires its guns and its missile. A beam has to meet the hull. */
const AIMED = 0.22
const MISSILE_AIMED = 0.5
/** A shot flies so far, in units, while its nose lags behind a foe who crosses: a twelfth of a second. */
const BEAM_LAG = 70
/** Units from which it fires, from which it stops closing in, and from which a dash pays. */
const FIRE_RANGE = 700
const CLOSE = 260
const FAR = 900
/** What its aim lacks swings once in four seconds. */
const SWING_TICKS = (4 * TICK_RATE) / (2 * Math.PI)
/** Seconds ahead at which it looks for rocks, and the room that it leaves beside its hull, in units. */
const LOOKAHEAD = [0.15, 0.35, 0.6, 0.9]
const ROOM = 27
/** Radians from the middle of a rock to where it steers past it: a little more than across. */
const PAST = 1.8
/** Ticks for which it stays with a foe, and units by which chance makes one seem nearer: not all chase the same. */
const PATIENCE = 5 * TICK_RATE
const WHIM = 400
/** Units within which it fetches things. */
const FETCH = 420
/** Ticks that it dodges, and seconds ahead that it looks for bullets. */
const DODGE_TICKS = 14
const DODGE_AHEAD = 0.5

/** Bots go along with what people vote for. */
const vote = 'any'

export const ace: Bot<DogstarShape> = (view, me, memory) => {
  const { turn, thrust, brake, fire, special } = memory
  // First of all, since most of the cost is to look.
  if ((view.tick + me.id) % THINK_EVERY !== 0) return { turn, thrust, brake, fire, special, vote }
  const input = think(view, me, memory)
  memory.turn = input.turn ?? 0
  memory.thrust = input.thrust ?? false
  memory.brake = input.brake ?? false
  memory.fire = input.fire ?? false
  memory.special = input.special ?? false
  return { ...input, vote }
}

function think(view: View, me: BotSelf, memory: Memory): Input {
  const own = view.get('ship', view.player(me.id).ship)
  // Between two ships nothing is to be done.
  if (!own) return {}
  lookForBullets(view, me, own, memory)
  return fly(view, me, own, memory)
}

function fly(view: View, me: BotSelf, own: ShipSeen, memory: Memory): Input {
  const rock = findRock(view, own)
  if (rock) return flee(own, rock)
  const foe = chooseFoe(view, me, own, memory)
  const goal = findGoal(view, me, own)
  const away = foe ? distance(own, foe) : FAR
  // A foe who is near comes first, except outside the edge.
  if (goal && (goal.urgent || away > CLOSE)) return travel(view, me, own, foe, goal.place, memory)
  if (!foe) return { turn: 2, thrust: true }
  return attack(view, me, own, foe, memory)
}

/** Where it has to be, rather than at a foe; null: nowhere. */
function findGoal(view: View, me: BotSelf, own: ShipSeen): { readonly place: Place; readonly urgent: boolean } | null {
  const { arenaWidth, arenaHeight } = view.settings
  const middle = { x: arenaWidth / 2, y: arenaHeight / 2 }
  const edge = edgeRadius(view)
  if (edge !== null && distance(own, middle) > edge * 0.85) return { place: middle, urgent: true }
  const thing = findThing(view, own)
  if (thing) return { place: thing, urgent: false }
  const { mode, beaconX, beaconY, beaconTeam } = view.globals
  if (mode !== 'beacon') return null
  const beacon = { x: beaconX, y: beaconY }
  const isHeld = beaconTeam === view.player(me.id).team
  // One in three stays with a beacon that its team has.
  if (isHeld && me.id % 3 !== 0) return null
  return distance(own, beacon) > BEACON_RADIUS * 0.7 ? { place: beacon, urgent: false } : null
}

function findThing(view: View, own: ShipSeen): Place | null {
  const isWhole = own.hp === HULLS[own.hull].hp
  let best: Place | null = null
  for (const pickup of view.all('pickup')) {
    if (isWhole && pickup.kind === 'repair') continue
    const away = distance(own, pickup)
    if (away < FETCH && (!best || away < distance(own, best))) best = pickup
  }
  return best
}

/** The foe it is after, or a new one when its patience is over: near ones rather than far ones, leaders rather than the weakest. */
function chooseFoe(view: View, me: BotSelf, own: ShipSeen, memory: Memory): ShipSeen | null {
  const known = view.get('ship', memory.foe)
  if (known && view.tick < memory.foeUntil && distance(own, known) < FAR) return known
  const teams = playsTeams(view)
  let best: ShipSeen | null = null
  let bestWorth = Number.POSITIVE_INFINITY
  for (const ship of view.all('ship')) {
    const { owner } = ship
    if (owner === null || owner === me.id || !view.players.includes(owner)) continue
    if (teams && areMates(view.player(me.id), view.player(owner))) continue
    const worth = distance(own, ship) + me.random(owner) * WHIM - Math.min(WHIM, view.player(owner).score / 4)
    if (worth >= bestWorth) continue
    best = ship
    bestWorth = worth
  }
  memory.foe = best?.id ?? null
  memory.foeUntil = view.tick + PATIENCE
  return best
}

function attack(view: View, me: BotSelf, own: ShipSeen, foe: ShipSeen, memory: Memory): Input {
  const away = distance(own, foe)
  const beside = handOf(me, 'aim') * sin(view.tick / SWING_TICKS + me.id)
  const off = aimAt(own, aimOf(view, own, foe, away) + beside)
  const aimed = off < AIMED && off > -AIMED
  return {
    ...dodge(view, own, off, memory),
    thrust: away > CLOSE || view.tick < memory.dodgeUntil,
    ...shoot(view, me, own, foe, off, beside, memory),
    dash: (aimed && away > FAR && me.skill > 0.5) || (isHunted(view, own) && me.skill > 0.5 && me.random(2) < 0.04),
  }
}

/** Flies somewhere, and shoots at whoever comes before the nose. */
function travel(view: View, me: BotSelf, own: ShipSeen, foe: ShipSeen | null, place: Place, memory: Memory): Input {
  const heading = headTo(own, place)
  const off = aimAt(own, heading)
  const input = { ...dodge(view, own, off, memory), thrust: off < 1.2 && off > -1.2 }
  if (!foe) return input
  const toFoe = aimAt(own, aimOf(view, own, foe, distance(own, foe)))
  return { ...input, ...shoot(view, me, own, foe, toFoe, 0, memory) }
}

/** Where it turns to: ahead of the foe by the flight of a shot; with a beam, which has no flight, by as much as its nose lags behind. */
function aimOf(view: View, own: ShipSeen, foe: ShipSeen, away: number): number {
  const beams = own.special === 'beam' && view.tick >= own.specialAt && away < BEAM_RANGE
  return headingTo(own, foe, beams ? BEAM_LAG : away)
}

/** `off`: radians from its nose to where it turns. `beside`: what its aim lacks. */
function shoot(
  view: View,
  me: BotSelf,
  own: ShipSeen,
  foe: ShipSeen,
  off: number,
  beside: number,
  memory: Memory,
): Input {
  const away = distance(own, foe)
  const wide = off < 0 ? -off : off
  const onFoe = wrapped(headingTo(own, foe, 0) + beside - own.angle)
  const isSafe = view.tick < own.shieldUntil
  const ready = isReady(view, me, wide < MISSILE_AIMED && away < FIRE_RANGE, memory)
  const isHurt = own.hp < 0.9 * HULLS[own.hull].hp
  const special = {
    beam: ready && Math.abs(onFoe) * away < HULLS[foe.hull].radius && away < BEAM_RANGE * 0.95,
    missile: ready && wide < MISSILE_AIMED && away < FIRE_RANGE,
    // Whoever is before the nose: a shield is for what comes.
    shield: !isSafe && isHurt && (view.tick < memory.dodgeUntil || isHunted(view, own)),
  }[own.special]
  return { fire: ready && wide < AIMED && away < FIRE_RANGE, special }
}

/** Hands are slower than eyes: it waits until it has seen the foe before its nose for a while, and rests after each burst. */
function isReady(view: View, me: BotSelf, sees: boolean, memory: Memory): boolean {
  if (!sees) memory.aimedAt = 0
  else if (memory.aimedAt === 0) memory.aimedAt = view.tick
  const since = sees ? view.tick - memory.aimedAt - handOf(me, 'reaction') : -1
  return since >= 0 && since % (ACE_BURST + handOf(me, 'rest')) < ACE_BURST
}

/** What its skill makes of one of its hands' figures. */
function handOf({ skill }: BotSelf, name: keyof typeof ACE_HANDS): number {
  const [worst, best] = ACE_HANDS[name]
  return worst + (best - worst) * skill
}

/** The turn towards a heading, unless it dodges: then across the bullet. */
function dodge(view: View, own: ShipSeen, off: number, memory: Memory): { readonly turn: number } {
  if (view.tick >= memory.dodgeUntil) return { turn: stick(off) }
  return { turn: stick(wrapped(memory.dodgeTo - own.angle)) }
}

/** Whether a bullet comes close soon, and which way is across it. */
function lookForBullets(view: View, me: BotSelf, own: ShipSeen, memory: Memory): void {
  if (view.tick < memory.dodgeUntil) return
  if (me.random(4) > handOf(me, 'sees')) return
  for (const bullet of view.all('bullet')) {
    if (bullet.owner === me.id || bullet.spent) continue
    const [dx, dy] = [own.x - bullet.x, own.y - bullet.y]
    const [vx, vy] = [bullet.vx - own.vx, bullet.vy - own.vy]
    const speed2 = vx * vx + vy * vy
    const when = speed2 > 0 ? (dx * vx + dy * vy) / speed2 : 0
    if (when <= 0 || when > DODGE_AHEAD) continue
    const side = dx * vy - dy * vx
    const beside = (side * side) / speed2
    if (beside > (2 * SHIP_RADIUS) ** 2) continue
    // Away from its line, half ahead: a ship cannot fly sideways.
    const across = atan2(vy, vx) + (side > 0 ? -1 : 1) * 1.2
    memory.dodgeTo = atan2(sin(across), cos(across))
    memory.dodgeUntil = view.tick + DODGE_TICKS
    return
  }
}

function isHunted(view: View, own: ShipSeen): boolean {
  for (const { prey } of view.all('missile')) if (prey === own.id) return true
  return false
}

function findRock(view: View, own: ShipSeen): RockSeen | null {
  for (const rock of view.all('asteroid')) if (meetsSoon(own, rock)) return rock
  return null
}

/**
 * Past the rock, on the side on which it would pass already, since to turn around takes longer than to turn aside. It brakes while its nose is
 * still elsewhere.
 */
function flee(own: ShipSeen, rock: RockSeen): Input {
  const [dx, dy] = [rock.x - own.x, rock.y - own.y]
  const side = (own.vx - rock.vx) * dy - (own.vy - rock.vy) * dx
  const off = aimAt(own, atan2(dy, dx) + (side > 0 ? -PAST : PAST))
  const isAside = off < 1 && off > -1
  return { turn: stick(off), thrust: isAside, brake: !isAside }
}

function meetsSoon(own: ShipSeen, rock: RockSeen): boolean {
  const reach = radiusOf(rock.size) + SHIP_RADIUS + ROOM
  const [dx, dy] = [rock.x - own.x, rock.y - own.y]
  // Far off: nothing flies so fast.
  if (dx > 600 || dx < -600 || dy > 600 || dy < -600) return false
  return LOOKAHEAD.some((seconds) => {
    const x = dx + (rock.vx - own.vx) * seconds
    const y = dy + (rock.vy - own.vy) * seconds
    return x * x + y * y < reach * reach
  })
}
