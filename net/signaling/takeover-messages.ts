/**
 * The messages by which a lobby gets another host, beside those of `protocol.ts` and by its rules. A page loads them only when
 * its lobby has heirs.
 *
 * A host says `heirs`, which names who may take the lobby over, and gives each heir a key on a way of its own. An heir says
 * `watch` with its key, keeps the socket, and hears `host-gone` when the host's socket is closed by its own end. Then it says
 * `claim`. One that has half of the voters says `reserve` before, and `give-back` when it has not won. The server asks the host whether it lives (`prove-alive`), waits, and answers `hosting`, or `claim-refused`. A
 * host that leaves says `transfer`; its heir hears `handed` and says `claim`, which nobody is asked about.
 *
 * A server that was restarted knows no heirs. Each has a `pass` from it, of a minute or so ago: with that, one who has won the players'
 * votes says `claim`, and has the lobby unless its host comes back within a second.
 *
 * Life is what the host's core says (`alive`). A pong shows none: browsers answer pings below a page that hangs.
 */
import * as v from 'valibot'
import { codeField, type Parsed, parseMessage } from './parse-message.ts'

/** Heirs of one lobby at most; two are warm, and one more may be on its way out. */
export const MAX_HEIRS = 4

/** More seats than any lobby has. */
const MAX_SEAT = 1000

/** Matches and hosts of one lobby. A host that counts further lies. */
export const MAX_EPOCH = 2 ** 31 - 1

const seat = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_SEAT))
const epoch = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_EPOCH))
const protocol = v.pipe(v.number(), v.safeInteger())
/** Drawn by the host with at least 96 bits of chance. */
const key = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/))
/** SHA-256 of the key's UTF-8 bytes, in hexadecimal. */
export const keyHashForm = /^[0-9a-f]{64}$/
/** Signed by the server; ours have about 300 characters, and 120 more for each other heir. */
const pass = v.pipe(v.string(), v.maxLength(1024))
export const heirKey = v.strictObject({ seat, keyHash: v.pipe(v.string(), v.regex(keyHashForm)) })

const refusals = [
  /** The host showed that it lives. */
  'host-lives',
  /** Somebody else is the host of that epoch, or of a later one. */
  'replaced',
  /** The host names other heirs by now. */
  'no-heir',
  /** The server does not know the lobby any more: the players decide without it. */
  'not-found',
] as const
/** Why a claim came to nothing. */
export type ClaimRefusal = (typeof refusals)[number]

/** What pages say. */
export const takeoverRequests = {
  /** A host: my core runs, in this epoch. Every few seconds, when the epoch changes, and when the server asks. */
  alive: v.strictObject({ type: v.literal('alive'), epoch }),
  /** A host: am I still the host? It is answered by `heard`, and is no sign of life: a host without its voters is to be replaced. */
  ask: v.strictObject({ type: v.literal('ask') }),
  /** A host: these alone may take the lobby over, the first in rank first. */
  heirs: v.strictObject({ type: v.literal('heirs'), epoch, heirs: v.pipe(v.array(heirKey), v.maxLength(MAX_HEIRS)) }),
  /** A host that leaves: the heir of this seat is the host of `epoch`. The socket hosts nothing any more. */
  transfer: v.strictObject({ type: v.literal('transfer'), seat, epoch }),
  /** An heir: tell this socket what happens to the host. Said again, it watches for another seat or lobby. */
  watch: v.strictObject({ type: v.literal('watch'), protocol, code: codeField, seat, key }),
  /** An heir that watches: half of the voters are for it, so it needs the server's vote. The host goes on until the heir claims. */
  reserve: v.strictObject({ type: v.literal('reserve'), epoch }),
  /** An heir that has reserved: it has not won. */
  'give-back': v.strictObject({ type: v.literal('give-back'), epoch }),
  /**
   * An heir that watches: the host is dead or has handed over, so let me be the host of `epoch`. `pass`: of an heir whose lobby the server
   * has forgotten, as the first message of its socket.
   */
  claim: v.strictObject({ type: v.literal('claim'), epoch, pass: v.exactOptional(pass) }),
}
export type TakeoverRequest = v.InferOutput<(typeof takeoverRequests)[keyof typeof takeoverRequests]>

const answers = {
  /** To a host: an heir claims the lobby. Say `alive` now, or lose it. */
  'prove-alive': v.strictObject({ type: v.literal('prove-alive') }),
  /** To a host that asked: it holds the lobby, in this epoch. `reserved`: the epoch in which an heir has the server's vote; null: none. */
  heard: v.strictObject({ type: v.literal('heard'), epoch, reserved: v.nullable(epoch) }),
  /** To an heir: it has the server's vote for this epoch. Else it hears `claim-refused`. */
  reserved: v.strictObject({ type: v.literal('reserved'), epoch }),
  /** To an heir: this socket watches. `epoch`: of the lobby as the server knows it. Said again with each new `pass`. */
  watching: v.strictObject({ type: v.literal('watching'), epoch, pass }),
  /** To an heir: the host's socket was closed by its own end. */
  'host-gone': v.strictObject({ type: v.literal('host-gone') }),
  /** To an heir: the host handed the lobby over, to this seat. */
  handed: v.strictObject({ type: v.literal('handed'), seat, epoch }),
  /** To an heir: the host names others by now, so there is nothing to watch. */
  'no-heir': v.strictObject({ type: v.literal('no-heir') }),
  /** To an heir whose claim came to nothing. */
  'claim-refused': v.strictObject({ type: v.literal('claim-refused'), epoch, reason: v.picklist(refusals) }),
}
export type TakeoverAnswer = v.InferOutput<(typeof answers)[keyof typeof answers]>

/** Reads what the server says about hosts and heirs; null for all else. Never throws. */
export function parseTakeoverAnswer(text: string): TakeoverAnswer | null {
  const parsed: Parsed<TakeoverAnswer> = parseMessage<TakeoverAnswer>(answers, text)
  return 'message' in parsed ? parsed.message : null
}
