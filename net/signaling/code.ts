/** The code of a lobby: what a player reads aloud, types and shares. */

/**
 * Digits and letters that cannot be taken for each other (no 0/O/Q, 1/I/L, B beside 8, S beside 5, Z beside 2, G beside
 * 6, U beside V), and without vowels, so that no code spells a word.
 */
export const CODE_ALPHABET = '23456789CDFHJKMNPRTVWX'

/** Five characters of 22 are 5.2 million codes: with 20 wrong guesses a minute, 1,000 lobbies are four hours apart. */
export const CODE_LENGTH = 5

const codeForm = new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`)

/**
 * Reads a code as people type it: in any case, with spaces or hyphens anywhere.
 * @returns the code in capitals, or null when the text cannot be a code.
 */
export function parseCode(text: string): string | null {
  const code = text.replace(/[\s-]/g, '').toUpperCase()
  return codeForm.test(code) ? code : null
}
