/** Two ends of a pipe in a test's hand: it opens each end, delivers frame by frame, and lets the pipe die. */
import type { SendOutcome } from '../../../net/transport/link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from '../../../net/transport/pipe.ts'
import type { Lane } from '../../../net/wire/lanes.ts'

export class TestPipe implements Pipe {
  open = false
  closed = false
  other: TestPipe = this
  /** What is under way to the other end. */
  readonly underWay: { lane: Lane; frame: PipeFrame }[] = []
  /** Whether frames wait in this page until they are delivered, rather than on their way. */
  holds = false
  #events: PipeEvents | null = null

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    if (!this.open) return 'closed'
    this.underWay.push({ lane, frame: typeof frame === 'string' ? frame : frame.slice() })
    return 'sent'
  }

  waiting(lane: Lane): number {
    if (!this.holds) return 0
    return this.underWay.reduce((sum, each) => sum + (each.lane === lane ? each.frame.length : 0), 0)
  }

  close(): void {
    this.open = false
    this.closed = true
    this.#events = null
  }

  describe(): PipeReport {
    return { kind: 'test' }
  }

  opens(): void {
    if (this.open || this.closed) return
    this.open = true
    this.#events?.opened()
  }

  /** The next frame arrives at the other end; false when none is under way. */
  deliver(): boolean {
    const first = this.underWay.shift()
    if (!first) return false
    this.other.#events?.frame(first.lane, first.frame)
    this.#events?.drained()
    return true
  }

  /** This end learns that the pipe is no more, and what is under way from it is lost. */
  dies(): void {
    this.underWay.length = 0
    const events = this.#events
    this.close()
    events?.failed('cut')
  }

  says(lane: Lane, data: unknown): void {
    this.#events?.frame(lane, data)
  }
}

export function testPipes({ open = true } = {}): [TestPipe, TestPipe] {
  const ends: [TestPipe, TestPipe] = [new TestPipe(), new TestPipe()]
  ends[0].other = ends[1]
  ends[1].other = ends[0]
  if (open) for (const end of ends) end.opens()
  return ends
}

/** Delivers everything that is under way, both ways, until nothing is. */
export function deliverAll(...ends: TestPipe[]): void {
  for (let moved = true; moved; ) {
    moved = false
    for (const end of ends) while (end.deliver()) moved = true
  }
}
