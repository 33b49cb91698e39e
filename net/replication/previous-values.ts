/**
 * The values that a type's records had a tick ago. Rates that no field gives are estimated from them. Call `observe` before
 * each tick. At a sending tick call `startWalk`, then `find` for each record in the order of ids.
 */
import type { Layout } from '../wire/layout.ts'
import type { LastTick } from '../wire/segments.ts'
import type { GameRecord } from '../world/record.ts'

export class PreviousValues implements LastTick {
  /** The columns of the fields whose rates are estimated. */
  private readonly columns: Int32Array
  /** By column of a row: where its value stands among those kept of a record. */
  private readonly placeOf: Int32Array
  /** Record after record, in the order of ids. */
  private values = new Float64Array(0)
  private records: readonly GameRecord[] = []
  private next = 0
  /** Where the values of the record begin that `find` found last. */
  private found = 0

  constructor({ type, groups }: Layout) {
    const axes = groups.flatMap((group) => group.axes)
    this.columns = Int32Array.from(axes.filter(({ rate }) => rate === null).map(({ value }) => value.field.column))
    this.placeOf = Int32Array.from(type.numbers.map(({ column }) => this.columns.indexOf(column)))
  }

  /** Copies the values of the records, in the order of their ids. */
  observe(records: readonly GameRecord[]): void {
    const { columns } = this
    const count = columns.length
    this.records = records
    if (records.length * count > this.values.length) this.values = new Float64Array(records.length * count * 2)
    const { values } = this
    for (let i = 0, at = 0; i < records.length; i++) {
      const row = (records[i] as GameRecord).numbers
      for (let field = 0; field < count; field++) values[at++] = row[columns[field] as number] as number
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
    this.found = this.next * this.columns.length
    return this
  }

  valueOf(column: number): number {
    return this.values[this.found + (this.placeOf[column] as number)] as number
  }
}
