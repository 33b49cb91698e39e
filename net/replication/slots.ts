/**
 * The slots of one type: which of its records stands where. A record keeps its slot for as long as it lives, so that
 * clients can be told of it by a small number, and of a change by what it changes.
 */
import { MAX_SLOTS } from '../wire/changes.ts'
import type { Layout } from '../wire/layout.ts'
import type { RecordState } from '../wire/states.ts'
import type { EntityId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { ChangeDetector } from './change-detector.ts'
import { PreviousValues } from './previous-values.ts'

/** A slot stays empty this long after it was left, so that everybody has heard when that was. */
const SLOT_EMPTY_SECONDS = 0.5

/** In `order`: a record that has no slot yet. */
const NEWCOMER = -1

/** A sending tick. */
export interface Moment {
  /** Counts the cuts from 1. */
  readonly cut: number
  readonly tick: number
  /** When entities went, since the cut before. */
  readonly removedAt: ReadonlyMap<EntityId, number>
}

export class Slots {
  readonly type: RecordType
  /** How everybody sees it; null where only those who predict are sent the type. */
  readonly presented: Layout | null
  readonly detector: ChangeDetector | null
  /** What its records' values were a tick ago; null where no rate is estimated. */
  readonly previous: PreviousValues | null
  // By slot, in arrays of their own: gathering goes from slot to slot, and an object in each would be one more cache miss.
  /** The record that stands there. */
  readonly standing: (GameRecord | null)[] = []
  /** Its state as everybody sees it; null where nothing stands or the type is not presented. */
  readonly shown: (RecordState | null)[] = []
  /** Its exact state when somebody last asked for it, and the tick that this was. */
  readonly exact: (RecordState | null)[] = []
  readonly exactAt: number[] = []
  /** The cut, counted from 1, that put another record or, presented, another state there. */
  readonly changedBy: number[] = []
  /** The owner of what stands there, 0 for none. */
  readonly owners: number[] = []
  /** When it was last left. */
  private readonly leftAt: number[] = []
  /** The records that stand here in the order of their ids, and their slots. */
  records: readonly GameRecord[] = []
  order = new Int32Array(0)
  /** Their numbers. A cut that read them through the records would take longer: those are of as many classes as types. */
  rows: Float64Array[] = []
  /** What `order` was before, to be written again: bullets come and go with nearly every cut. */
  private spareOrder = new Int32Array(0)

  private readonly emptyTicks: number

  constructor(type: RecordType, presented: Layout | null, tickRate: number) {
    this.emptyTicks = Math.round(SLOT_EMPTY_SECONDS * tickRate)
    this.type = type
    this.presented = presented
    this.detector = presented && new ChangeDetector(presented)
    this.previous = presented?.estimates ? new PreviousValues(presented) : null
  }

  /** When what was in a slot was last gone; null when nothing ever was. */
  leftWhen(slot: number): number | null {
    const at = this.leftAt[slot] ?? -1
    return at < 0 ? null : at
  }

  /**
   * Gives every record a slot that has none, and takes it from those that are gone. Both lists are in the order of ids,
   * so they are gone through side by side.
   */
  arrange(records: readonly GameRecord[], { cut, tick, removedAt }: Moment): void {
    const before = this.records
    const { order: old, standing } = this
    const order = this.spareOrder.length < records.length ? new Int32Array(records.length * 2) : this.spareOrder
    let o = 0
    let newcomers = 0
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as GameRecord
      while (o < before.length && before[o] !== record && (before[o] as GameRecord).id < record.id)
        this.leave(old[o++] as number, tick, removedAt, cut)
      const stayed = before[o]
      if (stayed !== record && stayed?.id !== record.id) {
        newcomers++
        order[i] = NEWCOMER
        continue
      }
      const slot = old[o++] as number
      order[i] = slot
      // Loaded anew, it is another object.
      if (stayed === record) continue
      standing[slot] = record
      this.owners[slot] = record.owner ?? 0
    }
    while (o < before.length) this.leave(old[o++] as number, tick, removedAt, cut)
    for (let i = 0, slot = 0; newcomers > 0; i++) {
      if (order[i] !== NEWCOMER) continue
      newcomers--
      slot = this.findFree(slot, tick)
      order[i] = slot
      this.occupy(slot, records[i] as GameRecord, cut)
    }
    for (let i = 0; i < records.length; i++) this.rows[i] = (records[i] as GameRecord).numbers
    if (this.rows.length > records.length) this.rows.length = records.length
    this.records = records
    this.order = order
    this.spareOrder = old
  }

  private leave(slot: number, tick: number, removedAt: Moment['removedAt'], cut: number): void {
    const { id } = this.standing[slot] as GameRecord
    this.standing[slot] = null
    this.shown[slot] = null
    this.exact[slot] = null
    this.owners[slot] = 0
    this.changedBy[slot] = cut
    this.leftAt[slot] = removedAt.get(id) ?? tick
  }

  /** The first slot from `from` on that has been empty for long enough; where there is none, the first empty one. */
  private findFree(from: number, tick: number): number {
    for (let slot = from; slot <= MAX_SLOTS; slot++)
      if (!this.standing[slot] && tick - (this.leftAt[slot] ?? -this.emptyTicks) >= this.emptyTicks) return slot
    return this.standing.indexOf(null)
  }

  private occupy(slot: number, record: GameRecord, cut: number): void {
    while (this.standing.length <= slot) {
      this.standing.push(null)
      this.shown.push(null)
      this.exact.push(null)
      this.exactAt.push(-1)
      this.changedBy.push(0)
      this.owners.push(0)
      this.leftAt.push(-this.emptyTicks)
    }
    this.standing[slot] = record
    this.exactAt[slot] = -1
    this.owners[slot] = record.owner ?? 0
    this.detector?.forget(slot)
    this.changedBy[slot] = cut
  }
}
