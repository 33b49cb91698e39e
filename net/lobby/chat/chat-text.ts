/**
 * Cleans a text for the chat. In: any text, also of a hostile peer. Out: at most 500 UTF-16 units in at most 8 lines. Each line follows
 * the rules for names: nothing is invisible, changes the reading direction, or piles up marks.
 */
import { charactersOf, visible } from '../../world/clean-line.ts'

/** Longest text in UTF-16 units: a paragraph. It has at most 1,500 bytes, so it fits into a guest's message. */
export const MAX_CHAT_UNITS = 500

/** More lines would push what others said off the screen. */
const MAX_LINES = 8

/** How much of a text is read, in UTF-16 units. The rest is dropped. Above the limit, since invisible characters are removed. */
const MAX_READ = 4 * MAX_CHAT_UNITS

const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/
const CONTROL = /\p{Cc}/gu

/** The text as it may be shown; empty when nothing is left. Cleaning it again changes nothing. */
export function cleanChat(text: string): string {
  // Cut before anything else, so that a megabyte costs no more than a paragraph.
  const lines = tidy(text.slice(0, MAX_READ).normalize('NFC'))
  // The cut may leave a dangling joiner at the end.
  return tidy(shorten(lines))
}

function tidy(text: string): string {
  const lines = text
    .split(LINE_END)
    .map((line) => visible(line.replace(CONTROL, ' ')))
    .filter((line) => line !== '')
  const rest = lines.splice(MAX_LINES - 1)
  return [...lines, rest.join(' ')].join('\n').trim()
}

/** Cuts between characters as people count them. */
function shorten(text: string): string {
  if (text.length <= MAX_CHAT_UNITS) return text
  let end = 0
  for (const character of charactersOf(text)) {
    if (end + character.length > MAX_CHAT_UNITS) break
    end += character.length
  }
  // A single character may exceed the limit.
  return text.slice(0, end || MAX_CHAT_UNITS)
}
