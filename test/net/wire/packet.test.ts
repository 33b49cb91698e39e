import fc from 'fast-check'
import { unpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { decodePacket, ENVELOPE_BYTES, encodePacket, PacketKind } from '../../../net/wire/packet.ts'

const packet = fc.record({
  kind: fc.constantFrom(...Object.values(PacketKind)),
  epoch: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
  tick: fc.oneof(fc.nat(300), fc.nat(70000), fc.nat(2 ** 26 - 1)),
  body: fc.uint8Array({ maxLength: MAX_STATE_BYTES - ENVELOPE_BYTES }),
})

describe('the envelope', () => {
  it('is read back as it was written, and is never longer than it says', () => {
    fc.assert(
      fc.property(packet, (given) => {
        const bytes = encodePacket(given)
        expect(bytes.length).toBeLessThanOrEqual(ENVELOPE_BYTES + given.body.length)
        expect(decodePacket(bytes)).toEqual(given)
      }),
    )
  })

  it('is one MessagePack value that any stock decoder reads: kind, epoch and tick in clear, the rest bytes', () => {
    fc.assert(
      fc.property(packet, (given) => {
        const [kind, epoch, tick, body] = unpack(encodePacket(given)) as [number, number, number, Uint8Array]
        expect({ kind, epoch, tick, body: Uint8Array.from(body) }).toEqual(given)
      }),
    )
  })

  it('is null for what is none, cut or longer: never a throw', () => {
    fc.assert(
      fc.property(packet, fc.nat(), (given, where) => {
        const bytes = encodePacket(given)
        expect(decodePacket(bytes.subarray(0, where % bytes.length))).toBe('packet')
        expect(decodePacket(Uint8Array.of(...bytes, 0))).toBe('packet')
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void decodePacket(bytes)),
      { numRuns: 5000 },
    )
  })

  it.each<[string, number[]]>([
    ['nothing', []],
    ['an array of three', [0x93, 1, 1, 1]],
    ['an array of five', [0x95, 1, 1, 1, 0xc4, 0, 0]],
    ['a map', [0x84, 1, 1, 1, 0xc4, 0]],
    ['a kind that is none', [0x94, 9, 1, 1, 0xc4, 0]],
    ['a kind of the lobby', [0x94, 16, 1, 1, 0xc4, 0]],
    ['no epoch', [0x94, 1, 0, 1, 0xc4, 0]],
    ['a negative tick', [0x94, 1, 1, 0xff, 0xc4, 0]],
    ['a tick of 64 bits', [0x94, 1, 1, 0xcf, 0, 0, 0, 0, 0, 0, 0, 1, 0xc4, 0]],
    ['a tick beyond the longest match', [0x94, 1, 1, 0xce, 4, 0, 0, 0, 0xc4, 0]],
    ['a tick that is a text', [0x94, 1, 1, 0xa1, 0x31, 0xc4, 0]],
    ['a body that is a text', [0x94, 1, 1, 1, 0xa0]],
    ['a body that claims four gigabytes', [0x94, 1, 1, 1, 0xc6, 0xff, 0xff, 0xff, 0xff]],
    ['a body that claims more than is there', [0x94, 1, 1, 1, 0xc5, 0xff, 0xff, 0]],
    ['a body that claims less than is there', [0x94, 1, 1, 1, 0xc4, 0, 0]],
    ['arrays within arrays', new Array<number>(1000).fill(0x94)],
  ])('of %s is none', (_name, bytes) => {
    expect(decodePacket(Uint8Array.from(bytes))).toBe('packet')
  })

  it('of more than a packet of the state lane is none, however well-formed', () => {
    const given = { kind: PacketKind.snapshot, epoch: 1, tick: 1 }
    const fits = MAX_STATE_BYTES - 7
    expect(decodePacket(encodePacket({ ...given, body: new Uint8Array(fits) }))).not.toBe('packet')
    expect(decodePacket(encodePacket({ ...given, body: new Uint8Array(fits + 1) }))).toBe('packet')
    expect(decodePacket(new Uint8Array(1 << 20).fill(0x94))).toBe('packet')
  })
})
