import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { fromMessagePack, toMessagePack } from '../../../net/world/message-pack.ts'

const packr = new Packr({ useRecords: false, structuredClone: false })

/** Where the bytes of a number, a text or bytes get a longer head. */
const edges = [0, 0x1f, 0x20, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 32]
const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
  fc.constantFrom(...edges.flatMap((edge) => [edge, -edge, -edge - 1, edge + 0.5])),
)
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const bytes = fc.uint8Array({ maxLength: 40 })
// msgpackr writes another name in place of this one, and our reader refuses it.
const name = fc.string({ maxLength: 12 }).filter((key) => key !== '__proto__')
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(number, text, bytes, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(name, tie('value'), { maxKeys: 20 }),
  ),
}))
/** Where texts, bytes and lists get a longer head. */
const long: [string, number, unknown][] = [255, 256, 0xffff, 0x10000].flatMap((length): [string, number, unknown][] => [
  ['a text', length, 'é'.repeat(length >> 1) + 'x'.repeat(length & 1)],
  ['bytes', length, new Uint8Array(length).fill(7)],
  ['a list', length, Array(length).fill(0.1)],
])
const sameBytes = (given: unknown): boolean => Buffer.compare(toMessagePack(given), packr.pack(given)) === 0

describe('what is written as MessagePack', () => {
  it('is byte for byte what msgpackr writes, so that pages of both kinds understand each other', () => {
    fc.assert(
      fc.property(value, (given) => sameBytes(given)),
      { numRuns: 200 },
    )
  })

  it.each(long)('is so for %s of %i, too', (_name, _length, given) => {
    expect(sameBytes(given)).toBe(true)
  })

  it('leaves out what is undefined in an object, as an option that the page does not set', () => {
    expect(toMessagePack({ a: undefined, b: 1 })).toEqual(toMessagePack({ b: 1 }))
  })

  it('is the writer’s own copy: writing again does not change it', () => {
    const first = toMessagePack([1, 2, 3])
    toMessagePack([7, 8, 9])
    expect(first).toEqual(Uint8Array.of(0x93, 1, 2, 3))
  })

  it('refuses what MessagePack has no form for here, by its kind', () => {
    for (const given of [undefined, 5n, () => 1, Symbol('x'), new Date(), new Map(), new Float64Array(1)])
      expect(() => toMessagePack([given])).toThrow(TypeError)
  })
})

/** Bytes and texts as they stand. */
const bytesOf = (...parts: (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [part])))

describe('what is read as MessagePack', () => {
  it('is what was written, whatever it is, but that a zero has no sign', () => {
    const unsigned = number.filter((given) => !Object.is(given, -0))
    const flat = fc.oneof(unsigned, text, bytes, fc.boolean(), fc.constant(null))
    fc.assert(
      fc.property(fc.array(fc.dictionary(name, fc.array(flat, { maxLength: 20 }), { maxKeys: 20 })), (given) => {
        expect(fromMessagePack(toMessagePack(given))).toEqual(given)
      }),
      { numRuns: 100 },
    )
  })

  it.each(long)('is so for %s of %i, too', (_name, _length, given) => {
    expect(fromMessagePack(toMessagePack(given))).toEqual(given)
  })

  it('is what msgpackr reads, for every form that another encoder may choose', () => {
    const forms = [
      bytesOf(0xca, 0x3f, 0xc0, 0, 0),
      bytesOf(0xcc, 200),
      bytesOf(0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      bytesOf(0xd0, 0x80),
      bytesOf(0xd1, 0xff, 0x7f),
      bytesOf(0xd2, 0x80, 0, 0, 0),
      bytesOf(0xd3, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 1),
      bytesOf(0xe0),
      bytesOf(0xd9, 3, 'abc'),
      bytesOf(0xda, 0, 3, 'abc'),
      bytesOf(0xdb, 0, 0, 0, 3, 'abc'),
      bytesOf(0xa0),
      bytesOf(0xc5, 0, 2, 7, 8),
      bytesOf(0xc6, 0, 0, 0, 2, 7, 8),
      bytesOf(0xdd, 0, 0, 0, 1, 5),
      bytesOf(0x81, 0xa1, 'a', 0x90),
      bytesOf(0xdf, 0, 0, 0, 1, 0xa1, 'a', 0x80),
    ]
    const reader = new Packr({ useRecords: false, structuredClone: false, int64AsType: 'number' })
    const plain = (given: unknown): unknown => (given instanceof Uint8Array ? [...given] : given)
    for (const form of forms) expect(plain(fromMessagePack(form))).toEqual(plain(reader.unpack(form.slice())))
  })

  it.each([
    ['nothing', bytesOf()],
    ['a code that MessagePack never uses', bytesOf(0xc1)],
    ['an extension', bytesOf(0xd4, 0x72, 0x90)],
    ['an extension of a length', bytesOf(0xc7, 1, 5, 0)],
    ['a number cut short', bytesOf(0xcb, 0, 0)],
    ['a text cut short', bytesOf(0xa5, 'abc')],
    ['a huge list', bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff, 1)],
    ['a huge object', bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff, 1)],
    ['huge bytes', bytesOf(0xc6, 0xff, 0xff, 0xff, 0xff, 1)],
    ['a value and a byte', bytesOf(0x91, 1, 1)],
    ['a name that is a number', bytesOf(0x81, 1, 1)],
    ['a name that is an object of its own', bytesOf(0x81, 0x81, 0xa8, 'toString', 1, 1)],
    ['the name of a prototype', bytesOf(0x81, 0xa9, '__proto__', 0x80)],
    ['lists in lists, too many for the stack', new Uint8Array(100_000).fill(0x91)],
    ['lists in lists, too many for a message', new Uint8Array(40).fill(0x91)],
  ])('is refused with an error: %s', (_what, given) => {
    expect(() => fromMessagePack(given)).toThrow(/^MessagePack: /)
  })

  it('never runs for long, nor throws anything else, whatever the bytes are', () => {
    const near = fc.oneof(fc.constantFrom(0x81, 0x92, 0xa1, 0xc4, 0xcf, 0xd9, 0xdc, 0xdd, 0xde, 0xdf), fc.nat(255))
    fc.assert(
      fc.property(fc.array(near, { maxLength: 60 }), (given) => {
        try {
          fromMessagePack(Uint8Array.from(given))
        } catch (error) {
          expect(String(error)).toMatch(/^RangeError: MessagePack: /)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
