/** What a person is told when something failed: a title, the sentence of the reason, what to do, and facts for a report. */
import { type ConnectionReport, type Reason, StarwireError } from 'starwire'
import { texts } from '../game/languages/language.ts'

export interface Failure {
  /** Null for what is none of the library's reasons. */
  readonly reason: Reason | null
  readonly title: string
  readonly sentence: string
  readonly advice: string
  /** For a copyable report; empty when there is nothing to add. */
  readonly detail: string
  /** What was seen of the connection; null where that is not at fault. */
  readonly report: ConnectionReport | null
  /** What the report shows, most telling first: a sentence each. */
  readonly causes: readonly string[]
  /** What the host wrote for this player as they removed them: a stranger's words. Null: nothing. */
  readonly quote: string | null
  /** Whether one may watch there, with `full`. */
  readonly canWatch: boolean
  /** What the main button offers: the same again, a fresh page, the seat back, a lobby of one's own, or the way back only. */
  readonly remedy: 'retry' | 'reload' | 'play-here' | 'create' | 'none'
}

/** What the main button offers for each reason. */
const remedies: Readonly<Record<Reason, Failure['remedy']>> = {
  'not-found': 'none',
  full: 'retry',
  locked: 'retry',
  'wrong-password': 'none',
  'other-game': 'none',
  'version-mismatch': 'reload',
  kicked: 'none',
  banned: 'none',
  'no-route': 'retry',
  'bad-code': 'none',
  'host-silent': 'retry',
  'host-left': 'none',
  'host-changed': 'none',
  over: 'none',
  'seat-lost': 'retry',
  replaced: 'play-here',
  'rules-failed': 'none',
  'code-lost': 'none',
  'rate-limited': 'retry',
  'server-full': 'retry',
  'refused-origin': 'none',
  'no-webrtc': 'reload',
  'signaling-down': 'retry',
}

const NO_REPORT = { report: null, causes: [] } as const

export function failureOfReason(reason: Reason, detail = ''): Failure {
  const { title, advice, withReport } = texts.failures[reason]
  const told = detail !== '' && withReport !== undefined ? `${advice} ${withReport}` : advice
  return {
    reason,
    title,
    sentence: texts.reasons[reason],
    advice: told,
    detail,
    ...NO_REPORT,
    quote: null,
    canWatch: false,
    remedy: remedies[reason],
  }
}

/** A part of the page did not arrive. */
export class NotLoaded extends Error {
  constructor(why: unknown) {
    super(why instanceof Error ? why.message : String(why))
    this.name = 'NotLoaded'
  }
}

/** For whatever `createLobby`, `joinLobby`, `session()` or the game rejected with or threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NotLoaded) return failureOfLoading(error)
  if (error instanceof StarwireError) {
    const { canSpectate, hostText: quote } = error
    const { report } = error
    const causes = (report?.causes ?? []).map((cause) => texts.causes[cause])
    const failure = { ...failureOfReason(error.reason, error.detail), report, causes, quote, canWatch: canSpectate }
    const seconds = error.retryAfterSeconds
    return seconds === null ? failure : { ...failure, advice: `${failure.advice} ${texts.failed.tryAgainIn(seconds)}` }
  }
  return {
    reason: null,
    ...texts.otherFailures.unknown,
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    ...NO_REPORT,
    quote: null,
    canWatch: false,
    remedy: 'retry',
  }
}

/** The game's files did not arrive: mostly a network that broke, or a server that was updated meanwhile. */
export function failureOfLoading(error: unknown): Failure {
  return {
    reason: null,
    ...texts.otherFailures.loading,
    detail: error instanceof Error ? error.message : String(error),
    ...NO_REPORT,
    quote: null,
    canWatch: false,
    remedy: 'reload',
  }
}

/** A host's page that the browser brings back after it was left: it hosts no more. */
export const failureOfOwnLobby = (): Failure => ({
  reason: 'host-left',
  ...texts.otherFailures.ownLobby,
  detail: '',
  ...NO_REPORT,
  quote: null,
  canWatch: false,
  remedy: 'create',
})

/** One sentence for what a small part of the page asked for and did not get. */
export function sentenceOf(error: unknown): string {
  return error instanceof StarwireError ? texts.reasons[error.reason] : String(error)
}
