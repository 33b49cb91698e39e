import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  creditMessage,
  decodeRelayed,
  encodeRelayed,
  MAX_RELAY_MESSAGE_BYTES,
  startMessage,
} from '../../../../net/transport/relay/relay-frames.ts'
import { fromMessagePack } from '../../../../net/world/message-pack.ts'

const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex')

describe('the messages of a relayed route', () => {
  it('are what the specification says, to the byte', () => {
    expect(hex(encodeRelayed('state', Uint8Array.of(1, 2)))).toBe('9200c4020102')
    expect(hex(encodeRelayed('bulk', new Uint8Array(256))?.subarray(0, 6) ?? null)).toBe('9201c5010000')
    expect(hex(encodeRelayed('state', '\u0001'))).toBe('9200a101')
    expect(hex(encodeRelayed('bulk', '\u0010'))).toBe('9201a110')
    expect(hex(creditMessage)).toBe('9102')
    expect(hex(startMessage)).toBe('9103')
  })

  it('are each one MessagePack value, and come out as they went in', () => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
    )
    fc.assert(
      fc.property(fc.constantFrom('state', 'bulk'), frame, (lane, given) => {
        const message = encodeRelayed(lane, given)
        expect(decodeRelayed(message)).toEqual({ kind: lane, frame: given })
        expect(fromMessagePack(message!)).toHaveLength(2)
      }),
    )
  })

  it('take the largest piece of a bulk message and the largest state packet, and nothing larger', () => {
    expect(encodeRelayed('bulk', new Uint8Array(16_398))).toHaveLength(MAX_RELAY_MESSAGE_BYTES)
    expect(encodeRelayed('bulk', new Uint8Array(16_399))).toBeNull()
    expect(encodeRelayed('state', new Uint8Array(1129))).toBeNull()
    const tooLong = Uint8Array.of(0x92, 0, 0xc5, 1129 >> 8, 1129 & 255, ...new Uint8Array(1129))
    expect(decodeRelayed(tooLong)).toBeNull()
  })

  it('read any bytes at all without an error, and only take what has nothing missing and nothing left over', () => {
    const likely = fc.uint8Array({ maxLength: 12 }).map((rest) => Uint8Array.of(0x92, ...rest))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), likely), (bytes) => {
        const message = decodeRelayed(bytes)
        if (message === null || message.kind === 'credit' || message.kind === 'start') return
        const again = encodeRelayed(message.kind, message.frame)
        expect(again!.length).toBeLessThanOrEqual(bytes.length)
        expect(fromMessagePack(bytes)).toBeTruthy()
      }),
    )
    for (const data of [
      'text',
      null,
      undefined,
      new ArrayBuffer(2),
      Uint8Array.of(),
      Uint8Array.of(0x91, 2, 0),
      Uint8Array.of(0x92, 0, 0xa1, 0x80),
      Uint8Array.of(0x92, 2, 0xc4, 0),
      Uint8Array.of(0x92, 0, 0xc4),
      Uint8Array.of(0x92, 0, 0xc4, 2, 1),
      Uint8Array.of(0x92, 0, 0xa2, 1, 1),
    ])
      expect(decodeRelayed(data)).toBeNull()
  })
})
