/**
 * Text as UTF-8, and text truncated to a number of bytes. TextEncoder and TextDecoder are made at the first text, not when the
 * module loads: Jest's jsdom has none, and a test that only imports the package must not fail. Where they are missing,
 * the code here does the same.
 */

let encoder: TextEncoder | null = null
let decoder: TextDecoder | null = null

/** The text as UTF-8; lone surrogates become U+FFFD. */
export function toUtf8(text: string): Uint8Array {
  if (typeof TextEncoder === 'undefined') return encode(text)
  encoder ??= new TextEncoder()
  return encoder.encode(text)
}

/** UTF-8 as text; malformed bytes become U+FFFD. A byte order mark at the beginning is a character like any other. */
export function fromUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'undefined') return decode(bytes)
  decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
  return decoder.decode(bytes)
}

const REPLACEMENT = 0xfffd

/** What TextEncoder does. */
export function encode(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const given = character.codePointAt(0) ?? 0
    const code = given >= 0xd800 && given <= 0xdfff ? REPLACEMENT : given
    if (code < 0x80) bytes.push(code)
    else {
      const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
      bytes.push(((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more)))
      for (let left = more - 1; left >= 0; left--) bytes.push(0x80 | ((code >> (6 * left)) & 0x3f))
    }
  }
  return Uint8Array.from(bytes)
}

/**
 * What TextDecoder does with `ignoreBOM` (WHATWG Encoding, UTF-8 decoder): the longest valid beginning of a character gives
 * one U+FFFD.
 */
export function decode(bytes: Uint8Array): string {
  let text = ''
  let i = 0
  while (i < bytes.length) {
    const first = bytes[i++] ?? 0
    const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1
    let code = more < 0 ? REPLACEMENT : more === 0 ? first : first & (0x3f >> more)
    // Narrower bounds of the second byte exclude overlong forms, surrogates and codes above U+10FFFF.
    let lower = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    let upper = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    for (let left = more; left > 0; left--) {
      const next = bytes[i] ?? 0
      if (next < lower || next > upper) {
        code = REPLACEMENT
        break
      }
      code = (code << 6) | (next & 0x3f)
      lower = 0x80
      upper = 0xbf
      i++
    }
    text += String.fromCodePoint(code)
  }
  return text
}

/** Truncates text to a number of UTF-8 bytes, between two characters. Lone surrogates become U+FFFD. */
export function fitText(text: string, maxBytes: number): string {
  const bytes = toUtf8(text)
  if (bytes.length <= maxBytes) return bytes.length === text.length ? text : fromUtf8(bytes)
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return fromUtf8(bytes.subarray(0, end))
}
