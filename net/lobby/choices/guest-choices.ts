/**
 * What a guest asks the host to let them choose. One request is under way at a time, and the others wait: so a connection that
 * stalls never brings the host many at once. Each is answered, also over the next link when the answer was lost: a request says what
 * the choice is to be, so asking twice changes nothing.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { HostHearers } from '../guest/host-hearers.ts'
import type { GuestMessage } from '../messages.ts'
import type { Refusal } from '../refusal.ts'

/** Requests that may wait. A page that asks for more does not wait for the answers. */
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
  readonly hears = {
    chosen: ({ ask, refusal }) => this.answered(ask, refusal),
  } satisfies Partial<HostHearers>
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
    if (this.waiting.length >= MAX_WAITING || this.budget.available(this.timers.now()) < 1)
      return Promise.resolve('too-fast')
    this.budget.spend(1)
    return new Promise((answer) => {
      this.waiting.push({ ask: ++this.asked, choice: { ...choice }, answer })
      if (this.waiting.length === 1) this.sendFirst()
    })
  }

  /** The host's answer. Returns false when nothing was asked. */
  private answered(ask: number, refusal: Refusal | null): boolean {
    const [first] = this.waiting
    if (first?.ask !== ask) return false
    this.waiting.shift()
    first.answer(refusal)
    this.sendFirst()
    return true
  }

  /** Sends the request that is under way, over a new link: again. */
  sendFirst(): void {
    const [first] = this.waiting
    if (first) this.tell({ kind: 'choose', ask: first.ask, choice: first.choice })
  }

  /** Nobody will answer any more. */
  end(refusal: Refusal): void {
    for (const { answer } of this.waiting.splice(0)) answer(refusal)
  }
}
