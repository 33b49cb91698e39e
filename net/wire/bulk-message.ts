/**
 * The form of every message on the bulk lane that is no saved world: one MessagePack array [kind, 0, 0, contents] (WIRE.md). Each
 * room has a table of its kinds, and schemas for the contents. Only the form is checked here.
 */
import { fromMessagePack, toMessagePack } from '../world/message-pack.ts'

/** The first byte of every such message: MessagePack's head of an array of four. The kind is the second byte. */
export const FIRST_BYTE = 0x94

/** The number that a message of each kind begins with. */
type Kinds = Readonly<Record<string, number>>

export interface OpenedMessage {
  readonly kind: string
  /** Unchecked: anybody may have written it. */
  readonly contents: Readonly<Record<string, unknown>>
}

export function closeMessage<K extends Kinds>(kinds: K, message: { readonly kind: keyof K }): Uint8Array {
  const { kind, ...contents } = message
  return toMessagePack([kinds[kind], 0, 0, contents])
}

/** Null for bytes that are no message of these kinds. */
export function openMessage(kinds: Kinds, bytes: Uint8Array): OpenedMessage | null {
  let value: unknown
  try {
    value = fromMessagePack(bytes)
  } catch {
    return null
  }
  if (!Array.isArray(value) || value.length !== 4 || value[1] !== 0 || value[2] !== 0) return null
  const kind = Object.entries(kinds).find(([, number]) => number === value[0])?.[0]
  const contents: unknown = value[3]
  if (kind === undefined || typeof contents !== 'object' || contents === null) return null
  return { kind, contents: contents as OpenedMessage['contents'] }
}
