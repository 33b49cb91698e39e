/** What one screen shows in one frame, whoever draws it: the session's view or a baseline. */
import type { Place } from './truth.ts'

export interface DrawnFrame {
  /** True time of the frame, ms. */
  readonly atMs: number
  /** The player's own time between this frame and the one before, ms. */
  readonly elapsedMs: number
  /** The tick that others are drawn at, with its fraction. */
  readonly tick: number
  /** Whether the host had not reached that tick when it was drawn. */
  readonly ahead: boolean
  readonly others: readonly Place[]
  readonly own: Place | null
  /** The tick that the own ship is drawn at, with its fraction. */
  readonly ownTick: number
  /** Whether the simulation of the own ship was corrected since the frame before. */
  readonly corrected: boolean
}
