/** How the ships of a trace of the bench arena flew and fought: the figures that must hold before bytes mean anything. */
import type { RecordType } from '../../../net/world/schema.ts'
import type { Trace } from '../trace/record.ts'
import { BULLET_DAMAGE, FULL_HP, TICK_RATE } from './arena.ts'
import type { ArenaName } from './scenarios.ts'

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
 * What the arena must show, from the prototype by which it was drawn. Acceleration and speed are the ends of a range
 * over S, M and L. All hold within 10 %, hits within 30 %.
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

interface Seen {
  readonly id: number
  readonly vx: number
  readonly vy: number
  readonly hp: number
}

export function arenaStatistics(trace: Trace): ArenaStatistics {
  const ship = typeNamed(trace, 'ship')
  const bullet = typeNamed(trace, 'bullet')
  const [vx, vy, hp] = [slotOf(ship, 'vx'), slotOf(ship, 'vy'), slotOf(ship, 'hp')]
  let [accelerations, acceleration, ships, speed, shots, bullets, hits] = [0, 0, 0, 0, 0, 0, 0]
  let before = new Map<number, Seen>()
  for (let tick = 1; tick <= trace.ticks; tick++) {
    const spawned = new Set(trace.spawned[tick])
    const now = new Map<number, Seen>()
    const end = trace.firstRow[tick + 1] ?? 0
    for (let row = trace.firstRow[tick] ?? 0; row < end; row++) {
      const id = trace.ids[row] ?? 0
      if (trace.types[row] === bullet.index) {
        bullets++
        if (spawned.has(id)) shots++
      }
      if (trace.types[row] !== ship.index) continue
      const at = trace.at[row] ?? 0
      const number = (slot: number): number => trace.numbers[at + slot] ?? 0
      const seen: Seen = { id, vx: number(vx), vy: number(vy), hp: number(hp) }
      now.set(id, seen)
      ships++
      speed += Math.hypot(seen.vx, seen.vy)
      const old = before.get(id)
      if (!old) continue
      accelerations++
      acceleration += Math.hypot(seen.vx - old.vx, seen.vy - old.vy) * TICK_RATE
    }
    for (const [id, old] of before) hits += Math.ceil((old.hp - (now.get(id)?.hp ?? 0)) / BULLET_DAMAGE)
    before = now
  }
  const shipSeconds = ships / TICK_RATE
  return {
    acceleration: acceleration / accelerations,
    speed: speed / ships,
    shotsPerShipSecond: shots / shipSeconds,
    bulletsAlive: bullets / trace.ticks,
    hitsPerShipMinute: (hits / shipSeconds) * 60,
    hits,
  }
}

/** How many hits destroy a ship. */
export const HITS_PER_SHIP = Math.ceil(FULL_HP / BULLET_DAMAGE)

function typeNamed(trace: Trace, name: string): RecordType {
  const type = trace.game.schema.entities.get(name)
  if (!type) throw new TypeError(`The trace of ${trace.scenario} has no ${name}: it is none of the arena.`)
  return type
}

function slotOf(type: RecordType, name: string): number {
  const field = type.numbers.find((number) => number.name === name)
  if (!field) throw new TypeError(`${type.name} has no number field ${name}.`)
  return field.slot
}
