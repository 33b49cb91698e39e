/**
 * The messages of a relayed route, each one MessagePack array: a frame of a lane, the credit for a state packet, and the wish
 * to start. WIRE.md, "Relayed", is their spec. Pure: bytes in, data out. What no honest peer sends reads as null.
 */
import type { Lane } from '../../wire/lanes.ts'
import { MAX_STATE_BYTES } from '../../wire/lanes.ts'
import { MAX_HEAD_BYTES, PIECE_BYTES } from '../bulk-frames.ts'
import type { PipeFrame } from '../pipe.ts'

/** Head of an array, its kind, and the head of a bin of up to 64 KiB. */
const HEAD_BYTES = 5

/** The largest frame of each lane, in bytes: a state packet, and a piece of a bulk message with its own head. */
const MAX_FRAME_BYTES: Record<Lane, number> = { state: MAX_STATE_BYTES, bulk: PIECE_BYTES + MAX_HEAD_BYTES }

/** The largest message of a relayed route, in bytes. The server cuts a socket that sends a larger one. */
export const MAX_RELAY_MESSAGE_BYTES = MAX_FRAME_BYTES.bulk + HEAD_BYTES

/** Text is the link's own, and one ASCII character. */
const MAX_TEXT = 1

const KINDS = { state: 0, bulk: 1, credit: 2, start: 3 } as const

export type RelayMessage =
  | { readonly kind: Lane; readonly frame: PipeFrame }
  /** The other side has read one more state frame. */
  | { readonly kind: 'credit' }
  /** The other side wants to use this route. */
  | { readonly kind: 'start' }

/** The same bytes each time: nobody may write into them. */
export const creditMessage = Uint8Array.of(0x91, KINDS.credit)
export const startMessage = Uint8Array.of(0x91, KINDS.start)

/** A message of its own, with a copy of `frame`. Null for a frame that no lane has. */
export function encodeRelayed(lane: Lane, frame: PipeFrame): Uint8Array | null {
  if (typeof frame === 'string') {
    if (frame.length !== MAX_TEXT || frame.charCodeAt(0) > 0x7f) return null
    return Uint8Array.of(0x92, KINDS[lane], 0xa0 + MAX_TEXT, frame.charCodeAt(0))
  }
  if (frame.length > MAX_FRAME_BYTES[lane]) return null
  const isShort = frame.length < 256
  const message = new Uint8Array((isShort ? 4 : HEAD_BYTES) + frame.length)
  message[0] = 0x92
  message[1] = KINDS[lane]
  message[2] = isShort ? 0xc4 : 0xc5
  if (!isShort) message[3] = frame.length >> 8
  message[isShort ? 3 : 4] = frame.length
  message.set(frame, isShort ? 4 : HEAD_BYTES)
  return message
}

/** Never throws. The bytes of a frame are a view of `message`. */
export function decodeRelayed(message: unknown): RelayMessage | null {
  if (!(message instanceof Uint8Array)) return null
  const [head, kind, type] = message
  if (head === 0x91 && message.length === 2) {
    if (kind === KINDS.credit) return { kind: 'credit' }
    return kind === KINDS.start ? { kind: 'start' } : null
  }
  if (head !== 0x92 || (kind !== KINDS.state && kind !== KINDS.bulk)) return null
  const lane = kind === KINDS.state ? 'state' : 'bulk'
  if (type === 0xa0 + MAX_TEXT) return readText(lane, message)
  return type === 0xc4 || type === 0xc5 ? readBytes(lane, message, type === 0xc4) : null
}

function readText(lane: Lane, message: Uint8Array): RelayMessage | null {
  const character = message[3]
  if (message.length !== 4 || character === undefined || character > 0x7f) return null
  return { kind: lane, frame: String.fromCharCode(character) }
}

function readBytes(lane: Lane, message: Uint8Array, isShort: boolean): RelayMessage | null {
  const start = isShort ? 4 : HEAD_BYTES
  if (message.length < start) return null
  const length = isShort ? (message[3] ?? 0) : (message[3] ?? 0) * 256 + (message[4] ?? 0)
  if (start + length !== message.length || length > MAX_FRAME_BYTES[lane]) return null
  return { kind: lane, frame: message.subarray(start) }
}
