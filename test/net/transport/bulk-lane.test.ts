/** The bulk lane above its pipe: pieces, acknowledgements, bounds. Frames are written here as WIRE.md has them. */
import fc from 'fast-check'
import { Unpackr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { thisPage } from '../../../net/platform/platform.ts'
import { decodeBulkFrame, encodeAck, encodePiece, PIECE_BYTES } from '../../../net/transport/bulk-frames.ts'
import { MAX_WINDOW_BYTES, MIN_WINDOW_BYTES } from '../../../net/transport/bulk-window.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import { MAX_BULK_WAITING } from '../../../net/transport/link.ts'
import { MAX_BULK_BYTES } from '../../../net/wire/lanes.ts'
import { deliverAll, type TestPipe, testPipes } from './test-pipe.ts'

const platform = { ...thisPage, now: () => 0, after: () => () => {}, onPulse: () => () => {} }
const pattern = (size: number, seed = 1): Uint8Array => Uint8Array.from({ length: size }, (_, i) => seed + i * 7)
const stock = new Unpackr({ useRecords: false })

function end(pipe: TestPipe) {
  const heard: Uint8Array[] = []
  const log: string[] = []
  const link = new LaneLink(pipe, { platform, heartbeat: false, dropsAs: 'kicked' })
  link.listen({ message: (_lane, bytes) => heard.push(bytes), closed: (reason) => log.push(reason) })
  return { link, heard, log, pipe }
}

function pair() {
  const [first, second] = testPipes()
  return { a: end(first), b: end(second) }
}

/** The bulk frames that wait in a pipe, as a stock decoder reads them. */
const read = ({ underWay }: TestPipe): unknown[] =>
  underWay.filter(({ lane }) => lane === 'bulk').map(({ frame }) => stock.unpack(frame as Uint8Array))

describe('frames of the bulk lane', () => {
  it('are what the specification says, to the byte', () => {
    expect([...encodePiece(0, 0, Uint8Array.of(7))]).toEqual([0x93, 0, 0, 0xc4, 1, 7])
    expect([...encodePiece(200, 300, Uint8Array.of(1, 2))]).toEqual([0x93, 0xcc, 200, 0xcd, 1, 44, 0xc4, 2, 1, 2])
    expect([...encodePiece(70_000, 0, new Uint8Array(256)).subarray(0, 10)]).toEqual([
      ...[0x93, 0xce, 0, 1, 0x11, 0x70, 0, 0xc5, 1, 0],
    ])
    expect([...encodeAck(5)]).toEqual([0x91, 5])
    expect([...encodeAck(65_535)]).toEqual([0x91, 0xcd, 255, 255])
  })

  it('are each one MessagePack value, and come out as they went in', () => {
    const numbers = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
    const lefts = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: MAX_BULK_BYTES }))
    fc.assert(
      fc.property(numbers, lefts, fc.uint8Array({ minLength: 1, maxLength: 700 }), (sequence, left, bytes) => {
        const frame = encodePiece(sequence, left, bytes)
        const [first, second, third] = stock.unpack(frame) as [number, number, Uint8Array]
        expect([first, second, ...third]).toEqual([sequence, left, ...bytes])
        expect(decodeBulkFrame(frame)).toEqual({ kind: 'piece', sequence, left, bytes })
        expect(stock.unpack(encodeAck(sequence))).toEqual([sequence])
        expect(decodeBulkFrame(encodeAck(sequence))).toEqual({ kind: 'ack', next: sequence })
      }),
    )
  })

  it('read any bytes at all without an error, and only take what has nothing missing and nothing left over', () => {
    const shaped = fc
      .tuple(fc.constantFrom(0x91, 0x93, 0x94), fc.uint8Array({ maxLength: 24 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), shaped), (bytes) => {
        const frame = decodeBulkFrame(bytes)
        if (frame) expect(stock.unpack(bytes)).toHaveLength(frame.kind === 'ack' ? 1 : 3)
      }),
    )
    const whole = encodePiece(9, 0, pattern(300))
    expect(decodeBulkFrame(whole.subarray(0, -1))).toBeNull()
    expect(decodeBulkFrame(Uint8Array.of(...whole, 0))).toBeNull()
    expect(decodeBulkFrame(encodePiece(0, MAX_BULK_BYTES + 1, pattern(1)))).toBeNull()
  })
})

