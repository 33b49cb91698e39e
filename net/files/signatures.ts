/**
 * What a file's first bytes say of its type, for the types that players send each other. In: a media type and the first bytes. Out:
 * whether they contradict each other. Types without a signature are not judged. Bytes as in
 * {@link https://mimesniff.spec.whatwg.org WHATWG MIME Sniffing} and, for AVIF and Wasm, their own specifications.
 */

/** Latin-1 text and where it stands. */
type Signature = readonly [text: string, at: number]

const ISO_MEDIA: Signature = ['ftyp', 4]
const RIFF: Signature = ['RIFF', 0]
const OGG: Signature = ['OggS\0', 0]
const EBML: Signature = ['\x1aE\xdf\xa3', 0]

/** All of one row must stand there, of one of the rows. */
const SIGNATURES: ReadonlyMap<string, readonly (readonly Signature[])[]> = new Map([
  ['image/png', [[['\x89PNG\r\n\x1a\n', 0]]]],
  ['image/jpeg', [[['\xff\xd8\xff', 0]]]],
  ['image/gif', [[['GIF87a', 0]], [['GIF89a', 0]]]],
  ['image/webp', [[RIFF, ['WEBPVP', 8]]]],
  ['image/avif', [[ISO_MEDIA]]],
  ['image/bmp', [[['BM', 0]]]],
  ['audio/wav', [[RIFF, ['WAVE', 8]]]],
  ['audio/ogg', [[OGG]]],
  ['video/ogg', [[OGG]]],
  ['audio/mp4', [[ISO_MEDIA]]],
  ['video/mp4', [[ISO_MEDIA]]],
  ['audio/webm', [[EBML]]],
  ['video/webm', [[EBML]]],
  ['application/pdf', [[['%PDF-', 0]]]],
  ['application/gzip', [[['\x1f\x8b\x08', 0]]]],
  ['application/wasm', [[['\0asm', 0]]]],
  // The second is an archive without a file.
  ['application/zip', [[['PK\x03\x04', 0]], [['PK\x05\x06', 0]]]],
])

/** How many bytes `contradictsType` looks at. */
export const SIGNATURE_BYTES = 16

/** Whether a file of this type cannot begin so. False for types that have no signature here. */
export function contradictsType(type: string, bytes: Uint8Array): boolean {
  const rows = SIGNATURES.get(type)
  if (!rows) return false
  const start = String.fromCharCode(...bytes.subarray(0, SIGNATURE_BYTES))
  return !rows.some((row) => row.every(([text, at]) => start.startsWith(text, at)))
}

/** Types of which a browser would run what is inside, as the page's own, when somebody opens a `blob:` address of them. */
const RUNS = /^(text\/html|(text|application)\/xml|.*\+xml)$/

/** The type that a received file's `Blob` has: the sender's, but plain bytes for what a browser would run. */
export function harmlessType(type: string): string {
  return RUNS.test(type) ? 'application/octet-stream' : type
}
