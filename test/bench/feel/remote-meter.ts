/**
 * How the others look on one screen: where they are drawn beside where they were in truth at the tick that the screen
 * says it shows, how old that tick is, how evenly it moves on, and whether ships stand still or jump.
 */
import { add, type Distribution, distribution, MS_STEP, PX_STEP } from './distribution.ts'
import type { DrawnFrame } from './frames.ts'
import { apart, type Place, type TruthLog } from './truth.ts'

/** A ship that has to move at least this far in a frame, px, and is drawn moving less than a tenth of it, is frozen. */
export const MOVES_PX = 0.5
export const FROZEN_SHARE = 0.1
/** Drawn further than this from the truth a ship is off, px: half a bullet's width. */
const OFF_PX = 2
/** A teleport is a step of more than this, px, and of more than three times what the ship's speed explains. */
const TELEPORT_PX = 8
const TELEPORT_FACTOR = 3
/** Presentation may be stretched by this much; clocks stretch by exactly 5 %, so a little is given for rounding. */
const SCALE = { low: 0.95 - 1e-6, high: 1.05 + 1e-6 } as const

export interface RemoteTally {
  /** Drawn ships from the truth at their presentation tick, px. */
  readonly error: Distribution
  /** Host's present minus presented tick, beyond the one-way trip, ms. */
  readonly staleness: Distribution
  /** ms of frames whose presentation tick moved on by 0.95 to 1.05 of the time passed, and of all frames. */
  scaledMs: number
  totalMs: number
  /** ms of ships drawn, of them frozen or off, and either alone. */
  shipMs: number
  frozenOrOffMs: number
  frozenMs: number
  offMs: number
  teleports: number
  /** ms in which a ship was drawn that did not live at that tick, or was not drawn though it did. */
  absentMs: number
}

function remoteTally(): RemoteTally {
  return {
    error: distribution(PX_STEP),
    staleness: distribution(MS_STEP),
    scaledMs: 0,
    totalMs: 0,
    shipMs: 0,
    frozenOrOffMs: 0,
    frozenMs: 0,
    offMs: 0,
    teleports: 0,
    absentMs: 0,
  }
}

/** What one frame had to show for itself; recovery and stalls look at these. */
export interface RemoteFrame {
  readonly atMs: number
  readonly staleness: number
  /** Of the worst ship, px. */
  readonly error: number
  readonly elapsedMs: number
  /** Whether they were drawn later than the host was. */
  readonly ahead: boolean
  /** The ships that stood still. */
  readonly frozen: readonly number[]
}

export class RemoteMeter {
  readonly tally = remoteTally()
  private readonly truth: TruthLog
  private readonly me: number
  private readonly oneWayMs: number
  private before: DrawnFrame | null = null
  private beforePlaces = new Map<number, Place>()

  constructor(truth: TruthLog, me: number, oneWayMs: number) {
    this.truth = truth
    this.me = me
    this.oneWayMs = oneWayMs
  }

  /** A frame whose ticks the truth has reached. */
  look(frame: DrawnFrame): RemoteFrame {
    const { tally, truth } = this
    const { elapsedMs, tick } = frame
    const staleness = frame.atMs - truth.timeOf(tick) - this.oneWayMs
    add(tally.staleness, staleness)
    if (this.before) {
      const scale = (tick - this.before.tick) / (elapsedMs / truth.tickMs)
      if (scale >= SCALE.low && scale <= SCALE.high) tally.scaledMs += elapsedMs
      tally.totalMs += elapsedMs
    }
    const frozen: number[] = []
    let worst = 0
    const places = new Map<number, Place>()
    for (const ship of frame.others) {
      places.set(ship.id, ship)
      const there = truth.placeAt(ship.id, tick)
      if (!there) {
        tally.absentMs += elapsedMs
        continue
      }
      const error = apart(ship, there)
      add(tally.error, error)
      worst = Math.max(worst, error)
      const stands = this.moved(ship, frame)
      if (stands) frozen.push(ship.id)
      tally.shipMs += elapsedMs
      if (stands) tally.frozenMs += elapsedMs
      if (error > OFF_PX) tally.offMs += elapsedMs
      if (stands || error > OFF_PX) tally.frozenOrOffMs += elapsedMs
    }
    for (const id of truth.alive(tick, this.me)) if (!places.has(id)) tally.absentMs += elapsedMs
    this.before = frame
    this.beforePlaces = places
    return { atMs: frame.atMs, staleness, error: worst, elapsedMs, ahead: frame.ahead, frozen }
  }

  /** Counts a teleport; returns whether the ship stands still though it should have moved. */
  private moved(ship: Place, { tick, elapsedMs }: DrawnFrame): boolean {
    const before = this.beforePlaces.get(ship.id)
    if (!before) return false
    const step = apart(ship, before)
    const explained = (this.truth.speedAt(ship.id, tick) * elapsedMs) / 1000
    if (step > TELEPORT_PX && step > TELEPORT_FACTOR * explained) this.tally.teleports++
    return explained > MOVES_PX && step < FROZEN_SHARE * explained
  }
}
