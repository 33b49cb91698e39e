import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromMessagePack, toMessagePack } from '../../../net/world/message-pack.ts'
import { decode, encode, fitText, fromUtf8, toUtf8 } from '../../../net/world/text.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
/** As any encoder would write it: with no half characters. */
const wellFormed = (text: string): string => decoder.decode(new TextEncoder().encode(text))
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

describe('a text in a bounded field', () => {
  it('fits, keeps whole characters, and is not cut twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const cut = fitText(text, max)
        expect(bytesOf(cut)).toBeLessThanOrEqual(max)
        expect(wellFormed(text).startsWith(cut)).toBe(true)
        expect(fitText(cut, max)).toBe(cut)
        if (bytesOf(text) <= max) expect(cut).toBe(wellFormed(text))
        // No more than a character is lost for nothing.
        else expect(bytesOf(cut)).toBeGreaterThan(max - 4)
      }),
    )
  })

  it.each([
    ['über', 1, ''],
    ['über', 2, 'ü'],
    ['a😀b', 4, 'a'],
    ['a😀b', 5, 'a😀'],
    ['a😀b', 6, 'a😀b'],
    ['', 5, ''],
  ])('%s in %i bytes is %s', (text, max, cut) => {
    expect(fitText(text, max)).toBe(cut)
  })

  it('keeps a byte order mark at its beginning, or a text would be another one after it was sent or saved', () => {
    expect(fitText('\ufeffhost', 6)).toBe('\ufeffhos')
    expect(fromUtf8(toUtf8('\ufeffhost'))).toBe('\ufeffhost')
    expect(fromMessagePack(toMessagePack('\ufeffhost'))).toBe('\ufeffhost')
  })

  it('has no half characters: a lone surrogate would be another text on the other side', () => {
    expect(fitText('a\ud83d', 10)).toBe('a\ufffd')
  })
})

describe('a platform without TextEncoder and TextDecoder, as Jest’s jsdom', () => {
  it('has the same bytes of any text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const broken = `${text}\ud800x\udc00`
        expect(encode(broken)).toEqual(new TextEncoder().encode(broken))
      }),
    )
  })

  it('reads any bytes as the platform’s own would, those that are no text included', () => {
    const near = fc.oneof(
      fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0xc1, 0xc2, 0xef, 0xbb, 0xbf, 0x80, 0x8f, 0x90, 0x9f, 0xa0),
      fc.nat(255),
    )
    fc.assert(
      fc.property(fc.array(near, { maxLength: 12 }), (bytes) => {
        expect(decode(Uint8Array.from(bytes))).toBe(decoder.decode(Uint8Array.from(bytes)))
      }),
      { numRuns: 2000 },
    )
    expect(decode(Uint8Array.from([0xef, 0xbb, 0xbf, 0x41]))).toBe('\ufeffA')
  })
})
