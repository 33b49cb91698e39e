/**
 * Hides corrections from the eye. When a snapshot puts an entity elsewhere than it was drawn, the simulation is corrected at
 * once, and the drawn place follows within a tenth of a second (Fiedler, "Networked Physics"; the `cl_smoothtime` of Quake III
 * and Source is 100 ms, too). The error shrinks evenly: one that shrinks by a share of itself would jump most in the first
 * frame, and not be gone in time.
 */
import { difference, intoRange } from '../world/grid.ts'
import type { Row } from '../world/record.ts'
import type { NumberField, RecordType } from '../world/schema.ts'

/** An error of what is predicted is gone after this time. */
export const PREDICTED_GLIDE_MS = 100
/** An error of what was extrapolated is gone after as long as it was extrapolated, and at least this time. */
export const PRESENTED_GLIDE_MS = 100
/** A jump by more than this share of a field's range is a teleport, and drawn as one. */
const TELEPORT_SHARE = 1 / 8
/** Below this share of a wire step an error is over. */
const OVER_STEPS = 1 / 8

const glides = ({ kind }: NumberField): boolean => kind === 'fixed' || kind === 'angle'

/** The errors of one entity's fields, by column: how far each is drawn from where it is. */
export class VisualError {
  private readonly type: RecordType
  private readonly errors: Float64Array
  /** By how much each shrinks in a millisecond. */
  private readonly speeds: Float64Array
  private any = false

  constructor(type: RecordType) {
    this.type = type
    this.errors = new Float64Array(type.numbers.length)
    this.speeds = new Float64Array(type.numbers.length)
  }

  /** The entity was drawn as `before`, and is `after` at the same moment. The difference is to be gone within `glideMs`. */
  corrected(before: Row, after: Row, glideMs: number): void {
    for (const field of this.type.numbers) {
      if (!glides(field)) continue
      const { column } = field
      const added = difference(field, after.numbers[column] ?? 0, before.numbers[column] ?? 0)
      if (added === 0) continue
      const range = field.wrap > 0 ? field.wrap : (field.simMax - field.simMin) * field.simStep
      if (Math.abs(added) > range * TELEPORT_SHARE) this.set(column, 0, 0)
      else this.add(column, added, glideMs)
    }
  }

  /** What is left of earlier errors goes on at its speed at least, and is not hurried by what is added. */
  private add(column: number, added: number, glideMs: number): void {
    const left = this.errors[column] ?? 0
    const speed = this.speeds[column] ?? 0
    const leftMs = speed > 0 ? Math.abs(left) / speed : 0
    const error = left + added
    this.set(column, error, Math.max(speed, Math.abs(error) / Math.max(glideMs, leftMs)))
    this.any = true
  }

  private set(column: number, error: number, speed: number): void {
    this.errors[column] = error
    this.speeds[column] = speed
  }

  /** Lets the errors shrink for `elapsedMs`, and adds what is left to the drawn row. */
  draw(elapsedMs: number, row: Row): void {
    if (!this.any) return
    this.any = false
    for (const field of this.type.numbers) {
      const { column } = field
      const error = this.errors[column] ?? 0
      if (error === 0) continue
      const size = Math.abs(error) - (this.speeds[column] ?? 0) * Math.max(0, elapsedMs)
      if (size < field.wireStep * OVER_STEPS) {
        this.set(column, 0, 0)
        continue
      }
      this.errors[column] = Math.sign(error) * size
      this.any = true
      row.numbers[column] = intoRange(field, (row.numbers[column] ?? 0) + Math.sign(error) * size)
    }
  }
}
