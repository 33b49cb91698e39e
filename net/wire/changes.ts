/**
 * A section of a snapshot: what is new, what changed and what went, type by type and slot by slot. A change is told
 * against the state of that slot which the receiver has acknowledged; both sides compute the same expectation from it
 * and only what differs is written.
 */
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { CompiledField } from '../world/schema.ts'
import type { GoneReason } from '../world/types.ts'
import { bitsFor } from './bits.ts'
import type { IdentityContext } from './identity.ts'
import { type Layout, type RestField, Structure } from './layout.ts'
import { type RecordState, type Rest, sameObject } from './states.ts'

/** Slots of a type: what one world can hold of it. */
export const MAX_SLOTS = 65535
/** Bits of the length of a text or a list. */
export const LENGTH_BITS = 8
/** Numbers of up to this many bits are sent as they are when they change. */
export const PLAIN_BITS = 8

/** Whether the receiver is told a field. */
export type Knows = (field: CompiledField) => boolean

/** What a slot of a type is to be at the receiver: a state, or nothing, with the reason and the first tick without it. */
export type SlotChange = {
  readonly layout: number
  readonly slot: number
} & (
  | { readonly state: RecordState; readonly team: boolean; readonly fresh: boolean; readonly reason: null }
  | { readonly state: null; readonly reason: GoneReason; readonly goneAt: number }
)

/** What both sides need to write and read a section alike. */
export interface SectionContext {
  readonly game: AnyGame
  /** The packet's tick. */
  readonly tick: number
  /** About the tick that the baseline is of: until then its lines held. */
  readonly since: number
  /** The layouts of this section, one per type that may stand in it. */
  readonly layouts: readonly Layout[]
  /** Rice parameters of each layout. */
  readonly parameters: readonly Uint8Array[]
  readonly receiver: PlayerId
  /** Hears of every number in Rice's code: how the host learns the parameters. */
  readonly note?: (layout: number, parameter: number, magnitude: number) => void
}

export function knowsAs(receiver: PlayerId, owner: PlayerId | null, team: boolean): Knows {
  return ({ audience }) =>
    audience === 'all' || (audience === 'owner' && owner === receiver) || (audience === 'team' && team)
}

export function identityOf({ game, tick }: SectionContext, parameters: Uint8Array): IdentityContext {
  return {
    tick,
    seatBits: bitsFor(game.maxPlayers - 1),
    spawnAge: parameters[Structure.spawnAge] ?? 0,
    ordinal: parameters[Structure.ordinal] ?? 0,
  }
}

export function sameRest({ field, slot }: RestField, a: Rest | undefined, b: Rest | undefined): boolean {
  return field.store === 'number'
    ? a?.numbers[slot] === b?.numbers[slot]
    : sameObject(a?.objects[slot], b?.objects[slot])
}

/** Whether a field is as in every new record, which costs one bit. */
export function isInitial({ field, slot, initial }: RestField, rest: Rest | undefined): boolean {
  return field.store === 'number' ? rest?.numbers[slot] === initial : (rest?.objects[slot]?.length ?? 0) === 0
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
  if (base.rests[0] !== state.rests[0] || base.lines.some((line, g) => line !== state.lines[g])) return true
  if (base.rests[1] === state.rests[1]) return false
  const knows = knowsAs(receiver, state.owner, team)
  return layout.rests[1].some(({ field }) => knows(field))
}

/** What a slot held when the packet's baseline was acknowledged. */
export interface Baseline {
  readonly state: RecordState
  readonly team: boolean
}
