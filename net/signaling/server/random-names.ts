/** Names and codes that nobody can guess, drawn from a cryptographic chance. */
import type { Chance } from '../../platform/platform.ts'
import { CODE_ALPHABET, CODE_LENGTH } from '../code.ts'

type Bytes = Pick<Chance, 'randomBytes'>

const NAME_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Six bits of chance for each character. */
export function randomName(chance: Bytes, length: number): string {
  let name = ''
  for (const byte of chance.randomBytes(length)) name += NAME_ALPHABET.charAt(byte % NAME_ALPHABET.length)
  return name
}

/** A lobby's code; each of the 22^5 is as likely as any other. */
export function drawCode(chance: Bytes): string {
  let code = ''
  while (code.length < CODE_LENGTH) {
    const [byte = 0] = chance.randomBytes(1)
    // The bytes above the last multiple of 22 would make some characters likelier: drawn again.
    const isFair = byte < 256 - (256 % CODE_ALPHABET.length)
    if (isFair) code += CODE_ALPHABET.charAt(byte % CODE_ALPHABET.length)
  }
  return code
}
