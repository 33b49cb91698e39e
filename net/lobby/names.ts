/**
 * Names of players: how long they may be, and which look too much alike. In: any text, also of a hostile peer. Out: one clean
 * line (`clean-line.ts`).
 */
import { cleanLine, fitLine } from '../world/clean-line.ts'
import { skeleton } from '../world/look-alikes.ts'

/** Longest name in characters as people count them: a family emoji, a flag, a letter with its marks is one. */
export const MAX_NAME = 20

/**
 * Longest name in UTF-8 bytes: twenty letters of any script with their marks, twenty flags, or eight family emoji of 25 bytes. A text has
 * no more UTF-16 units than bytes, so a name always fits into a message.
 */
export const MAX_NAME_BYTES = 200

const NOBODY = 'Player'

/**
 * A name that is safe to show: one line of 1 to 20 characters and at most 200 bytes. Nothing in it is invisible, changes the reading
 * direction of the text beside it, or piles up marks. Cleaning it again changes nothing.
 *
 * @param name whatever was typed or sent, of any length. "Player" when nothing of it is left, and for what is no text.
 */
export function cleanName(name: string): string {
  return (typeof name === 'string' && cleanLine(name, MAX_NAME, MAX_NAME_BYTES)) || NOBODY
}

/** The cleaned name. It gets a number when a present player has the same name, or one that looks the same. */
export function distinctName(wanted: string, present: readonly string[]): string {
  const name = cleanName(wanted)
  const taken = new Set(present.flatMap((other) => [folded(other), skeleton(other)]))
  const isTaken = (text: string) => taken.has(folded(text)) || taken.has(skeleton(text))
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) {
    const suffix = ` ${number}`
    const shortened = fitLine(name, MAX_NAME - suffix.length, MAX_NAME_BYTES - suffix.length)
    const numbered = cleanName(shortened.trimEnd() + suffix)
    if (!isTaken(numbered)) return numbered
  }
}

/** The name without differences in case, width and invisible characters. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
}
