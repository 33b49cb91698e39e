/**
 * The two frames of the bulk lane, each one MessagePack array: a piece of a message, and an acknowledgement. WIRE.md, "The
 * bulk lane", is their spec. Pure: bytes in, data out.
 */
import { MAX_BULK_BYTES } from '../wire/lanes.ts'

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

export type BulkFrame = Piece | Ack

export function encodeAck(next: number): Uint8Array {
  const frame = new Uint8Array(1 + uintBytes(next))
  frame[0] = 0x91
  writeUint(frame, 1, next)
  return frame
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

/** Null for anything that no honest peer sends. The bytes of a piece are a view of `frame`. */
export function decodeBulkFrame(frame: Uint8Array): BulkFrame | null {
  const sequence = readUint(frame, 1)
  if (!sequence) return null
  if (frame[0] === 0x91) return sequence.end === frame.length ? { kind: 'ack', next: sequence.value } : null
  const left = readUint(frame, sequence.end)
  if (frame[0] !== 0x93 || !left || left.value > MAX_BULK_BYTES) return null
  const head = frame[left.end]
  const start = left.end + (head === 0xc4 ? 2 : 3)
  const length = head === 0xc4 ? frame[start - 1] : head === 0xc5 ? bigEndian(frame, start - 2, 2) : 0
  if (!length || length > PIECE_BYTES || start + length !== frame.length) return null
  return { kind: 'piece', sequence: sequence.value, left: left.value, bytes: frame.subarray(start) }
}

/** How many bytes the shortest MessagePack form of a whole number below 2^32 takes. */
function uintBytes(value: number): number {
  if (value < 0x80) return 1
  return value < 0x100 ? 2 : value < 0x10000 ? 3 : 5
}

function writeUint(frame: Uint8Array, at: number, value: number): number {
  const bytes = uintBytes(value)
  if (bytes > 1) frame[at] = bytes === 2 ? 0xcc : bytes === 3 ? 0xcd : 0xce
  const end = at + bytes
  let rest = value
  for (let i = end - 1; i >= (bytes === 1 ? at : at + 1); i--) {
    frame[i] = rest
    rest = Math.floor(rest / 256)
  }
  return end
}

/** Null for what is no whole number in one of MessagePack's unsigned forms. */
function readUint(frame: Uint8Array, at: number): { value: number; end: number } | null {
  const head = frame[at]
  if (head === undefined) return null
  if (head < 0x80) return { value: head, end: at + 1 }
  const bytes = head === 0xcc ? 1 : head === 0xcd ? 2 : head === 0xce ? 4 : 0
  const end = at + 1 + bytes
  if (bytes === 0 || end > frame.length) return null
  return { value: bigEndian(frame, at + 1, bytes), end }
}

function bigEndian(frame: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let i = at; i < at + bytes; i++) value = value * 256 + (frame[i] ?? 0)
  return value
}
