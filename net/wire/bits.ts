/**
 * Bits in and out, most significant first. The writer throws on misuse, because that is our own mistake; the reader
 * never does: past the end, or after `fail`, it yields zeros and `ok` is false.
 */

/** From so many ones on, Rice's code tells the number plainly, so that none takes more than 71 bits. */
const RICE_LIMIT = 12

/** So many bits fit into 32-bit arithmetic together with the up to seven that do not fill a byte yet. */
const CHUNK_BITS = 24

export class BitWriter {
  private bytes: Uint8Array
  /** Whole bytes written. */
  private byteIndex = 0
  /** Bits that do not fill a byte yet, in the low bits of `waiting`. The bits above them mean nothing. */
  private waiting = 0
  private waitingBits = 0

  constructor(capacityBytes = 256) {
    this.bytes = new Uint8Array(capacityBytes)
  }

  get bitLength(): number {
    return this.byteIndex * 8 + this.waitingBits
  }

  get byteLength(): number {
    return this.waitingBits > 0 ? this.byteIndex + 1 : this.byteIndex
  }

  /** Goes back to an earlier `bitLength`; what was written after it is gone. */
  rewind(bitLength: number): void {
    this.fillLastByte()
    this.goTo(bitLength)
  }

  /** Goes on writing at `bitLength`. Call `fillLastByte` first. */
  private goTo(bitLength: number): void {
    this.byteIndex = bitLength >> 3
    this.waitingBits = bitLength & 7
    this.waiting = (this.bytes[this.byteIndex] ?? 0) >> (8 - this.waitingBits)
  }

  /** The low `count` (0 to 53) bits of a whole number that is not negative. */
  bits(value: number, count: number): void {
    if (count > CHUNK_BITS) {
      this.bits(Math.floor(value / 2 ** CHUNK_BITS), count - CHUNK_BITS)
      return this.bits(value % 2 ** CHUNK_BITS, CHUNK_BITS)
    }
    // Room for this chunk and for the byte that `fillLastByte` may add.
    if (this.byteIndex + 5 > this.bytes.length) this.grow()
    const waiting = (this.waiting << count) | (value & ((1 << count) - 1))
    let left = this.waitingBits + count
    while (left >= 8) {
      left -= 8
      this.bytes[this.byteIndex++] = waiting >> left
    }
    this.waiting = waiting
    this.waitingBits = left
  }

  flag(value: boolean): void {
    this.waiting = (this.waiting << 1) | (value ? 1 : 0)
    if (++this.waitingBits < 8) return
    if (this.byteIndex + 2 > this.bytes.length) this.grow()
    this.bytes[this.byteIndex++] = this.waiting
    this.waitingBits = 0
  }

  /** Changes one bit that was written before. */
  patch(bitIndex: number, value: boolean): void {
    const length = this.bitLength
    if (bitIndex >= length) throw new RangeError('Only a bit that was written can be patched.')
    this.fillLastByte()
    const mask = 0x80 >> (bitIndex & 7)
    const byte = this.bytes[bitIndex >> 3] ?? 0
    this.bytes[bitIndex >> 3] = value ? byte | mask : byte & ~mask
    this.goTo(length)
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
    if (value < RICE_LIMIT << parameter && parameter < CHUNK_BITS - RICE_LIMIT) {
      const high = value >> parameter
      const low = value & ((1 << parameter) - 1)
      return this.bits((((2 << high) - 2) << parameter) | low, high + 1 + parameter)
    }
    const high = Math.floor(value / 2 ** parameter)
    if (high < RICE_LIMIT) {
      this.bits(2 ** (high + 1) - 2, high + 1)
      return this.bits(value - high * 2 ** parameter, parameter)
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

  /** What was written, its last byte filled with zeros: a view that holds until the next write. */
  view(): Uint8Array {
    this.fillLastByte()
    return this.bytes.subarray(0, this.byteLength)
  }

  /** A copy of what was written, its last byte filled with zeros. */
  finish(): Uint8Array {
    return this.view().slice()
  }

  private fillLastByte(): void {
    if (this.waitingBits > 0) this.bytes[this.byteIndex] = this.waiting << (8 - this.waitingBits)
  }

  private grow(): void {
    const bytes = new Uint8Array(this.bytes.length * 2 + 8)
    bytes.set(this.bytes)
    this.bytes = bytes
  }
}

/** So many bits of four bytes are left when seven bits of the first byte have been read. */
const WINDOW_BITS = 25

export class BitReader {
  ok = true
  private readonly bytes: Uint8Array
  /** In bits. */
  private bitIndex = 0
  private readonly end: number

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.end = bytes.length * 8
  }

  get bitsLeft(): number {
    return this.end - this.bitIndex
  }

  /** Marks the packet as malformed; whatever is read from here on is zero. */
  fail(): void {
    this.ok = false
    this.bitIndex = this.end
  }

  /** The next 25 bits at least, in the high bits; zeros follow the end. */
  private window(): number {
    const { bytes } = this
    const first = this.bitIndex >> 3
    if (first + 4 <= bytes.length) {
      const word =
        ((bytes[first] as number) << 24) |
        ((bytes[first + 1] as number) << 16) |
        ((bytes[first + 2] as number) << 8) |
        (bytes[first + 3] as number)
      return word << (this.bitIndex & 7)
    }
    let word = 0
    for (let i = first; i < bytes.length; i++) word |= (bytes[i] as number) << (24 - (i - first) * 8)
    return word << (this.bitIndex & 7)
  }

  bits(count: number): number {
    if (count > this.end - this.bitIndex) {
      this.fail()
      return 0
    }
    if (count > CHUNK_BITS) return this.bits(count - CHUNK_BITS) * 2 ** CHUNK_BITS + this.bits(CHUNK_BITS)
    if (count === 0) return 0
    const value = this.window() >>> (32 - count)
    this.bitIndex += count
    return value
  }

  flag(): boolean {
    const { bitIndex } = this
    if (bitIndex >= this.end) {
      this.fail()
      return false
    }
    this.bitIndex = bitIndex + 1
    return (((this.bytes[bitIndex >> 3] as number) >> (7 - (bitIndex & 7))) & 1) === 1
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
    const { bytes, bitIndex } = this
    const first = bitIndex >> 3
    const window =
      first + 4 > bytes.length
        ? this.window()
        : (((bytes[first] as number) << 24) |
            ((bytes[first + 1] as number) << 16) |
            ((bytes[first + 2] as number) << 8) |
            (bytes[first + 3] as number)) <<
          (bitIndex & 7)
    const high = Math.clz32(~window)
    if (high >= RICE_LIMIT) {
      this.bits(RICE_LIMIT)
      const length = this.bits(6)
      if (length > 53) this.fail()
      return this.bits(this.ok ? length : 0)
    }
    const length = high + 1 + parameter
    if (length <= WINDOW_BITS && length <= this.end - bitIndex) {
      this.bitIndex = bitIndex + length
      // Shifted twice, because a shift by 32 is none.
      return (high << parameter) | (((window << (high + 1)) >>> 1) >>> (31 - parameter))
    }
    this.bits(high + 1)
    const low = this.bits(parameter)
    return this.ok ? high * 2 ** parameter + low : 0
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
