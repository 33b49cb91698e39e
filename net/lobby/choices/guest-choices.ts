/**
 * A guest's requests to choose. One is under way at a time and the others wait, so a stalled link never delivers many at once. Each is
 * answered: when the link is lost, the request is sent again over the next one. It names the wanted values, so a repeat changes nothing.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { GuestMessage } from '../messages.ts'
import type { Refusal } from '../refusal.ts'

/** Requests that may wait. A page that makes more does not wait for answers, and is refused. */
const MAX_WAITING = 8
/** Requests of this page: so many at once, refilled at so many a second. Fewer than a host takes. */
const REQUEST_BURST = 8
const REQUESTS_PER_SECOND = 4

interface Request {
  readonly ask: number
  readonly choice: PlainValues
  answer(refusal: Refusal | null): void
}

export class GuestChoices {
  readonly handlers = {
    chosen: ({ ask, refusal }) => this.answered(ask, refusal),
  } satisfies Partial<HostMessageHandlers>
  private readonly timers: Pick<Timers, 'now'>
  private readonly tell: (message: GuestMessage) => void
  private readonly budget = new TokenBucket(REQUESTS_PER_SECOND, REQUEST_BURST)
  private readonly waiting: Request[] = []
  private asked = 0

  constructor(timers: Pick<Timers, 'now'>, tell: (message: GuestMessage) => void) {
    this.timers = timers
    this.tell = tell
  }

  choose(choice: PlainValues): Promise<Refusal | null> {
    if (this.waiting.length >= MAX_WAITING || !this.budget.take(this.timers.now())) return Promise.resolve('too-fast')
    return new Promise((answer) => {
      this.waiting.push({ ask: ++this.asked, choice: { ...choice }, answer })
      if (this.waiting.length === 1) this.sendFirst()
    })
  }

  /** The host's answer. Returns false when it answers no request. */
  private answered(ask: number, refusal: Refusal | null): boolean {
    const [first] = this.waiting
    if (first?.ask !== ask) return false
    this.waiting.shift()
    first.answer(refusal)
    this.sendFirst()
    return true
  }

  /** Sends the oldest request; over a new link, once more. */
  sendFirst(): void {
    const [first] = this.waiting
    if (first) this.tell({ kind: 'choose', ask: first.ask, choice: first.choice })
  }

  /** Answers all requests with this refusal: the host will not. */
  end(refusal: Refusal): void {
    for (const { answer } of this.waiting.splice(0)) answer(refusal)
  }
}
