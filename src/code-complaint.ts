/** Why what was typed is no lobby code, in one sentence that says what to look at. */

const ASK = 'Your host sees the code in the lobby.'

/** Characters that no code has, beside the one that they are misread for. */
const misread: Readonly<Record<string, string>> = { B: '8', G: '6', S: '5', U: 'V', Z: '2' }

/** For a text that `parseCode` found no code in. */
export function codeComplaint(typed: string): string {
  const characters = [...typed.normalize('NFKC').toUpperCase()].filter((character) => /[\p{L}\p{N}]/u.test(character))
  if (characters.length === 0) return `Type the code first: five letters and digits. ${ASK}`
  if (/[/#]/.test(typed)) return `There is no lobby code in this link. ${ASK}`
  if (characters.length !== 5)
    return `A code has five letters and digits; this has ${characters.length === 1 ? 'one' : characters.length}. ${ASK}`
  const wrong = characters.find((character) => !/[2-9CDFHJKMNPRTVWX]/.test(character)) ?? ''
  const meant = misread[wrong]
  if (meant) return `“${wrong}” is in no code: is it “${meant}”? ${ASK}`
  return `“${wrong}” is in no code: vowels, 0, O, Q, 1, I and L are left out. ${ASK}`
}
