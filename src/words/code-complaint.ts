/** Why what was typed is no lobby code, in one sentence that says what to look at. */
import { texts } from '../../game/languages/language.ts'

/** Characters that no code has, beside the one that they are misread for. */
const misread: Readonly<Record<string, string>> = { B: '8', G: '6', S: '5', U: 'V', Z: '2' }

/** For a text that `parseCode` found no code in. */
export function codeComplaint(typed: string): string {
  const characters = [...typed.normalize('NFKC').toUpperCase()].filter((character) => /[\p{L}\p{N}]/u.test(character))
  if (characters.length === 0) return texts.code.empty
  if (/[/#]/.test(typed)) return texts.code.noneInLink
  if (characters.length !== 5) return texts.code.wrongLength(characters.length)
  const wrong = characters.find((character) => !/[2-9CDFHJKMNPRTVWX]/.test(character)) ?? ''
  const meant = misread[wrong]
  return meant ? texts.code.isItThis(wrong, meant) : texts.code.notInCodes(wrong)
}
