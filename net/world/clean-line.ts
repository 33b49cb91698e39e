/**
 * One line of text that a stranger wrote, made fit to stand beside others: names of players, titles of lobbies. In: any
 * text, of any length. Out: one line in which nothing is invisible, turns the reading direction of what stands beside it,
 * or piles up. What a script or an emoji needs stays. HTML is text like any other: show the line as text.
 *
 * Invariant: cleaning a clean line changes nothing.
 */
import { fitText } from './text.ts'

/** UTF-16 units of a text that are read, for each byte that may stay: as much again and more may be dropped. */
const MAX_READ_PER_BYTE = 5

/** Nonspacing marks on one letter: Vietnamese has two, pointed Hebrew three; UTS 39 (5.4) takes more than four for a prank. */
const MAX_MARKS = 4

/** Joiners in one emoji: a family of four and a kiss have three. */
const MAX_JOINERS = 3

const ZWNJ = '\u200c'
const ZWJ = '\u200d'
const BLACK_FLAG = '\u{1f3f4}'

const LINE_END = /[\p{Cc}\p{Zl}\p{Zp}]/gu
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u
/** Pictures without a picture: braille's blank, the object replacement, blanks of music and of two old scripts. */
const BLANK = /[\u2800\ufffc\u{1d159}\u{13441}\u{13442}\u{16fe4}]/u
/** Private, unassigned and half characters: each machine shows something else. Reserved for emoji, they may be new ones. */
const UNKNOWN = /[\p{Co}\p{Cn}\p{Cs}]/u
const PICTURE = /\p{Extended_Pictographic}/u
const SKIN = /\p{Emoji_Modifier}/u
const EMOJI = /\p{Emoji}/u
const MARK = /\p{M}/u
const NONSPACING = /[\p{Mn}\p{Me}]/u
const LETTER_OR_MARK = /[\p{L}\p{M}]/u
const HAN = /\p{sc=Han}/u
const MONGOLIAN = /\p{sc=Mong}/u
/** Scripts whose letters join: between them a joiner or non-joiner changes what is seen, as in Persian "می‌خواهم". */
const CURSIVE = /[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Nkoo}\p{sc=Adlm}]/u
/** Scripts that build conjuncts: behind a consonant or virama, both decide which form is shown, also at a word's end. */
const INDIC =
  /[\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}]/u
const TEXT_OR_EMOJI = /[\ufe0e\ufe0f]/u
const HAN_VARIANT = /[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/u
const MONGOLIAN_VARIANT = /[\u180b-\u180d\u180f]/u
/** Behind a black flag: the letters of a region, as in Scotland's flag. */
const FLAG_TAGS = /^[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/u

/**
 * The text as one clean line; empty when nothing is left.
 *
 * @param maxCharacters as people count them: a family emoji, a flag, a letter with its marks is one.
 * @param maxBytes in UTF-8.
 */
export function cleanLine(text: string, maxCharacters: number, maxBytes: number): string {
  // Truncate first, so that ten thousand characters cost no more than twenty.
  const read = text.slice(0, maxBytes * MAX_READ_PER_BYTE)
  const line = visible(read.normalize('NFC').replace(LINE_END, ' '))
  // Truncating may leave a joiner with nothing to join.
  return visible(fitLine(line, maxCharacters, maxBytes)).trim()
}

/** The text without what cannot be seen: an invisible character stays only where it changes what is shown. */
export function visible(text: string): string {
  const letters = [...text]
  const kept: string[] = []
  /** The letter or picture that marks and joiners belong to. */
  let base = ''
  let marks: string[] = []
  let joiners = 0
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? ''
    const next = letters[i + 1] ?? ''
    if (IGNORABLE.test(letter)) {
      const before = kept.at(-1) ?? ''
      if (letter === ZWJ && PICTURE.test(base)) {
        if (!PICTURE.test(next) || ++joiners > MAX_JOINERS || before === ZWJ) continue
      } else if (letter === ZWJ || letter === ZWNJ) {
        const joins = INDIC.test(base) || (CURSIVE.test(base) && LETTER_OR_MARK.test(next))
        if (!joins || before === ZWJ || before === ZWNJ) continue
      } else if (base === BLACK_FLAG && before === BLACK_FLAG) {
        const tags = FLAG_TAGS.exec(letters.slice(i, i + 7).join(''))?.[0]
        if (!tags) continue
        kept.push(tags)
        i += [...tags].length - 1
        continue
      } else {
        const varies =
          (TEXT_OR_EMOJI.test(letter) && EMOJI.test(before)) ||
          (HAN_VARIANT.test(letter) && HAN.test(before)) ||
          (MONGOLIAN_VARIANT.test(letter) && MONGOLIAN.test(before) && !MONGOLIAN_VARIANT.test(before))
        if (!varies) continue
      }
      kept.push(letter)
    } else if (BLANK.test(letter) || (UNKNOWN.test(letter) && !PICTURE.test(letter))) {
    } else if (MARK.test(letter)) {
      // On nothing it would hang on what stands before the name.
      if (base === '') continue
      if (NONSPACING.test(letter)) {
        if (marks.length >= MAX_MARKS || marks.includes(letter)) continue
        marks.push(letter)
      }
      kept.push(letter)
    } else {
      if (!(SKIN.test(letter) && PICTURE.test(base))) {
        if (kept.at(-1) !== ZWJ) joiners = 0
        base = /\s/.test(letter) ? '' : letter
        marks = []
      }
      kept.push(letter)
    }
  }
  return kept.join('').normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** Truncates a text between characters as people count them. */
export function fitLine(text: string, maxCharacters: number, maxBytes: number): string {
  let fitting = ''
  for (const character of charactersOf(text).slice(0, maxCharacters)) {
    const longer = fitting + character
    if (fitText(longer, maxBytes) !== longer) return fitting || fitText(longer, maxBytes)
    fitting = longer
  }
  return fitting
}

/** Firefox before 125 has no segmenter: there a letter with its marks, an emoji with what joins it, or a flag. */
const CHARACTER = /\p{RI}\p{RI}|\P{M}(?:[\p{M}\p{Emoji_Modifier}\u200c\u{e0020}-\u{e007f}]|\u200d\P{M}?)*|\p{M}+/gsu

let segmenter: Intl.Segmenter | null = null

/** A text in characters as people count them. */
export function charactersOf(text: string): string[] {
  if (typeof Intl.Segmenter !== 'function') return text.match(CHARACTER) ?? []
  // Any language: its boundaries of characters are the same in all.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
