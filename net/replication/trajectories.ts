/**
 * The host's world as the wire shows it: each record in a slot of its type, with a state. `cut` looks at the world once per
 * sending tick, for all clients, and replaces a state only when a segment or a discrete field of it no longer holds. So
 * "unchanged" is one comparison of references.
 */
import type { Layout } from '../wire/layout.ts'
import { type Sections, sectionsOf } from '../wire/sections.ts'
import { cutState, type RecordState } from '../wire/states.ts'
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
  /** When entities went, between two cuts. */
  private readonly removedAt = new Map<EntityId, number>()
  private tick = -1
  private cuts = 0

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

  /** These records were removed at this tick. */
  removed(ids: readonly EntityId[], tick: number): void {
    for (const id of ids) this.removedAt.set(id, tick)
  }

  /** The first tick without what was in a slot. */
  goneAt(layout: number, slot: number, now: number): number {
    return Math.min(now, this.slotsOf[layout]?.leftWhen(slot) ?? now)
  }

  /** Looks at the world for a sending tick. */
  cut(world: World): void {
    const { tick } = world
    const { removedAt } = this
    const moment = { cut: ++this.cuts, tick, removedAt }
    this.tick = tick
    for (let i = 0; i < this.slots.length; i++) {
      const slots = this.slots[i] as Slots
      const records = world.list(slots.type)
      // A world's lists are replaced, never changed: the same list has the same records.
      if (records !== slots.records) slots.arrange(records, moment)
      this.cutPresented(slots)
    }
    if (removedAt.size > 0) removedAt.clear()
  }

  /** Cuts the presented states, which are the same for all clients. Exact ones are cut when a client asks (`stateOf`). */
  private cutPresented({ presented, detector, previous, records, rows, order, shown, changedBy }: Slots): void {
    const { tick } = this
    if (!presented || !detector) return
    previous?.startWalk()
    detector.reserve(shown.length)
    for (let i = 0; i < rows.length; i++) {
      const numbers = rows[i] as Float64Array
      const slot = order[i] as number
      const changed = detector.changedParts(slot, numbers, tick)
      if (changed === 0) continue
      const record = records[i] as GameRecord
      const was = shown[slot] as RecordState | null
      const state = cutState(presented, record, tick, was, previous ? previous.find(record) : null, changed)
      detector.note(slot, state, numbers)
      if (state === was) continue
      shown[slot] = state
      changedBy[slot] = this.cuts
    }
  }

  /** The state of the record in a slot; null for none. An exact one is cut now, once per tick. */
  stateOf(index: number, slot: number): RecordState | null {
    const { standing, shown, exact, exactAt } = this.slotsOf[index] as Slots
    const record = standing[slot] ?? null
    if (index >= this.sections.exact.length || record === null) return shown[slot] ?? null
    const was = exact[slot] as RecordState | null
    if (was !== null && exactAt[slot] === this.tick) return was
    const state = cutState(this.sections.all[index] as Layout, record, this.tick, was, null)
    exact[slot] = state
    exactAt[slot] = this.tick
    return state
  }
}
