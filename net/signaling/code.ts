/** The code of a lobby: what a player reads aloud, types and shares. */
import { latinLookAlike } from '../world/look-alikes.ts'

/**
 * Digits and letters that cannot be taken for each other (no 0/O/Q, 1/I/L, B beside 8, S beside 5, Z beside 2, G beside
 * 6, U beside V), and without vowels, so that no code spells a word.
 */
export const CODE_ALPHABET = '23456789CDFHJKMNPRTVWX'

/** Five characters of 22 are 5.2 million codes: with 20 wrong guesses a minute, 1,000 lobbies are four hours apart. */
export const CODE_LENGTH = 5

const codeForm = new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`)

/** Longer than an invitation with a long link. The rest of a longer text is not read. */
const MAX_TYPED = 4096

/** Characters that are no part of a code: spaces, dashes, quotes, dots, marks, invisible ones. */
const NOT_CODE = /[^\p{L}\p{N}]/gu

/** What ends a word. Digits alone behind a colon are more likely a port (`localhost:23456`), so that colon ends none. */
const BETWEEN = /[\s/?#&=;,!"'<>()[\]{}|、。]+|:(?!\d+(?!\w))/
/** Dashes stand between a name and a code, and also within a code. */
const DASH = /[–—―→]/

/** A link's host and port, which may look like a code themselves. */
const ADDRESS = /[a-z][a-z\d+.-]*:\/\/[^/?#\s]*/gi

/**
 * Reads a code as people type and paste it: in any case; with spaces, dashes, quotes, dots or invisible characters around
 * and in it; in full-width letters, or in Cyrillic and Greek ones that look the same; as the link of a lobby, also with what
 * a messenger added to it; or in a sentence, when only one of its words can be a code.
 *
 * @returns the code in capitals, or null when there is none or more than one, or no text at all.
 */
export function parseCode(text: string | null | undefined): string | null {
  if (typeof text !== 'string') return null
  const typed = text.slice(0, MAX_TYPED)
  const whole = codeIn(typed)
  if (whole !== null) return whole
  const plain = decoded(typed).normalize('NFKC')
  const hash = plain.lastIndexOf('#')
  // Behind the # the code comes first, then what was added: `#K7M2P?from=chat`, `#/K7M2P`, `#K7M2P has begun`.
  const fromHash = hash < 0 ? null : (codesIn(plain.slice(hash + 1))[0] ?? null)
  if (fromHash !== null) return fromHash
  const [code = null, ...others] = new Set(codesIn(plain.replace(ADDRESS, ' ')))
  return others.length === 0 ? code : null
}

function codeIn(text: string): string | null {
  const code = latinLookAlike(text).replace(NOT_CODE, '').toUpperCase()
  return codeForm.test(code) ? code : null
}

function codesIn(text: string): string[] {
  return text.split(BETWEEN).flatMap((word) => codeIn(word) ?? word.split(DASH).flatMap((part) => codeIn(part) ?? []))
}

/** `%23K7M2P%20` as `#K7M2P `. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
