/** What failed, and what a person is told of it: a title, the sentence of the reason, what to do, and facts for a report. */
import { type ConnectionReport, type Reason, StarwireError } from 'starwire'
import { type Texts, texts } from '../../game/languages/language.ts'

export interface Failure {
  /** Null for what is none of the library's reasons. */
  readonly reason: Reason | null
  /** What is told in place of the reason; null: the reason is. */
  readonly other: keyof Texts['otherFailures'] | null
  /** For a copyable report; empty when there is nothing to add. */
  readonly detail: string
  /** What was seen of the connection; null where that is not at fault. */
  readonly report: ConnectionReport | null
  /** After how many seconds to try again; null: that is not known. */
  readonly retryAfterSeconds: number | null
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

const PLAIN = { other: null, detail: '', report: null, retryAfterSeconds: null, quote: null, canWatch: false } as const

export function failureOfReason(reason: Reason, detail = ''): Failure {
  return { ...PLAIN, reason, detail, remedy: remedies[reason] }
}

/** What is told of a failure. */
interface FailureWords {
  readonly title: string
  readonly sentence: string
  readonly advice: string
  /** What the report shows, most telling first: a sentence each. */
  readonly causes: readonly string[]
}

/** In the language of now. */
export function wordsOf({ reason, other, detail, report, retryAfterSeconds }: Failure): FailureWords {
  const causes = (report?.causes ?? []).map((cause) => texts.causes[cause])
  if (other !== null || reason === null) return { ...texts.otherFailures[other ?? 'unknown'], causes }
  const { title, advice, withReport } = texts.failures[reason]
  const told = [
    advice,
    detail === '' ? undefined : withReport,
    retryAfterSeconds === null ? undefined : texts.failed.tryAgainIn(retryAfterSeconds),
  ]
  return { title, sentence: texts.reasons[reason], advice: told.filter((text) => text !== undefined).join(' '), causes }
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
    const { canSpectate: canWatch, hostText: quote, report, retryAfterSeconds } = error
    return { ...failureOfReason(error.reason, error.detail), report, retryAfterSeconds, quote, canWatch }
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { ...PLAIN, reason: null, other: 'unknown', detail, remedy: 'retry' }
}

/** The game's files did not arrive: mostly a network that broke, or a server that was updated meanwhile. */
export function failureOfLoading(error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error)
  return { ...PLAIN, reason: null, other: 'loading', detail, remedy: 'reload' }
}

/** A host's page that the browser brings back after it was left: it hosts no more. */
export const failureOfOwnLobby = (): Failure => ({
  ...PLAIN,
  reason: 'host-left',
  other: 'ownLobby',
  remedy: 'create',
})

/** One sentence for what a small part of the page asked for and did not get. */
export function sentenceOf(error: unknown): string {
  return error instanceof StarwireError ? texts.reasons[error.reason] : String(error)
}
