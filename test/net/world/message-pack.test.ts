import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { toMessagePack } from '../../../net/world/message-pack.ts'

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
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(number, text, bytes, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 20 }),
    // msgpackr writes another name in place of this one.
    fc.dictionary(
      fc.string({ maxLength: 12 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 20 },
    ),
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
