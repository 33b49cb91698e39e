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
import { isPlayerId, MAX_SEATS, type PlayerId } from '../world/ids.ts'
import { MAX_FORMER_CODES, nameForm } from './admission/browser-mark.ts'
import { cleanHostText, MAX_HOST_TEXT_BYTES } from './admission/host-text.ts'
import { chat, say, unsaid } from './chat/chat-messages.ts'
import { isMemberData } from './members/member-data.ts'
import { cleanName, MAX_NAME_BYTES } from './names.ts'

/** What a message is, by the number it begins with: the state lane's kinds are below 16, those of files 64 to 70. */
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
} as const

/** A guest's messages are short: a name and a hash. Signals for media alone are longer. */
export const MAX_GUEST_MESSAGE_BYTES = 4096
/** Longest name that a peer may send, in UTF-16 units: as many as a name has bytes at most. */
export const MAX_SENT_NAME = MAX_NAME_BYTES

/** Longest name of a kind of bot that a peer may send, in UTF-16 units. */
const MAX_BOT_KIND = 64

const player = v.custom<PlayerId>(isPlayerId)
const reason = v.picklist(Object.keys(reasonSentences) as (keyof typeof reasonSentences)[])
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1))

const scalar = v.union([v.null(), v.boolean(), v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(255))])

/** Values of fields by their names. Whether they are those of the game is for whoever knows the game. */
const fieldValues: v.GenericSchema<unknown, PlainValues> = v.record(
  v.string(),
  v.union([scalar, v.pipe(v.array(scalar), v.maxLength(255))]),
)

const memberData = v.custom<unknown>(isMemberData)

const member = v.strictObject({
  id: player,
  // A hostile host may send any; an honest one's are clean, and this changes nothing.
  name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME), v.transform(cleanName)),
  host: v.boolean(),
  spectator: v.boolean(),
  ready: v.boolean(),
  presence: v.picklist(['here', 'late', 'away']),
  /** What the player chose of their record: every field that is `chosen`. */
  choice: fieldValues,
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

/** A hostile host may send any; an honest one's is clean, and this changes nothing. */
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

const roster = v.pipe(v.array(member), v.maxLength(MAX_SEATS))

/** Longest time that a seat is kept, in seconds: an hour. */
export const MAX_RESUME_SECONDS = 3600

/** Nobody is sent away for longer, in seconds. */
const MAX_RETRY_SECONDS = 3600

/** What leads a player back to the seat: 128 random bits of the host's, as 32 hexadecimal digits. */
export const tokenForm = /^[0-9a-f]{32}$/
const token = v.pipe(v.string(), v.regex(tokenForm))

/** As the signalling of this lobby gives them; five characters in ours. */
const code = v.pipe(v.string(), v.regex(/^[0-9A-Z]{1,16}$/))

const epoch = v.pipe(whole, v.minValue(1))

/** What a match is played with, told to whoever takes part. */
const matchSetup = {
  seed: whole,
  options: fieldValues,
  settings: fieldValues,
}

/** A hello of another version: nothing is known of it but that it names its protocol. */
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
    /** Of the seat that the guest had. Left out, they are new. */
    resume: v.exactOptional(token),
    /** What a new guest chooses. Left out: nothing. */
    choice: v.exactOptional(fieldValues),
    /** They come to watch. */
    spectate: v.exactOptional(v.literal(true)),
    /** What their browser called itself under the codes that `formerly` named. Left out: they were not asked. */
    formerly: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.regex(nameForm))), v.maxLength(MAX_FORMER_CODES))),
  }),
  ready: v.strictObject({ kind: v.literal('ready'), ready: v.boolean() }),
  /** A request for a choice: some of the fields that are chosen. Answered by a `chosen` with the same number. */
  choose: v.strictObject({ kind: v.literal('choose'), ask: whole, choice: fieldValues }),
  /** What this page says of itself. */
  data: v.strictObject({ kind: v.literal('data'), data: memberData }),
  /** The guest asks to watch, or to play again. */
  spectate: v.strictObject({ kind: v.literal('spectate'), spectate: v.boolean() }),
  /** The key of a password with the salt that the host asked with. */
  guess: v.strictObject({ kind: v.literal('guess'), salt, key }),
  say,
  media,
  signal,
}

