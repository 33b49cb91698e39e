/** The chat on a guest's page: what the host tells, and what this page's player says. */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import type { HostHearers } from '../guest/host-hearers.ts'
import type { GuestMessage } from '../messages.ts'
import { SAY_BURST, SAYS_PER_SECOND } from './talk-limits.ts'
import type { ChatMessage, ChatRefusal } from './types.ts'

export interface GuestChatOptions {
  readonly timers: Pick<Timers, 'now'>
  /** This page shows these, in the host's order. */
  show(messages: readonly ChatMessage[]): void
  /** False: the link is lost, and this page dials. */
  isLinked(): boolean
  tell(message: GuestMessage): void
}

export class GuestChat {
  readonly hears = {
    chat: ({ messages }) => {
      this.options.show(messages)
      return true
    },
  } satisfies Partial<HostHearers>
  private readonly options: GuestChatOptions
  private readonly budget = new TokenBucket(SAYS_PER_SECOND, SAY_BURST)

  constructor(options: GuestChatOptions) {
    this.options = options
  }

  say(text: string): ChatRefusal | null {
    const { timers, isLinked, tell } = this.options
    if (!isLinked()) return 'reconnecting'
    if (this.budget.available(timers.now()) < 1) return 'too-fast'
    this.budget.spend(1)
    tell({ kind: 'say', text })
    return null
  }
}
