/**
 * Every message between a page and the signalling server, both ways: one JSON object per WebSocket text message, told
 * apart by `type`. Unknown types and unknown fields are refused.
 *
 * A host says `host` and hears `hosting`; a guest says `join` and hears `joining`; then the host hears `asked` and says
 * `admit` or `refuse`. The admitted guest says `to-host` and the host `to-guest`, each heard as `from-guest` and `from-host`,
 * until the two have a connection of their own. A guest that gets none says `relay` and hears `relay-ticket`, the host
 * `relay-offer`: each goes to the relay with its ticket. The messages of the public list stand in `listing-messages.ts`,
 * those by which a lobby gets another host in `takeover-messages.ts`.
 */
import * as v from 'valibot'
import { reasonSentences } from '../errors/sentences.ts'
import { MAX_SIGNAL_LENGTH } from '../transport/signal-text.ts'
import type { Reason } from '../wire/reasons.ts'
import type { ListingRequest } from './listing-messages.ts'
import { codeField as code, type Parsed, parseMessage } from './parse-message.ts'
import { MAX_NOTE_LENGTH } from './signals.ts'
import type { TakeoverRequest } from './takeover-messages.ts'

/** Where the signalling server listens, on the page's own origin unless told otherwise. */
export const SIGNALING_PATH = '/starwire'

/** Behind that path: where the sockets of a relay go. */
export const RELAY_SUFFIX = '/relay'

/** Raised when an older page could no longer talk with a newer server. */
export const PROTOCOL_VERSION = 1

/** Longest `info` of a guest in characters: a name, a password, a resume token and a version, with room to spare. */
export const MAX_INFO_LENGTH = 4096

/** Longest host token in characters; ours take about 150. */
const MAX_TOKEN_LENGTH = 512

/** Longest ticket in characters; ours take about 220. */
export const MAX_TICKET_LENGTH = 512

/** How a server-chosen guest name looks: the process that holds its socket, a dot, the socket. */
export const peerForm = /^[\w-]{8}\.[\w-]{16}$/

const peer = v.pipe(v.string(), v.regex(peerForm))
const epoch = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const info = v.pipe(v.string(), v.maxLength(MAX_INFO_LENGTH))
const data = v.pipe(v.string(), v.maxLength(MAX_SIGNAL_LENGTH))
const token = v.pipe(v.string(), v.maxLength(MAX_TOKEN_LENGTH))
const ticket = v.pipe(v.string(), v.maxLength(MAX_TICKET_LENGTH))
/** Of an address; ours have 22 characters. */
const mark = v.pipe(v.string(), v.maxLength(64))
const protocol = v.pipe(v.number(), v.safeInteger())
const note = v.exactOptional(v.pipe(v.string(), v.maxLength(MAX_NOTE_LENGTH)))
const reason = v.picklist(Object.keys(reasonSentences) as Reason[])

const iceServer = v.strictObject({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.exactOptional(v.string()),
  credential: v.exactOptional(v.string()),
})
const iceServers = v.array(iceServer)

/** One entry for `RTCPeerConnection`'s `iceServers`. */
export type IceServer = v.InferOutput<typeof iceServer>

/** Why the server refused a message, a request or a socket; also the kinds it counts. */
export const errorCodes = [
  /** Not JSON, or binary. */
  'not-json',
  /** More than `MAX_MESSAGE_BYTES`. */
  'too-large',
  /** An unknown type, an unknown or missing field, a value out of bounds. */
  'bad-message',
  /** Another version of this protocol. */
  'wrong-protocol',
  /** Not in this state: a `to-host` before `admitted`, a `join` from a host. */
  'out-of-order',
  /** No such guest in this lobby. */
  'unknown-peer',
  /** An attempt that is over. Harmless: it happens whenever two messages cross. */
  'stale',
  /** More messages than the socket may send. */
  'too-fast',
  /** No lobby has this code. */
  'not-found',
  /** No lobby has this code, and the guest was in one: the server has another secret since, so it was restarted. */
  'forgotten',
  /** The host token is forged, expired or of another server. */
  'bad-token',
  /** Another lobby has this code now. */
  'code-taken',
  /** Another socket holds this lobby now. */
  'replaced',
  /** The server holds as many lobbies as it may. */
  'server-full',
  /** Too many guests try to join this lobby at this moment. */
  'lobby-busy',
  /** Too many lobbies from this address. */
  'too-many-lobbies',
  /** Too many joins, or too many wrong codes, from this address: says nothing of the code. */
  'too-many-joins',
  /** Too many looks at the public list from this address. */
  'too-many-finds',
  /** Too many sockets, or hosts, from this address. */
  'too-many-sockets',
  /** The page is from where this server takes no pages from, or reached it by a name that is not its own. */
  'refused-origin',
  /** Neither hosted nor joined in time. */
  'idle',
  /** Closed for sending bad messages again and again. */
  'offender',
  /** The server cannot do it at the moment: its store does not answer. */
  'unavailable',
] as const
export type ErrorCode = (typeof errorCodes)[number]

