/** A relayed route in virtual time: a {@link RelayPipe} over a simulated stream, with what a simulation does to either end. */
import { RelayPipe } from '../relay/relay-pipe.ts'
import type { LinkConditions } from './conditions.ts'
import type { Path } from './path.ts'
import { HANDSHAKE_BYTES, type SimulatedEnd } from './pipe.ts'
import type { TimeLine } from './sctp-timeout.ts'
import { SimulatedStream } from './stream.ts'

export class SimulatedRelayPipe extends RelayPipe implements SimulatedEnd {
  readonly #time: TimeLine
  readonly #path: Path
  readonly #stream: SimulatedStream

  constructor(time: TimeLine, path: Path) {
    const stream = new SimulatedStream(time, path)
    super(stream, { platform: { now: () => time.now } })
    this.#time = time
    this.#path = path
    this.#stream = stream
  }

  /** Makes two ends of one pipe. */
  connect(other: SimulatedRelayPipe): void {
    this.#stream.connect(other.#stream)
  }

  opens(): void {
    this.#stream.opens()
  }

  fail(detail: string): void {
    this.#stream.fail(detail)
  }

  get closed(): boolean {
    return this.#stream.isClosed
  }

  setConditions(conditions: LinkConditions): void {
    this.#path.conditions = conditions
  }

  cut(ms: number): void {
    this.#path.cut(this.#time.now + ms)
  }

  knock(): number | null {
    return this.#path.arrivals(this.#time.now, HANDSHAKE_BYTES)[0] ?? null
  }
}