describe('the bulk lane', () => {
  it('carries messages of any size, whole and in order', () => {
    const { a, b } = pair()
    const sizes = [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 100_000, 2]
    for (const [i, size] of sizes.entries()) expect(a.link.send('bulk', pattern(size, i))).toBe('sent')
    deliverAll(a.pipe, b.pipe)
    expect(b.heard.map(({ length }) => length)).toEqual(sizes)
    for (const [i, message] of b.heard.entries()) expect(message).toEqual(pattern(message.length, i))
    expect(b.link.stats().bulk).toMatchObject({ receivedMessages: 7, rejected: 0 })
    expect(a.link.stats().bulk).toMatchObject({ sentMessages: 7, bufferedBytes: 0 })
  })

  it('carries the largest message there is, and refuses a larger one with a sentence', { tags: ['long'] }, () => {
    const { a, b } = pair()
    const largest = new Uint8Array(MAX_BULK_BYTES)
    largest.set([1, 2, 3], MAX_BULK_BYTES - 3)
    expect(a.link.send('bulk', largest)).toBe('sent')
    deliverAll(a.pipe, b.pipe)
    expect(b.heard.map(({ length }) => length)).toEqual([MAX_BULK_BYTES])
    expect([...(b.heard[0]?.subarray(-4) ?? [])]).toEqual([0, 1, 2, 3])
    expect(() => a.link.send('bulk', new Uint8Array(MAX_BULK_BYTES + 1))).toThrow(/1 to 16777216 bytes/)
  })

  it('acknowledges each piece', () => {
    const { a, b } = pair()
    a.link.send('bulk', pattern(3))
    a.link.send('bulk', pattern(5000))
    while (a.pipe.deliver());
    expect(read(b.pipe)).toEqual([[1], [2], [3], [4]])
  })

  it('has a window: nothing more leaves until what has left is acknowledged', { tags: ['long'] }, () => {
    const { a, b } = pair()
    a.link.send('bulk', pattern(4 * 1024 * 1024))
    const left = a.pipe.underWay.reduce((sum, { frame }) => sum + frame.length, 0)
    expect(left).toBeGreaterThanOrEqual(MIN_WINDOW_BYTES)
    expect(left).toBeLessThan(MAX_WINDOW_BYTES)
    expect(a.link.buffered('bulk')).toBeGreaterThan(2 * 1024 * 1024)
    deliverAll(a.pipe, b.pipe)
    expect(a.link.buffered('bulk')).toBe(0)
    expect(b.heard).toHaveLength(1)
  })

  it('keeps no more than the mark and a piece in a pipe that does not get it out', () => {
    const { a } = pair()
    a.pipe.holds = true
    a.link.send('bulk', pattern(1_000_000))
    expect(a.pipe.waiting('bulk')).toBeLessThan(64 * 1024 + 2 * PIECE_BYTES)
  })

  it('refuses a sender that does not wait, so that memory is bounded', { tags: ['long'] }, () => {
    const { a } = pair()
    a.pipe.holds = true
    const piece = new Uint8Array(1024 * 1024)
    const outcomes = Array.from({ length: 40 }, () => a.link.send('bulk', piece))
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(16)
    expect(a.link.stats().bulk.skipped).toBe(24)
    expect(a.link.buffered('bulk')).toBeLessThanOrEqual(MAX_BULK_WAITING)
  })

  it('says goodbye behind all that was said before', async () => {
    const { a, b } = pair()
    a.pipe.holds = true
    a.link.send('bulk', pattern(500_000))
    a.link.close('host-left')
    deliverAll(a.pipe, b.pipe)
    expect(b.heard.map(({ length }) => length)).toEqual([500_000])
    expect(b.log).toEqual(['host-left'])
    await Promise.resolve()
    expect(a.log).toEqual(['host-left'])
  })

  describe.each<[string, (nth: number) => Uint8Array]>([
    ['pieces with a number left out', () => encodePiece(7, 0, pattern(3))],
    ['short pieces that are not the last', (i) => encodePiece(i, 50, pattern(3))],
    ['pieces that lie about what is left', (i) => encodePiece(i, i === 0 ? PIECE_BYTES : 5, pattern(PIECE_BYTES))],
    ['messages that are larger than allowed', (i) => encodePiece(i, MAX_BULK_BYTES, pattern(PIECE_BYTES))],
    ['acknowledgements of what was never sent', () => encodeAck(1)],
    ['empty pieces', (i) => Uint8Array.of(0x93, i, 0, 0xc4, 0)],
    ['pieces that claim more bytes than they have', (i) => Uint8Array.of(0x93, i, 0, 0xc5, 0xff, 0xff, 1)],
    ['noise', (i) => pattern(40, i)],
    ['what is no frame of this lane', () => Uint8Array.of(0x94, 16, 0, 0, 0x80)],
  ])('whose other side sends %s', (_what, frame) => {
    it('drops and counts them, and in the end the other side', () => {
      const { a } = pair()
      for (let i = 0; i < 100; i++) a.pipe.says('bulk', frame(i))
      expect(a.heard).toEqual([])
      expect(a.link.open).toBe(false)
      expect(a.link.stats().bulk.rejected).toBe(21)
    })
  })

  it('drops a peer that repeats for ever what was had, and bears what a change of pipes repeats', () => {
    for (const frame of [encodePiece(0, 0, pattern(3)), encodeAck(0)]) {
      const { a } = pair()
      for (let i = 0; i < 1000; i++) a.pipe.says('bulk', frame)
      expect(a.link.open).toBe(true)
      for (let i = 0; i < 100; i++) a.pipe.says('bulk', frame)
      expect(a.link.open).toBe(false)
    }
  })

  it('keeps at most one message of a peer that never ends it', () => {
    const { a } = pair()
    let sequence = 0
    for (let left = MAX_BULK_BYTES - PIECE_BYTES; left > 0; left -= PIECE_BYTES)
      a.pipe.says('bulk', encodePiece(sequence++, left, new Uint8Array(PIECE_BYTES)))
    expect([a.link.open, a.heard.length]).toEqual([true, 0])
    for (let i = 0; i < 30; i++) a.pipe.says('bulk', encodePiece(sequence, PIECE_BYTES, new Uint8Array(PIECE_BYTES)))
    expect(a.link.open).toBe(false)
  })

  it('takes no larger message than its owner wants, so that many peers cannot make a page keep 16 MB each', () => {
    const [first] = testPipes()
    const heard: number[] = []
    const link = new LaneLink(first, { platform, heartbeat: false, maxBulkBytes: 40_000 })
    link.listen({ message: (_lane, bytes) => heard.push(bytes.length), closed: () => {} })
    first.says('bulk', encodePiece(0, 40_000 - PIECE_BYTES, new Uint8Array(PIECE_BYTES)))
    first.says('bulk', encodePiece(1, 40_000 - 2 * PIECE_BYTES, new Uint8Array(PIECE_BYTES)))
    first.says('bulk', encodePiece(2, 0, new Uint8Array(40_000 - 2 * PIECE_BYTES)))
    expect(heard).toEqual([40_000])
    for (let i = 0; i < 30; i++) first.says('bulk', encodePiece(3, 40_001 - PIECE_BYTES, new Uint8Array(PIECE_BYTES)))
    expect([link.open, heard.length]).toEqual([false, 1])
  })

  it('hands over a message of one piece without a copy', () => {
    const { a } = pair()
    const frame = encodePiece(0, 0, pattern(1000))
    a.pipe.says('bulk', frame)
    expect(a.heard[0]?.buffer).toBe(frame.buffer)
  })
})

