/**
 * What host and guests say on the bulk lane: each message one MessagePack array [kind, 0, 0, contents], as every packet is.
 * What comes from a peer is checked against a schema; nothing of it is trusted. Two things stay as they are in every version of
 * Starwire, so that pages of different versions can tell each other so: `protocol` of a hello, and `refused` with its `reason`.
 */
import * as v from 'valibot'
import { reasonSentences } from '../errors/sentences.ts'
import { MAX_SIGNAL_MESSAGE_BYTES, media, participantsMessage, signal, signalled } from '../media/media-messages.ts'
import { closeMessage, type OpenedMessage, openMessage } from '../wire/bulk-message.ts'
import { WIRE_VERSION } from '../wire/version.ts'
import type { PlainValues } from '../world/complete-values.ts'
import { isPlayerId, MAX_SEATS, MAX_TICK, type PlayerId } from '../world/ids.ts'
import { MAX_FORMER_CODES, nameForm } from './admission/browser-mark.ts'
import { cleanHostText, MAX_HOST_TEXT_BYTES } from './admission/host-text.ts'
import { chat, say, unsaid } from './chat/chat-messages.ts'
import { MAX_CUTS } from './match/match-cuts.ts'
import { isMemberData } from './members/member-data.ts'
import {
  guestMigrationMessages,
  hostMigrationMessages,
  isMigrationMessage,
  MAX_MIGRATION_MESSAGE_BYTES,
  MIGRATION_KINDS,
} from './migration/migration-messages.ts'
import { cleanName, MAX_NAME_BYTES } from './names.ts'

/**
 * The number that a message of each kind begins with. The scheme is one for all bulk messages: files have 64 to 70 (`net/files/kinds.ts`),
 * tracks beside a link 84 (`net/media/tracks-over.ts`), heirs' streams 96 to 98 (`net/migration/heir-messages.ts`). Kinds of the state lane are below 16.
 */
export const LOBBY_KINDS = {
  hello: 16,
  welcome: 17,
  refused: 18,
  member: 19,
  start: 20,
  ready: 21,
  code: 22,
  finish: 23,
  gone: 24,
  settings: 25,
  choose: 26,
  chosen: 27,
  data: 28,
  say: 32,
  chat: 33,
  unsaid: 34,
  removed: 48,
  admission: 49,
  ask: 50,
  guess: 51,
  spectate: 52,
  seat: 53,
  declined: 54,
  formerly: 55,
  media: 80,
  participants: 81,
  signal: 82,
  signalled: 83,
  ...MIGRATION_KINDS,
} as const

/** Longest message of a guest. The longest honest one is a hello with a choice. Media signals have a limit of their own. */
export const MAX_GUEST_MESSAGE_BYTES = 4096
/** Longest name that a peer may send, in UTF-16 units: a text never has more of them than bytes in UTF-8. */
export const MAX_SENT_NAME = MAX_NAME_BYTES

/** Longest name of a kind of bot that a peer may send, in UTF-16 units. */
const MAX_BOT_KIND = 64

const player = v.custom<PlayerId>(isPlayerId)
const reason = v.picklist(Object.keys(reasonSentences) as (keyof typeof reasonSentences)[])
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1))

const scalar = v.union([v.null(), v.boolean(), v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(255))])

/** Values of fields by their names. `game-values.ts` checks them against the game. */
export const plainValues: v.GenericSchema<unknown, PlainValues> = v.record(
  v.string(),
  v.union([scalar, v.pipe(v.array(scalar), v.maxLength(255))]),
)

const memberData = v.custom<unknown>(isMemberData)

export const memberSchema = v.strictObject({
  id: player,
  // Cleaned again: an honest host has done so, a hostile one has not.
  name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME), v.transform(cleanName)),
  host: v.boolean(),
  spectator: v.boolean(),
  ready: v.boolean(),
  presence: v.picklist(['here', 'late', 'away']),
  /** What the player chose of their record: every field that is `chosen`. */
  choice: plainValues,
  /** What the member's page says of itself; null: nothing. */
  data: memberData,
  /** Left out or null: a person. */
  bot: v.exactOptional(
    v.nullable(
      v.strictObject({
        kind: v.pipe(v.string(), v.maxLength(MAX_BOT_KIND)),
        skill: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      }),
    ),
  ),
})

/** Cleaned again: an honest host has done so, a hostile one has not. */
const hostText = v.pipe(v.string(), v.maxLength(MAX_HOST_TEXT_BYTES), v.transform(cleanHostText))

/** Who may come in. */
const admission = v.strictObject({
  locked: v.boolean(),
  hasPassword: v.boolean(),
  maxPlayers: v.pipe(whole, v.maxValue(MAX_SEATS)),
  maxSpectators: v.pipe(whole, v.maxValue(MAX_SEATS)),
})

/** Mixed into a password's key: 128 random bits of the host's, as 32 hexadecimal digits. */
const salt = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))
const key = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

