/**
 * What the eye is spared: when news puts an entity elsewhere than it was drawn, the simulation is corrected at once and
 * the drawn place follows within a tenth of a second (Fiedler, "Networked Physics"; Quake III's and Source's
 * `cl_smoothtime` is 100 ms, too).
 */
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { NumberField, RecordType } from '../world/schema.ts'

/** The time in which an error of what is predicted shrinks to 1/e: 8 % are left after 100 ms. */
export const PREDICTED_DECAY_MS = 40
/** Of what is presented, and was guessed too far: nobody steers by it, so it may take longer and be less of a jump. */
export const PRESENTED_DECAY_MS = 90
/** A jump by more than this share of a field's range is a teleport, and is drawn as one. */
const TELEPORT_SHARE = 1 / 8
/** Below this share of a wire step an error is over. */
const OVER_STEPS = 1 / 8

const glides = ({ kind }: NumberField): boolean => kind === 'fixed' || kind === 'angle'

/** The errors of one entity's fields, by slot. */
export class VisualError {
  private readonly type: RecordType
  private readonly decayMs: number
  private readonly errors: Float64Array
  private any = false

  constructor(type: RecordType, decayMs: number) {
    this.type = type
    this.decayMs = decayMs
    this.errors = new Float64Array(type.numbers.length)
  }

  /** Was drawn by `before`, is known to be by `after` at the same moment. */
  corrected(before: Row, after: Row): void {
    for (const field of this.type.numbers) {
      if (!glides(field)) continue
      const error = difference(field, after.numbers[field.slot] ?? 0, before.numbers[field.slot] ?? 0)
      if (error === 0) continue
      const range = field.wrap > 0 ? field.wrap : (field.simMax - field.simMin) * field.simStep
      this.errors[field.slot] = Math.abs(error) > range * TELEPORT_SHARE ? 0 : (this.errors[field.slot] ?? 0) + error
      this.any = true
    }
  }

  /** Lets the errors shrink by so much time and adds what is left of them to the drawn row. */
  draw(elapsedMs: number, row: Row): void {
    if (!this.any) return
    const left = Math.exp(-Math.max(0, elapsedMs) / this.decayMs)
    this.any = false
    for (const field of this.type.numbers) {
      const error = (this.errors[field.slot] ?? 0) * left
      const over = Math.abs(error) < field.wireStep * OVER_STEPS
      this.errors[field.slot] = over ? 0 : error
      if (error === 0) continue
      this.any ||= !over
      row.numbers[field.slot] = intoRange(field, (row.numbers[field.slot] ?? 0) + error)
    }
  }
}
