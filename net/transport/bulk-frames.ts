/**
 * The three frames of the bulk lane, each one MessagePack array: a piece of a message, an acknowledgement, and a key. WIRE.md, "The
 * bulk lane", is their spec. Pure: bytes in, data out.
 */
import { MAX_BULK_BYTES } from '../wire/lanes.ts'
import { readUint, uintBytes, writeUint } from '../wire/uint.ts'

/**
 * Bytes of a message in one piece, at most. Browsers agree on messages of 16 KiB (RFC 8831, 6.6), and data channels send
 * one message after the other, so a piece holds the state lane up for as long as it takes to leave.
 */
export const PIECE_BYTES = 16 * 1024

/** Head of an array, two numbers of five bytes at most, head of a bin of three. */
export const MAX_HEAD_BYTES = 14

/** All pieces of a message but the last have as much: a peer cannot make this page work for less. */
export const MIN_PIECE_BYTES = 1024

/** Numbers of pieces end here; a thousand pieces a second get there in 49 days. */
export const MAX_PIECE_NUMBER = 2 ** 32 - 2

/** A part of a message. */
export interface Piece {
  readonly kind: 'piece'
  /** Counts the pieces of one direction from 0, over all pipes of the link. */
  readonly sequence: number
  /** Bytes of the same message that follow in later pieces. */
  readonly left: number
  readonly bytes: Uint8Array
}

/** Every piece before `next` was received. The first frame of each later pipe says from where to go on. */
export interface Ack {
  readonly kind: 'ack'
  readonly next: number
}

/**
 * The guest's key of this link: with it the guest proves to the host that a new connection belongs to this link. Said over each pipe as soon
 * as it carries the link, so only the two pages know it.
 */
export interface LinkKey {
  readonly kind: 'key'
  readonly key: Uint8Array
}

/** Bytes of a link's key: nobody guesses it. */
export const KEY_BYTES = 16

export type BulkFrame = Piece | Ack | LinkKey

export function encodeAck(next: number): Uint8Array {
  const frame = new Uint8Array(1 + uintBytes(next))
  frame[0] = 0x91
  writeUint(frame, 1, next)
  return frame
}

export function encodeKey(key: Uint8Array): Uint8Array {
  return Uint8Array.of(0x91, 0xc4, KEY_BYTES, ...key)
}

/** A frame of its own, with a copy of `bytes`. */
export function encodePiece(sequence: number, left: number, bytes: Uint8Array): Uint8Array {
  const headBytes = bytes.length < 256 ? 2 : 3
  const frame = new Uint8Array(1 + uintBytes(sequence) + uintBytes(left) + headBytes + bytes.length)
  frame[0] = 0x93
  let at = writeUint(frame, 1, sequence)
  at = writeUint(frame, at, left)
  frame[at++] = headBytes === 2 ? 0xc4 : 0xc5
  if (headBytes === 3) frame[at++] = bytes.length >> 8
  frame[at++] = bytes.length
  frame.set(bytes, at)
  return frame
}

/** Whether this is the first frame of a later pipe. On the first pipe of a link a piece comes first. */
export function isResumeFrame(data: unknown): boolean {
  return data instanceof Uint8Array && decodeBulkFrame(data)?.kind === 'ack'
}

/** Null for anything that no honest peer sends. The bytes of a piece are a view of `frame`. */
export function decodeBulkFrame(frame: Uint8Array): BulkFrame | null {
  if (frame[0] === 0x91 && frame[1] === 0xc4) {
    const isKey = frame[2] === KEY_BYTES && frame.length === 3 + KEY_BYTES
    return isKey ? { kind: 'key', key: frame.slice(3) } : null
  }
  const cursor = { at: 1 }
  const sequence = readUint(frame, cursor)
  if (sequence < 0) return null
  if (frame[0] === 0x91) return cursor.at === frame.length ? { kind: 'ack', next: sequence } : null
  const left = readUint(frame, cursor)
  if (frame[0] !== 0x93 || left < 0 || left > MAX_BULK_BYTES) return null
  const { at } = cursor
  const isShort = frame[at] === 0xc4
  if (!isShort && frame[at] !== 0xc5) return null
  const length = isShort ? (frame[at + 1] ?? 0) : (frame[at + 1] ?? 0) * 256 + (frame[at + 2] ?? 0)
  const start = at + (isShort ? 2 : 3)
  if (length === 0 || length > PIECE_BYTES || start + length !== frame.length) return null
  return { kind: 'piece', sequence, left, bytes: frame.subarray(start) }
}
