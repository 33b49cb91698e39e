/**
 * Messages about files on the bulk lane: each one MessagePack array [kind, 0, 0, contents], with kinds from 64 to 70. None is
 * trusted. WIRE.md, "Kinds 64 to 70", is the spec.
 */
import * as v from 'valibot'
import { closeMessage, openMessage } from '../wire/bulk-message.ts'
import { FILE_KINDS } from './kinds.ts'
import { CHUNK_BYTES, MAX_SENT_NAME, MAX_TYPE } from './limits.ts'
import { cleanFileName, cleanType } from './names.ts'
import type { FileEnd } from './types.ts'

const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const bin = v.custom<Uint8Array>((value) => value instanceof Uint8Array)
const u32 = v.pipe(whole, v.maxValue(2 ** 32 - 1))

/**
 * `peer`: the receiver in a message of a guest, the sender in one of the host. 0 where there are only two sides.
 * `id`: the sender's number of the file.
 */
const head = { peer: u32, id: u32 }

/** Why one side ends a transfer. */
const reason = v.picklist([
  'declined',
  'cancelled',
  'forbidden',
  'too-large',
  'too-many',
  'corrupt',
  'unreadable',
  'stalled',
  'gone',
])

const schemas = {
  /** From the sender. Again after a lost link: the receiver then accepts again, from where it is. */
  offer: v.strictObject({
    kind: v.literal('offer'),
    ...head,
    name: v.pipe(v.string(), v.maxLength(MAX_SENT_NAME), v.transform(cleanFileName)),
    type: v.pipe(v.string(), v.maxLength(MAX_TYPE), v.transform(cleanType)),
    size: whole,
  }),
  /** From the receiver: send from this byte on. */
  accept: v.strictObject({ kind: v.literal('accept'), ...head, at: whole }),
  /** From the sender: the bytes from `at` on. All chunks but the last have `CHUNK_BYTES`. */
  chunk: v.strictObject({
    kind: v.literal('chunk'),
    ...head,
    at: whole,
    bytes: v.pipe(
      bin,
      v.check(({ length }) => length >= 1 && length <= CHUNK_BYTES),
    ),
  }),
  /** From the receiver: all bytes before `at` have arrived. */
  ack: v.strictObject({ kind: v.literal('ack'), ...head, at: whole }),
  /** From the sender: all bytes are sent, and this is their SHA-256. */
  end: v.strictObject({
    kind: v.literal('end'),
    ...head,
    hash: v.pipe(
      bin,
      v.check(({ length }) => length === 32),
    ),
  }),
  /** From the receiver: the file is complete and has this SHA-256. */
  done: v.strictObject({ kind: v.literal('done'), ...head }),
  /** From either side. */
  cancel: v.strictObject({ kind: v.literal('cancel'), ...head, reason }),
}

export type FileMessage = v.InferOutput<(typeof schemas)[keyof typeof schemas]>
export type OfferMessage = v.InferOutput<typeof schemas.offer>

/** What tells the other side how a transfer has ended. */
export function endMessage(peer: number, id: number, end: FileEnd): FileMessage {
  return end === 'done' ? { kind: 'done', peer, id } : { kind: 'cancel', peer, id, reason: end }
}

export function encodeFileMessage(message: FileMessage): Uint8Array {
  return closeMessage(FILE_KINDS, message)
}

/** The message, or null for bytes that are none. */
export function decodeFileMessage(bytes: Uint8Array): FileMessage | null {
  const opened = openMessage(FILE_KINDS, bytes)
  if (!opened) return null
  const { kind, contents } = opened
  const checked = v.safeParse(schemas[kind as keyof typeof schemas], { ...contents, kind }, { abortEarly: true })
  return checked.success ? checked.output : null
}
