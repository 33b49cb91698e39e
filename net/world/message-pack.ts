/**
 * MessagePack. msgpackr reads, since strangers' bytes come in there. The writer is our own: msgpackr's also writes
 * records, references, streams and classes, which nothing here sends, and would cost every page 6 kB. Ours writes plain
 * values as the same bytes.
 */
import { Unpackr } from 'msgpackr/unpack-no-eval'
import { toUtf8 } from './text.ts'

// No references (structuredClone): with them 500 bytes can describe a value that takes minutes to walk through.
const reader = new Unpackr({ useRecords: false, structuredClone: false, int64AsType: 'number' })

/**
 * The value that bytes hold.
 * @throws whatever msgpackr throws: for bytes that are no MessagePack, for huge lengths (before it allocates), and for nesting
 *   that overflows the stack.
 */
export function fromMessagePack(bytes: Uint8Array): unknown {
  // A fresh view, because the reader adds a property to the array that it reads.
  return reader.unpack(bytes.subarray())
}

/**
 * The bytes of a value: null, booleans, numbers, texts, `Uint8Array`s, arrays and plain objects. A property that is
 * undefined is left out, as in JSON.
 * @throws TypeError for any other value, such as a `Date`, a `Map` or another typed array.
 */
export function toMessagePack(value: unknown): Uint8Array {
  const writer = new Writer()
  writer.write(value)
  return writer.written()
}

class Writer {
  private bytes = new Uint8Array(256)
  private view = new DataView(this.bytes.buffer)
  private length = 0

  written(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  write(value: unknown): void {
    if (typeof value === 'number') this.number(value)
    else if (typeof value === 'string') this.text(value)
    else if (typeof value === 'boolean') this.head(value ? 0xc3 : 0xc2)
    else if (value === null) this.head(0xc0)
    else if (value instanceof Uint8Array) this.run(0xc4, value)
    else if (Array.isArray(value)) this.array(value)
    else if (Object.prototype.toString.call(value) === '[object Object]') this.map(value as object)
    else {
      const kind = Object.prototype.toString.call(value).slice(8, -1)
      throw new TypeError(`MessagePack has no form for this value (${kind}). Write null, a number, a text or bytes.`)
    }
  }

  private number(value: number): void {
    if (value >>> 0 === value) {
      if (value < 0x80) this.head(value)
      else this.sized(0xcc, value)
    } else if (value >> 0 === value) {
      if (value >= -0x20) this.head(value)
      else if (value >= -0x80) this.head(0xd0, value, 1)
      else if (value >= -0x8000) this.head(0xd1, value, 2)
      else this.head(0xd2, value, 4)
    } else {
      const at = this.reserve(9)
      this.bytes[at] = 0xcb
      this.view.setFloat64(at + 1, value)
    }
  }

  private text(text: string): void {
    if (this.shortAscii(text)) return
    const utf8 = toUtf8(text)
    if (utf8.length >= 0x20) return this.run(0xd9, utf8)
    this.head(0xa0 | utf8.length)
    this.raw(utf8)
  }

  /** Most texts are names of properties: for those a TextEncoder and its array cost more than all else. False: this text is another one. */
  private shortAscii(text: string): boolean {
    const { length } = text
    if (length >= 0x20) return false
    const at = this.reserve(1 + length)
    this.bytes[at] = 0xa0 | length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) {
        this.length = at
        return false
      }
      this.bytes[at + 1 + i] = code
    }
    return true
  }

  /** The number of bytes, then the bytes. */
  private run(code: number, bytes: Uint8Array): void {
    this.sized(code, bytes.length)
    this.raw(bytes)
  }

  private raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.bytes.set(bytes, at)
  }

  private array(items: readonly unknown[]): void {
    if (items.length < 0x10) this.head(0x90 | items.length)
    else if (items.length < 0x10000) this.head(0xdc, items.length, 2)
    else this.head(0xdd, items.length, 4)
    for (const item of items) this.write(item)
  }

  /** Always with a head of 16 bits, as msgpackr writes it. */
  private map(object: object): void {
    const entries = Object.entries(object).filter(([, value]) => value !== undefined)
    if (entries.length > 0xffff) throw new TypeError(`An object has ${entries.length} properties; 65,535 are the most.`)
    this.head(0xde, entries.length, 2)
    for (const [key, value] of entries) {
      this.write(key)
      this.write(value)
    }
  }

  /** The shortest of three heads with 8, 16 or 32 bits. Their codes follow each other. */
  private sized(code: number, value: number): void {
    if (value < 0x100) this.head(code, value, 1)
    else if (value < 0x10000) this.head(code + 1, value, 2)
    else this.head(code + 2, value, 4)
  }

  /** One byte, then a number in `width` bytes, the highest first. */
  private head(code: number, value = 0, width = 0): void {
    let at = this.reserve(1 + width)
    this.bytes[at] = code
    for (let shift = 8 * width - 8; shift >= 0; shift -= 8) this.bytes[++at] = value >>> shift
  }

  /** Makes room for `count` more bytes. Returns where they begin. */
  private reserve(count: number): number {
    const at = this.length
    this.length += count
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.bytes.length))
      grown.set(this.bytes)
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    return at
  }
}
