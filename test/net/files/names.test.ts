import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanFileName, cleanType } from '../../../net/files/names.ts'

describe('the name of a file', () => {
  it.each([
    ['ship.png', 'ship.png'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ann\\ship.png', 'ship.png'],
    ['/absolute/../x', 'x'],
    ['..', 'file'],
    ['a/..', 'a'],
    ['', 'file'],
    ['.bashrc', 'bashrc'],
    ['evil\u202egnp.exe', 'evilgnp.exe'],
    ['a\u0000b\nc.txt', 'a b c.txt'],
    ['what?<is>:"this"|*.txt', 'what__is___this___.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['end. . .', 'end'],
    ['名前.json', '名前.json'],
    [`${'x'.repeat(500)}.png`, `${'x'.repeat(95)}.png`],
    ['a∕b／c＼d', 'd'],
  ])('%j is %j', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean)
  })

  it('has no path, no control characters and 1 to 100 characters, whatever it was, and cleaning it again changes nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom('a', '.', '/', '\\', ' ', ':', '\u0000', 'con', '\u200d', '👩‍👩‍👧‍👦', '.png'), {
          maxLength: 80,
        })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (name) => {
        const clean = cleanFileName(name)
        const characters = [...new Intl.Segmenter('en').segment(clean)].length
        expect(clean).not.toMatch(/[/\\<>:"|?*]|\p{Cc}|^[\s.]|[\s.]$/u)
        expect(characters).toBeGreaterThanOrEqual(1)
        expect(characters).toBeLessThanOrEqual(100)
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200)
        expect(cleanFileName(clean)).toBe(clean)
      }),
      { numRuns: 40 },
    )
  })
})

it.each([
  ['image/png', 'image/png'],
  ['Text/HTML; charset=utf-8', 'text/html'],
  ['application/vnd.api+json', 'application/vnd.api+json'],
  ['image', ''],
  ['image/<script>', ''],
  ['', ''],
  [`a/${'b'.repeat(200)}`, ''],
])('the type %j is %j by its form', (type, clean) => {
  expect(cleanType(type)).toBe(clean)
})
