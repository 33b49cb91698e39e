/** The text that a host may write to a player whom they remove: one line, cleaned on the host's page and again on the player's. */
import { cleanLine } from '../../world/clean-line.ts'

/** Longest text in characters as people count them: two sentences. */
const MAX_CHARACTERS = 200
/** Longest text in UTF-8 bytes, and so in UTF-16 units: two hundred letters of any script with their marks. */
export const MAX_HOST_TEXT_BYTES = 1000

/** Null when nothing of the text is left. */
export function cleanHostText(text: string): string | null {
  return cleanLine(text, MAX_CHARACTERS, MAX_HOST_TEXT_BYTES) || null
}

/** @throws TypeError for what is no text. */
export function givenHostText(what: string, text: string | undefined): string | null {
  if (text === undefined) return null
  if (typeof text !== 'string')
    throw new TypeError(`${what}: write a text for the player as the second argument, or none.`)
  return cleanHostText(text)
}
