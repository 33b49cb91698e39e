import { describe, expect, it } from 'vitest'
import { Uplink } from '../../../net/congestion/uplink.ts'

const TICK_MS = 1000 / 60
const RTT_MS = 100
const BYTES = 80

const at = (tick: number): number => tick * TICK_MS

/** Sends whenever it is due from one tick to another; returns the ticks at which it was. */
function send(line: Uplink, from: number, to: number, bytes = BYTES): number[] {
  const sent: number[] = []
  for (let tick = from; tick < to; tick++) {
    if (!line.due(at(tick), tick, RTT_MS)) continue
    line.sent(at(tick), tick, bytes)
    sent.push(tick)
  }
  return sent
}

describe('the line to the host', () => {
  it('has one packet a tick at most, and none of a tick that is past', () => {
    const line = new Uplink(60, 120)
    expect(send(line, 5, 8)).toEqual([5, 6, 7])
    expect([line.due(at(7), 7, RTT_MS), line.due(at(4), 4, RTT_MS)]).toEqual([false, false])
  })

  it('takes a packet that the link did not send as not sent', () => {
    const line = new Uplink(60, 120)
    expect([line.due(at(5), 5, RTT_MS), line.due(at(6), 6, RTT_MS)]).toEqual([true, true])
  })

  it('is probed while nothing is acknowledged, within what SCTP’s window after a timeout holds, and again in every tick afterwards', () => {
    const line = new Uplink(60, 240)
    expect(send(line, 0, 36)).toHaveLength(36)
    expect(send(line, 36, 72).length).toBeLessThan(10)
    // SCTP's timer rings after 0.4 s of silence, 1.2 and 2.8: what is sent between the last two has to fit into 1191 B.
    const probes = send(line, 72, 168)
    expect(probes.length).toBeGreaterThan(5)
    expect(probes.length * (BYTES + 16)).toBeLessThan(1191)
    line.acknowledged(at(170), { inputAck: 168, holdMs: 0, tick: 168 })
    const after = send(line, 170, 180)
    expect(after.length).toBeGreaterThan(8)
  })

  it('tells the round trip, but not one that was measured across a sleep', () => {
    const line = new Uplink(60, 120)
    send(line, 1, 3)
    expect(line.acknowledged(at(1) + 90, { inputAck: 1, holdMs: 10, tick: 4 })).toBeCloseTo(80)
    expect(line.acknowledged(at(2) + 30_000, { inputAck: 2, holdMs: 10, tick: 1800 })).toBeNull()
    expect(line.acknowledged(at(3), { inputAck: 3, holdMs: 0, tick: 5 })).toBeNull()
  })

  it('measures nothing by an ack that was held for as long as can be told: it may have been longer', () => {
    const line = new Uplink(60, 120)
    send(line, 1, 60)
    expect(line.acknowledged(at(20) + 1500, { inputAck: 20, holdMs: 1000, tick: 106 })).toBeNull()
    // Nor is it a queue, which would slow the inputs down.
    for (let tick = 60; tick < 120; tick++) {
      line.sent(at(tick), tick, BYTES)
      line.acknowledged(at(tick) + 90, {
        inputAck: tick,
        holdMs: tick < 90 ? 10 : 1000,
        tick: tick < 90 ? tick + 1 : tick + 160,
      })
      expect(line.everyTicks).toBe(1)
    }
  })

  it('forgets the queue that a clock that was set seems to show', () => {
    const line = new Uplink(60, 120)
    let set = 0
    for (let tick = 1; tick < 600; tick++) {
      // The page's clock is set back by a second: packets seem to take a second more from then on.
      if (tick === 300) set = -1000
      const now = at(tick) + set
      if (line.due(now, tick, RTT_MS)) line.sent(now, tick, BYTES)
      line.snapshot(now, tick - 6)
      if (tick > 6) line.acknowledged(now, { inputAck: tick - 6, holdMs: 0, tick: tick - 3 })
      if (tick > 320) expect(line.everyTicks).toBe(1)
    }
  })
})
