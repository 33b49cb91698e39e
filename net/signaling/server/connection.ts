/** One socket as the server sees it, what it may be (a host, a guest, nothing yet), and what all of them share. */
import * as v from 'valibot'
import type { RawData, WebSocket } from 'ws'
import { isReason } from '../../errors/sentences.ts'
import type { Reason } from '../../wire/reasons.ts'
import { type ErrorCode, type IceServer, peerForm, type ServerMessage } from '../protocol.ts'
import type { Budget, Payer } from './budget.ts'
import { MAX_BUFFERED_BYTES, type SignalingLimits } from './limits.ts'
import type { Address, Lobby, LobbyStore } from './store.ts'

export interface HostRole {
  readonly kind: 'host'
  readonly lobby: Lobby
  /** The guests that this socket heard of, oldest first; those gone stay a while, to tell a late signal from a wrong one. */
  readonly guests: Map<Address, KnownGuest>
}

export interface KnownGuest {
  readonly epoch: number
  readonly since: number
  /** Stands for the guest's address, which no other process needs to know. */
  readonly group: string
  gone: boolean
}

export interface GuestRole {
  readonly kind: 'guest'
  readonly code: string
  readonly lobbyId: string
  readonly epoch: number
  readonly info: string
  /** The guest's name in its tickets. */
  readonly guest: string
  /** When this attempt began, and when the host admitted it, in ms. */
  readonly since: number
  admittedAt: number
  /** Whether it has sent anything to the host: until then it may be nobody. */
  hasSignalled: boolean
  phase: 'asking' | 'admitted'
  /** The host's socket that was asked; null when the host was away. A new one is asked again. */
  asked: Address | null
  /** Signals that wait for the host's socket to come back. */
  readonly outbox: string[]
}

export interface Connection {
  /** Also the name by which a host knows this guest. */
  readonly address: Address
  readonly socket: WebSocket
  /** Whose tokens it spends. */
  readonly from: Payer
  role: HostRole | GuestRole | null
  /** Attempts so far on this socket. */
  epoch: number
  /** When the other side last showed life, a pong included, in ms. */
  heardAt: number
  /** When it last said something, in ms. */
  spokeAt: number
  pingedAt: number
  /** Closed as an offender: what it already sent is not looked at. */
  expelled: boolean
  /** Pongs that were asked for and have not come. */
  pongsDue: number
  /** Messages that wait for their turn; they are worked on one after the other. */
  waiting: number
  turn: Promise<void>
}

export interface Context {
  readonly store: LobbyStore
  readonly limits: SignalingLimits
  readonly budget: Budget
  readonly secret: string
  /** Runs after what this address asked for before: so many lookups at once cannot share one token. */
  oneAtATime<T>(address: string, run: () => Promise<T>): Promise<T>
  /** Sockets of this address that host a lobby. */
  hostsOf(address: string): number
  now(): number
  iceServers(): IceServer[]
  count(what: ErrorCode | 'slow' | 'silent' | 'flood'): void
}

/** Every envelope: the lobby it is about, the socket that sent it, and the guest's attempt. */
const about = { lobbyId: v.string(), from: v.string(), epoch: v.number() }

/** What one process tells a socket of another (or of itself) through the store. */
const envelope = v.variant('kind', [
  // From a guest to its host.
  v.strictObject({ kind: v.literal('ask'), ...about, info: v.string(), group: v.string() }),
  v.strictObject({ kind: v.literal('guest-signal'), ...about, data: v.string() }),
  v.strictObject({ kind: v.literal('gone'), ...about }),
  // From a host to one guest.
  v.strictObject({ kind: v.literal('admit'), ...about }),
  v.strictObject({
    kind: v.literal('refuse'),
    ...about,
    reason: v.custom<Reason>(isReason),
    note: v.exactOptional(v.string()),
  }),
  v.strictObject({ kind: v.literal('host-signal'), ...about, data: v.string() }),
  /** From the host's socket, without asking the page: too many of this address are joining. */
  v.strictObject({ kind: v.literal('busy'), ...about }),
  /** Back to a host: what it sent to `from` came to nothing. */
  v.strictObject({
    kind: v.literal('undelivered'),
    ...about,
    error: v.picklist(['stale', 'unknown-peer', 'out-of-order']),
  }),
  /** To a host's old socket: the socket `from` holds the lobby now. */
  v.strictObject({ kind: v.literal('replaced'), ...about }),
])
export type Envelope = v.InferOutput<typeof envelope>

/** Null for what another version of the server may send. */
export function parseEnvelope(text: string): Envelope | null {
  try {
    const result = v.safeParse(envelope, JSON.parse(text))
    return result.success ? result.output : null
  } catch {
    return null
  }
}

export async function post(context: Context, to: Address, message: Envelope): Promise<boolean> {
  return peerForm.test(to) && (await context.store.send(to, JSON.stringify(message)))
}

/** Tells a host's socket that what it sent to this one came to nothing. Messages of guests are never answered so. */
export async function bounce(
  context: Context,
  connection: Connection,
  { kind, lobbyId, from, epoch }: Envelope,
  error: 'stale' | 'unknown-peer' | 'out-of-order',
): Promise<void> {
  if (kind !== 'admit' && kind !== 'refuse' && kind !== 'host-signal') return
  await post(context, from, { kind: 'undelivered', lobbyId, from: connection.address, epoch, error })
}

export function send(context: Context, connection: Connection, message: ServerMessage): void {
  const { socket } = connection
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
    context.count('slow')
    socket.terminate()
    return
  }
  socket.send(JSON.stringify(message))
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
  'too-many-sockets': 'Too many connections from this address; wait a moment.',
  'refused-origin': 'This server does not take pages from there.',
  idle: 'Nothing was heard of this socket that it is open for.',
  offender: 'Too many bad messages.',
  unavailable: 'The server cannot do that at the moment.',
}

/** What a message can promise at most; with a budget of nothing at all, no wait is long enough. */
const MAX_RETRY_SECONDS = 3600

/** As an error says it: whole seconds, and not a moment too early. */
export function retryAfter(waitMs: number): { retryAfterSeconds: number } {
  return { retryAfterSeconds: Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(waitMs / 1000))) }
}

/** Tells the socket what was wrong and counts it. */
export function fail(context: Context, connection: Connection, code: ErrorCode, detail?: string): void {
  context.count(code)
  send(context, connection, { type: 'error', code, message: detail ?? errorSentences[code] })
}

/** As `fail`, for what may be tried again after `waitMs`. */
export function refuseForNow(context: Context, connection: Connection, code: ErrorCode, waitMs: number): void {
  context.count(code)
  send(context, connection, { type: 'error', code, message: errorSentences[code], ...retryAfter(waitMs) })
}

/** Closes the socket for good: what it already sent is not looked at. */
export function expel(connection: Connection, why: string): void {
  connection.expelled = true
  connection.socket.close(1008, why)
}

/** As `fail`, for what no page of ours would send: who does it again and again is closed. */
export function offend(context: Context, connection: Connection, code: ErrorCode, detail?: string): void {
  fail(context, connection, code, detail)
  if (context.budget.take('badMessages', connection.address) === 0 || connection.expelled) return
  fail(context, connection, 'offender')
  expel(connection, 'offender')
}

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}
