/**
 * What of a type's records was last cut for everybody, as flat numbers slot by slot, so that the question asked of
 * every record at every sending tick, what of it no longer holds, is one walk through an array.
 */
import { AXIS_COLUMNS, AxisColumn, type Layout } from '../wire/layout.ts'
import { isNear, MAX_SEGMENT_TICKS } from '../wire/segments.ts'
import { DISCRETE, type RecordState } from '../wire/states.ts'

export class ChangeDetector {
  /** How many axes each group has. */
  private readonly groups: readonly number[]
  /** The axes of all groups, by `AxisColumn`. */
  private readonly table: Float64Array
  /** The places of what does not move in a row of a record. */
  private readonly still: Int32Array
  /** Set where the numbers do not tell: texts and lists have to be looked at one by one. */
  private readonly always: number
  /**
   * By slot: per group the line's tick and, per axis, its value and its steps per tick; then what does not move; then a
   * zero once it has been cut, by which a type without any number is known.
   */
  private seen = new Float64Array(0)
  private readonly stride: number

  constructor({ groups, discreteSlots, hasObjects }: Layout) {
    const axes = groups.flatMap((group) => group.axes)
    this.groups = groups.map((group) => group.axes.length)
    this.table = Float64Array.from(groups.flatMap(({ table }) => [...table]))
    this.still = Int32Array.from(discreteSlots)
    this.stride = groups.length + axes.length * 2 + discreteSlots.length + 1
    this.always = hasObjects ? DISCRETE : 0
  }

  /** Room for so many slots. */
  reserve(slots: number): void {
    const { seen } = this
    if (slots * this.stride <= seen.length) return
    this.seen = new Float64Array(slots * 2 * this.stride).fill(Number.NaN)
    this.seen.set(seen)
  }

  /** Another record has come to a slot: nothing of it holds. */
  forget(slot: number): void {
    this.seen.fill(Number.NaN, slot * this.stride, (slot + 1) * this.stride)
  }

  /**
   * What of the record in a slot is no longer as it was cut, as `cutState` takes it: the lines that are a step off, and
   * all the rest as soon as anything in it has changed.
   */
  broken(slot: number, numbers: Float64Array, tick: number): number {
    const { seen } = this
    const groups = this.groups
    const table = this.table
    const still = this.still
    let at = slot * this.stride
    let broken = this.always
    let column = 0
    for (let g = 0; g < groups.length; g++) {
      const age = tick - (seen[at++] as number)
      for (let left = groups[g] as number; left > 0; left--, column += AXIS_COLUMNS, at += 2) {
        const given = (seen[at] as number) + Math.floor((seen[at + 1] as number) * age + 0.5)
        if (!isNear(table, column, given, numbers)) broken |= 1 << g
      }
      if (age > MAX_SEGMENT_TICKS) broken |= 1 << g
    }
    for (let i = 0; i < still.length; i++) if (seen[at + i] !== numbers[still[i] as number]) return broken | DISCRETE
    return seen[at + still.length] === 0 ? broken : broken | DISCRETE
  }

  /** A record has been cut. */
  note(slot: number, { segments }: RecordState, numbers: Float64Array): void {
    const { seen } = this
    const groups = this.groups
    const table = this.table
    const still = this.still
    let at = slot * this.stride
    let place = 0
    let column = 0
    for (let g = 0; g < groups.length; g++) {
      seen[at++] = segments[place++] as number
      for (let left = groups[g] as number; left > 0; left--, column += AXIS_COLUMNS) {
        seen[at++] = segments[place++] as number
        seen[at++] = (segments[place++] as number) * (table[column + AxisColumn.perTick] as number)
      }
    }
    for (let i = 0; i < still.length; i++) seen[at++] = numbers[still[i] as number] as number
    seen[at] = 0
  }
}
