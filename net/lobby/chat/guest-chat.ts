/** The chat on a guest's page: what the host tells, and what this page's player says. */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import type { HostHearers } from '../guest/host-hearers.ts'
import type { GuestMessage } from '../messages.ts'
import { SAY_BURST, SAYS_PER_SECOND } from './talk-limits.ts'
import type { ChatMessage, ChatRefusal, UnsaidText } from './types.ts'

/** Texts that may still be refused: as many as a link that stands still for the time of a heartbeat holds, and more. */
const MAX_UNDER_WAY = 16

export interface GuestChatOptions {
  readonly timers: Pick<Timers, 'now'>
  /** This page shows these, in the host's order. */
  show(messages: readonly ChatMessage[]): void
  /** Nobody hears what this page's player said. */
  refused(refused: UnsaidText): void
  /** False: the link is lost, and this page dials. */
  isLinked(): boolean
  tell(message: GuestMessage): void
}

export class GuestChat {
  readonly hears = {
    unsaid: ({ text, refusal }) => {
      const place = this.underWay.indexOf(text)
      // What was said before the link was lost may still be answered.
      if (place >= 0) this.underWay.splice(0, place + 1)
      if (place >= 0) this.options.refused({ text, refusal })
      return place >= 0
    },
    chat: ({ messages }) => {
      this.options.show(messages)
      return true
    },
  } satisfies Partial<HostHearers>
  private readonly options: GuestChatOptions
  /** What this page said last and may be refused, oldest first. */
  private readonly underWay: string[] = []
  private readonly budget = new TokenBucket(SAYS_PER_SECOND, SAY_BURST)

  constructor(options: GuestChatOptions) {
    this.options = options
  }

  say(text: string): ChatRefusal | null {
    const { timers, isLinked, tell } = this.options
    if (!isLinked()) return 'reconnecting'
    if (this.budget.available(timers.now()) < 1) return 'too-fast'
    this.budget.spend(1)
    this.underWay.push(text)
    if (this.underWay.length > MAX_UNDER_WAY) this.underWay.shift()
    tell({ kind: 'say', text })
    return null
  }
}
