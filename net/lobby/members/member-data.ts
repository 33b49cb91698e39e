/**
 * The data that a member's page says of itself to all others, such as an avatar or a chosen map: any plain value up to a size. In: a
 * value of this page, or of a stranger. The library does not interpret it.
 */
import { describeGiven } from '../../world/given.ts'
import { fromMessagePack, toMessagePack } from '../../world/message-pack.ts'

/** Longest data of one member, as MessagePack: every member's is told to everybody, and kept for who joins later. */
export const MAX_DATA_BYTES = 256

/** Whether a value is data that a member may have: plain, and short enough. */
export function isMemberData(value: unknown): boolean {
  // Measured first, so that huge or circular values are never encoded.
  return plainSize(value, MAX_DATA_BYTES) <= MAX_DATA_BYTES && toMessagePack(value).length <= MAX_DATA_BYTES
}

/**
 * @throws TypeError for what is no plain value, RangeError for one that is too long.
 */
export function checkMemberData(value: unknown): void {
  const size = plainSize(value, MAX_DATA_BYTES)
  if (Number.isNaN(size))
    throw new TypeError(
      `setMyData was given ${describeGiven(value)}, of which something is no plain value. Write null, true, false, numbers, texts, bytes, lists and plain objects of those.`,
    )
  if (size > MAX_DATA_BYTES || toMessagePack(value).length > MAX_DATA_BYTES)
    throw new RangeError(
      `setMyData was given more than ${MAX_DATA_BYTES} bytes. Write less: an id, not the thing itself.`,
    )
}

/** A copy, so that the page may go on with its own value. */
export function copyOf(data: unknown): unknown {
  return fromMessagePack(toMessagePack(data))
}

/** Whether two plain values are equal, by their MessagePack. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const [one, other] = [toMessagePack(a), toMessagePack(b)]
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}

/**
 * A lower bound of the size of a value's MessagePack: one byte for each value, character and byte. It stops counting above `max`. NaN
 * when something in it is no plain value.
 */
function plainSize(value: unknown, max: number): number {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return 1
  if (typeof value === 'string') return 1 + value.length
  if (value instanceof Uint8Array) return 1 + value.length
  if (Array.isArray(value)) return sizeOf(value, max)
  if (typeof value !== 'object') return Number.NaN
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return Number.NaN
  return sizeOf(Object.entries(value).flat(), max)
}

/** Each level of nesting takes from `max`, so the recursion is bounded. */
function sizeOf(parts: readonly unknown[], max: number): number {
  let size = 1
  for (const part of parts) {
    if (size > max) return size
    size += plainSize(part, max - size)
    if (Number.isNaN(size)) return size
  }
  return size
}
