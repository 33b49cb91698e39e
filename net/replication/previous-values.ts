/**
 * The values that a type's records had a tick ago, for the rates that no field gives: those are estimated from one tick to
 * the next. `observe` comes before each tick, then at a sending tick `startWalk`, and `find` for each record in turn.
 */
import type { Layout } from '../wire/layout.ts'
import type { LastTick } from '../wire/segments.ts'
import type { GameRecord } from '../world/record.ts'

export class PreviousValues implements LastTick {
  /** The slots of the fields whose rates are estimated. */
  private readonly fields: Int32Array
  /** By slot of a row: where its value stands among a record's. */
  private readonly placeOf: Int32Array
  /** Record after record, in the order of ids. */
  private values = new Float64Array(0)
  private records: readonly GameRecord[] = []
  private next = 0
  /** Where the values begin of the record that was found last. */
  private at = 0

  constructor({ type, groups }: Layout) {
    const axes = groups.flatMap((group) => group.axes)
    this.fields = Int32Array.from(axes.filter(({ rate }) => rate === null).map(({ value }) => value.field.slot))
    this.placeOf = Int32Array.from(type.numbers.map(({ slot }) => this.fields.indexOf(slot)))
  }

  /** Copies the values of the records, in the order of their ids. */
  observe(records: readonly GameRecord[]): void {
    const { fields } = this
    const count = fields.length
    this.records = records
    if (records.length * count > this.values.length) this.values = new Float64Array(records.length * count * 2)
    const { values } = this
    for (let i = 0, at = 0; i < records.length; i++) {
      const row = (records[i] as GameRecord).numbers
      for (let field = 0; field < count; field++) values[at++] = row[fields[field] as number] as number
    }
  }

  /** Begins a walk through the records as they are now. */
  startWalk(): void {
    this.next = 0
  }

  /** The values of the next record of the walk; null when it was not there. */
  find({ id }: GameRecord): LastTick | null {
    while (this.next < this.records.length && (this.records[this.next] as GameRecord).id < id) this.next++
    if (this.next >= this.records.length || (this.records[this.next] as GameRecord).id !== id) return null
    this.at = this.next * this.fields.length
    return this
  }

  valueOf(slot: number): number {
    return this.values[this.at + (this.placeOf[slot] as number)] as number
  }
}
