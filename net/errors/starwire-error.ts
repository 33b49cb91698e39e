/** The one error that a player may meet: a typed reason and the sentence for it. */
import type { Reason } from '../wire/reasons.ts'
import type { ConnectionReport } from './connection-report.ts'
import { reasonSentences } from './sentences.ts'

/** What `createLobby`, `joinLobby`, `createStar` and `joinStar` reject with. `message` is the sentence for the player. */
export class StarwireError extends Error {
  override readonly name = 'StarwireError'
  readonly reason: Reason
  /** Facts for a report: candidate types tried, the version of either side. Never needed to understand `message`. */
  readonly detail: string

  /** Seconds to wait before another try can succeed, at least 1; given with `rate-limited` and the like. Null: not known. */
  readonly retryAfterSeconds: number | null

  /**
   * With `kicked` and `banned`: what the host wrote for this player, one clean line of at most 200 characters; null: nothing.
   * The host's player may have written anything: show it as a quotation.
   */
  readonly hostText: string | null

  /** With `full`: whether one may watch there: `joinLobby` with `spectate: true`. */
  readonly canSpectate: boolean

  /**
   * With `no-route`, `host-silent`, `signaling-down` and `no-webrtc` of a page that joins or opens a lobby: what was seen, and the causes that it shows;
   * `connectionReportText` makes lines to copy of it. Null: the connection is not at fault.
   */
  readonly report: ConnectionReport | null

  constructor(
    reason: Reason,
    detail = '',
    retryAfterSeconds: number | null = null,
    {
      hostText = null,
      canSpectate = false,
      report = null,
    }: {
      readonly hostText?: string | null
      readonly canSpectate?: boolean
      readonly report?: ConnectionReport | null
    } = {},
  ) {
    super(reasonSentences[reason])
    this.hostText = hostText
    this.canSpectate = canSpectate
    this.report = report
    this.reason = reason
    this.detail = detail
    this.retryAfterSeconds = retryAfterSeconds
  }
}
