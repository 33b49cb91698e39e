/**
 * MessagePack of plain values: null, booleans, numbers, texts, bytes, arrays and objects. What is written here, any decoder
 * of MessagePack reads; what is read here, any encoder may have written. Extension types are refused: nothing here sends them.
 *
 * Strangers' bytes come in at the reader. Its work is bounded by their number: a length that says more than follows is
 * refused before anything is allocated, and so is deep nesting.
 */

import { fromUtf8, toUtf8 } from './text.ts'

/** Arrays and objects in each other. A saved world has 5; each level costs the reader stack. */
const MAX_DEPTH = 32

/**
 * The value that bytes hold. A `Uint8Array` in it is a view of them.
 * @throws RangeError for bytes that are no such value, or more than one.
 */
export function fromMessagePack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.read(0)
  if (reader.left > 0) throw malformed('bytes after the value')
  return value
}

function malformed(what: string): RangeError {
  return new RangeError(`MessagePack: ${what}`)
}

class Reader {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  /** The next value, inside of `depth` arrays and objects. */
  read(depth: number): unknown {
    const code = this.view.getUint8(this.skip(1))
    if (code < 0x80) return code
    if (code < 0x90) return this.object(code - 0x80, depth)
    if (code < 0xa0) return this.array(code - 0x90, depth)
    if (code < 0xc0) return this.text(code - 0xa0)
    if (code >= 0xe0) return code - 0x100
    return code < 0xca ? this.simple(code) : code < 0xd4 ? this.number(code) : this.sized(code, depth)
  }

  private simple(code: number): unknown {
    switch (code) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.run(this.uint(1 << (code - 0xc4)))
      default:
        throw malformed(`code ${code}`)
    }
  }

  private number(code: number): number {
    switch (code) {
      case 0xca:
        return this.view.getFloat32(this.skip(4))
      case 0xcb:
        return this.view.getFloat64(this.skip(8))
      case 0xd0:
        return this.view.getInt8(this.skip(1))
      case 0xd1:
        return this.view.getInt16(this.skip(2))
      case 0xd2:
        return this.view.getInt32(this.skip(4))
      case 0xd3:
        return this.view.getInt32(this.skip(4)) * 2 ** 32 + this.uint(4)
      default:
        return this.uint(1 << (code - 0xcc))
    }
  }

  /** A text, an array or an object whose length stands after the code. */
  private sized(code: number, depth: number): unknown {
    switch (code) {
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.uint(1 << (code - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.array(this.uint(2 << (code - 0xdc)), depth)
      case 0xde:
      case 0xdf:
        return this.object(this.uint(2 << (code - 0xde)), depth)
      default:
        throw malformed(`extension ${code}`)
    }
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; of 8, it is rounded to what a number can hold. */
  private uint(width: number): number {
    let value = 0
    for (const end = this.skip(width) + width, bytes = this.bytes; width > 0; width--)
      value = value * 0x100 + (bytes[end - width] ?? 0)
    return value
  }

  private text(length: number): string {
    return fromUtf8(this.run(length))
  }

  private run(length: number): Uint8Array {
    const from = this.skip(length)
    return this.bytes.subarray(from, from + length)
  }

  private array(length: number, depth: number): unknown[] {
    this.descend(length, depth)
    const items: unknown[] = []
    for (let i = 0; i < length; i++) items.push(this.read(depth + 1))
    return items
  }

  private object(length: number, depth: number): Record<string, unknown> {
    this.descend(2 * length, depth)
    const object: Record<string, unknown> = {}
    for (let i = 0; i < length; i++) {
      const key = this.read(depth + 1)
      if (typeof key !== 'string' || key === '__proto__') throw malformed('a name that is none')
      object[key] = this.read(depth + 1)
    }
    return object
  }

  /** Every value takes one byte at least. */
  private descend(values: number, depth: number): void {
    if (values > this.left) throw malformed('fewer values than it says')
    if (depth >= MAX_DEPTH) throw malformed('too deep')
  }

  /** Passes bytes. Returns where they begin. */
  private skip(count: number): number {
    const from = this.at
    if (count > this.left) throw malformed('fewer bytes than it says')
    this.at += count
    return from
  }
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
    else if (typeof value === 'string') this.text(toUtf8(value))
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
      const at = this.take(9)
      this.bytes[at] = 0xcb
      this.view.setFloat64(at + 1, value)
    }
  }

  private text(utf8: Uint8Array): void {
    if (utf8.length >= 0x20) return this.run(0xd9, utf8)
    this.head(0xa0 | utf8.length)
    this.raw(utf8)
  }

  /** The number of bytes, then the bytes. */
  private run(code: number, bytes: Uint8Array): void {
    this.sized(code, bytes.length)
    this.raw(bytes)
  }

  private raw(bytes: Uint8Array): void {
    const at = this.take(bytes.length)
    this.bytes.set(bytes, at)
  }

  private array(items: readonly unknown[]): void {
    if (items.length < 0x10) this.head(0x90 | items.length)
    else if (items.length < 0x10000) this.head(0xdc, items.length, 2)
    else this.head(0xdd, items.length, 4)
    for (const item of items) this.write(item)
  }

  /** Always with a head of 16 bits, as msgpackr writes it: tests compare the bytes. */
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
    let at = this.take(1 + width)
    this.bytes[at] = code
    for (let shift = 8 * width - 8; shift >= 0; shift -= 8) this.bytes[++at] = value >>> shift
  }

  /** Makes room for `count` more bytes. Returns where they begin. */
  private take(count: number): number {
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
