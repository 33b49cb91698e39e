/**
 * Bits in and out, most significant first. The writer throws on misuse, because that is our own mistake; the reader
 * never does: past the end, or after `fail`, it yields zeros and `ok` is false.
 */

/** Ones after which Rice's code gives a number plainly, so that no number is longer than 71 bits. */
const RICE_LIMIT = 12

export class BitWriter {
  private bytes: Uint8Array
  private at = 0

  constructor(capacityBytes = 256) {
    this.bytes = new Uint8Array(capacityBytes)
  }

  get bitLength(): number {
    return this.at
  }

  get byteLength(): number {
    return (this.at + 7) >> 3
  }

  /** Goes back to an earlier `bitLength`; what was written after it is gone. */
  rewind(bitLength: number): void {
    const last = bitLength >> 3
    const kept = bitLength & 7
    this.bytes.fill(0, kept === 0 ? last : last + 1, (this.at >> 3) + 1)
    if (kept > 0) this.bytes[last] = (this.bytes[last] ?? 0) & (0xff << (8 - kept))
    this.at = bitLength
  }

  /** The low `count` (0 to 53) bits of a whole number that is not negative. */
  bits(value: number, count: number): void {
    if (count > 24) {
      this.bits(Math.floor(value / 2 ** 24), count - 24)
      return this.bits(value % 2 ** 24, 24)
    }
    const end = this.at + count
    if (end > this.bytes.length * 8) this.grow(end)
    const { bytes } = this
    let left = count
    while (left > 0) {
      const free = 8 - (this.at & 7)
      const take = left < free ? left : free
      const part = (value >>> (left - take)) & ((1 << take) - 1)
      const index = this.at >> 3
      bytes[index] = (bytes[index] ?? 0) | (part << (free - take))
      this.at += take
      left -= take
    }
  }

  flag(value: boolean): void {
    this.bits(value ? 1 : 0, 1)
  }

  /** Changes one bit that was written before. */
  patch(at: number, value: boolean): void {
    if (at >= this.at) throw new RangeError('Only a bit that was written can be patched.')
    const mask = 0x80 >> (at & 7)
    const byte = this.bytes[at >> 3] ?? 0
    this.bytes[at >> 3] = value ? byte | mask : byte & ~mask
  }

  /** A whole number from 0 to 2^52 − 1 in groups of four bits, each behind a bit that says whether another follows. */
  unsigned(value: number): void {
    let groups = 1
    for (let rest = Math.floor(value / 16); rest > 0; rest = Math.floor(rest / 16)) groups++
    for (let i = groups - 1; i >= 0; i--) this.bits((i > 0 ? 16 : 0) + (Math.floor(value / 16 ** i) % 16), 5)
  }

  /** A whole number of either sign, by zigzag: 0, −1, 1, −2 … */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /**
   * A whole number from 0 to 2^53 − 1 in Rice's code: its high part as ones and a zero, its low `parameter` bits as
   * they are. From twelve ones on, six bits with the number's length and the number follow.
   */
  rice(value: number, parameter: number): void {
    const high = Math.floor(value / 2 ** parameter)
    if (high < RICE_LIMIT) {
      this.bits(2 ** (high + 1) - 2, high + 1)
      if (parameter > 0) this.bits(value - high * 2 ** parameter, parameter)
      return
    }
    const length = bitsFor(value)
    this.bits(2 ** RICE_LIMIT - 1, RICE_LIMIT)
    this.bits(length, 6)
    this.bits(value, length)
  }

  /** A number of either sign, in zigzag order, in Rice's code. */
  signedRice(value: number, parameter: number): void {
    this.rice(value < 0 ? -2 * value - 1 : 2 * value, parameter)
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.bits(byte, 8)
  }

  /** A copy of what was written, its last byte filled with zeros. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.byteLength)
  }

  private grow(bits: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, (bits + 7) >> 3))
    bytes.set(this.bytes)
    this.bytes = bytes
  }
}

export class BitReader {
  ok = true
  private readonly bytes: Uint8Array
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get bitsLeft(): number {
    return this.bytes.length * 8 - this.at
  }

  /** Marks the packet as malformed; whatever is read from here on is zero. */
  fail(): void {
    this.ok = false
    this.at = this.bytes.length * 8
  }

  bits(count: number): number {
    if (count > this.bitsLeft) {
      this.fail()
      return 0
    }
    if (count > 24) return this.bits(count - 24) * 2 ** 24 + this.bits(24)
    const { bytes } = this
    let value = 0
    let left = count
    while (left > 0) {
      const free = 8 - (this.at & 7)
      const take = left < free ? left : free
      value = (value << take) | (((bytes[this.at >> 3] ?? 0) >> (free - take)) & ((1 << take) - 1))
      this.at += take
      left -= take
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  unsigned(): number {
    let value = 0
    for (let group = 0; group < 13; group++) {
      const bits = this.bits(5)
      value = value * 16 + (bits & 15)
      if (bits < 16) return value
    }
    this.fail()
    return 0
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  rice(parameter: number): number {
    let high = 0
    while (high < RICE_LIMIT && this.flag()) high++
    if (high < RICE_LIMIT) return high * 2 ** parameter + this.bits(parameter)
    const length = this.bits(6)
    if (length > 53) this.fail()
    return this.bits(this.ok ? length : 0)
  }

  signedRice(parameter: number): number {
    const value = this.rice(parameter)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** The next bytes, or an empty array past the end. */
  raw(count: number): Uint8Array {
    if (count * 8 > this.bitsLeft) {
      this.fail()
      return new Uint8Array(0)
    }
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = this.bits(8)
    return bytes
  }

  /** Whether nothing but the zeros that fill the last byte is left. */
  finished(): boolean {
    return this.ok && this.bitsLeft < 8 && this.bits(this.bitsLeft) === 0
  }
}

/** How many bits a whole number from 0 to `max` takes. */
export function bitsFor(max: number): number {
  let bits = 0
  for (let rest = max; rest > 0; rest = Math.floor(rest / 2)) bits++
  return bits
}
