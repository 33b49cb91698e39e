/** What a person is told when something failed: a title, the sentence of the reason, what to do, and facts for a report. */
import { type ConnectionReport, connectionAdvice, type Reason, reasonSentences, StarwireError } from 'starwire'

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

interface Words extends Pick<Failure, 'title' | 'advice' | 'remedy'> {
  /** What to do with the report, where there is one: a match that ends comes without details. */
  readonly withReport?: string
}

const words: Record<Reason, Words> = {
  'not-found': {
    title: 'No such lobby',
    advice:
      'Lobbies close when nobody is left who can host them. Ask for the code again, or create a lobby of your own.',
    remedy: 'none',
  },
  full: {
    title: 'No seat left',
    advice: 'Try again when somebody has left, or create a second lobby.',
    remedy: 'retry',
  },
  locked: { title: 'A closed door', advice: 'Ask the host to unlock it, then try again.', remedy: 'retry' },
  'wrong-password': { title: 'Wrong password', advice: 'Ask the host for the password.', remedy: 'none' },
  'other-game': {
    title: 'Another game',
    advice: 'Open the link that your host shares: it leads to the right page.',
    remedy: 'none',
  },
  'version-mismatch': {
    title: 'Out of step',
    advice: 'The code stays in the address, so you can join right after reloading.',
    remedy: 'reload',
  },
  kicked: {
    title: 'Out of the lobby',
    advice: 'You can create a lobby of your own, or ask the host to let you in again.',
    remedy: 'none',
  },
  banned: { title: 'No entry', advice: 'You can create a lobby of your own.', remedy: 'none' },
  'no-route': {
    title: 'No way to the host',
    advice: 'Try again without a VPN, or on another network: a phone’s hotspot often works.',
    withReport: 'If it stays like this, send the report below to whoever runs this page.',
    remedy: 'retry',
  },
  'bad-code': {
    title: 'Misread or mistyped',
    advice: 'Codes have no vowels and no look-alikes: never 0, O, 1, I or L. Ask your host to read it out again.',
    remedy: 'none',
  },
  'host-silent': {
    title: 'The host is silent',
    advice: 'Ask the host to bring the game’s tab to the front, then try again.',
    remedy: 'retry',
  },
  'host-left': {
    title: 'The lobby has closed',
    advice:
      'One player’s page runs the match, and no other could take over. Create a lobby, and the others can fly with you.',
    remedy: 'none',
  },
  'host-changed': {
    title: 'The host has changed',
    advice: 'Another player’s page runs the match now. Try again.',
    remedy: 'none',
  },
  over: { title: 'The match is over', advice: 'Wait in the lobby for the next one.', remedy: 'none' },
  'seat-lost': {
    title: 'Away for too long',
    advice: 'The match may still be on: join again, with a new ship.',
    remedy: 'retry',
  },
  replaced: {
    title: 'Playing elsewhere',
    advice: 'Go on there and close this one, or take your seat back.',
    remedy: 'play-here',
  },
  'rules-failed': {
    title: 'The match broke down',
    advice: 'This is a bug in the game, not your fault. Start a new lobby to play on.',
    remedy: 'none',
  },
  'code-lost': {
    title: 'An old code',
    advice: 'Your host can go on playing, and finds a button for a new code in the lobby and in the match.',
    remedy: 'none',
  },
  'rate-limited': {
    title: 'Too many at once',
    advice:
      'So it is after several wrong passwords, and where a whole school or café tries behind one address. It passes by itself.',
    remedy: 'retry',
  },
  'server-full': {
    title: 'The server is full',
    advice: 'Matches under way go on. There is room again as soon as some of them end.',
    remedy: 'retry',
  },
  'refused-origin': {
    title: 'Not from this page',
    advice: 'Nothing is wrong with your network. The server’s log says what its operator has to set.',
    remedy: 'none',
  },
  'no-webrtc': {
    title: 'No WebRTC here',
    advice:
      'Look for an extension or a privacy setting that blocks WebRTC and allow this page, or open it in another browser.',
    withReport: 'The report below says what is missing.',
    remedy: 'reload',
  },
  'signaling-down': {
    title: 'The server is out of reach',
    advice: 'You need it to open or find a lobby only; matches under way go on without it.',
    remedy: 'retry',
  },
}

const NO_REPORT = { report: null, causes: [] } as const

export function failureOfReason(reason: Reason, detail = ''): Failure {
  const { title, advice, withReport, remedy } = words[reason]
  const told = detail !== '' && withReport !== undefined ? `${advice} ${withReport}` : advice
  return {
    reason,
    title,
    sentence: reasonSentences[reason],
    advice: told,
    detail,
    ...NO_REPORT,
    quote: null,
    canWatch: false,
    remedy,
  }
}

/** For whatever `createLobby`, `joinLobby`, `session()` or the game rejected with or threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StarwireError) {
    const { canSpectate, hostText: quote } = error
    const { report } = error
    const causes = report ? connectionAdvice(report) : []
    const failure = { ...failureOfReason(error.reason, error.detail), report, causes, quote, canWatch: canSpectate }
    const seconds = error.retryAfterSeconds
    return seconds === null
      ? failure
      : { ...failure, advice: `${failure.advice} Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.` }
  }
  return {
    reason: null,
    title: 'Something went wrong',
    sentence: 'This page ran into an error it does not know.',
    advice: 'Try again; if it happens twice, reload the page. The report below says more.',
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
    title: 'The game did not load',
    sentence: 'The files of the game could not be fetched.',
    advice: 'Check your network, then reload the page. You can come back with the same code while the lobby is open.',
    detail: error instanceof Error ? error.message : String(error),
    ...NO_REPORT,
    quote: null,
    canWatch: false,
    remedy: 'reload',
  }
}

/** A host's page that the browser brings back after it was left: it hosts no more. */
export const failureOfOwnLobby: Failure = {
  reason: 'host-left',
  title: 'You no longer host',
  sentence: 'This page was left for a moment, and your lobby went on without it, or closed.',
  advice:
    'If another player’s page took over, the old code still leads there. Else create a new lobby and share its code.',
  detail: '',
  ...NO_REPORT,
  quote: null,
  canWatch: false,
  remedy: 'create',
}
