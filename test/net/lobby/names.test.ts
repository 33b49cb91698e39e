/** Names: what is kept of them, how long they may be, and which are too much alike. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeHostMessage, encodeMessage, MAX_SENT_NAME } from '../../../net/lobby/messages.ts'
import { cleanName, distinctName, MAX_NAME, MAX_NAME_BYTES } from '../../../net/lobby/names.ts'
import { playerId } from '../../../net/world/ids.ts'

const family = '👨‍👩‍👧‍👦'
const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const charactersIn = (text: string): number => [...segmenter.segment(text)].length

/** Whatever scripts, emoji, marks and pranks are made of. */
const pieces = [
  ...'aA1 .اهیकर्षයතག한ᄀไก้אָ一葛👨👩👧🏴🏽❤️☠🇩🇪é',
  ...['\u200b', '\u200c', '\u200d', '\u200e', '\u202e', '\u2066', '\u2069', '\u061c', '\ufeff', '\u00ad', '\u034f'],
  ...[
    '\ufe0f',
    '\ufe0e',
    '\u20e3',
    '\u0301',
    '\u0336',
    '\u0489',
    '\u3164',
    '\u2800',
    '\u180b',
    '\u{e0100}',
    '\u{e0062}',
  ],
  ...['\u{e007f}', '\u{e0001}', '\ud83d', '\udc68', '\uffff', '\ue000', '\n', '\t', '\u2028', family, '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
]
const anyName = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

afterEach(() => vi.unstubAllGlobals())

describe('a name', () => {
  it('is one line of 1 to 20 characters and 200 bytes, with nothing in it that turns the row or hides, for good', () => {
    fc.assert(
      fc.property(anyName, (text) => {
        const name = cleanName(text)
        expect(charactersIn(name)).toBeGreaterThanOrEqual(1)
        expect(charactersIn(name)).toBeLessThanOrEqual(MAX_NAME)
        expect(bytesOf(name)).toBeLessThanOrEqual(MAX_NAME_BYTES)
        expect(name.length).toBeLessThanOrEqual(MAX_SENT_NAME)
        expect(name).toBe(name.trim())
        expect(name).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]|\s\s/u,
        )
        expect(name).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u)
        expect(cleanName(name)).toBe(name)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['Ann'],
    ['Zoë'],
    ['Ωmega 3'],
    ["O'Neil & co"],
    ['<b>x</b>'],
    ['李雷'],
    ['葛󠄀城'],
    ['می‌خواهم'],
    ['علیرضا'],
    ['مُحَمَّد'],
    ['שָׁלוֹם'],
    ['क्षत्रिय'],
    ['क्‍ष'],
    ['ශ්‍රී'],
    ['ന്‍'],
    ['Nguyễn Thị Ánh'],
    ['กิ่งแก้ว'],
    ['བོད་སྐད'],
    ['한국어'],
    [family],
    ['👩🏽‍🚀 Ann'],
    ['🏳️‍🌈'],
    ['🏴‍☠️'],
    ['🇩🇪🇫🇷'],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['❤️'],
    ['7️⃣'],
    ['👩🏻‍❤️‍💋‍👨🏿'],
    ['🚀'.repeat(20)],
    ['🇩🇪'.repeat(20)],
    ['नि'.repeat(20)],
    ['g\u0303'],
  ])('stays as it is when nothing is wrong with it: %s', (name) => expect(cleanName(name)).toBe(name.normalize('NFC')))

  it.each([
    ['', 'Player'],
    [' \t\n ', 'Player'],
    ['\u200b\u2060\ufeff', 'Player'],
    ['\u200c\u200d', 'Player'],
    ['\ufe0f\ufe0f', 'Player'],
    ['\u0301\u0301', 'Player'],
    ['\u3164\u115f\u2800', 'Player'],
    ['\u{e0067}\u{e007f}', 'Player'],
    ['\u00ad\u034f\u061c', 'Player'],
    ['\ud800', 'Player'],
    ['\ue000\ufffe', 'Player'],
    ['\u{1d159}', 'Player'],
    ['  Ann   Lee ', 'Ann Lee'],
    ['\u00a0Ann\u3000Lee\u2003', 'Ann Lee'],
    ['Ann\r\nadmin: hello', 'Ann admin: hello'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['\u2067Ann\u2069', 'Ann'],
    ['A\u200bn\u200dn\u200c', 'Ann'],
    ['A\ufe0fnn\u{e0101}', 'Ann'],
    ['Ann\u{e0061}\u{e007f}', 'Ann'],
    ['می\u200c', 'می'],
    ['می\u200c\u200c\u200cخ', 'می\u200cخ'],
    ['\u0301Ann', 'Ann'],
    ['Ann \u0301Lee', 'Ann Lee'],
    ['e\u200b\u0301', 'é'],
    [`Z${'\u0336\u0337\u0338\u0335\u0334\u0322\u0489'}o`, `Z${'\u0336\u0337\u0338\u0335'}o`.normalize('NFC')],
    [`x${'\u0301'.repeat(500)}`, 'x\u0301'],
    [`👨${'\u200d👨'.repeat(30)}`, `${'👨\u200d👨\u200d👨\u200d👨'.repeat(7)}👨\u200d👨\u200d👨`],
    ['x'.repeat(10_000), 'x'.repeat(20)],
    [`${'x'.repeat(19)} y`, 'x'.repeat(19)],
    [`${'x'.repeat(19)}${family}y`, `${'x'.repeat(19)}${family}`],
    [family.repeat(20), family.repeat(8)],
    ['e\u0301', '\u00e9'],
  ])('%j becomes %j', (wanted, name) => expect(cleanName(wanted)).toBe(name))

  it('is cut between characters where the browser has no segmenter, too', () => {
    vi.stubGlobal('Intl', { ...Intl, Segmenter: undefined })
    for (const one of [family, '🇩🇪', '👩🏽‍🚀', 'नि', 'g\u0303', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', 'x', '李'])
      expect(cleanName(one.repeat(30)), one).toBe(one.repeat(Math.min(20, Math.floor(MAX_NAME_BYTES / bytesOf(one)))))
  })

  it('of a megabyte is cut before it is looked at', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    cleanName('\u200b \n'.repeat(333_333))
    expect(Math.max(...normalize.mock.contexts.map((text) => String(text).length))).toBeLessThanOrEqual(1000)
    normalize.mockRestore()
  })

  it('is the one of nobody where a page has none yet, and no error', () => {
    for (const given of [undefined, null, 5, {}, ['Ann']]) expect(cleanName(given as string)).toBe('Player')
  })

  it('from a hostile host is cleaned before anybody sees it', () => {
    const known = {
      id: playerId(0, 1),
      host: true,
      spectator: false,
      ready: false,
      presence: 'here' as const,
      choice: {},
      data: null,
    }
    const told = encodeMessage({ kind: 'member', member: { ...known, name: '\u202eAnn\u200b' } })
    expect(decodeHostMessage(told)).toEqual({ kind: 'member', member: { ...known, name: 'Ann' } })
  })
})

describe('two names', () => {
  it.each([
    ['Ann', 'ANN', 'ANN 2'],
    ['Ann', 'Аnn', 'Аnn 2'],
    ['Bob', 'Воb', 'Воb 2'],
    ['Ann', 'Ａｎｎ', 'Ａｎｎ 2'],
    ['Ann', '𝐀𝐧𝐧', '𝐀𝐧𝐧 2'],
    ['ANTON', 'ΑΝΤΟΝ', 'ΑΝΤΟΝ 2'],
    ['scope', 'ѕсоре', 'ѕсоре 2'],
    ['KOMETA', 'КОМЕТА', 'КОМЕТА 2'],
    ['Ian', 'lan', 'lan 2'],
    ['Bil', 'Bi1', 'Bi1 2'],
    ['Bil', 'BiI', 'BiI 2'],
    ['Otto', '0tto', '0tto 2'],
    ['Amy', 'Arny', 'Arny 2'],
    ['Anna', 'ᎪΝNᎪ', 'ᎪΝNᎪ 2'],
    ['Zoe 5', 'Zoе 5', 'Zoе 5 2'],
    ['ΗΡΑ', 'ηρα', 'ηρα 2'],
    ['علی', 'علی\u200cی'.slice(0, 3), 'علی 2'],
    ['میخ', 'می‌خ', 'می‌خ 2'],
    ['❤', '❤️', '❤️ 2'],
    ['Player', '', 'Player 2'],
    ['x'.repeat(20), 'x'.repeat(20), `${'x'.repeat(18)} 2`],
    [family.repeat(8), family.repeat(8), `${family.repeat(7)} 2`],
  ])('that are taken for each other are told apart: %s, %s', (first, second, told) => {
    expect(distinctName(second, [first])).toBe(told)
  })

  it.each([
    ['Ann', 'Anna'],
    ['Ann', 'Ánn'],
    ['Ann', 'Анн'],
    ['Оля', 'Ann'],
    ['علی', 'رضا'],
    ['🇩🇪', '🇫🇷'],
    [family, '👨‍👩‍👧'],
    ['李雷', '韩梅梅'],
    ['Ace 1', 'Ace 2'],
  ])('that differ stay as they are: %s, %s', (first, second) => {
    expect(distinctName(second, [first])).toBe(second)
  })

  it('of sixty-four with the same wish all differ, in the same look-alikes, too', () => {
    const present: string[] = []
    for (let i = 0; i < 64; i++) present.push(distinctName(i % 2 ? 'Аnn' : 'Ann', present))
    expect(new Set(present.map((name) => name.replace('А', 'A'))).size).toBe(64)
  })
})
