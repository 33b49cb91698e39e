/** The one error that a player may meet: a typed reason and the sentence for it. */
import type { Reason } from '../wire/reasons.ts'
import { reasonSentences } from './sentences.ts'

/** What `createLobby`, `joinLobby`, `createStar` and `joinStar` reject with. `message` is the sentence for the player. */
export class StarwireError extends Error {
  override readonly name = 'StarwireError'
  readonly reason: Reason
  /** Facts for a report: candidate types tried, the version of either side. Never needed to understand `message`. */
  readonly detail: string

  /** Seconds to wait before another try can succeed, at least 1; given with `rate-limited` and the like. Null: not known. */
  readonly retryAfterSeconds: number | null

  constructor(reason: Reason, detail = '', retryAfterSeconds: number | null = null) {
    super(reasonSentences[reason])
    this.reason = reason
    this.detail = detail
    this.retryAfterSeconds = retryAfterSeconds
  }
}
