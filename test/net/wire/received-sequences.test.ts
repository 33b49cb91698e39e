import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import { ReceivedSequences } from '../../../net/wire/received-sequences.ts'
import { nextSequence, sequenceDistance } from '../../../net/wire/sequence.ts'

const sequence = fc.nat(65535)

/** Every sequence number that an ack names, newest first. */
function* acked({ sequence, earlier }: SnapshotAck): Generator<number> {
  yield sequence
  for (let i = 0; i < 32; i++) if ((earlier >>> i) & 1) yield (sequence - 1 - i + 65536) % 65536
}

/** What an ack names, from the definition: a plain set of what came. */
function model(arrivals: readonly number[]): number[] {
  let newest: number | null = null
  const seen = new Set<number>()
  for (const arrival of arrivals) {
    if (newest === null || sequenceDistance(arrival, newest) > 0) newest = arrival
    seen.add(arrival)
  }
  if (newest === null) return []
  const named = [newest]
  for (let back = 1; back <= 32; back++) {
    const earlier = (newest - back + 65536) % 65536
    if (seen.has(earlier)) named.push(earlier)
  }
  return named
}

describe('a sequence number', () => {
  it('is newer than the last even where it wraps around', () => {
    expect(nextSequence(65535)).toBe(0)
    expect(sequenceDistance(0, 65535)).toBe(1)
    expect(sequenceDistance(65535, 0)).toBe(-1)
    expect(sequenceDistance(5, 5)).toBe(0)
    expect(sequenceDistance(32767, 0)).toBe(32767)
    expect(sequenceDistance(32768, 0)).toBe(-32768)
  })

  it('is as far ahead as steps lead to it', () => {
    fc.assert(
      fc.property(sequence, fc.integer({ min: -32768, max: 32767 }), (from, steps) => {
        expect(sequenceDistance((from + steps + 65536) % 65536, from)).toBe(steps)
      }),
    )
  })
})

describe('an ack', () => {
  it('names exactly what came, of the newest and the 32 before it, in whatever order it came', () => {
    // Around any start, the wrap included: jumps forth, late ones, doubles.
    const walk = fc.tuple(sequence, fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 60 }))
    fc.assert(
      fc.property(walk, ([start, steps]) => {
        const received = new ReceivedSequences()
        const arrivals: number[] = []
        let at = start
        for (const step of steps) {
          at = (at + step + 65536) % 65536
          // What is too old to be told is dropped, so it is not in the model either.
          if (received.receive(at, 0)) arrivals.push(at)
        }
        const ack = received.ack(0)
        expect(ack ? [...acked(ack)] : []).toEqual(model(arrivals))
      }),
      { numRuns: 500 },
    )
  })

  it.each([1, 2, 30, 31, 32, 33, 34, 63, 64, 65, 1000])(
    'after a jump of %i names the one before only while it is within 32: shifts by 32 do nothing in JavaScript',
    (jump) => {
      const received = new ReceivedSequences()
      received.receive(65500, 0)
      received.receive((65500 + jump) % 65536, 0)
      expect([...acked(received.ack(0)!)]).toEqual(
        jump <= 32 ? [(65500 + jump) % 65536, 65500] : [(65500 + jump) % 65536],
      )
    },
  )

  it.each([1, 31, 32, 33])('takes what comes %i late once, and what is too late never', (late) => {
    const received = new ReceivedSequences()
    received.receive(10, 0)
    const old = (10 - late + 65536) % 65536
    expect(received.receive(old, 0)).toBe(late <= 32)
    expect(received.receive(old, 0)).toBe(false)
    expect(received.receive(10, 0)).toBe(false)
  })

  it('says how long ago the newest came, at most a second, and never a negative time', () => {
    const received = new ReceivedSequences()
    expect(received.ack(5)).toBe(null)
    received.receive(1, 100)
    received.receive(0, 150)
    expect(received.ack(116.4)?.holdMs).toBe(16)
    expect(received.ack(90)?.holdMs).toBe(0)
    expect(received.ack(9999)?.holdMs).toBe(1000)
  })

  it('has 32 bits without a sign, as the wire takes it', () => {
    const received = new ReceivedSequences()
    for (let i = 0; i <= 32; i++) received.receive(i, 0)
    expect(received.ack(0)?.earlier).toBe(0xffffffff)
  })
})