const roster = v.pipe(v.array(memberSchema), v.maxLength(MAX_SEATS))

/** Longest time that a seat stays reserved, in seconds: an hour. */
export const MAX_RESUME_SECONDS = 3600

/** Longest pause that a host may ask of a refused guest, in seconds. */
const MAX_RETRY_SECONDS = 3600

/** What leads a player back to the seat: 128 random bits of the host's, as 32 hexadecimal digits. */
export const tokenForm = /^[0-9a-f]{32}$/
const token = v.pipe(v.string(), v.regex(tokenForm))
/** Of the tokens that a guest was given before the newest one, so many are shown. */
export const MAX_EARLIER_TOKENS = 3

/** A lobby's code. Ours has five characters; other signalling may give longer ones. */
const code = v.pipe(v.string(), v.regex(/^[0-9A-Z]{1,16}$/))

const epoch = v.pipe(whole, v.minValue(1))

/** What a match is played with, told to whoever takes part. */
const matchSetup = {
  seed: whole,
  options: plainValues,
  settings: plainValues,
}

/** The match that runs, as a welcome tells it. */
const runningMatch = v.strictObject({
  ...matchSetup,
  /** The epoch of its start, which names the match. */
  since: epoch,
  /** From where other hosts went on with it, oldest first. */
  cuts: v.pipe(
    v.array(
      v.strictObject({
        epoch,
        tick: v.pipe(whole, v.maxValue(MAX_TICK)),
        nextRefereeId: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
        shiftTicks: v.pipe(v.number(), v.minValue(-MAX_TICK), v.maxValue(0)),
      }),
    ),
    v.maxLength(MAX_CUTS),
  ),
})

/** A hello of another version of Starwire. Only its `protocol` is read. */
const foreignHello = v.looseObject({
  kind: v.literal('hello'),
  protocol: v.pipe(whole, v.notValue(WIRE_VERSION)),
})

const guestMessages = {
  hello: v.strictObject({
    kind: v.literal('hello'),
    protocol: v.literal(WIRE_VERSION),
    name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME)),
    hash: v.pipe(v.string(), v.maxLength(64)),
    /** The token of the seat that the guest had. Left out: they are new. */
    resume: v.exactOptional(token),
    /** Those before it, newest first: this host may have taken over from one that gave an older token. */
    earlier: v.exactOptional(v.pipe(v.array(token), v.maxLength(MAX_EARLIER_TOKENS))),
    /** They had this link before the host changed: who they are is known from the host before, and no token is shown. */
    vouched: v.exactOptional(v.literal(true)),
    /** What a new guest chooses. Left out: nothing. */
    choice: v.exactOptional(plainValues),
    /** They come to watch. */
    spectate: v.exactOptional(v.literal(true)),
    /** The names of the guest's browser under the codes that the host's `formerly` named. Left out: they were not asked. */
    formerly: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.regex(nameForm))), v.maxLength(MAX_FORMER_CODES))),
  }),
  ready: v.strictObject({ kind: v.literal('ready'), ready: v.boolean() }),
  /** A request for a choice: some of the fields that are chosen. Answered by a `chosen` with the same number. */
  choose: v.strictObject({ kind: v.literal('choose'), ask: whole, choice: plainValues }),
  /** What this page says of itself. */
  data: v.strictObject({ kind: v.literal('data'), data: memberData }),
  /** The guest asks to watch, or to play again. */
  spectate: v.strictObject({ kind: v.literal('spectate'), spectate: v.boolean() }),
  /** The key of a password with the salt that the host asked with. */
  guess: v.strictObject({ kind: v.literal('guess'), salt, key }),
  say,
  media,
  signal,
  ...guestMigrationMessages,
}

