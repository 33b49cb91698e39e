/**
 * Names of players: which characters of a typed name stay, and which names look too much alike. In: any text, also of a hostile
 * peer. Out: one line that can stand beside others. What a script or an emoji needs stays. What is invisible, turns the reading
 * direction or piles up goes.
 */
import { skeleton } from '../world/look-alikes.ts'
import { fitText } from '../world/text.ts'

/** Longest name in characters as people count them: a family emoji, a flag, a letter with its marks is one. */
export const MAX_NAME = 20

/**
 * Longest name in UTF-8 bytes: twenty letters of any script with their marks, or twenty flags, or eight families of 25
 * bytes. A text has no more UTF-16 units than bytes, so that a name always fits into a message.
 */
export const MAX_NAME_BYTES = 200

const NOBODY = 'Player'

/** What is looked at of a text; a name of 200 bytes may have as much around it that is dropped. */
const MAX_READ = 1000

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
 * A name fit to be shown: one line of 1 to 20 characters and at most 200 bytes, in which nothing is invisible, turns the
 * reading direction of what stands beside it, or piles up. Cleaning it again changes nothing.
 *
 * @param name whatever was typed or sent, of any length. "Player" when nothing of it is left, and for what is no text.
 */
export function cleanName(name: string): string {
  if (typeof name !== 'string') return NOBODY
  // Cut before anything else, so that ten thousand characters cost no more than twenty.
  const line = visible(name.slice(0, MAX_READ).normalize('NFC').replace(LINE_END, ' '))
  // A cut may leave a joiner with nothing to join.
  return visible(fitName(line, MAX_NAME, MAX_NAME_BYTES)).trim() || NOBODY
}

/** The name; with a number behind it when somebody present has it, or one that looks the same. */
export function distinctName(wanted: string, present: readonly string[]): string {
  const name = cleanName(wanted)
  const taken = new Set(present.flatMap((other) => [folded(other), skeleton(other)]))
  const isTaken = (text: string) => taken.has(folded(text)) || taken.has(skeleton(text))
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) {
    const suffix = ` ${number}`
    const shortened = fitName(name, MAX_NAME - suffix.length, MAX_NAME_BYTES - suffix.length)
    const numbered = cleanName(shortened.trimEnd() + suffix)
    if (!isTaken(numbered)) return numbered
  }
}

/** The name without what case, width and invisible characters change. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
}

/** The text without what cannot be seen: an invisible character stays only where it changes what is shown. */
function visible(text: string): string {
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

/** Cuts a name between characters as people count them. */
function fitName(name: string, maxCharacters: number, maxBytes: number): string {
  let fitting = ''
  for (const character of charactersOf(name).slice(0, maxCharacters)) {
    const longer = fitting + character
    if (fitText(longer, maxBytes) !== longer) return fitting || fitText(longer, maxBytes)
    fitting = longer
  }
  return fitting
}

/** Firefox before 125 has no segmenter: there a letter with its marks, an emoji with what joins it, or a flag. */
const CHARACTER = /\p{RI}\p{RI}|\P{M}(?:[\p{M}\p{Emoji_Modifier}\u200c\u{e0020}-\u{e007f}]|\u200d\P{M}?)*|\p{M}+/gsu

let segmenter: Intl.Segmenter | null = null

function charactersOf(text: string): string[] {
  if (typeof Intl.Segmenter !== 'function') return text.match(CHARACTER) ?? []
  // Any language: its boundaries of characters are the same in all.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
