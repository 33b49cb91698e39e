/**
 * A section of a snapshot: what is new, what changed and what went, type by type and slot by slot. A change is told against
 * the state of that slot which the receiver has acked. Both sides compute the same guess from it, and only what differs from
 * the guess is written.
 */
import { MAX_RECORDS, type PlayerId } from '../world/ids.ts'
import type { CompiledField } from '../world/schema.ts'
import type { GoneReason } from '../world/types.ts'
import type { Group, Layout } from './layout.ts'
import type { Parameters } from './parameters.ts'
import type { SnapshotHead } from './snapshot-head.ts'
import type { RecordState } from './states.ts'

/** The highest slot of a type: there is one for each record that a world can hold of it. */
export const MAX_SLOTS = MAX_RECORDS - 1

/** What a slot of a type is to be at the receiver: a state, or nothing, with the reason and the first tick without it. */
export type SlotChange = {
  readonly layout: number
  readonly slot: number
  readonly team: boolean
  /** Told in full. */
  readonly fresh: boolean
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
  /** About the tick that the baseline is of: until then its segments held. */
  readonly since: number
  /** All layouts of the game, and the Rice parameters of each. */
  readonly layouts: readonly Layout[]
  readonly parameters: Parameters
  readonly receiver: PlayerId
}

/** About the tick that a packet's baseline is of: its age in packets times the ticks between them. */
export function sectionSince(tick: number, { baselineAge, interval }: SnapshotHead): number {
  return tick - (baselineAge ?? 0) * interval
}

/** One slot's change, to be written: what the receiver has of it, and what it is to have. */
export type WireChange = {
  readonly layout: number
  readonly slot: number
  readonly team: boolean
} & (
  | { readonly state: RecordState; readonly base: RecordState | null; readonly reason: null; readonly goneAt: null }
  | { readonly state: null; readonly base: null; readonly reason: GoneReason; readonly goneAt: number }
)

/** Whether the receiver may see a field, given that it owns the record, and that it is told the team's fields of it. */
export function maySee({ audience }: CompiledField, mine: boolean, team: boolean): boolean {
  return audience === 'all' || (audience === 'owner' ? mine : team && audience === 'team')
}

/** Whether the receiver may see any of the fields that only the owner or their team is told. */
export function maySeeOwn({ forOwner, team: forTeam }: Layout, mine: boolean, team: boolean): boolean {
  return (mine && forOwner) || (team && forTeam !== null)
}

/**
 * Whether a receiver who has `base` has to hear of `state`. References decide, not values: what changed and changed
 * back may have been sent in between, and only being told again brings the receiver back.
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
      const { begin } = layout.groups[g] as Group
      if (base.segments[begin] !== state.segments[begin]) return true
    }
  if (base.shared !== state.shared) return true
  return base.own !== state.own && maySeeOwn(layout, state.owner === receiver, team)
}

/** What a slot held when the packet's baseline was acknowledged. */
export interface Baseline {
  readonly state: RecordState
  readonly team: boolean
}

/** Everything that a receiver held with a packet that it took. */
export interface Held {
  readonly parameters: Parameters
  /** Null for an empty slot. */
  at(layout: number, slot: number): Baseline | null
}
