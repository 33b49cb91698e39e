/**
 * The slots of one type on the host. A slot is a small number that names a record on the wire; the record keeps it for as
 * long as it lives. Each sending tick is one *revision*; `changedIn` says in which revision a slot changed last.
 */
import { MAX_SLOTS } from '../wire/changes.ts'
import type { Layout } from '../wire/layout.ts'
import type { RecordState } from '../wire/states.ts'
import type { EntityId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { ChangeDetector } from './change-detector.ts'
import { PreviousValues } from './previous-values.ts'

/** A slot stays empty this long after it was vacated, so that every client hears of the removal with its tick. */
const SLOT_EMPTY_SECONDS = 0.5

/** In `slotsInOrder`: a record that has no slot yet. */
const NEWCOMER = -1

/** A tick at which snapshots are sent. */
export interface SendingTick {
  /** Counts the sending ticks from 1. */
  readonly revision: number
  readonly tick: number
  /** When entities were removed, since the sending tick before. */
  readonly removedAt: ReadonlyMap<EntityId, number>
}

export class Slots {
  readonly type: RecordType
  /** The layout of the presented section; null where every client predicts the type. */
  readonly presented: Layout | null
  readonly detector: ChangeDetector | null
  /** The values of its records a tick ago; null where no rate is estimated. */
  readonly previous: PreviousValues | null
  // By slot, in arrays of their own: gathering goes from slot to slot, and an object in each would be one more cache miss.
  /** The record in the slot. */
  readonly recordIn: (GameRecord | null)[] = []
  /** Its presented state; null for an empty slot, and where the type is not presented. */
  readonly presentedState: (RecordState | null)[] = []
  /** Its exact state when `Trajectories.stateOf` was last asked for it, and the tick of that. */
  readonly exactState: (RecordState | null)[] = []
  readonly exactTick: number[] = []
  /** The revision that put another record or, where the type is presented, another state there. */
  readonly changedIn: number[] = []
  /** The owner of the record, 0 for none. */
  readonly owners: number[] = []
  /** The tick at which it was last vacated. */
  private readonly vacatedAt: number[] = []
  /** All records in the order of their ids, and the slot of each. */
  records: readonly GameRecord[] = []
  slotsInOrder = new Int32Array(0)
  /** Their numbers. Reading them through the records is slower: V8 has one hidden class per type of record. */
  rows: Float64Array[] = []
  /** The array that `slotsInOrder` was before, to be reused: bullets come and go with nearly every revision. */
  private spareSlots = new Int32Array(0)

  private readonly emptyTicks: number

  constructor(type: RecordType, presented: Layout | null, tickRate: number) {
    this.emptyTicks = Math.round(SLOT_EMPTY_SECONDS * tickRate)
    this.type = type
    this.presented = presented
    this.detector = presented && new ChangeDetector(presented)
    this.previous = presented?.estimates ? new PreviousValues(presented) : null
  }

  /** The tick at which a slot was last vacated; null when it never was. */
  vacatedWhen(slot: number): number | null {
    const at = this.vacatedAt[slot] ?? -1
    return at < 0 ? null : at
  }

  /**
   * Gives a slot to every record that has none, and vacates the slots of records that are gone. Both lists are in the order
   * of ids, so one pass over both is enough.
   */
  assign(records: readonly GameRecord[], { revision, tick, removedAt }: SendingTick): void {
    const before = this.records
    const { slotsInOrder: old, recordIn } = this
    const order = this.spareSlots.length < records.length ? new Int32Array(records.length * 2) : this.spareSlots
    let o = 0
    let newcomers = 0
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as GameRecord
      while (o < before.length && before[o] !== record && (before[o] as GameRecord).id < record.id)
        this.vacate(old[o++] as number, tick, removedAt, revision)
      const stayed = before[o]
      if (stayed !== record && stayed?.id !== record.id) {
        newcomers++
        order[i] = NEWCOMER
        continue
      }
      const slot = old[o++] as number
      order[i] = slot
      // The same record as another object: the world was loaded from a save.
      if (stayed === record) continue
      recordIn[slot] = record
      this.owners[slot] = record.owner ?? 0
    }
    while (o < before.length) this.vacate(old[o++] as number, tick, removedAt, revision)
    for (let i = 0, slot = 0; newcomers > 0; i++) {
      if (order[i] !== NEWCOMER) continue
      newcomers--
      slot = this.findFree(slot, tick)
      order[i] = slot
      this.occupy(slot, records[i] as GameRecord, revision)
    }
    for (let i = 0; i < records.length; i++) this.rows[i] = (records[i] as GameRecord).numbers
    if (this.rows.length > records.length) this.rows.length = records.length
    this.records = records
    this.slotsInOrder = order
    this.spareSlots = old
  }

  private vacate(slot: number, tick: number, removedAt: SendingTick['removedAt'], revision: number): void {
    const { id } = this.recordIn[slot] as GameRecord
    this.recordIn[slot] = null
    this.presentedState[slot] = null
    this.exactState[slot] = null
    this.owners[slot] = 0
    this.changedIn[slot] = revision
    this.vacatedAt[slot] = removedAt.get(id) ?? tick
  }

  /** The first slot from `from` on that has been empty for long enough; where there is none, the first empty one. */
  private findFree(from: number, tick: number): number {
    for (let slot = from; slot <= MAX_SLOTS; slot++)
      if (!this.recordIn[slot] && tick - (this.vacatedAt[slot] ?? -this.emptyTicks) >= this.emptyTicks) return slot
    return this.recordIn.indexOf(null)
  }

  private occupy(slot: number, record: GameRecord, revision: number): void {
    while (this.recordIn.length <= slot) {
      this.recordIn.push(null)
      this.presentedState.push(null)
      this.exactState.push(null)
      this.exactTick.push(-1)
      this.changedIn.push(0)
      this.owners.push(0)
      this.vacatedAt.push(-this.emptyTicks)
    }
    this.recordIn[slot] = record
    this.exactTick[slot] = -1
    this.owners[slot] = record.owner ?? 0
    this.detector?.forget(slot)
    this.changedIn[slot] = revision
  }
}
