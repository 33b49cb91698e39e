/** A pilot of the duel: flies by seeded chance, and shoots at what its own screen shows. */
import { atan2 } from 'starwire'
import { seededChance } from '../worlds/chance.ts'
import { aroundDuel, BEAM_RANGE, DUEL_BULLET_SPEED, inSight, type Weapon } from '../worlds/duel.ts'
import { type PilotInput, wanderingPilot } from '../worlds/pilots.ts'

/** Frames between two shots. */
const PAUSE = { least: 14, most: 26 } as const
/** Nearer than this a ship crosses the sight too fast to aim at, px. */
const NEAREST = 80
/** A shot is fired by the next tick, and drawn a frame later: the aim is for where things will be drawn then. */
const AHEAD_SECONDS = 1 / 60

export interface SightedShip {
  readonly owner: number | null
  readonly x: number
  readonly y: number
  readonly vx: number
  readonly vy: number
}

export interface DuelInput {
  readonly turn: PilotInput['turn']
  readonly thrust: boolean
  readonly aim: number
  readonly beam: boolean
  readonly bullet: boolean
}

/** Asked once per frame, with what is drawn in it. */
export type Shooter = (own: SightedShip | null, others: readonly SightedShip[]) => DuelInput

export function shooter(seed: number, seat: number): Shooter {
  const fly = wanderingPilot(seed, seat, 0)
  const chance = seededChance(seed, seat + 500)
  let readyIn = Math.floor(chance() * PAUSE.most)
  let weapon: Weapon = 'beam'
  let aim = 0
  return (own, others) => {
    const { turn, thrust } = fly(null, [])
    let fire = false
    if (readyIn > 0) readyIn--
    else if (own) {
      const next: Weapon = chance() < 0.5 ? 'beam' : 'bullet'
      const targets = others.map((ship) => aimAt(own, ship, next)).filter((heading) => heading !== null)
      const heading = targets[Math.floor(chance() * targets.length)]
      if (heading !== undefined) {
        fire = true
        weapon = next
        aim = heading
        readyIn = PAUSE.least + Math.floor(chance() * (PAUSE.most - PAUSE.least + 1))
      }
    }
    return { turn, thrust, aim, beam: fire && weapon === 'beam', bullet: fire && weapon === 'bullet' }
  }
}

/** Where to point; null when the ship is out of reach or behind a rock. */
function aimAt(own: SightedShip, ship: SightedShip, weapon: Weapon): number | null {
  const from = { x: own.x + own.vx * AHEAD_SECONDS * 2, y: own.y + own.vy * AHEAD_SECONDS * 2 }
  const there = (seconds: number) => ({
    x: aroundDuel(ship.x + ship.vx * seconds - from.x),
    y: aroundDuel(ship.y + ship.vy * seconds - from.y),
  })
  let way = there(AHEAD_SECONDS)
  if (weapon === 'bullet')
    for (let round = 0; round < 3; round++)
      way = there(AHEAD_SECONDS + Math.sqrt(way.x * way.x + way.y * way.y) / DUEL_BULLET_SPEED)
  const distance = Math.sqrt(way.x * way.x + way.y * way.y)
  if (distance < NEAREST || distance > BEAM_RANGE * 0.9) return null
  return inSight(from, { x: from.x + way.x, y: from.y + way.y }) ? atan2(way.y, way.x) : null
}
