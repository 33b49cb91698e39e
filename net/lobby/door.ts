/**
 * What a guest says to be let in, by way of signalling and before there is a connection: which game he has, and whether
 * he had a seat. A full lobby keeps the seats of those who are away, so they must not be turned away as `full`.
 */

const RETURNING = ' returning'

/** `returning`: this guest has a token to show. */
export function doorNote(hash: string, returning: boolean): string {
  return returning ? hash + RETURNING : hash
}

/** Null for another game, or another version of it. Written by a stranger: who says to return may be lying. */
export function admittedAs(note: string, hash: string): 'newcomer' | 'returner' | null {
  if (note === doorNote(hash, false)) return 'newcomer'
  return note === doorNote(hash, true) ? 'returner' : null
}
