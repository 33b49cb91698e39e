import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader, BitWriter, bitsFor } from '../../../net/wire/bits.ts'

type Piece =
  | { kind: 'bits'; value: number; count: number }
  | { kind: 'flag'; value: boolean }
  | { kind: 'unsigned' | 'signed'; value: number }
  | { kind: 'raw'; value: Uint8Array }

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.integer({ min: 0, max: 53 }).chain((count) =>
    fc.record({
      kind: fc.constant('bits' as const),
      value: fc.maxSafeNat().map((n) => n % 2 ** count),
      count: fc.constant(count),
    }),
  ),
  fc.record({ kind: fc.constant('flag' as const), value: fc.boolean() }),
  fc.record({
    kind: fc.constant('unsigned' as const),
    value: fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 52 - 1 })),
  }),
  fc.record({
    kind: fc.constant('signed' as const),
    value: fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -(2 ** 51), max: 2 ** 51 - 1 })),
  }),
  fc.record({ kind: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 20 }) }),
)

function write(w: BitWriter, part: Piece): void {
  if (part.kind === 'bits') w.bits(part.value, part.count)
  else if (part.kind === 'flag') w.flag(part.value)
  else if (part.kind === 'raw') w.raw(part.value)
  else w[part.kind](part.value)
}

function read(r: BitReader, part: Piece): unknown {
  if (part.kind === 'bits') return r.bits(part.count)
  if (part.kind === 'flag') return r.flag()
  if (part.kind === 'raw') return r.raw(part.value.length)
  return r[part.kind]()
}

describe('bits', () => {
  it('come out as they went in, in any order and number', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
        const w = new BitWriter(1)
        for (const part of parts) write(w, part)
        const bytes = w.finish()
        expect(bytes.length).toBe(w.byteLength)
        const r = new BitReader(bytes)
        for (const part of parts) expect(read(r, part)).toEqual(part.value)
        expect(r.finished()).toBe(true)
      }),
    )
  })

  it('that are cut off never throw: the reader says so, and reads zeros to the end', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), fc.nat(), (parts, cut) => {
        const w = new BitWriter()
        for (const part of parts) write(w, part)
        const bytes = w.finish()
        if (bytes.length === 0) return
        const r = new BitReader(bytes.subarray(0, cut % bytes.length))
        for (const part of parts) read(r, part)
        expect(r.ok).toBe(false)
        expect([r.bits(53), r.bits(7), r.flag(), r.unsigned(), r.signed()]).toEqual([0, 0, false, 0, 0])
        expect(r.raw(1)).toEqual(new Uint8Array(0))
        expect(r.finished()).toBe(false)
      }),
    )
  })

  it('taken back leave no trace: what is written instead is as if it were first', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), fc.array(piece), (before, gone, after) => {
        const [w, plain] = [new BitWriter(2), new BitWriter(2)]
        for (const part of before) {
          write(w, part)
          write(plain, part)
        }
        const at = w.bitLength
        for (const part of gone) write(w, part)
        w.rewind(at)
        for (const part of after) {
          write(w, part)
          write(plain, part)
        }
        expect(w.finish()).toEqual(plain.finish())
      }),
    )
  })

  it('can be changed one by one after the fact, but only where something stands', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.nat(), (flags, where) => {
        const w = new BitWriter()
        for (const flag of flags) w.flag(flag)
        const at = where % flags.length
        w.patch(at, !flags[at])
        const r = new BitReader(w.finish())
        for (const [i, flag] of flags.entries()) expect(r.flag()).toBe(i === at ? !flag : flag)
        expect(() => w.patch(flags.length, true)).toThrow(RangeError)
      }),
    )
  })

  it('stand most significant first: 1, then 01, then 10000 is the byte 0xb0', () => {
    const w = new BitWriter()
    w.bits(1, 1)
    w.bits(1, 2)
    w.bits(16, 5)
    expect(w.finish()).toEqual(Uint8Array.of(0b1_01_10000))
  })

  it.each([
    [0, '00000'],
    [15, '01111'],
    [16, '1000100000'],
    [255, '1111101111'],
    [256, '100011000000000'],
  ])('of the unsigned %i are %s', (value, text) => {
    const w = new BitWriter()
    w.unsigned(value)
    const r = new BitReader(w.finish())
    expect(Array.from(text, () => (r.flag() ? '1' : '0')).join('')).toBe(text)
    expect(w.bitLength).toBe(text.length)
  })

  it('of a number without end are refused after 13 groups', () => {
    const r = new BitReader(new Uint8Array(40).fill(0xff))
    expect(r.unsigned()).toBe(0)
    expect(r.ok).toBe(false)
  })

  it('that fill the last byte have to be zeros, so that a packet has one form', () => {
    for (const [byte, fine] of [
      [0b1010_0000, true],
      [0b1010_0001, false],
    ] as const) {
      const r = new BitReader(Uint8Array.of(byte))
      r.bits(3)
      expect(r.finished()).toBe(fine)
    }
    expect(new BitReader(Uint8Array.of(0)).finished()).toBe(false)
    expect(new BitReader(new Uint8Array(0)).finished()).toBe(true)
  })

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [255, 8],
    [256, 9],
    [2 ** 40, 41],
  ])('for numbers up to %i are %i', (max, bits) => {
    expect(bitsFor(max)).toBe(bits)
  })
})
