/** Whole numbers below 2^32 as MessagePack's unsigned forms: the heads of packets and of the bulk lane's frames. */

/** How many bytes the shortest form takes. */
export function uintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x100 ? 2 : value < 0x10000 ? 3 : 5
}

/** Writes the shortest form at `at`. Returns where the next byte goes. */
export function writeUint(bytes: Uint8Array, at: number, value: number): number {
  const length = uintBytes(value)
  bytes[at] = length === 1 ? value : length === 2 ? 0xcc : length === 3 ? 0xcd : 0xce
  for (let i = 1; i < length; i++) bytes[at + i] = value >>> ((length - 1 - i) * 8)
  return at + length
}

/** Where `readUint` reads. Its caller makes one and moves it on. */
export interface UintCursor {
  at: number
}

/** Reads any of the forms and moves the cursor behind it. −1 for what is none, or goes past the end. */
export function readUint(bytes: Uint8Array, cursor: UintCursor): number {
  const head = bytes[cursor.at++] ?? 0xff
  if (head < 0x80) return head
  const width = head === 0xcc ? 1 : head === 0xcd ? 2 : head === 0xce ? 4 : 0
  if (width === 0 || cursor.at + width > bytes.length) return -1
  let value = 0
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[cursor.at++] ?? 0)
  return value
}
