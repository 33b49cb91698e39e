/**
 * What lobby and guests say on the bulk lane: each message one MessagePack array [kind, epoch, tick, contents], as
 * every packet is. What comes from a peer is checked against a schema; nothing of it is trusted.
 */
import * as v from 'valibot'
import { reasonSentences } from '../errors/sentences.ts'
import { isPlayerId, MAX_SEATS, type PlayerId } from '../world/ids.ts'
import { fromMessagePack, toMessagePack } from '../world/message-pack.ts'
import { cleanName, MAX_NAME_BYTES } from './names.ts'

/** What a message is, by the number it begins with; the state lane's kinds are below 16. */
const kinds = { hello: 16, welcome: 17, refused: 18, roster: 19, start: 20, ready: 21, code: 22 } as const

/** A guest's messages are short: a name and a hash. */
export const MAX_GUEST_MESSAGE_BYTES = 4096
/** Longest name that a peer may send, in UTF-16 units: as many as a name has bytes at most. */
export const MAX_SENT_NAME = MAX_NAME_BYTES

const player = v.custom<PlayerId>(isPlayerId)
const reason = v.picklist(Object.keys(reasonSentences) as (keyof typeof reasonSentences)[])
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1))

const member = v.strictObject({
  id: player,
  // A hostile host may send any; an honest one's are clean, and this changes nothing.
  name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME), v.transform(cleanName)),
  host: v.boolean(),
  ready: v.boolean(),
  presence: v.picklist(['here', 'late', 'away']),
})

const roster = v.pipe(v.array(member), v.maxLength(MAX_SEATS))

/** Longest time that a seat is kept, in seconds: an hour. */
export const MAX_RESUME_SECONDS = 3600

/** What brings a player back to his seat: 128 random bits of the host's, as 32 hexadecimal digits. */
export const tokenForm = /^[0-9a-f]{32}$/
const token = v.pipe(v.string(), v.regex(tokenForm))

/** As the signalling of this lobby gives them; five characters in ours. */
const code = v.pipe(v.string(), v.regex(/^[0-9A-Z]{1,16}$/))

const scalar = v.union([v.null(), v.boolean(), v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(255))])

const guestMessages = {
  hello: v.strictObject({
    kind: v.literal('hello'),
    name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME)),
    hash: v.pipe(v.string(), v.maxLength(64)),
    /** Of the seat that the guest had. Left out, he is new. */
    resume: v.exactOptional(token),
  }),
  ready: v.strictObject({ kind: v.literal('ready'), ready: v.boolean() }),
}

const hostMessages = {
  welcome: v.strictObject({
    kind: v.literal('welcome'),
    you: player,
    maxPlayers: whole,
    roster,
    /** Brings this guest back to his seat, for so many seconds after his link is lost. */
    resume: v.strictObject({ token, seconds: v.pipe(whole, v.maxValue(MAX_RESUME_SECONDS)) }),
  }),
  refused: v.strictObject({ kind: v.literal('refused'), reason }),
  roster: v.strictObject({ kind: v.literal('roster'), roster }),
  /** The code by which others find this lobby, and by which this guest finds it again. */
  code: v.strictObject({ kind: v.literal('code'), code, state: v.picklist(['open', 'unreachable', 'lost']) }),
  start: v.strictObject({
    kind: v.literal('start'),
    epoch: v.pipe(whole, v.minValue(1)),
    seed: whole,
    options: v.record(v.string(), v.union([scalar, v.pipe(v.array(scalar), v.maxLength(255))])),
  }),
}

export type GuestMessage = v.InferOutput<(typeof guestMessages)[keyof typeof guestMessages]>
export type HostMessage = v.InferOutput<(typeof hostMessages)[keyof typeof hostMessages]>
export type RosterEntry = v.InferOutput<typeof member>

export function encodeMessage(message: GuestMessage | HostMessage): Uint8Array {
  const { kind, ...contents } = message
  return toMessagePack([kinds[kind], 0, 0, contents])
}

/** The message, or null for bytes that are none. */
export function decodeGuestMessage(bytes: Uint8Array): GuestMessage | null {
  return bytes.length > MAX_GUEST_MESSAGE_BYTES ? null : decode<GuestMessage>(guestMessages, bytes)
}

/** The message, or null for bytes that are none. */
export function decodeHostMessage(bytes: Uint8Array): HostMessage | null {
  return decode<HostMessage>(hostMessages, bytes)
}

function decode<T>(schemas: Readonly<Record<string, v.GenericSchema<unknown, T>>>, bytes: Uint8Array): T | null {
  let value: unknown
  try {
    value = fromMessagePack(bytes)
  } catch {
    return null
  }
  if (!Array.isArray(value) || value.length !== 4 || value[1] !== 0 || value[2] !== 0) return null
  const kind = Object.entries(kinds).find(([, number]) => number === value[0])?.[0]
  const contents: unknown = value[3]
  const schema = kind && schemas[kind]
  if (!schema || typeof contents !== 'object' || contents === null) return null
  // The first defect is enough; a list of all would be longer than the message.
  const checked = v.safeParse(schema, { ...contents, kind }, { abortEarly: true })
  return checked.success ? checked.output : null
}