const hostMessages = {
  welcome: v.strictObject({
    kind: v.literal('welcome'),
    you: player,
    /** Of the lobby: of the match that runs, or of the last one. */
    epoch,
    /** The match that runs; null before a match and between two. */
    match: v.nullable(v.strictObject(matchSetup)),
    admission,
    /** All of the game's. */
    settings: fieldValues,
    roster,
    /** Leads this guest back to the seat, for so many seconds after the link is lost. */
    resume: v.strictObject({ token, seconds: v.pipe(whole, v.maxValue(MAX_RESUME_SECONDS)) }),
  }),
  /** There is no seat for this guest. `text`: what the host wrote to somebody who is banned. */
  refused: v.strictObject({
    kind: v.literal('refused'),
    reason,
    text: v.exactOptional(hostText),
    /** Before that, another try is in vain. */
    retryAfterSeconds: v.exactOptional(v.pipe(whole, v.minValue(1), v.maxValue(MAX_RETRY_SECONDS))),
    /** Nobody more may play, and this guest may watch. */
    canSpectate: v.exactOptional(v.literal(true)),
  }),
  /** This guest may sit when they know the password: the answer to their hello is a guess. */
  ask: v.strictObject({ kind: v.literal('ask'), salt }),
  /** The lobby had these codes before: the answer to a hello is a hello that says by what names the guest was here then. */
  formerly: v.strictObject({
    kind: v.literal('formerly'),
    codes: v.pipe(v.array(code), v.maxLength(MAX_FORMER_CODES)),
  }),
  /** Somebody came, or a member changed: the member as they are now. */
  member: v.strictObject({ kind: v.literal('member'), member }),
  /** A member's seat is free. */
  gone: v.strictObject({ kind: v.literal('gone'), id: player }),
  /** The host removes this guest, and wrote this. The link's goodbye follows, and says how. */
  removed: v.strictObject({ kind: v.literal('removed'), text: hostText }),
  admission: v.strictObject({ kind: v.literal('admission'), admission }),
  /** The host changed some: all of the game's. */
  settings: v.strictObject({ kind: v.literal('settings'), settings: fieldValues }),
  /** The answer to a `choose`: null, or why not. What the member has now is in a `member` before it. */
  chosen: v.strictObject({
    kind: v.literal('chosen'),
    ask: whole,
    refusal: v.nullable(v.picklist(['not-allowed', 'already-playing', 'too-fast'])),
  }),
  /**
   * The answer to `spectate`: another seat, and what leads back to it. `tick`: the host's newest, 0 without a match; later ticks are
   * told to the new seat.
   */
  seat: v.strictObject({ kind: v.literal('seat'), you: player, spectator: v.boolean(), tick: whole, token }),
  /** The answer to `spectate`: the guest keeps the seat. */
  declined: v.strictObject({ kind: v.literal('declined'), refusal: v.picklist(['full', 'too-often']) }),
  /** The code by which others find this lobby, and by which this guest finds it again. */
  code: v.strictObject({ kind: v.literal('code'), code, state: v.picklist(['open', 'unreachable', 'lost']) }),
  /** A match begins. */
  start: v.strictObject({ kind: v.literal('start'), epoch, ...matchSetup }),
  /** The match of this epoch is over; the lobby goes on. */
  finish: v.strictObject({ kind: v.literal('finish'), epoch }),
  chat,
  unsaid,
  participants: participantsMessage,
  signalled,
}

/** A hello of a page of another version of Starwire; what else it says is not read. */
export interface ForeignHello {
  readonly kind: 'foreign-hello'
}

export type GuestMessage = v.InferOutput<(typeof guestMessages)[keyof typeof guestMessages]>
export type HostMessage = v.InferOutput<(typeof hostMessages)[keyof typeof hostMessages]>
export type ChoiceRefusal = NonNullable<Extract<HostMessage, { kind: 'chosen' }>['refusal']>
export type RosterEntry = v.InferOutput<typeof member>
export type AdmissionRules = v.InferOutput<typeof admission>

export function encodeMessage(message: GuestMessage | HostMessage): Uint8Array {
  return closeMessage(LOBBY_KINDS, message)
}

/** Whether bytes of a guest are a signal, if they are anything: it stands in their second byte. Signals have a budget of their own. */
export function isSignal(bytes: Uint8Array): boolean {
  return bytes[1] === LOBBY_KINDS.signal
}

/** The message, or null for bytes that are none. */
export function decodeGuestMessage(bytes: Uint8Array): GuestMessage | ForeignHello | null {
  const maxBytes = isSignal(bytes) ? MAX_SIGNAL_MESSAGE_BYTES : MAX_GUEST_MESSAGE_BYTES
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

function check<T>(
  schemas: Readonly<Record<string, v.GenericSchema<unknown, T>>>,
  { kind, contents }: OpenedMessage,
): T | null {
  const schema = schemas[kind]
  // The first defect is enough; a list of all would be longer than the message.
  const checked = schema && v.safeParse(schema, { ...contents, kind }, { abortEarly: true })
  return checked?.success ? checked.output : null
}
