import { describe, expect, it } from 'vitest'
import { readPacket } from '../wire/read.ts'
import { INTERVAL, Pair } from './pair.ts'

/** What the packets of a tick would be, without sending them. */
function build(pair: Pair, limitBytes = 1128) {
  const { player, baselines, events, results, commandAck } = pair.client
  return pair.builder.build({
    ...{ player, baselines, events, results, limitBytes, now: pair.now, budgetBytes: 5000, epoch: 1 },
    facts: { inputAck: null, holdMs: 0, margin: 0, starved: 0, commandAck },
    interval: INTERVAL,
  })
}

/** A tick of a world of which a client predicts so many balls. */
function withBalls(count: number, from = 0): Pair {
  const pair = new Pair({ from })
  pair.run(() => {})
  for (let i = 0; i < count; i++) pair.spawn('ball', { x: i })
  pair.trajectories.update(pair.world)
  return pair
}

describe('a snapshot that is built', () => {
  it('is not sent: what never leaves does not count, and is the same when it is built again', () => {
    const pair = withBalls(20)
    const [first, again] = [build(pair), build(pair)]
    expect(again.map(({ bytes }) => bytes)).toEqual(first.map(({ bytes }) => bytes))
    expect(pair.baselines.sequence).toBe(0)
    expect(pair.baselines.slots.flat().every(({ sent, copies }) => sent === null && copies === 0)).toBe(true)
  })

  it('in several packets can be read packet by packet, though all were built before the first was sent, over the wrap', () => {
    const pair = withBalls(100, 65_534)
    const packets = build(pair, 200)
    expect(packets.length).toBeGreaterThan(3)
    expect(packets.map(({ sequence }) => sequence)).toEqual(packets.map((_, i) => (65_534 + i) % 65_536))
    expect(packets.map(({ leftOver }) => leftOver)).toEqual(
      packets.map((_, i) => (i === packets.length - 1 ? 'none' : 'next')),
    )
    const read = packets.map(({ bytes, tick }) => pair.reader.read(tick, readPacket(bytes)!.body, pair.now))
    expect(read.map((one) => typeof one !== 'string' && one.exact?.size)).toEqual([
      ...packets.slice(1).map(() => undefined),
      100,
    ])
  })

  it('of which the second packet never left is told anew from there, and the first is not told again', () => {
    const pair = withBalls(100)
    const [first] = build(pair, 200)
    const { changes, parameters, tick, bytes } = first!
    pair.baselines.packetSent({ changes, parameters, sentAt: pair.now })
    pair.reader.read(tick, readPacket(bytes)!.body, pair.now)
    pair.baselines.acknowledge(pair.ack()!, pair.now)
    pair.run(() => {})
    pair.trajectories.update(pair.world)
    const [{ layout }] = changes as [(typeof changes)[number]]
    const told = build(pair, 200).flatMap((packet) => packet.changes.filter((change) => change.layout === layout))
    expect(told.map(({ slot }) => slot)).toEqual(
      Array.from({ length: 100 - changes.length }, (_, i) => changes.length + i),
    )
  })

  it('says what does not fit into all packets of a tick', () => {
    const packets = build(withBalls(400), 120)
    expect(packets).toHaveLength(16)
    const { oversized, leftOver } = packets[15]!
    expect(leftOver).toBe('next')
    expect(oversized!.types).toHaveLength(400)
    expect(oversized!.fitted).toBe(packets.reduce((sum, { exactCount }) => sum + exactCount, 0))
    expect(packets.slice(0, 15).every((packet) => packet.oversized === null)).toBe(true)
  })
})
