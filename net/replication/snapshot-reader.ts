/**
 * Reads snapshots at a client: bodies of packets go in, changes of the world come out. Snapshots are applied in the order of
 * their sequence, and only applied ones are acked, so an ack tells the host this client's whole state. A late snapshot that
 * can still be read is not applied: it only adds to the past.
 */

import type { SlotBaseline, SlotChange } from '../wire/changes.ts'
import type { SnapshotAck } from '../wire/inputs.ts'
import type { Layout } from '../wire/layout.ts'
import { type Defect, isDefect } from '../wire/packet.ts'
import { firstParameters } from '../wire/parameters.ts'
import { ReceivedSequences } from '../wire/received-sequences.ts'
import { type Sections, sectionsOf } from '../wire/sections.ts'
import type { SnapshotHead } from '../wire/snapshot-head.ts'
import { decodeSnapshot, type Snapshot } from '../wire/snapshots.ts'
import { type RecordState, writeRow } from '../wire/states.ts'
import type { AnyGame } from '../world/game.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import { initialNumbers, initialObjects, type RecordCopy } from '../world/record.ts'
import type { ConfirmedChanges } from './confirmed-world.ts'
import { ReceivedStates } from './received-states.ts'

export interface ReadSnapshot {
  readonly snapshot: Snapshot
  readonly changes: ConfirmedChanges
  /**
   * The exact state after the tick, of everything that this client predicts; null until all packets of the tick are here. The
   * rows are valid until the next packet is read.
   */
  readonly exact: ReadonlyMap<EntityId, RecordCopy> | null
}

/** A copy that is reused, and the state that its row was last written from. */
interface ExactCopy extends RecordCopy {
  state: RecordState | null
}

type Present = ConfirmedChanges['present'][number]
type Gone = ConfirmedChanges['gone'][number]

export class SnapshotReader {
  private readonly game: AnyGame
  private readonly me: PlayerId
  /** The layout of a record that is known; null for one that is not. */
  private readonly layoutOf: (id: EntityId) => Layout | null
  private readonly sections: Sections
  private readonly states: ReceivedStates
  private readonly applied = new ReceivedSequences()
  /** The copies that were returned last, to be reused. */
  private exact: ReadonlyMap<EntityId, ExactCopy> = new Map()
  private newestTick = -1
  private newestPacketIndex = 0
  /** The tick whose packets are arriving, and how many have come from its first on without a gap; −1 after a gap. */
  private packets = { tick: -1, count: 0 }

  constructor(game: AnyGame, me: PlayerId, layoutOf: (id: EntityId) => Layout | null = () => null) {
    this.game = game
    this.me = me
    this.layoutOf = layoutOf
    this.sections = sectionsOf(game)
    this.states = new ReceivedStates(this.sections.all.length, firstParameters(this.sections.parameterCounts))
  }

  ack(now: number): SnapshotAck | null {
    return this.applied.ack(now)
  }

  /** Reads a packet's body. Returns what it says, or its defect, or `late`: it came late, and its baseline is not kept any more. */
  read(tick: number, body: Uint8Array, now: number): ReadSnapshot | Defect | 'late' {
    const snapshot = decodeSnapshot(this.game, this.me, tick, body, this.states)
    if (snapshot === 'baseline' && tick <= this.newestTick) return 'late'
    if (isDefect(snapshot)) return snapshot
    const { head } = snapshot
    const counted = this.states.unwrap(head.sequence)
    const late = !this.states.isNew(counted)
    if ((!late && this.outOfOrder(tick, head)) || this.breaksIdentity(snapshot)) return 'snapshot'
    const baseline = this.states.baselineNumber(head)
    const present: Present[] = []
    const gone: Gone[] = []
    this.addChanges(tick, snapshot.exact, present, gone)
    this.addChanges(tick, snapshot.presented, present, gone)
    const layouts = this.sections.all
    if (late) return { snapshot, changes: { layouts, present, gone, complete: false, late }, exact: null }
    this.newestTick = tick
    this.newestPacketIndex = head.packetIndex
    this.applied.receive(head.sequence, now)
    this.states.apply(counted, baseline, snapshot)
    const complete = head.complete && this.states.gaplessSince(baseline)
    const news = { layouts, present, gone, complete, late }
    return { snapshot, changes: news, exact: this.isTickWhole(tick, head) ? this.exactAt(tick) : null }
  }

  /** A later packet is of a later tick, or a later packet of the same: otherwise a hostile host could put anything into a tick. */
  private outOfOrder(tick: number, { packetIndex }: SnapshotHead): boolean {
    return tick < this.newestTick || (tick === this.newestTick && packetIndex <= this.newestPacketIndex)
  }

  /** Whether a snapshot gives an id that is known to a record of another layout. No honest host does that. */
  private breaksIdentity({ exact, presented }: Snapshot): boolean {
    let newcomers: Map<EntityId, number> | null = null
    for (let i = 0; i < exact.length + presented.length; i++) {
      const change = i < exact.length ? exact[i] : presented[i - exact.length]
      const { state, layout, isFull } = change as SlotChange
      if (!state) continue
      const known = this.layoutOf(state.id)
      if (known) {
        if (known !== this.sections.all[layout]) return true
      } else if (isFull) {
        newcomers ??= new Map()
        if ((newcomers.get(state.id) ?? layout) !== layout) return true
        newcomers.set(state.id, layout)
      }
    }
    return false
  }

  private addChanges(tick: number, changes: readonly SlotChange[], present: Present[], gone: Gone[]): void {
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as SlotChange
      const held = this.states.newestIn(change.layout, change.slot)?.state
      if (change.state) {
        present.push(change)
        // Another record has the slot now, so the one before is gone.
        if (held && held.id !== change.state.id) gone.push({ id: held.id, tick, reason: 'destroyed' })
      } else if (held) gone.push({ id: held.id, tick: change.goneAt, reason: change.reason })
    }
  }

  private isTickWhole(tick: number, { packetIndex, last }: SnapshotHead): boolean {
    if (packetIndex === 0) this.packets = { tick, count: 1 }
    else if (this.packets.tick === tick && this.packets.count === packetIndex) this.packets.count++
    else this.packets = { tick, count: -1 }
    return last && this.packets.tick === tick && this.packets.count === packetIndex + 1
  }

  private exactAt(tick: number): ReadonlyMap<EntityId, RecordCopy> {
    const copies: ExactCopy[] = []
    let same = true
    for (let index = 0; index < this.sections.exact.length; index++) {
      const layout = this.sections.exact[index] as Layout
      const held = this.states.statesOf(index)
      for (let i = 0; i < held.length; i++) {
        const { state } = held[i] as SlotBaseline
        const known = this.exact.get(state.id)
        const isKnown = known?.type === layout.type && known.owner === state.owner
        const copy = isKnown ? known : newCopy(layout, state)
        writeRow(layout, state, tick, copy.row, copy.state)
        copy.state = state
        copies.push(copy)
        same &&= isKnown
      }
    }
    if (!same || copies.length !== this.exact.size) this.exact = new Map(copies.map((copy) => [copy.id, copy]))
    return this.exact
  }
}

function newCopy({ type }: Layout, { id, owner }: RecordState): ExactCopy {
  return { type, id, owner, row: { numbers: initialNumbers(type), objects: initialObjects(type) }, state: null }
}
