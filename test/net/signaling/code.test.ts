/** The lobby code: what a player reads aloud and types. */
import { describe, expect, test } from 'vitest'
import { CODE_ALPHABET, CODE_LENGTH, parseCode } from '../../../net/signaling/code.ts'

describe('a lobby code', () => {
  test('has no vowels and no two characters that look alike', () => {
    expect(new Set(CODE_ALPHABET).size).toBe(CODE_ALPHABET.length)
    expect(CODE_ALPHABET).not.toMatch(/[AEIOUY]/)
    for (const alike of ['0OQ', '1IL', '2Z', '5S', '6G', '8B', 'UV']) {
      expect([...alike].filter((character) => CODE_ALPHABET.includes(character)).length, alike).toBeLessThan(2)
    }
  })

  test('is read in any case, with spaces and hyphens anywhere', () => {
    for (const typed of ['K7DPX', 'k7dpx', ' k7-dpx ', 'K 7 D P X', 'k7\tdpx\n']) {
      expect(parseCode(typed), typed).toBe('K7DPX')
    }
  })

  test('is refused in any other length or with any other character', () => {
    const wrong = [
      '',
      'K7DP',
      'K7DPXX',
      'K7DP0',
      'K7DPA',
      'K7DP_',
      '#K7DPX',
      'K7DP\u212A',
      'K7DPＸ',
      'x'.repeat(100_000),
    ]
    for (const typed of wrong) expect(parseCode(typed), typed.slice(0, 20)).toBeNull()
    expect(CODE_LENGTH).toBe(5)
  })
})
