/**
 * The host's world as the wire shows it, cut once per sending tick for all clients: each record in a slot of its type,
 * with a state that is replaced only when it no longer holds. "Unchanged" is then one comparison of references.
 */
import type { Layout } from '../wire/layout.ts'
import { type Sections, sectionsOf } from '../wire/sections.ts'
import { cutState, type RecordState } from '../wire/states.ts'
import type { AnyGame } from '../world/game.ts'
import type { EntityId } from '../world/ids.ts'
import type { GameRecord, Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { World } from '../world/world.ts'

/** A slot rests this long after it was left, so that everybody has heard when that was: half a second. */
const SLOT_REST_TICKS = 30

/** A record's state on one grid, as it was when it was last cut. */
interface Cut {
  state: RecordState | null
  /** The sending tick that it was cut at. */
  at: number
  /** The row's numbers that do not move, as they were then. */
  readonly still: Float64Array
}

/** A record in its slot, the same in both sections. */
export interface Placed {
  record: GameRecord
  readonly slot: number
  /** The sending tick that it was last seen at. */
  seenAt: number
  readonly cuts: Record<Layout['grid'], Cut>
}

/** The slots of one type. */
interface Slots {
  readonly type: RecordType
  /** Cut for everybody at each sending tick; null where only those who predict are sent the type. */
  readonly presented: Layout | null
  readonly placed: (Placed | null)[]
  readonly byId: Map<EntityId, Placed>
  /** When each slot was last left. */
  readonly leftAt: number[]
}

export class Trajectories {
  readonly sections: Sections
  /** By index among the presented layouts: what stands in each slot. */
  readonly presented: readonly (readonly (Placed | null)[])[]
  /** By index among the exact layouts: the same. */
  readonly exact: readonly (readonly (Placed | null)[])[]
  private readonly slots: readonly Slots[]
  private readonly slotsOf: readonly Slots[]
  /** Rows of the tick before, of types whose rate is not declared. */
  private readonly before = new Map<EntityId, Row>()
  /** When entities went, between two cuts. */
  private readonly removedAt = new Map<EntityId, number>()
  private tick = -1

  constructor(game: AnyGame) {
    this.sections = sectionsOf(game)
    const { exact, presented, all } = this.sections
    const types = [...new Set(all.map(({ type }) => type))]
    this.slots = types.map((type) => ({
      type,
      presented: presented.find((layout) => layout.type === type) ?? null,
      placed: [],
      byId: new Map(),
      leftAt: [],
    }))
    this.slotsOf = all.map(({ type }) => this.slots[types.indexOf(type)] as Slots)
    this.exact = this.slotsOf.slice(0, exact.length).map(({ placed }) => placed)
    this.presented = this.slotsOf.slice(exact.length).map(({ placed }) => placed)
  }

  /** Looks at the world after each tick, for the rates that no field gives. */
  observe(world: World): void {
    for (const layout of this.sections.presented) {
      if (!layout.estimates) continue
      for (const { id, numbers } of world.list(layout.type)) {
        const known = this.before.get(id)
        if (known) known.numbers.set(numbers)
        else this.before.set(id, { numbers: numbers.slice(), objects: [] })
      }
    }
  }

  /** These went at this tick. */
  removed(ids: readonly EntityId[], tick: number): void {
    for (const id of ids) this.removedAt.set(id, tick)
  }

  /** The first tick without what was in a slot. */
  goneAt(layout: number, slot: number, now: number): number {
    return Math.min(now, this.slotsOf[layout]?.leftAt[slot] ?? now)
  }

  /** Looks at the world for a sending tick. */
  cut(world: World): void {
    this.tick = world.tick
    for (const slots of this.slots) this.place(slots, world.list(slots.type))
    this.removedAt.clear()
  }

  private place({ presented, placed, byId, leftAt }: Slots, records: readonly GameRecord[]): void {
    const { tick } = this
    let free = 0
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as GameRecord
      let known = byId.get(record.id)
      if (!known) {
        while (placed[free] || tick - (leftAt[free] ?? Number.NEGATIVE_INFINITY) < SLOT_REST_TICKS) free++
        while (placed.length < free) placed.push(null)
        known = { record, slot: free, seenAt: tick, cuts: { exact: newCut(record), presented: newCut(record) } }
        placed[free] = known
        byId.set(record.id, known)
      }
      known.record = record
      known.seenAt = tick
      // What is exact is for those alone who predict it: it is cut when they ask.
      if (presented) this.stateOf(presented, known)
    }
    for (let slot = 0; slot < placed.length; slot++) {
      const known = placed[slot]
      if (!known || known.seenAt === tick) continue
      placed[slot] = null
      byId.delete(known.record.id)
      this.before.delete(known.record.id)
      leftAt[slot] = this.removedAt.get(known.record.id) ?? tick
    }
    while (placed.length > 0 && !placed[placed.length - 1]) placed.pop()
  }

  /** The state of what stands in a slot, cut if that has not been done for this tick. */
  stateOf(layout: Layout, { record, cuts }: Placed): RecordState {
    const cut = cuts[layout.grid]
    if (cut.state && cut.at === this.tick) return cut.state
    const stands = cut.state !== null && keepsStill(layout, record.numbers, cut.still)
    const last = layout.estimates ? (this.before.get(record.id) ?? null) : null
    cut.state = cutState(layout, record, this.tick, cut.state, last, stands)
    cut.at = this.tick
    return cut.state
  }
}

function newCut({ numbers }: GameRecord): Cut {
  return { state: null, at: -1, still: new Float64Array(numbers.length).fill(Number.NaN) }
}

/** Whether none of the numbers that do not move has changed; notes them. Texts and lists have to be looked at one by one. */
function keepsStill({ stillSlots, hasObjects }: Layout, numbers: Float64Array, still: Float64Array): boolean {
  let same = !hasObjects
  for (let i = 0; i < stillSlots.length; i++) {
    const slot = stillSlots[i] as number
    const value = numbers[slot] as number
    if (still[slot] === value) continue
    still[slot] = value
    same = false
  }
  return same
}