const hostMessages = {
  welcome: v.strictObject({
    kind: v.literal('welcome'),
    you: player,
    /** The lobby's epoch: of the match that runs, or of the last one. */
    epoch,
    /** The match that runs; null before a match and between two. */
    match: v.nullable(runningMatch),
    admission,
    /** All of the game's. */
    settings: plainValues,
    roster,
    /** The token leads this guest back to the seat, for `seconds` after the link is lost. */
    resume: v.strictObject({ token, seconds: v.pipe(whole, v.maxValue(MAX_RESUME_SECONDS)) }),
  }),
  /** There is no seat for this guest. `text`: what the host wrote to somebody who is banned. */
  refused: v.strictObject({
    kind: v.literal('refused'),
    reason,
    text: v.exactOptional(hostText),
    /** An earlier try is refused as well. */
    retryAfterSeconds: v.exactOptional(v.pipe(whole, v.minValue(1), v.maxValue(MAX_RETRY_SECONDS))),
    /** No seat to play is left, but one to watch. */
    canSpectate: v.exactOptional(v.literal(true)),
  }),
  /** Asks a guest for the password, after their hello. The answer is a `guess`. */
  ask: v.strictObject({ kind: v.literal('ask'), salt }),
  /** Asks a newcomer for the names of their browser under the lobby's former codes. The answer is the hello again, with `formerly`. */
  formerly: v.strictObject({
    kind: v.literal('formerly'),
    codes: v.pipe(v.array(code), v.maxLength(MAX_FORMER_CODES)),
  }),
  /** A member came or changed: the member as they are now. */
  member: v.strictObject({ kind: v.literal('member'), member: memberSchema }),
  /** A member's seat is free. */
  gone: v.strictObject({ kind: v.literal('gone'), id: player }),
  /** What the host wrote to a guest whom they remove. The link's goodbye follows, and says whether they are kicked or banned. */
  removed: v.strictObject({ kind: v.literal('removed'), text: hostText }),
  admission: v.strictObject({ kind: v.literal('admission'), admission }),
  /** The host changed some of the settings: all of them, as they are now. */
  settings: v.strictObject({ kind: v.literal('settings'), settings: plainValues }),
  /** The answer to a `choose`: null, or why not. What the member has now is in a `member` before it. */
  chosen: v.strictObject({
    kind: v.literal('chosen'),
    ask: whole,
    refusal: v.nullable(v.picklist(['not-allowed', 'already-playing', 'too-fast'])),
  }),
  /**
   * The answer to `spectate`: the guest has another seat, with its own token. `tick`: the host's newest, 0 without a match. Snapshots of
   * later ticks are for the new seat.
   */
  seat: v.strictObject({ kind: v.literal('seat'), you: player, spectator: v.boolean(), tick: whole, token }),
  /** The answer to `spectate`: the guest keeps the seat. */
  declined: v.strictObject({ kind: v.literal('declined'), refusal: v.picklist(['full', 'too-often']) }),
  /** The lobby's code now, for newcomers and for this guest's own return. */
  code: v.strictObject({ kind: v.literal('code'), code, state: v.picklist(['open', 'unreachable', 'lost']) }),
  /** A match begins. */
  start: v.strictObject({ kind: v.literal('start'), epoch, ...matchSetup }),
  /** The match of this epoch is over; the lobby goes on. */
  finish: v.strictObject({ kind: v.literal('finish'), epoch }),
  chat,
  unsaid,
  participants: participantsMessage,
  signalled,
  ...hostMigrationMessages,
}

/** Stands for a hello of another version of Starwire, of which nothing else is read. */
export interface ForeignHello {
  readonly kind: 'foreign-hello'
}

export type Hello = v.InferOutput<typeof guestMessages.hello>
export type GuestMessage = v.InferOutput<(typeof guestMessages)[keyof typeof guestMessages]>
export type HostMessage = v.InferOutput<(typeof hostMessages)[keyof typeof hostMessages]>
export type ChoiceRefusal = NonNullable<Extract<HostMessage, { kind: 'chosen' }>['refusal']>
export type RosterEntry = v.InferOutput<typeof memberSchema>

export function encodeMessage(message: GuestMessage | HostMessage): Uint8Array {
  return closeMessage(LOBBY_KINDS, message)
}

/** Whether bytes of a guest claim to be a media signal: the kind is their second byte. Signals have their own limit and budget. */
export function isSignal(bytes: Uint8Array): boolean {
  return bytes[1] === LOBBY_KINDS.signal
}

/** The message, or null for bytes that are none. */
export function decodeGuestMessage(bytes: Uint8Array): GuestMessage | ForeignHello | null {
  const maxBytes = maxBytesOf(bytes)
  const opened = bytes.length > maxBytes ? null : openMessage(LOBBY_KINDS, bytes)
  if (!opened) return null
  const isForeign = opened.kind === 'hello' && v.is(foreignHello, { ...opened.contents, kind: 'hello' })
  return isForeign ? { kind: 'foreign-hello' } : check<GuestMessage>(guestMessages, opened)
}

/** The message, or null for bytes that are none. */
export function decodeHostMessage(bytes: Uint8Array): HostMessage | null {
  const opened = openMessage(LOBBY_KINDS, bytes)
  return opened && check<HostMessage>(hostMessages, opened)
}

function maxBytesOf(bytes: Uint8Array): number {
  if (isSignal(bytes)) return MAX_SIGNAL_MESSAGE_BYTES
  return isMigrationMessage(bytes) ? MAX_MIGRATION_MESSAGE_BYTES : MAX_GUEST_MESSAGE_BYTES
}

function check<T>(
  schemas: Readonly<Record<string, v.GenericSchema<unknown, T>>>,
  { kind, contents }: OpenedMessage,
): T | null {
  const schema = schemas[kind]
  // The first defect is enough; a list of all would be longer than the message.
  const checked = schema && v.safeParse(schema, { ...contents, kind }, { abortEarly: true })
  return checked?.success ? checked.output : null
}
