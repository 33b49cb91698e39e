/**
 * From a key to a screen: a player who flew straight begins to turn, and some frames later a screen shows their ship
 * turning. Each beginning on the screen is of the oldest press of that side that has not been seen.
 */
import { TURN_RATE } from '../worlds/arena.ts'
import { turned } from './truth.ts'

/** A press that is not seen after this long is lost, ms: longer than any path here, shorter than many presses take. */
const MAX_MS = 1500

interface Press {
  readonly atMs: number
  readonly side: number
}

export class PressMatcher {
  /** Presses that no frame showed. */
  lost = 0
  private waiting: Press[] = []
  private before: { readonly id: number; readonly angle: number } | null = null
  private turning = 0
  private readonly threshold: number

  /** `share` of a full turn per frame counts as turning: almost nothing where the angle is exact, a quarter on the wire's grid. */
  constructor(share: number) {
    this.threshold = share * TURN_RATE
  }

  /** The player, who flew straight, begins to turn to one side. */
  press(atMs: number, side: number): void {
    this.waiting.push({ atMs, side })
  }

  /** The ship as drawn; null when there is none. Returns how long ago the press was given that shows now, ms. */
  look(atMs: number, elapsedMs: number, ship: { readonly id: number; readonly angle: number } | null): number | null {
    while (this.waiting[0] && atMs - this.waiting[0].atMs > MAX_MS) {
      this.waiting.shift()
      this.lost++
    }
    const before = this.before
    this.before = ship && { id: ship.id, angle: ship.angle }
    if (!ship || before?.id !== ship.id) {
      this.turning = 0
      return null
    }
    const turn = turned(before.angle, ship.angle)
    const side = Math.abs(turn) > (this.threshold * elapsedMs) / 1000 ? Math.sign(turn) : 0
    const began = side !== 0 && this.turning === 0
    this.turning = side
    if (!began) return null
    const at = this.waiting.findIndex((press) => press.side === side)
    const press = this.waiting[at]
    if (!press) return null
    this.waiting.splice(0, at + 1)
    return atMs - press.atMs
  }
}
