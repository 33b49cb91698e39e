/** Text in bounded fields. */

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Cuts text to a number of UTF-8 bytes, at a character, and replaces lone surrogates as any encoder would. */
export function fitText(text: string, maxBytes: number): string {
  const bytes = encoder.encode(text)
  if (bytes.length <= maxBytes) return bytes.length === text.length ? text : decoder.decode(bytes)
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return decoder.decode(bytes.subarray(0, end))
}
