/**
 * Two ends of a link inside one page: how the host player is an ordinary client of its own host. Same limits, errors and
 * order as between two pages; nothing is ever late or lost.
 */
import { thisPage } from '../platform/platform.ts'
import type { Lane } from '../wire/lanes.ts'
import { LaneLink } from './lane-link.ts'
import type { SendOutcome } from './link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from './pipe.ts'

export interface LoopbackOptions {
  /**
   * Runs each delivery later, in order; never within the call that sends, or a game could find itself answered in the
   * middle of a sentence. Default `queueMicrotask`; tests pass their own pump.
   */
  defer?: (deliver: () => void) => void
}

/** Within one page nothing takes time. So a simulated match, whose host player has such a link, needs no clock. */
const NO_TIME = { now: () => 0, after: thisPage.after, onPulse: thisPage.onPulse }

/** The two ends of one link: what one sends the other receives. */
export function loopbackPair(options: LoopbackOptions = {}): [LaneLink, LaneLink] {
  const { defer = inMicrotask } = options
  const linkOver = (pipe: Pipe): LaneLink =>
    new LaneLink(pipe, { platform: NO_TIME, defer, heartbeat: false, guarded: false, linger: false })
  const [a, b] = loopbackPipes(defer)
  return [linkOver(a), linkOver(b)]
}

/** A browser's own `queueMicrotask` is not to be called as a method. */
const inMicrotask = (run: () => void): void => queueMicrotask(run)

/** Two pipes that are open at once: what one sends the other hears later. */
export function loopbackPipes(defer: (deliver: () => void) => void = inMicrotask): [Pipe, Pipe] {
  const a = new LoopbackPipe(defer)
  const b = new LoopbackPipe(defer)
  a.other = b
  b.other = a
  return [a, b]
}

class LoopbackPipe implements Pipe {
  open = true
  other: LoopbackPipe = this
  readonly #defer: (deliver: () => void) => void
  readonly #waiting: Record<Lane, number> = { state: 0, bulk: 0 }
  #events: PipeEvents | null = null

  constructor(defer: (deliver: () => void) => void) {
    this.#defer = defer
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    if (!this.open) return 'closed'
    // A copy, as the network makes one: the sender may write its next message into the same buffer.
    const copy = typeof frame === 'string' ? frame : frame.slice()
    this.#waiting[lane] += copy.length
    this.#defer(() => {
      this.#waiting[lane] -= copy.length
      this.#events?.drained()
      this.other.#events?.frame(lane, copy)
    })
    return 'sent'
  }

  waiting(lane: Lane): number {
    return this.#waiting[lane]
  }

  close(): void {
    if (!this.open) return
    this.open = false
    this.#events = null
    this.#defer(() => this.other.#events?.failed('the other side closed the connection'))
  }

  describe(): PipeReport {
    return { kind: 'loopback' }
  }
}
