/** What the first bytes of a file say of its type. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contradictsType, harmlessType } from '../../../net/files/signatures.ts'

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0))

describe('a type and first bytes', () => {
  it.each([
    ['image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['image/gif', 'GIF89a\x01\0'],
    ['image/webp', 'RIFF\x24\0\0\0WEBPVP8 '],
    ['image/avif', '\0\0\0\x1cftypavif'],
    ['audio/wav', 'RIFF\x24\0\0\0WAVEfmt '],
    ['audio/ogg', 'OggS\0\x02'],
    ['video/webm', '\x1aE\xdf\xa3\x9f'],
    ['application/zip', 'PK\x03\x04\x14\0'],
    ['application/zip', 'PK\x05\x06\0\0'],
    ['application/pdf', '%PDF-1.7\n'],
  ])('%s agree, and another beginning, a cut one, or none does not', (type, start) => {
    const bytes = latin1(start)
    expect(contradictsType(type, bytes)).toBe(false)
    for (const other of [latin1('<script>alert(1)</script>'), bytes.subarray(0, 2), bytes.subarray(1), latin1('')])
      expect(contradictsType(type, other), Buffer.from(other).toString('latin1')).toBe(true)
  })

  it('of a picture of this repository agree', () => {
    expect(contradictsType('image/png', readFileSync('public/icon-192.png'))).toBe(false)
  })

  it.each(['', 'application/json', 'text/plain', 'application/octet-stream', 'image/x-raw'])(
    '%j is not judged',
    (type) => {
      expect(contradictsType(type, latin1('anything'))).toBe(false)
    },
  )
})

it('a browser runs nothing of a received file', () => {
  for (const type of ['text/html', 'application/xhtml+xml', 'image/svg+xml', 'text/xml', 'application/xml'])
    expect(harmlessType(type)).toBe('application/octet-stream')
  for (const type of ['', 'image/png', 'text/plain', 'application/json']) expect(harmlessType(type)).toBe(type)
})
