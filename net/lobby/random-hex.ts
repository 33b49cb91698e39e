import type { Chance } from '../platform/platform.ts'

/** Random bytes as hexadecimal digits, two for each: seat tokens, salts, browser names. */
export function randomHex(chance: Pick<Chance, 'randomBytes'>, bytes: number): string {
  return Array.from(chance.randomBytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
