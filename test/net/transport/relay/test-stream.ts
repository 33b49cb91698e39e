/** Two ends of a stream in a test's hand: it pairs them, delivers message by message, and cuts it. */
import type { MessageStream, MessageStreamEvents } from '../../../../net/transport/relay/message-stream.ts'

export class TestStream implements MessageStream {
  other: TestStream = this
  closed = false
  /** What is under way to the other end. */
  readonly underWay: Uint8Array[] = []
  /** Whether messages wait in this page until they are delivered, rather than on their way. */
  holds = false
  #events: MessageStreamEvents | null = null

  attach(events: MessageStreamEvents): void {
    this.#events = events
  }

  send(message: Uint8Array): void {
    if (!this.closed) this.underWay.push(message)
  }

  get bufferedBytes(): number {
    return this.holds ? this.underWay.reduce((sum, { length }) => sum + length, 0) : 0
  }

  close(): void {
    this.closed = true
    this.#events = null
  }

  paired(): void {
    this.#events?.paired()
  }

  /** The next message arrives at the other end; false when none is under way. */
  deliver(): boolean {
    const first = this.underWay.shift()
    if (!first) return false
    this.other.hears(first)
    this.#events?.drained()
    return true
  }

  hears(data: unknown): void {
    this.#events?.message(data)
  }

  dies(): void {
    this.underWay.length = 0
    this.#events?.failed('cut')
  }
}

export function testStreams(): [TestStream, TestStream] {
  const ends: [TestStream, TestStream] = [new TestStream(), new TestStream()]
  ends[0].other = ends[1]
  ends[1].other = ends[0]
  return ends
}

/** Delivers everything that is under way, both ways, until nothing is. */
export function deliverAll(...ends: TestStream[]): void {
  for (let moved = true; moved; ) {
    moved = false
    for (const end of ends) while (end.deliver()) moved = true
  }
}
