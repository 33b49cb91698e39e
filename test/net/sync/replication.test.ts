import { describe, expect, it } from 'vitest'
import { Replication } from '../../../net/sync/replication.ts'
import type { EntityId } from '../../../net/world/ids.ts'

const one = 65536 as EntityId
const none = { records: [], tombstones: [], sentAt: 0, tick: 0 }

function sent(replication: Replication, sequence: number, change: number, tick = change): void {
  replication.packetSent(sequence, { ...none, records: [{ id: one, change }], tick })
}

describe('what a client has', () => {
  it('is the newest change that it acknowledged, in whatever order acks come', () => {
    const replication = new Replication()
    const record = replication.known(one)
    sent(replication, 1, 10)
    sent(replication, 2, 20)
    replication.acknowledge(2, 0, null)
    replication.acknowledge(1, 0, null)
    expect(record.ackedChange).toBe(20)
    expect(replication.ackSeen).toBe(2)
  })

  it('is not raised by an ack of what was never sent, or twice', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 1, 10)
    expect(replication.acknowledge(7, 0, 0)).toBe(false)
    expect(replication.acknowledge(1, 0, 0)).toBe(true)
    expect(replication.acknowledge(1, 0, 0)).toBe(false)
  })

  it('follows the sequence where it wraps, and forgets packets whose ack is too late', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 65535, 10)
    sent(replication, 0, 11)
    replication.acknowledge(65535, 0, null)
    replication.acknowledge(0, 0, null)
    expect(replication.ackSeen).toBe(0)
    for (let i = 1; i < 70_000; i++) replication.packetSent(i % 65536, none)
    const { sent: kept } = replication as unknown as { sent: Map<number, unknown> }
    expect(kept.size).toBeLessThanOrEqual(128)
  })

  it('measures the round trip without the time that the client held its ack', () => {
    const replication = new Replication()
    replication.packetSent(1, { ...none, sentAt: 1000 })
    replication.acknowledge(1, 1120, 20)
    expect(replication.rttMs).toBe(100)
    replication.packetSent(2, { ...none, sentAt: 2000 })
    // A client that claims to have held it longer than it was away gains nothing.
    replication.acknowledge(2, 2050, 1000)
    expect(replication.rttMs).toBeGreaterThan(90)
  })
})

describe('what is hidden from a client', () => {
  it('is told until it acknowledged that, if it was ever sent', () => {
    const replication = new Replication()
    replication.known(one)
    replication.bury(one, 20, 'out of view')
    expect(replication.tombstones.size).toBe(0)
    replication.known(one)
    sent(replication, 1, 10)
    replication.bury(one, 20, 'out of view')
    expect([...replication.tombstones.values()]).toEqual([{ id: one, tick: 20, reason: 'out of view' }])
    replication.packetSent(2, { ...none, tombstones: [one], tick: 22 })
    replication.acknowledge(2, 0, null)
    expect(replication.tombstones.size).toBe(0)
  })

  it('and shown again is new to it: an ack of before the hiding says nothing about what it has now', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 1, 10)
    replication.bury(one, 20, 'out of view')
    replication.packetSent(2, { ...none, tombstones: [one], tick: 22 })
    const again = replication.known(one)
    replication.acknowledge(1, 0, null)
    replication.acknowledge(2, 0, null)
    expect(again.ackedChange).toBe(-1)
  })

  it('and shown and hidden again before anything of it went out is still told: the client has it from before', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 1, 10)
    replication.bury(one, 20, 'out of view')
    replication.known(one)
    expect(replication.tombstones.size).toBe(0)
    replication.bury(one, 24, 'destroyed')
    expect([...replication.tombstones.values()]).toEqual([{ id: one, tick: 24, reason: 'destroyed' }])
  })

  it('twice is told again: an ack of the first tombstone is none of the second', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 1, 10)
    replication.bury(one, 20, 'out of view')
    replication.packetSent(2, { ...none, tombstones: [one], tick: 22 })
    replication.known(one)
    sent(replication, 3, 24)
    replication.bury(one, 26, 'out of view')
    replication.acknowledge(2, 0, null)
    expect(replication.tombstones.size).toBe(1)
  })

  it('from his team and then shown to it is news as a whole, and what he acknowledged of before is not it', () => {
    const replication = new Replication()
    replication.known(one)
    sent(replication, 1, 10)
    const asTeam = replication.known(one, true)
    replication.acknowledge(1, 0, null)
    expect(asTeam).toMatchObject({ ackedChange: -1, sent: true })
    expect(replication.known(one, true)).toBe(asTeam)
  })

  it('is forgotten in the end when a client acknowledges nothing for ever: a hostile one must not fill the memory', () => {
    const replication = new Replication()
    for (let i = 0; i < 30_000; i++) {
      const id = (65536 + i) as EntityId
      replication.known(id)
      replication.packetSent(i % 65536, { ...none, records: [{ id, change: i }] })
      replication.bury(id, i, 'destroyed')
    }
    expect(replication.tombstones.size).toBeLessThanOrEqual(8192)
    expect(replication.records.size).toBe(0)
  })
})