describe('messages of the bulk lane that yield', () => {
  it('are overtaken by all others but for the one that has begun to leave, keep their own order, and are dropped by a goodbye', () => {
    const { a, b } = pair()
    const parts = [10, 11, 12, 13].map((seed) => pattern(3 * PIECE_BYTES, seed))
    for (const part of parts) a.link.send('bulk', part, true)
    a.link.send('bulk', Uint8Array.of(1))
    a.link.send('bulk', Uint8Array.of(2))
    const waiting = a.link.buffered('bulk')
    deliverAll(a.pipe, b.pipe)
    expect(waiting).toBeGreaterThan(9 * PIECE_BYTES)
    expect(b.heard.map(([first]) => first)).toEqual([10, 1, 2, 11, 12, 13])
    expect(b.heard[3]).toEqual(parts[1])
    for (let seed = 20; seed < 60; seed++) a.link.send('bulk', pattern(3 * PIECE_BYTES, seed), true)
    a.link.send('bulk', Uint8Array.of(3))
    a.link.close('left')
    deliverAll(a.pipe, b.pipe)
    const last = b.heard.slice(6).map(([first]) => first)
    expect(last.at(-1)).toBe(3)
    expect(last.length).toBeLessThan(40)
    expect(b.log).toEqual(['left'])
  })
})
