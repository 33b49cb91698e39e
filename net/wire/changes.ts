/**
 * A section of a snapshot: what is new, what changed and what went, type by type and slot by slot. A change is a delta
 * against the state of that slot in the baseline. Both sides compute the same guess from that state, and only the difference
 * from the guess is written.
 */

import { MAX_RECORDS, type PlayerId } from '../world/ids.ts'
import type { GoneReason } from '../world/record-types.ts'
import type { CompiledField } from '../world/schema.ts'
import type { Group, Layout } from './layout.ts'
import type { Parameters } from './parameters.ts'
import type { SnapshotHead } from './snapshot-head.ts'
import type { RecordState } from './states.ts'

/** The highest slot of a type: there is one for each record that a world can hold of it. */
export const MAX_SLOTS = MAX_RECORDS - 1

/** One slot's change, as it was read: a state, or nothing, with the reason and the first tick without a record. */
export type SlotChange = {
  readonly layout: number
  readonly slot: number
  readonly team: boolean
  /** Told in full. */
  readonly isFull: boolean
} & (
  | { readonly state: RecordState; readonly reason: null; readonly goneAt: null }
  | { readonly state: null; readonly reason: GoneReason; readonly goneAt: number }
)

/** What both sides need to write and read a section alike. */
export interface SectionContext {
  /** Bits of a seat: enough for the game's most players. */
  readonly seatBits: number
  /** The packet's tick. */
  readonly tick: number
  /** About the tick of the baseline, from its age in packets. Segments of the baseline held at least until then. */
  readonly baselineTick: number
  /** All layouts of the game, and the Rice parameters of each. */
  readonly layouts: readonly Layout[]
  readonly parameters: Parameters
  readonly receiver: PlayerId
}

/** About the tick of a packet's baseline: its age in packets times the ticks between packets. Both sides compute it alike. */
export function estimateBaselineTick(tick: number, { baselineAge, interval }: SnapshotHead): number {
  return tick - (baselineAge ?? 0) * interval
}

/** One slot's change, to be written: from the receiver's state (`base`) to the state that it is to have. */
export type WireChange = {
  readonly layout: number
  readonly slot: number
  readonly team: boolean
} & (
  | { readonly state: RecordState; readonly base: RecordState | null; readonly reason: null; readonly goneAt: null }
  | { readonly state: null; readonly base: null; readonly reason: GoneReason; readonly goneAt: number }
)

/** Whether the receiver may see a field. `mine`: it owns the record. `team`: it is told the team's fields of the record. */
export function maySee({ audience }: CompiledField, mine: boolean, team: boolean): boolean {
  return audience === 'all' || (audience === 'owner' ? mine : team && audience === 'team')
}

/** Whether the receiver may see any of the fields that only the owner or their team is told. */
export function maySeeOwn({ forOwner, team: forTeam }: Layout, mine: boolean, team: boolean): boolean {
  return (mine && forOwner) || (team && forTeam !== null)
}

/**
 * Whether a receiver that has `base` has to be told `state`. References decide, not values. A value that changed and changed
 * back may have been sent in between: the receiver then has the middle value until it is told again.
 */
export function differs(
  layout: Layout,
  base: RecordState,
  state: RecordState,
  receiver: PlayerId,
  team: boolean,
): boolean {
  if (base === state) return false
  if (base.segments !== state.segments)
    for (let g = 0; g < layout.groups.length; g++) {
      const { beginIndex } = layout.groups[g] as Group
      if (base.segments[beginIndex] !== state.segments[beginIndex]) return true
    }
  if (base.shared !== state.shared) return true
  return base.own !== state.own && maySeeOwn(layout, state.owner === receiver, team)
}

/** What a slot holds in a baseline. */
export interface SlotBaseline {
  readonly state: RecordState
  readonly team: boolean
}

/** The whole state of a receiver right after it applied a packet. */
export interface Baseline {
  readonly parameters: Parameters
  /** Null for an empty slot. */
  slotAt(layout: number, slot: number): SlotBaseline | null
}
