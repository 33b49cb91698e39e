/** Where a visit begins: by what the address says, and what this tab did before it was reloaded. */
import { codeInHash } from '../doors/address.ts'
import { rememberedHosted, rememberedSeat, rememberHosted } from '../doors/remembered.ts'
import type { Note } from '../words/note.ts'

export interface Arrival {
  /** The code to offer, or an empty text. */
  readonly code: string
  readonly note: Note | null
  /** Reloaded, with a seat that waits: straight back into the seat, without asking for a name. */
  readonly seated: boolean
}

/** @param reloaded whether the browser says that this page was there before. */
export function arrive(hash: string, reloaded: boolean): Arrival {
  const code = codeInHash(hash)
  const hosted = rememberedHosted()
  // With a seat another page could host on. Where it could not after all, the player reads so when the code is dialled.
  if (code !== '' && hosted?.code === code && (hosted.closed || reloaded) && rememberedSeat(code) === null) {
    rememberHosted(null)
    return { code: '', note: { about: 'own-lobby', code }, seated: false }
  }
  const typed = hash.slice(1)
  // Another anchor than a code is nobody's mistake.
  const mistyped = code === '' && /^[0-9a-z]{4,6}$/i.test(typed) && /\d|^[^a-z]+$/.test(typed)
  const note: Note | null = mistyped ? { about: 'code', typed, known: false } : null
  return { code, note, seated: code !== '' && rememberedSeat(code) !== null }
}
