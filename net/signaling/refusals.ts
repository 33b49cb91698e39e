/** What an error of the signalling server means to somebody who wants to play. */
import type { Reason } from '../wire/reasons.ts'
import type { ErrorCode } from './protocol.ts'

/** Null when the attempt goes on: the error is about one message. */
export function reasonOfError(code: ErrorCode): Reason | null {
  switch (code) {
    case 'not-found':
      return 'not-found'
    case 'forgotten':
      return 'code-lost'
    case 'lobby-busy':
    case 'too-many-joins':
    case 'too-many-lobbies':
    case 'too-many-finds':
    case 'too-many-sockets':
      return 'rate-limited'
    case 'server-full':
      return 'server-full'
    case 'refused-origin':
      return 'refused-origin'
    case 'wrong-protocol':
    case 'bad-message':
      return 'version-mismatch'
    case 'stale':
    case 'too-fast':
    case 'unknown-peer':
    case 'out-of-order':
      return null
    default:
      return 'signaling-down'
  }
}
