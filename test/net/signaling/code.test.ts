/** The lobby code: what a player reads aloud and types. */
import fc from 'fast-check'
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

  test.each([
    ['a zero-width space in it', 'K7\u200bDPX'],
    ['a byte order mark before it', '\ufeffK7DPX'],
    ['a word joiner, a soft hyphen and a variation selector in it', 'K\u20607\u00adDP\ufe0fX'],
    ['marks of direction around it', '\u202aK7DPX\u202c'],
    ['isolates around it', '\u2068K7DPX\u2069\u200e'],
    ['full-width letters', 'Ｋ７ＤＰＸ'],
    ['full-width letters and an ideographic space', '\u3000ｋ７ｄｐｘ'],
    ['mathematical letters', '𝐊𝟕𝐃𝐏𝐗'],
    ['the sign of the kelvin', '\u212a7DPX'],
    ['Cyrillic and Greek letters that look the same', 'К7DΡХ'],
    ['an en dash', 'K7–DPX'],
    ['a minus and an em dash', 'K7−D—PX'],
    ['a non-breaking hyphen and space', 'K7\u2011D\u00a0PX'],
    ['dots for bullets', '·K·7·D·P·X·'],
    ['quotes', '"K7DPX"'],
    ['typographic quotes', '“K7DPX”'],
    ['guillemets', '« k7dpx »'],
    ['backquotes', '`K7DPX`'],
    ['brackets', '(K7DPX)'],
    ['a trailing dot', 'K7DPX.'],
    ['a trailing ideographic dot', 'K7DPX。'],
    ['emphasis', '*K7DPX*'],
    ['a line end', 'K7DPX\r\n'],
    ['a hash', '#K7DPX'],
    ['a keycap', 'K7\ufe0f\u20e3DPX'],
    ['a link', 'https://dogstar.example/#K7DPX'],
    ['a link with a query', 'https://dogstar.example/?debug&renderer=canvas#k7dpx'],
    ['a link with a query behind the hash', 'https://dogstar.example/#K7DPX?utm_source=chat&CDFHJ'],
    ['a link with something appended', 'https://dogstar.example/#K7DPX&fbclid=IwAR0'],
    ['a link with a slash', 'https://dogstar.example/play/#/K7DPX/'],
    ['a link with an end of sentence', 'https://dogstar.example/#K7DPX.'],
    ['a link with an encoded space', 'http://192.168.1.20:8080/#K7DPX%20'],
    ['a link with an encoded zero-width space', 'http://192.168.1.20:8080/#K7DPX%E2%80%8B'],
    ['a link that is encoded', 'https%3A%2F%2Fdogstar.example%2F%23K7DPX'],
    ['a link with broken encoding', 'https://dogstar.example/?a=%E0%A4%A#K7DPX'],
    ['a link with a port like a code', 'http://192.168.1.20:23456/#K7DPX'],
    ['a link with the code in its query', 'https://dogstar.example:23456/?code=K7DPX'],
    ['a link in brackets', '<https://dogstar.example/#K7DPX>'],
    ['a link in a sentence', 'Come, https://dogstar.example/#K7DPX has begun!'],
    ['a link in full width', 'https://dogstar.example/＃Ｋ７ＤＰＸ'],
    ['a sentence', 'The code is K7DPX.'],
    ['a label', 'Lobby code: K7-DPX'],
    ['a label without a space', 'code:K7DPX'],
    ['a Chinese label', '代码：K7DPX'],
    ['a label and a full-width space', '代码：\u3000Ｋ７ＤＰＸ'],
    ['an equals sign', 'code=K7DPX'],
    ['a full-width equals sign', 'code＝K7DPX'],
    ['an em dash behind a name', 'Dogstar—K7DPX'],
    ['an en dash behind a name', 'Dogstar–K7DPX'],
    ['an arrow', 'Dogstar→K7DPX'],
    ['a label, and dashes in the code', 'code:K7–DPX'],
    ['a label and an ideographic comma', '代码、K7DPX。快来'],
    ['the same code twice', 'K7DPX (https://dogstar.example/#k7dpx)'],
  ])('is read with %s', (_what, typed) => {
    expect(parseCode(typed)).toBe('K7DPX')
  })

  test('is refused in any other length, with any other character, and where two can be meant', () => {
    const wrong = [
      '',
      '\u200b',
      '.',
      'K7DP',
      'K7DPXX',
      'K7DP0',
      'K7DPA',
      'K7DP_',
      'K7DPÉ',
      'K7DPXK7DPX',
      'K7DPX or CDFHJ',
      'K7DPX—CDFHJ',
      'code:K7DPX:CDFHJ',
      'localhost:23456',
      '192.168.1.20:23456',
      'http://localhost:23456/',
      'ws://23456:23456',
      'https://dogstar.example/#page',
      'https://dogstar.example/#',
      '#K7DP0',
      'x'.repeat(100_000),
      '\u0301'.repeat(100_000),
      '#'.repeat(100_000),
      '%'.repeat(100_000),
    ]
    for (const typed of wrong) expect(parseCode(typed), typed.slice(0, 40)).toBeNull()
    expect(CODE_LENGTH).toBe(5)
  })

  test('is not there in what is no text, as a query has none under a name', () => {
    const missing = new URLSearchParams('').get('code')
    for (const given of [missing, undefined, 5, 23456, {}, ['K7DPX']]) expect(parseCode(given as null)).toBeNull()
  })

  test('stays what it is when it is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'k7DpxＸХ \u200b#-/.%&?=:2'), { maxLength: 12 }), (parts) => {
        const code = parseCode(parts.join(''))
        if (code !== null) expect(parseCode(code)).toBe(code)
      }),
    )
  })
})
