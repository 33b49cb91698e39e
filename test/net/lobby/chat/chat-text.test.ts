import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanChat, MAX_CHAT_UNITS } from '../../../../net/lobby/chat/chat-text.ts'
import { timesAsLong } from '../../../relative-cost.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc.string({ unit: 'grapheme', maxLength: 700 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 700 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom('a', '\n', '\r\n', ' ', '\u202e', '\u200d', '👩‍👩‍👧‍👦', 'e\u0301', '\u0903', '\ud800'), {
      maxLength: 700,
    })
    .map((parts) => parts.join('')),
)

describe('what may stand in a chat', () => {
  it.each([
    ['what people type', 'Hello, wörld! 你好 👋🏽', 'Hello, wörld! 你好 👋🏽'],
    ['a link, as the text it is', ' https://example.com/?a=1&b=<b>#c ', 'https://example.com/?a=1&b=<b>#c'],
    ['markup, as the text it is', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['lines', 'one\r\ntwo\n\n\n three ', 'one\ntwo\nthree'],
    ['control characters as blanks', 'a\u0000b\u0007c\u001b[31md\u009f\te', 'a b c [31md e'],
    ['nothing that turns the reading direction', 'abc\u202e\u2066def\u2069\u202c\u200f', 'abcdef'],
    ['nothing invisible', '\u200b\u00adzero\u2060width\ufeff', 'zerowidth'],
    [
      'at most four marks on a letter',
      `e${'\u0301\u0302\u0303\u0304\u0305\u0306\u0307'.repeat(40)}`,
      'é\u0302\u0303\u0304\u0305',
    ],
    ['no half characters', 'a\ud83dz', 'az'],
    ['nothing of nothing', ' \n\u200b\t\r\n\u202e ', ''],
  ])('keeps %s', (_name, text, clean) => {
    expect(cleanChat(text)).toBe(clean.normalize('NFC'))
  })

  it('is at most 500 units, and cut between characters as people count them', () => {
    expect(cleanChat('x'.repeat(501))).toBe('x'.repeat(500))
    const family = '👩‍👩‍👧‍👦'
    const cut = cleanChat(family.repeat(60))
    expect(cut).toBe(family.repeat(Math.floor(500 / family.length)))
  })

  it('has at most 8 lines: what stands in more goes into the last', () => {
    const lines = cleanChat(Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n')).split('\n')
    expect(lines).toHaveLength(8)
    expect(lines[7]).toMatch(/^line 7 line 8 /)
  })

  it('is not changed by cleaning it again, and has nothing that is not to be shown, whatever was typed', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanChat(text)
        expect(cleanChat(clean)).toBe(clean)
        expect(clean.length).toBeLessThanOrEqual(MAX_CHAT_UNITS)
        expect(clean.replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
        expect(() => encodeURIComponent(clean)).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })

  // The texts differ 350 times in length.
  it('costs no more for a megabyte than for what is looked at of it', () => {
    const [short, long] = ['e\u0301\n'.repeat(1000), 'e\u0301\n'.repeat(350_000)]
    expect(
      timesAsLong(
        () => cleanChat(long),
        () => cleanChat(short),
      ),
    ).toBeLessThan(100)
  })
})
