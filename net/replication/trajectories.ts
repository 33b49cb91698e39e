/**
 * The host's world as the wire shows it: each record in a slot of its type, with a state. `update` looks at the world once
 * per sending tick, for all clients. It replaces a state only when a segment or a discrete field of it no longer holds. So
 * "unchanged" is one comparison of references.
 */
import type { Layout } from '../wire/layout.ts'
import { type Sections, sectionsOf } from '../wire/sections.ts'
import { type RecordState, updateState } from '../wire/states.ts'
import type { AnyGame } from '../world/game.ts'
import type { EntityId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'
import { Slots } from './slots.ts'

export class Trajectories {
  readonly sections: Sections
  /** By index among all layouts: the slots of its type. */
  readonly slotsOf: readonly Slots[]
  private readonly slots: readonly Slots[]
  /** When entities were removed, since the last `update`. */
  private readonly removedAt = new Map<EntityId, number>()
  private tick = -1
  private revision = 0

  constructor(game: AnyGame) {
    this.sections = sectionsOf(game)
    const { presented, all } = this.sections
    const types = [...new Set(all.map(({ type }) => type))]
    this.slots = types.map(
      (type) => new Slots(type, presented.find((layout) => layout.type === type) ?? null, game.tickRate),
    )
    this.slotsOf = all.map(({ type }) => this.slots[types.indexOf(type)] as Slots)
  }

  /** Before each tick: keeps the values whose rates are estimated. */
  observe(world: World): void {
    for (const { type, previous } of this.slots) previous?.observe(world.list(type))
  }

  /** After each tick: these records were removed in it. */
  removed(ids: readonly EntityId[], tick: number): void {
    for (const id of ids) this.removedAt.set(id, tick)
  }

  /** The first tick without the record that was in a slot. */
  goneAt(layout: number, slot: number, now: number): number {
    return Math.min(now, this.slotsOf[layout]?.vacatedWhen(slot) ?? now)
  }

  /** Brings slots and presented states up to the world's tick. Once per sending tick. */
  update(world: World): void {
    const { tick } = world
    const { removedAt } = this
    const moment = { revision: ++this.revision, tick, removedAt }
    this.tick = tick
    for (let i = 0; i < this.slots.length; i++) {
      const slots = this.slots[i] as Slots
      const records = world.list(slots.type)
      // A world's lists are replaced, never changed: the same list has the same records.
      if (records !== slots.records) slots.assign(records, moment)
      this.updatePresented(slots)
    }
    if (removedAt.size > 0) removedAt.clear()
  }

  /** Updates the presented states, which all clients share. Exact ones are updated when a client asks (`stateOf`). */
  private updatePresented({
    presented,
    detector,
    previous,
    records,
    rows,
    slotsInOrder,
    presentedState,
    changedIn,
  }: Slots): void {
    const { tick } = this
    if (!presented || !detector) return
    previous?.startWalk()
    detector.reserve(presentedState.length)
    for (let i = 0; i < rows.length; i++) {
      const numbers = rows[i] as Float64Array
      const slot = slotsInOrder[i] as number
      const changed = detector.findChanges(slot, numbers, tick)
      if (changed === 0) continue
      const record = records[i] as GameRecord
      const was = presentedState[slot] as RecordState | null
      const state = updateState(presented, record, tick, was, previous ? previous.find(record) : null, changed)
      detector.note(slot, state, numbers)
      if (state === was) continue
      presentedState[slot] = state
      changedIn[slot] = this.revision
    }
  }

  /** The state of the record in a slot; null for none. An exact state is updated here, once per tick. */
  stateOf(index: number, slot: number): RecordState | null {
    const { recordIn, presentedState, exactState, exactTick } = this.slotsOf[index] as Slots
    const record = recordIn[slot] ?? null
    if (index >= this.sections.exact.length || record === null) return presentedState[slot] ?? null
    const was = exactState[slot] as RecordState | null
    if (was !== null && exactTick[slot] === this.tick) return was
    const state = updateState(this.sections.all[index] as Layout, record, this.tick, was, null)
    exactState[slot] = state
    exactTick[slot] = this.tick
    return state
  }
}
