/**
 * What the first bytes of an image say of it: its kind, its size, whether it moves. In: bytes of anybody. Out: that, or null for what is no
 * image that this page takes. It is read before any decoder of the browser sees the bytes, so that a small file that unpacks to a
 * billion pixels, a text (SVG) or a film never comes that far.
 *
 * Invariants: it never throws, and looks at each byte once at most.
 */

export interface ImageHead {
  readonly kind: 'png' | 'jpeg' | 'webp' | 'gif'
  readonly width: number
  readonly height: number
  readonly animated: boolean
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

export function readImageHead(bytes: Uint8Array): ImageHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (PNG.every((byte, i) => bytes[i] === byte)) return readPng(view)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(view)
  if (textAt(view, 0) === 'RIFF' && textAt(view, 8) === 'WEBP') return readWebp(view)
  if (/^GIF8$/.test(textAt(view, 0)) && view.byteLength >= 10)
    return { kind: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true), animated: true }
  return null
}

/** Chunks: length, name, contents, checksum. A picture that moves has `acTL` before its pixels. */
function readPng(view: DataView): ImageHead | null {
  if (view.byteLength < 33 || textAt(view, 12) !== 'IHDR') return null
  const size = { width: view.getUint32(16), height: view.getUint32(20) }
  let animated = false
  for (let at = 8; at + 8 <= view.byteLength; at += view.getUint32(at) + 12) {
    const name = textAt(view, at + 4)
    if (name === 'acTL') animated = true
    if (name === 'IDAT') return { kind: 'png', ...size, animated }
  }
  return null
}

/** Segments: FF, kind, length, contents. The size is in the first frame header: C0 to CF without C4, C8 and CC. */
function readJpeg(view: DataView): ImageHead | null {
  for (let at = 2; at + 9 <= view.byteLength; at += view.getUint16(at + 2) + 2) {
    const kind = view.getUint8(at + 1)
    if (view.getUint8(at) !== 0xff) return null
    if (kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc)
      return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5), animated: false }
  }
  return null
}

/** One of three heads: VP8, VP8L (without loss), VP8X (with more, such as films). */
function readWebp(view: DataView): ImageHead | null {
  if (view.byteLength < 30) return null
  switch (textAt(view, 12)) {
    case 'VP8 ':
      return {
        kind: 'webp',
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
        animated: false,
      }
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return { kind: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, animated: false }
    }
    case 'VP8X':
      return {
        kind: 'webp',
        width: uint24At(view, 24) + 1,
        height: uint24At(view, 27) + 1,
        animated: (view.getUint8(20) & 2) !== 0,
      }
    default:
      return null
  }
}

function uint24At(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

function textAt(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return ''
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}