export const hostingRequests = {
  /** A host: creates a lobby, or with a token takes its own back. */
  host: v.strictObject({ type: v.literal('host'), protocol, token: v.exactOptional(token) }),
  /** A guest: asks to join; said again, it starts a new attempt. `ticket`: the one that an earlier join into this lobby gave. */
  join: v.strictObject({ type: v.literal('join'), protocol, code, info, ticket: v.exactOptional(ticket) }),
  /** A host lets an asking guest in, and signals may flow. */
  admit: v.strictObject({ type: v.literal('admit'), peer, epoch }),
  /** A host turns an asking guest away; `note` says what the host is, for the guest to understand why. */
  refuse: v.strictObject({ type: v.literal('refuse'), peer, epoch, reason, note }),
  /** A host to one guest. */
  'to-guest': v.strictObject({ type: v.literal('to-guest'), peer, epoch, data }),
  /** An admitted guest asks for a relay between itself and its host. */
  relay: v.strictObject({ type: v.literal('relay'), epoch }),
  /** A guest to its host. */
  'to-host': v.strictObject({ type: v.literal('to-host'), epoch, data }),
  /** A host gives its lobby up. */
  close: v.strictObject({ type: v.literal('close') }),
}
/** All that a page says: of hosting and joining, of the public list, and of who hosts next. */
export type ClientMessage =
  | v.InferOutput<(typeof hostingRequests)[keyof typeof hostingRequests]>
  | ListingRequest
  | TakeoverRequest

const serverMessages = {
  /** To a host: the lobby is yours. `token` takes it back after a drop of the socket or a restart of the server. */
  hosting: v.strictObject({ type: v.literal('hosting'), code, token, iceServers }),
  /** To a guest: the lobby exists and its host is asked. `at`: the server's clock, in ms since 1970. */
  joining: v.strictObject({ type: v.literal('joining'), peer, epoch, iceServers, at: v.exactOptional(v.number()) }),
  /**
   * To a host: a guest asks to join. The ICE servers come again, because their credentials are short-lived. `mark` stands
   * for the guest's address in this lobby, where the operator lets hosts have one.
   */
  asked: v.strictObject({ type: v.literal('asked'), peer, epoch, info, iceServers, mark: v.exactOptional(mark) }),
  /** To a guest that asks: the host's page has no connection to signalling at the moment. It may come back and answer. */
  'host-away': v.strictObject({ type: v.literal('host-away'), epoch }),
  /** To a guest: the host let you in. `ticket`: for coming back into this lobby, however many others here are joining. */
  admitted: v.strictObject({ type: v.literal('admitted'), epoch, ticket: v.exactOptional(ticket) }),
  /** To a guest: the attempt is over, by the host's word or because the lobby is gone. */
  refused: v.strictObject({ type: v.literal('refused'), epoch, reason, note }),
  /** To a host, from one guest. */
  'from-guest': v.strictObject({ type: v.literal('from-guest'), peer, epoch, data }),
  /** To a guest, from its host. */
  'from-host': v.strictObject({ type: v.literal('from-host'), epoch, data }),
  /** To a guest that asked for a relay: a ticket, good for 10 s, once. */
  'relay-ticket': v.strictObject({ type: v.literal('relay-ticket'), epoch, ticket }),
  /** To a guest that asked for a relay: this server has none for it now. */
  'no-relay': v.strictObject({ type: v.literal('no-relay'), epoch }),
  /** To a host: a guest has got a relay, and this is the host's ticket. */
  'relay-offer': v.strictObject({ type: v.literal('relay-offer'), peer, epoch, ticket }),
  /** To a host: this attempt is over. */
  gone: v.strictObject({ type: v.literal('gone'), peer, epoch }),
  /** To a host or an heir: this server stops. Open another socket, which a balancer leads elsewhere, and come back by it. */
  move: v.strictObject({ type: v.literal('move') }),
  /** To everybody, every few seconds: a page does not see WebSocket pings, and must notice a dead connection, too. */
  beat: v.strictObject({ type: v.literal('beat') }),
  /** To the one who asked for too much. `retryAfterSeconds`: not before then. */
  error: v.strictObject({
    type: v.literal('error'),
    code: v.picklist(errorCodes),
    message: v.string(),
    retryAfterSeconds: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  }),
}
export type ServerMessage = v.InferOutput<(typeof serverMessages)[keyof typeof serverMessages]>

/** Reads what the server sent. Never throws. */
export const parseServerMessage = (text: string): Parsed<ServerMessage> =>
  parseMessage<ServerMessage>(serverMessages, text)

/** @throws RangeError when the text is longer than a signal may be. */
export function checkSignal(data: string): void {
  if (data.length <= MAX_SIGNAL_LENGTH) return
  throw new RangeError(`A signal has at most ${MAX_SIGNAL_LENGTH} characters: send the candidates one by one.`)
}
