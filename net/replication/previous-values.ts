/** The numbers of a type's records a tick ago, for the rates that no field gives. */
import type { LastTick } from '../wire/segments.ts'
import type { GameRecord } from '../world/record.ts'

export class PreviousValues implements LastTick {
  /** Row after row, in the order of ids. */
  numbers = new Float64Array(0)
  /** Where the record begins that was found last. */
  at = 0
  private readonly stride: number
  private records: readonly GameRecord[] = []
  private next = 0

  constructor(stride: number) {
    this.stride = stride
  }

  /** Looks at the records, in the order of their ids, before a tick. */
  observe(records: readonly GameRecord[]): void {
    const { stride } = this
    this.records = records
    if (records.length * stride > this.numbers.length) this.numbers = new Float64Array(records.length * stride * 2)
    const { numbers } = this
    for (let i = 0, at = 0; i < records.length; i++) {
      const row = (records[i] as GameRecord).numbers
      for (let slot = 0; slot < stride; slot++) numbers[at++] = row[slot] as number
    }
  }

  /** Begins a walk through the records as they are now. */
  rewind(): void {
    this.next = 0
  }

  /** The numbers that the next record of the walk had; null when it was not there. */
  find({ id }: GameRecord): LastTick | null {
    while (this.next < this.records.length && (this.records[this.next] as GameRecord).id < id) this.next++
    if (this.next >= this.records.length || (this.records[this.next] as GameRecord).id !== id) return null
    this.at = this.next * this.stride
    return this
  }
}
