/** One client's screen under measurement: frames wait until the host has reached their ticks, then all meters look. */

import { add, type Distribution, distribution, MS_STEP } from './distribution.ts'
import type { Drawing } from './drawings.ts'
import type { DrawnFrame } from './frames.ts'
import { OwnMeter, type OwnTally } from './own-meter.ts'
import { PressMatcher } from './presses.ts'
import { type RemoteFrame, RemoteMeter, type RemoteTally } from './remote-meter.ts'
import type { TruthLog } from './truth.ts'

/** Share of a full turn that shows: of the own ship almost any, of others more than the wire's grid may stray by. */
const OWN_TURN = 0.001
const OTHERS_TURN = 0.25

export interface ScreenTally {
  readonly remote: RemoteTally
  readonly own: OwnTally
  /** From a press to the own screen beyond a frame, ms. */
  readonly ownPress: Distribution
  /** From a press to another guest's screen beyond both one-way trips, ms. */
  readonly othersPress: Distribution
}

/** A frame after all meters have looked. */
export interface LookedFrame extends RemoteFrame {
  /** How far off the own ship was drawn, px; null when there was none. */
  readonly ownError: number | null
  /** Whether the own ship was drawn standing still though it should have moved. */
  readonly ownStill: boolean
}

export interface ScreenOptions {
  readonly truth: TruthLog
  readonly me: number
  readonly drawing: Drawing
  readonly oneWayMs: number
  readonly frameMs: number
  /** Earlier frames are drawn but not measured, ms. */
  readonly fromMs: number
}

export class Screen {
  /** All measured frames that the truth has reached. */
  readonly frames: LookedFrame[] = []
  readonly tally: ScreenTally
  private readonly options: ScreenOptions
  private readonly remote: RemoteMeter
  private readonly own: OwnMeter
  private readonly ownPresses = new PressMatcher(OWN_TURN)
  /** By the player who presses. */
  private readonly othersPresses = new Map<number, PressMatcher>()
  private readonly waiting: DrawnFrame[] = []

  constructor(options: ScreenOptions) {
    this.options = options
    this.remote = new RemoteMeter(options.truth, options.me, options.oneWayMs)
    this.own = new OwnMeter(options.truth)
    this.tally = {
      remote: this.remote.tally,
      own: this.own.tally,
      ownPress: distribution(MS_STEP),
      othersPress: distribution(MS_STEP),
    }
  }

  /** A guest, whose ship flew straight, begins to turn. */
  press(player: number, atMs: number, side: number): void {
    if (atMs < this.options.fromMs) return
    if (player === this.options.me) return this.ownPresses.press(atMs, side)
    let matcher = this.othersPresses.get(player)
    if (!matcher) {
      matcher = new PressMatcher(OTHERS_TURN)
      this.othersPresses.set(player, matcher)
    }
    matcher.press(atMs, side)
  }

  draw(atMs: number, localMs: number, corrected: boolean): void {
    const { drawing, fromMs, frameMs, oneWayMs, truth } = this.options
    const drawn = drawing(localMs)
    if (atMs < fromMs) return
    const ownDelay = this.ownPresses.look(atMs, frameMs, drawn.own)
    if (ownDelay !== null) add(this.tally.ownPress, ownDelay - frameMs)
    for (const ship of drawn.others) {
      const delay = this.othersPresses.get(truth.ownerOf(ship.id) ?? 0)?.look(atMs, frameMs, ship) ?? null
      if (delay !== null) add(this.tally.othersPress, delay - 2 * oneWayMs)
    }
    this.waiting.push({ ...drawn, atMs, elapsedMs: frameMs, corrected, ahead: drawn.tick > truth.tick })
  }

  /** Looks at the frames whose ticks the truth has reached. */
  settle(): void {
    const { truth } = this.options
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      if (Math.ceil(Math.max(first.tick, first.ownTick)) > truth.tick) break
      this.waiting.shift()
      const ownError = this.own.look(first)
      this.frames.push({ ...this.remote.look(first), ownError, ownStill: this.own.still })
    }
  }
}
