/** Events in the order of their times. A binary heap, because a match of 17 machines has thousands of packets under way. */

export interface TimedEvent {
  readonly at: number
  /** Of events at the same time, those of a lower rank come first. */
  readonly rank: number
  /** Of events of the same rank, those that were added first come first. */
  readonly order: number
  run(): void
}

function before(a: TimedEvent, b: TimedEvent): boolean {
  if (a.at !== b.at) return a.at < b.at
  return a.rank !== b.rank ? a.rank < b.rank : a.order < b.order
}

export class EventQueue {
  readonly #heap: TimedEvent[] = []
  #added = 0

  get first(): TimedEvent | undefined {
    return this.#heap[0]
  }

  add(at: number, rank: number, run: () => void): void {
    const heap = this.#heap
    const event: TimedEvent = { at, rank, order: this.#added++, run }
    let place = heap.length
    heap.push(event)
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = heap[parentPlace]
      if (!parent || before(parent, event)) break
      heap[place] = parent
      place = parentPlace
    }
    heap[place] = event
  }

  takeFirst(): TimedEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let place = 0
    for (;;) {
      let childPlace = 2 * place + 1
      let child = heap[childPlace]
      if (!child) break
      const right = heap[childPlace + 1]
      if (right && before(right, child)) {
        child = right
        childPlace++
      }
      if (before(last, child)) break
      heap[place] = child
      place = childPlace
    }
    heap[place] = last
    return first
  }
}
