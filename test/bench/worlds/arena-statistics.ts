/** How the ships of a trace of the bench arena flew and fought: the figures that must hold before bytes mean anything. */
import type { RefereeWorld } from 'starwire'
import type { RecordType } from '../../../net/world/schema.ts'
import type { Trace } from '../trace/record.ts'
import { type ArenaShape, BULLET_DAMAGE, TICK_RATE } from './arena.ts'
import { type ArenaName, startScenario } from './scenarios.ts'

export interface ArenaStatistics {
  /** px/s², thrust, drag and the cut at top speed together. */
  readonly acceleration: number
  /** px/s. */
  readonly speed: number
  readonly shotsPerShipSecond: number
  readonly bulletsAlive: number
  readonly hitsPerShipMinute: number
  /** Hits on ships in the whole trace. */
  readonly hits: number
}

/**
 * What the arena must show in 30 s, from the prototype after which it was made. Acceleration and speed are the ends of a
 * range over S, M and L. All hold within 10 %, hits within 30 %, since they are rare.
 */
export const expectedStatistics: Readonly<
  Record<
    Exclude<ArenaName, 'duel'>,
    {
      readonly acceleration: readonly [number, number]
      readonly speed: readonly [number, number]
    } & Pick<ArenaStatistics, 'shotsPerShipSecond' | 'bulletsAlive' | 'hitsPerShipMinute'>
  >
> = {
  S: {
    acceleration: [236, 239],
    speed: [259, 273],
    shotsPerShipSecond: 3.5,
    bulletsAlive: 32,
    hitsPerShipMinute: 0.75,
  },
  M: { acceleration: [236, 239], speed: [259, 273], shotsPerShipSecond: 3.7, bulletsAlive: 63, hitsPerShipMinute: 4.9 },
  L: {
    acceleration: [236, 239],
    speed: [259, 273],
    shotsPerShipSecond: 4,
    bulletsAlive: 234,
    hitsPerShipMinute: 18.9,
  },
}

/** The figures of a trace of the arena. */
export function arenaStatistics(trace: Trace): ArenaStatistics {
  const ship = typeNamed(trace, 'ship')
  const bullet = typeNamed(trace, 'bullet')
  const [vx, vy, hp] = [slotOf(ship, 'vx'), slotOf(ship, 'vy'), slotOf(ship, 'hp')]
  const counter = arenaCounter()
  for (let tick = 1; tick <= trace.ticks; tick++) {
    const ships: SeenShip[] = []
    const bullets: { id: number }[] = []
    const end = trace.firstRow[tick + 1] ?? 0
    for (let row = trace.firstRow[tick] ?? 0; row < end; row++) {
      const id = trace.ids[row] ?? 0
      const at = trace.at[row] ?? 0
      const number = (slot: number): number => trace.numbers[at + slot] ?? 0
      if (trace.types[row] === bullet.index) bullets.push({ id })
      if (trace.types[row] === ship.index) ships.push({ id, vx: number(vx), vy: number(vy), hp: number(hp) })
    }
    counter.see(ships, bullets)
  }
  return counter.figures()
}

/** Runs the duel until so many hits on ships were seen. */
export function duelStatistics(seed: number, hits: number): ArenaStatistics & { readonly seconds: number } {
  const { world, tick } = startScenario('duel', seed)
  const state = world as unknown as RefereeWorld<ArenaShape>
  const counter = arenaCounter()
  while (counter.hits() < hits) {
    tick()
    counter.see(state.all('ship'), state.all('bullet'))
  }
  return { ...counter.figures(), seconds: world.tick / TICK_RATE }
}

interface SeenShip {
  readonly id: number
  readonly vx: number
  readonly vy: number
  readonly hp: number
}

interface ArenaCounter {
  /** Takes one tick, in order. */
  see(ships: Iterable<SeenShip>, bullets: Iterable<{ readonly id: number }>): void
  hits(): number
  figures(): ArenaStatistics
}

function arenaCounter(): ArenaCounter {
  const sum = { ticks: 0, accelerations: 0, acceleration: 0, ships: 0, speed: 0, shots: 0, bullets: 0, hits: 0 }
  let shipsBefore = new Map<number, SeenShip>()
  let bulletsBefore = new Set<number>()
  return {
    see(ships, bullets) {
      sum.ticks++
      const shipsNow = new Map<number, SeenShip>()
      const bulletsNow = new Set<number>()
      for (const { id } of bullets) {
        bulletsNow.add(id)
        sum.bullets++
        if (!bulletsBefore.has(id)) sum.shots++
      }
      for (const { id, vx, vy, hp } of ships) {
        shipsNow.set(id, { id, vx, vy, hp })
        sum.ships++
        sum.speed += Math.sqrt(vx * vx + vy * vy)
        const old = shipsBefore.get(id)
        if (!old) continue
        sum.accelerations++
        sum.acceleration += Math.sqrt((vx - old.vx) ** 2 + (vy - old.vy) ** 2) * TICK_RATE
      }
      // Hit points only fall, and whoever is gone lost what was left.
      for (const [id, { hp }] of shipsBefore) sum.hits += Math.ceil((hp - (shipsNow.get(id)?.hp ?? 0)) / BULLET_DAMAGE)
      shipsBefore = shipsNow
      bulletsBefore = bulletsNow
    },
    hits: () => sum.hits,
    figures() {
      const shipSeconds = sum.ships / TICK_RATE
      return {
        acceleration: sum.acceleration / sum.accelerations,
        speed: sum.speed / sum.ships,
        shotsPerShipSecond: sum.shots / shipSeconds,
        bulletsAlive: sum.bullets / sum.ticks,
        hitsPerShipMinute: (sum.hits / shipSeconds) * 60,
        hits: sum.hits,
      }
    },
  }
}

/** The figures as a line of text. */
export function printArena(name: ArenaName, figures: ArenaStatistics): string {
  const { acceleration, speed, shotsPerShipSecond, bulletsAlive, hitsPerShipMinute, hits } = figures
  return [
    `arena ${name}:`,
    `${acceleration.toFixed(0)} px/s²,`,
    `${speed.toFixed(0)} px/s,`,
    `${shotsPerShipSecond.toFixed(2)} shots per ship and second,`,
    `${bulletsAlive.toFixed(1)} bullets alive,`,
    `${hitsPerShipMinute.toFixed(2)} hits per ship and minute (${hits} in all)`,
  ].join(' ')
}

function typeNamed(trace: Trace, name: string): RecordType {
  const type = trace.game.schema.entities.get(name)
  if (!type) throw new TypeError(`The trace of ${trace.scenario} has no ${name}: it is none of the arena.`)
  return type
}

function slotOf(type: RecordType, name: string): number {
  const field = type.numbers.find((number) => number.name === name)
  if (!field) throw new TypeError(`${type.name} has no number field ${name}.`)
  return field.column
}
