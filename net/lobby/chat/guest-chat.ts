/** The chat on a guest's page: what the host tells, and what this page's player says. */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { GuestMessage } from '../messages.ts'
import { SAY_BURST, SAYS_PER_SECOND } from './talk-limits.ts'
import type { ChatMessage, ChatRefusal, UnsaidText } from './types.ts'

/** Texts that are remembered because the host may still refuse them: more than a page can say before a stalled link ends. */
const MAX_UNDER_WAY = 16

export interface GuestChatOptions {
  readonly timers: Pick<Timers, 'now'>
  /** Shows these on this page, in the host's order. */
  show(messages: readonly ChatMessage[]): void
  /** The host refused a text of this page's player. */
  refused(refused: UnsaidText): void
  /** False: the link is lost, and this page dials. */
  isLinked(): boolean
  tell(message: GuestMessage): void
}

export class GuestChat {
  readonly handlers = {
    unsaid: ({ text, refusal }) => {
      const place = this.underWay.indexOf(text)
      // Texts before it are accepted, or their answers were lost with a link.
      if (place >= 0) this.underWay.splice(0, place + 1)
      if (place >= 0) this.options.refused({ text, refusal })
      return place >= 0
    },
    chat: ({ messages }) => {
      this.options.show(messages)
      return true
    },
  } satisfies Partial<HostMessageHandlers>
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
    if (!this.budget.take(timers.now())) return 'too-fast'
    this.underWay.push(text)
    if (this.underWay.length > MAX_UNDER_WAY) this.underWay.shift()
    tell({ kind: 'say', text })
    return null
  }
}
