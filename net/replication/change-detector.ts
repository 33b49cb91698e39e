/**
 * The change detector of one type: at every sending tick it finds what has changed of each record since its state was last
 * updated. It keeps those states as flat numbers, slot by slot, so a search is one walk through an array.
 */
import { AXIS_ENTRIES, AxisEntry, type Layout } from '../wire/layout.ts'
import { isNear, MAX_SEGMENT_TICKS } from '../wire/segments.ts'
import { DISCRETE_CHANGED, type RecordState } from '../wire/states.ts'

export class ChangeDetector {
  /** How many axes each group has. */
  private readonly groups: readonly number[]
  /** The axes of all groups, by `AxisColumn`. */
  private readonly table: Float64Array
  /** The columns of the discrete numbers in a row. */
  private readonly discrete: Int32Array
  /** DISCRETE_CHANGED where the type has texts or lists, because `updateDiscrete` compares those; else 0. */
  private readonly always: number
  /**
   * By slot: for each group the tick of its segment and, for each axis, its value and its steps per tick; then the discrete
   * numbers; then a zero once the slot has a state, which is all that a type without numbers has. Slots without a state are NaN.
   */
  private known = new Float64Array(0)
  private readonly stride: number

  constructor({ groups, discreteColumns, hasObjects }: Layout) {
    const axes = groups.flatMap((group) => group.axes)
    this.groups = groups.map((group) => group.axes.length)
    this.table = Float64Array.from(groups.flatMap(({ table }) => [...table]))
    this.discrete = Int32Array.from(discreteColumns)
    this.stride = groups.length + axes.length * 2 + discreteColumns.length + 1
    this.always = hasObjects ? DISCRETE_CHANGED : 0
  }

  /** Room for so many slots. */
  reserve(slots: number): void {
    const { known } = this
    if (slots * this.stride <= known.length) return
    this.known = new Float64Array(slots * 2 * this.stride).fill(Number.NaN)
    this.known.set(known)
  }

  /** Another record has taken the slot: all of it has changed. */
  forget(slot: number): void {
    this.known.fill(Number.NaN, slot * this.stride, (slot + 1) * this.stride)
  }

  /**
   * The change mask of the record in a slot, as `updateState` takes it: the segments that are off by a step, and the
   * discrete fields as soon as one of them differs.
   */
  findChanges(slot: number, numbers: Float64Array, tick: number): number {
    const { known } = this
    const groups = this.groups
    const table = this.table
    const discrete = this.discrete
    let i = slot * this.stride
    let changed = this.always
    let entry = 0
    for (let g = 0; g < groups.length; g++) {
      const age = tick - (known[i++] as number)
      for (let left = groups[g] as number; left > 0; left--, entry += AXIS_ENTRIES, i += 2) {
        const given = (known[i] as number) + Math.floor((known[i + 1] as number) * age + 0.5)
        if (!isNear(table, entry, given, numbers)) changed |= 1 << g
      }
      if (age > MAX_SEGMENT_TICKS) changed |= 1 << g
    }
    for (let d = 0; d < discrete.length; d++)
      if (known[i + d] !== numbers[discrete[d] as number]) return changed | DISCRETE_CHANGED
    return known[i + discrete.length] === 0 ? changed : changed | DISCRETE_CHANGED
  }

  /** The record in a slot has this state from now on. */
  note(slot: number, { segments }: RecordState, numbers: Float64Array): void {
    const { known } = this
    const groups = this.groups
    const table = this.table
    const discrete = this.discrete
    let i = slot * this.stride
    let s = 0
    let entry = 0
    for (let g = 0; g < groups.length; g++) {
      known[i++] = segments[s++] as number
      for (let left = groups[g] as number; left > 0; left--, entry += AXIS_ENTRIES) {
        known[i++] = segments[s++] as number
        known[i++] = (segments[s++] as number) * (table[entry + AxisEntry.perTick] as number)
      }
    }
    for (let d = 0; d < discrete.length; d++) known[i++] = numbers[discrete[d] as number] as number
    known[i] = 0
  }
}
