/** Which bulk messages are about files. Apart from the rest, so that a page without any files loads no more than this. */

const FIRST_KIND = 48
const LAST_KIND = 54
/** The head of an array of four, as every message begins. */
const ARRAY_OF_FOUR = 0x94

/** By its first two bytes; it may still be nonsense. */
export function isFileMessage(bytes: Uint8Array): boolean {
  const kind = bytes[1] ?? 0
  return bytes[0] === ARRAY_OF_FOUR && kind >= FIRST_KIND && kind <= LAST_KIND
}
