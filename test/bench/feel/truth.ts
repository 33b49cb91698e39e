/**
 * The host's truth, tick by tick: where every ship was, and when the host ran the tick. Taken from the host's world at
 * the end of each tick, so nothing that a client does or believes is in it.
 */
import type { World } from '../../../net/world/world.ts'
import { around } from '../worlds/arena.ts'

/** A ship at some moment. Lengths in px, angle in radians. */
export interface Place {
  readonly id: number
  readonly x: number
  readonly y: number
  readonly angle: number
}

/** A ship's life: its places from `first` on, four numbers a tick. */
interface Track {
  readonly first: number
  readonly owner: number | null
  readonly numbers: number[]
}

const PER_TICK = 4

export class TruthLog {
  /** The newest tick. */
  tick = 0
  /** When the host ran each tick, ms of true time. */
  private readonly ranAt: number[] = []
  private readonly tracks = new Map<number, Track>()
  readonly tickMs: number

  constructor(tickRate: number) {
    this.tickMs = 1000 / tickRate
  }

  /** Records the end of a tick. */
  record(world: World, nowMs: number): void {
    const ships = []
    for (const ship of world.all('ship') as Iterable<unknown> as Iterable<ShipRecord>) ships.push(ship)
    this.recordShips(world.tick, nowMs, ships)
  }

  recordShips(tick: number, nowMs: number, ships: readonly ShipRecord[]): void {
    this.tick = tick
    this.ranAt[tick] = nowMs
    for (const { id, owner, x, y, angle, vx, vy } of ships) {
      let track = this.tracks.get(id)
      if (!track) {
        track = { first: tick, owner, numbers: [] }
        this.tracks.set(id, track)
      }
      track.numbers.push(x, y, angle, Math.sqrt(vx * vx + vy * vy))
    }
  }

  /** When the host was at a tick, its fraction included, ms. */
  timeOf(tick: number): number {
    const whole = Math.floor(tick)
    if (whole >= this.tick) return (this.ranAt[this.tick] ?? 0) + (tick - this.tick) * this.tickMs
    const before = this.ranAt[whole] ?? 0
    return before + ((this.ranAt[whole + 1] ?? before) - before) * (tick - whole)
  }

  /** A ship's place between two ticks on the straight line between them; null when it did not live then. */
  placeAt(id: number, tick: number): Place | null {
    const track = this.tracks.get(id)
    if (!track) return null
    const whole = Math.floor(tick)
    const share = tick - whole
    const at = (whole - track.first) * PER_TICK
    const [x, y, angle] = [track.numbers[at], track.numbers[at + 1], track.numbers[at + 2]]
    if (whole < track.first || x === undefined || y === undefined || angle === undefined) return null
    if (share === 0) return { id, x, y, angle }
    const [nextX, nextY, nextAngle] = [track.numbers[at + 4], track.numbers[at + 5], track.numbers[at + 6]]
    if (nextX === undefined || nextY === undefined || nextAngle === undefined) return null
    return {
      id,
      x: x + around(nextX - x) * share,
      y: y + around(nextY - y) * share,
      angle: angle + turned(angle, nextAngle) * share,
    }
  }

  /** A ship's speed at a tick, px/s; 0 when it did not live then. */
  speedAt(id: number, tick: number): number {
    const track = this.tracks.get(id)
    return track?.numbers[(Math.floor(tick) - track.first) * PER_TICK + 3] ?? 0
  }

  /** The ships that lived through the tick and the next, by id; `except` leaves out one owner's. */
  *alive(tick: number, except: number | null): Generator<number> {
    for (const [id, track] of this.tracks) if (track.owner !== except && this.placeAt(id, tick) !== null) yield id
  }

  ownerOf(id: number): number | null {
    return this.tracks.get(id)?.owner ?? null
  }
}

export interface ShipRecord {
  readonly id: number
  readonly owner: number | null
  readonly x: number
  readonly y: number
  readonly angle: number
  readonly vx: number
  readonly vy: number
}

/** The shortest turn from one angle to another, radians. */
export function turned(from: number, to: number): number {
  const turn = to - from
  return turn - Math.round(turn / (2 * Math.PI)) * 2 * Math.PI
}

/** How far two places are apart on the torus, px. */
export function apart(a: { x: number; y: number }, b: { x: number; y: number }): number {
  const dx = around(a.x - b.x)
  const dy = around(a.y - b.y)
  return Math.sqrt(dx * dx + dy * dy)
}
