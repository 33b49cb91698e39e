/**
 * Who flies the ships of the bench arena: pilots that turn, thrust and shoot by seeded chance, and for the duel two
 * that hunt. A pilot sees only what a client could show it, so the same pilots can play on clients.
 */
import { atan2 } from 'starwire'
import { around, BULLET_LIFE, BULLET_SPEED, SHIP_REACH, TICK_RATE, TURN_RATE } from './arena.ts'
import { seededChance } from './chance.ts'

export interface PilotInput {
  readonly turn: -1 | 0 | 1
  readonly thrust: boolean
  readonly fire: boolean
}

/** What a pilot sees of a ship. */
export interface SeenShip {
  readonly x: number
  readonly y: number
  readonly vx: number
  readonly vy: number
  readonly angle: number
}

/** Asked once per tick, in order. `own` is null while it has no ship. */
export type Pilot = (own: SeenShip | null, others: readonly SeenShip[]) => PilotInput

const IDLE: PilotInput = { turn: 0, thrust: false, fire: false }

/** Ticks between two shots of a burst. */
const SHOT_GAP = 6
/** Of the pause between bursts by scenario: fuller arenas shoot more. */
export const PAUSE_FACTOR = { S: 0.85, M: 0.8, L: 0.7 } as const

/** Flies by chance. `pauseFactor` shortens the pauses between bursts; 0 never shoots. */
export function wanderingPilot(seed: number, seat: number, pauseFactor: number): Pilot {
  const chance = seededChance(seed, seat + 1)
  const whole = (min: number, max: number): number => min + Math.floor(chance() * (max - min + 1))
  const pause = (): number => Math.round(whole(38, 97) * pauseFactor)
  let turn: PilotInput['turn'] = 0
  let thrust = false
  let steerIn = 0
  let shotsLeft = whole(3, 6)
  // Begins anywhere in a pause, so that the first seconds shoot as the later ones do.
  let shootIn = Math.floor(chance() * pause())
  return () => {
    if (steerIn-- === 0) {
      turn = ([-1, 0, 1] as const)[whole(0, 2)] ?? 0
      thrust = chance() < 0.6
      steerIn = whole(9, 26) - 1
    }
    // Drawn for those who never shoot too, so that they fly the same way.
    const fire = shootIn-- === 0
    if (fire) {
      shotsLeft--
      shootIn = (shotsLeft > 0 ? SHOT_GAP : pause()) - 1
      if (shotsLeft === 0) shotsLeft = whole(3, 6)
    }
    return { turn, thrust, fire: fire && pauseFactor > 0 }
  }
}

/** Chases the nearest ship, leads it, and shoots only when the shot should hit. */
export function huntingPilot(): Pilot {
  let readyIn = 0
  return (own, others) => {
    if (readyIn > 0) readyIn--
    const prey = own && nearest(own, others)
    if (!own || !prey) return IDLE
    const aim = lead(own, prey)
    const off = turnTo(own.angle, aim.heading)
    // The turn is all or nothing, so half a tick of it is the finest correction.
    const finest = TURN_RATE / TICK_RATE / 2
    const turn = off > finest ? 1 : off < -finest ? -1 : 0
    const hits = Math.abs(off) * aim.distance < SHIP_REACH && aim.seconds * TICK_RATE < BULLET_LIFE
    const fire = hits && readyIn === 0
    if (fire) readyIn = SHOT_GAP
    return { turn, thrust: Math.abs(off) < 0.6 && aim.distance > 150, fire }
  }
}

function nearest(own: SeenShip, others: readonly SeenShip[]): SeenShip | null {
  let best: SeenShip | null = null
  let bestSquare = Number.POSITIVE_INFINITY
  for (const other of others) {
    const dx = around(other.x - own.x)
    const dy = around(other.y - own.y)
    const square = dx * dx + dy * dy
    if (square >= bestSquare) continue
    best = other
    bestSquare = square
  }
  return best
}

/** Where to point so that a bullet meets the prey if it flies on straight. Bullets carry their ship's velocity. */
function lead(own: SeenShip, prey: SeenShip): { heading: number; distance: number; seconds: number } {
  const dx = around(prey.x - own.x)
  const dy = around(prey.y - own.y)
  const distance = Math.sqrt(dx * dx + dy * dy)
  let seconds = distance / BULLET_SPEED
  let x = dx
  let y = dy
  // Three rounds bring the meeting point within a pixel at these speeds.
  for (let round = 0; round < 3; round++) {
    x = dx + (prey.vx - own.vx) * seconds
    y = dy + (prey.vy - own.vy) * seconds
    seconds = Math.sqrt(x * x + y * y) / BULLET_SPEED
  }
  return { heading: atan2(y, x), distance, seconds }
}

function turnTo(from: number, to: number): number {
  const turn = to - from
  return turn - Math.round(turn / (2 * Math.PI)) * 2 * Math.PI
}
