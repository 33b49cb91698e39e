/** Reads one message: a JSON object in a text, told apart by its `type`, checked against the schema of that type. Never throws. */
import * as v from 'valibot'
import { parseCode } from './code.ts'

/** Largest message in UTF-8 bytes. An SDP with data channels and voice takes 2 to 6 kB. */
export const MAX_MESSAGE_BYTES = 16 * 1024

/** A lobby's code as a message names it: in capitals, nothing around it. */
export const codeField = v.pipe(
  v.string(),
  v.check((text) => parseCode(text) === text, 'not a lobby code'),
)

export type Parsed<T> = { message: T } | { error: 'not-json' | 'too-large' | 'bad-message'; detail: string }

export function parseMessage<T>(
  schemas: Readonly<Record<string, v.GenericSchema<unknown, T>>>,
  text: string,
): Parsed<T> {
  // A character takes three bytes at most, so most messages need not be encoded to be measured.
  if (text.length * 3 > MAX_MESSAGE_BYTES && utf8Length(text) > MAX_MESSAGE_BYTES) {
    return { error: 'too-large', detail: `A message has at most ${MAX_MESSAGE_BYTES} bytes.` }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: 'not-json', detail: 'A message is one JSON object.' }
  }
  const type: unknown = Object(value).type
  const schema = typeof type === 'string' && Object.hasOwn(schemas, type) && schemas[type]
  if (!schema) return { error: 'bad-message', detail: 'type is not as it should be.' }
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return { message: result.output }
  return { error: 'bad-message', detail: `${v.getDotPath(result.issues[0]) ?? 'message'} is not as it should be.` }
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength
}
