/** Tells bulk messages about files from others. A file of its own: a page without files loads no more of them than this. */
import { FIRST_BYTE } from '../wire/bulk-message.ts'

/** The number that a message of each kind begins with. Numbers of the lobby and its media are others (`net/lobby/messages.ts`). */
export const FILE_KINDS = { offer: 64, accept: 65, chunk: 66, ack: 67, end: 68, done: 69, cancel: 70 } as const

/** Looks at the first two bytes alone; the rest may be malformed. */
export function isFileMessage(bytes: Uint8Array): boolean {
  const kind = bytes[1] ?? 0
  return bytes[0] === FIRST_BYTE && kind >= FILE_KINDS.offer && kind <= FILE_KINDS.cancel
}
