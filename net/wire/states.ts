/**
 * A record's state as the wire knows it: segments for what moves, values in whole steps for the discrete fields. States are
 * immutable, so a baseline keeps its value. Two states agree where they share a reference (`segments`, `shared`, `own`).
 */
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import { updateDiscrete, writeDiscrete } from './discrete.ts'
import { type Axis, type DiscreteValues, fromSteps, type Group, type Layout } from './layout.ts'
import { along, beginSegment, type LastTick, type Segments, segmentHolds } from './segments.ts'

export interface RecordState {
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly segments: Segments
  /** The discrete fields that everybody is told. */
  readonly shared: DiscreteValues
  /** The discrete fields that only the owner or their team is told. */
  readonly own: DiscreteValues
}

class State implements RecordState {
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly segments: Segments
  readonly shared: DiscreteValues
  readonly own: DiscreteValues

  constructor(id: EntityId, owner: PlayerId | null, segments: Segments, shared: DiscreteValues, own: DiscreteValues) {
    this.id = id
    this.owner = owner
    this.segments = segments
    this.shared = shared
    this.own = own
  }
}

// V8 chooses how a class keeps its fields by the first objects, and moves all to another layout when a later one does not
// fit: small ids first, then a large one, made each state cost 1 µs. With a first id of null, V8 stores all later ids alike.
new State(null as never, null, [], null as never, null as never)

/** Makes a state. All states are made here, so that V8 sees one class. */
export function newState(
  id: EntityId,
  owner: PlayerId | null,
  segments: Segments,
  shared: DiscreteValues,
  own: DiscreteValues,
): RecordState {
  return new State(id, owner, segments, shared, own)
}

/** A bit of the change mask: the discrete fields. Bit g is the segment of group g; −1 means that everything changed. */
export const DISCRETE_CHANGED = 1 << 30

/**
 * The state of a row at a tick. `before` is the record's last state: what has not changed since (the mask `changed`) is
 * taken from it, and it is returned itself when nothing has. `last` holds the numbers a tick ago, for rates that are
 * estimated.
 */
export function updateState(
  layout: Layout,
  row: Row & Pick<RecordState, 'id' | 'owner'>,
  tick: number,
  before: RecordState | null,
  last: LastTick | null,
  changed: number = before ? findChanges(layout, before, row, tick) : -1,
): RecordState {
  const { groups, grid, discrete, initial } = layout
  let segments = before ? before.segments : layout.zeros
  if ((changed & ~DISCRETE_CHANGED) !== 0) {
    const anew = segments.slice()
    for (let g = 0; g < groups.length; g++)
      if (((changed >> g) & 1) !== 0) beginSegment(grid, groups[g] as Group, row.numbers, tick, last, anew)
    segments = anew
  }
  let shared = before ? before.shared : null
  let own = before ? before.own : null
  if (shared === null || own === null || (changed & DISCRETE_CHANGED) !== 0) {
    shared = updateDiscrete(grid, discrete[0], row, shared, initial[0])
    own = updateDiscrete(grid, discrete[1], row, own, initial[1])
  }
  if (before && segments === before.segments && shared === before.shared && own === before.own) return before
  return new State(row.id, row.owner, segments, shared, own)
}

/** The change mask: the segments that no longer hold, and the discrete fields, which `updateDiscrete` compares itself. */
function findChanges({ groups, grid }: Layout, { segments }: RecordState, { numbers }: Row, tick: number): number {
  let changed = DISCRETE_CHANGED
  for (let g = 0; g < groups.length; g++)
    if (!segmentHolds(grid, groups[g] as Group, segments, numbers, tick)) changed |= 1 << g
  return changed
}

/**
 * Writes the state at a tick into a row, on its grid. `tick` may have a fraction where it is only drawn. `last`: the state that the
 * row was last written from; discrete fields that it shares are left as they are.
 */
export function writeRow(
  layout: Layout,
  state: RecordState,
  tick: number,
  into: Row,
  last: RecordState | null = null,
): void {
  const { grid } = layout
  for (let g = 0; g < layout.groups.length; g++) {
    const { axes } = layout.groups[g] as Group
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { value, rate, valueIndex } = axis
      into.numbers[value.field.column] = fromSteps(value, grid, along(axis, state.segments, tick))
      if (rate) into.numbers[rate.field.column] = fromSteps(rate, grid, state.segments[valueIndex + 1] as number)
    }
  }
  if (state.shared !== last?.shared || state.own !== last.own) writeDiscreteFields(layout, state, into)
}

/** Writes the discrete fields of a state into a row. */
export function writeDiscreteFields({ grid, discrete }: Layout, { shared, own }: RecordState, into: Row): void {
  writeDiscrete(grid, discrete[0], shared, into)
  writeDiscrete(grid, discrete[1], own, into)
}
