/** One way of sending snapshots, as the bench sees it. */
import type { Snapshot, WireEntity, WireType } from './snapshots.ts'

/** A decoded entity; `steps` goes with `WireType.fields`. */
export type DecodedEntity = Pick<WireEntity, 'key' | 'type' | 'owner'> & { readonly steps: ArrayLike<number> }

/** A server and one client of it, in the middle of a match. Reliable rivals are given every snapshot, in order. */
export interface RivalPair {
  /** The bytes of a snapshot to a client. */
  encode(snapshot: Snapshot): Uint8Array
  /** Takes them into the client's state; timed, so it does no more than a client must. */
  decode(bytes: Uint8Array): void
  /** The client's state after `decode`, at the tick of that snapshot. */
  entities(tick: number): Iterable<DecodedEntity>
  /** How far a decoded field may be from the truth, in wire steps: 0 for equal to the quantized truth. */
  slack(type: number, field: number): number
}

export interface Rival {
  readonly name: string
  /** Whether it needs every snapshot delivered, in order. */
  readonly reliable: boolean
  /** Whether the first bytes are the full state of a join, which the figures leave out. */
  readonly joins: boolean
  open(types: readonly WireType[], tickRate: number): RivalPair
}
