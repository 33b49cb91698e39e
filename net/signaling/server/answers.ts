/** What the server says to a page: messages, errors with their sentences, and the end for those who offend. */
import type { ListingAnswer } from '../listing-messages.ts'
import type { ErrorCode, ServerMessage } from '../protocol.ts'
import type { TakeoverAnswer } from '../takeover-messages.ts'
import type { Connection, Context } from './connection.ts'
import { MAX_BUFFERED_BYTES } from './limits.ts'

/** What a message can promise at most; with a budget of nothing at all, no wait is long enough. */
const MAX_RETRY_SECONDS = 3600

/** Why a socket is refused before it is a connection: its page's origin, the name of this server, its address, no room, the server's end. */
export type Refusal = 'origin' | 'host' | 'address' | 'full' | 'stopping'

/** Room comes back when somebody leaves, and nobody knows when. Another try is worth it after so many ms. */
export const FULL_RETRY_MS = 30_000

/** A server that stops is replaced, or others are there: another try is worth it after so many ms. */
const STOPPING_RETRY_MS = 1_000

/** What a page hears of each refusal, and the HTTP status where it can hear nothing. */
export const refusals = {
  origin: { code: 'refused-origin', status: '403 Forbidden', retryMs: null },
  host: { code: 'refused-origin', status: '403 Forbidden', retryMs: null },
  address: { code: 'too-many-sockets', status: '429 Too Many Requests', retryMs: FULL_RETRY_MS },
  full: { code: 'server-full', status: '503 Service Unavailable', retryMs: FULL_RETRY_MS },
  stopping: { code: 'unavailable', status: '503 Service Unavailable', retryMs: STOPPING_RETRY_MS },
} as const satisfies Record<Refusal, { code: ErrorCode; status: string; retryMs: number | null }>

/** The only message of a socket that is refused. */
export function refusalMessage(why: Refusal): string {
  const { code, retryMs } = refusals[why]
  return JSON.stringify({ ...errorMessage(code), ...(retryMs !== null && retryAfter(retryMs)) })
}

export const errorSentences: Record<ErrorCode, string> = {
  'not-json': 'A message is one JSON object, as text.',
  'too-large': 'That message is too large.',
  'bad-message': 'A message of this type does not look like that.',
  'wrong-protocol': 'This server speaks another version of the protocol; reload the page.',
  'out-of-order': 'That message does not belong here at this moment.',
  'unknown-peer': 'There is no such guest in this lobby.',
  stale: 'That attempt is over.',
  'too-fast': 'That was one message too many for this second; it was dropped.',
  'not-found': 'There is no lobby with this code.',
  forgotten: 'This server does not know that lobby any more: it was restarted meanwhile.',
  'bad-token': 'This token does not take a lobby back.',
  'code-taken': 'Another lobby has this code now.',
  replaced: 'Another socket holds this lobby now.',
  'server-full': 'This server holds as many lobbies as it can.',
  'lobby-busy': 'Too many guests are joining this lobby at this moment.',
  'too-many-lobbies': 'Too many lobbies from this address; wait a moment.',
  'too-many-joins': 'Too many joins from this address; wait a moment.',
  'too-many-finds': 'Too many looks at the list from this address; wait a moment.',
  'too-many-sockets': 'Too many connections from this address; wait a moment.',
  'refused-origin': 'This server does not take pages from there.',
  idle: 'This socket has not been used for what it is open for.',
  offender: 'Too many bad messages.',
  unavailable: 'The server cannot do that at the moment.',
}

/** As a message says it: whole seconds, and not a moment too early. */
export function retryAfter(waitMs: number): { retryAfterSeconds: number } {
  return { retryAfterSeconds: Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(waitMs / 1000))) }
}

export function errorMessage(code: ErrorCode, detail = errorSentences[code]): ServerMessage {
  return { type: 'error', code, message: detail }
}

/** Cuts a socket that reads too slowly instead. */
export function send(
  context: Context,
  connection: Connection,
  message: ServerMessage | ListingAnswer | TakeoverAnswer,
): void {
  const { socket } = connection
  if (!socket.isOpen) return
  if (socket.bufferedBytes > MAX_BUFFERED_BYTES) {
    context.count('slow')
    connection.closedHere = true
    socket.terminate()
    return
  }
  socket.send(JSON.stringify(message))
}

/** Tells the socket what was wrong and counts it. */
export function fail(context: Context, connection: Connection, code: ErrorCode, detail?: string): void {
  context.count(code)
  send(context, connection, errorMessage(code, detail))
}

/** As `fail`, for what may be tried again after `waitMs`. */
export function refuseForNow(context: Context, connection: Connection, code: ErrorCode, waitMs: number): void {
  context.count(code)
  send(context, connection, { ...errorMessage(code), ...retryAfter(waitMs) })
}

/** Closes the socket for good: messages that it has already sent are dropped. */
export function expel(connection: Connection, why: string): void {
  connection.expelled = true
  connection.closedHere = true
  connection.socket.close(1008, why)
}

/** As `fail`, for what no page of ours would send. A socket that does it again and again is closed. */
export function offend(context: Context, connection: Connection, code: ErrorCode, detail?: string): void {
  fail(context, connection, code, detail)
  if (context.budget.take('badMessages', connection.address) === 0 || connection.expelled) return
  fail(context, connection, 'offender')
  expel(connection, 'offender')
}
