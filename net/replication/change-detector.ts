/**
 * Finds what has changed of a type's records since each was cut last, at every sending tick. What was sent is kept as flat
 * numbers, slot by slot, so that the question is one walk through an array.
 */
import { AXIS_COLUMNS, AxisColumn, type Layout } from '../wire/layout.ts'
import { isNear, MAX_SEGMENT_TICKS } from '../wire/segments.ts'
import { DISCRETE, type RecordState } from '../wire/states.ts'

export class ChangeDetector {
  /** How many axes each group has. */
  private readonly groups: readonly number[]
  /** The axes of all groups, by `AxisColumn`. */
  private readonly table: Float64Array
  /** The discrete numbers, by their slots in a row. */
  private readonly discrete: Int32Array
  /** DISCRETE where the type has texts or lists, which are compared when they are cut; else 0. */
  private readonly always: number
  /**
   * By slot: for each group the tick of its segment and, for each axis, its value and its steps per tick; then the discrete
   * numbers; then a zero once the slot was cut, which is all that a type without numbers has. What was not cut is NaN.
   */
  private seen = new Float64Array(0)
  private readonly stride: number

  constructor({ groups, discreteSlots, hasObjects }: Layout) {
    const axes = groups.flatMap((group) => group.axes)
    this.groups = groups.map((group) => group.axes.length)
    this.table = Float64Array.from(groups.flatMap(({ table }) => [...table]))
    this.discrete = Int32Array.from(discreteSlots)
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

  /** Another record has come to a slot: all of it has changed. */
  forget(slot: number): void {
    this.seen.fill(Number.NaN, slot * this.stride, (slot + 1) * this.stride)
  }

  /**
   * The parts of the record in a slot that have changed since it was cut, as `cutState` takes them: segments that are a step
   * off, and the discrete fields as soon as one of them differs.
   */
  changedParts(slot: number, numbers: Float64Array, tick: number): number {
    const { seen } = this
    const groups = this.groups
    const table = this.table
    const discrete = this.discrete
    let at = slot * this.stride
    let changed = this.always
    let column = 0
    for (let g = 0; g < groups.length; g++) {
      const age = tick - (seen[at++] as number)
      for (let left = groups[g] as number; left > 0; left--, column += AXIS_COLUMNS, at += 2) {
        const given = (seen[at] as number) + Math.floor((seen[at + 1] as number) * age + 0.5)
        if (!isNear(table, column, given, numbers)) changed |= 1 << g
      }
      if (age > MAX_SEGMENT_TICKS) changed |= 1 << g
    }
    for (let i = 0; i < discrete.length; i++)
      if (seen[at + i] !== numbers[discrete[i] as number]) return changed | DISCRETE
    return seen[at + discrete.length] === 0 ? changed : changed | DISCRETE
  }

  /** The record in a slot was cut to this state. */
  note(slot: number, { segments }: RecordState, numbers: Float64Array): void {
    const { seen } = this
    const groups = this.groups
    const table = this.table
    const discrete = this.discrete
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
    for (let i = 0; i < discrete.length; i++) seen[at++] = numbers[discrete[i] as number] as number
    seen[at] = 0
  }
}
