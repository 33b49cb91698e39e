import { describe, expect, it } from 'vitest'
import { quantileOf, size } from './distribution.ts'
import { frameAt, OTHER, OWN, shipAt, straightFlight } from './flight.ts'
import type { DrawnFrame } from './frames.ts'
import { RemoteMeter } from './remote-meter.ts'
import { FRAME_MS } from './setting.ts'

const BEHIND = 5
const FRAMES = 300
const ONE_WAY_MS = 50

/** Five seconds of frames, with faults where the test plants them. */
function look(faults: (tick: number) => Partial<DrawnFrame> = () => ({}), speed?: number) {
  const meter = new RemoteMeter(straightFlight(FRAMES + 50, speed), OWN + 10, ONE_WAY_MS)
  for (let tick = 20; tick < 20 + FRAMES; tick++) meter.look(frameAt(tick, BEHIND, faults(tick)))
  return meter.tally
}

describe('the meter of others', () => {
  it('finds nothing wrong with ships drawn where they were at the tick that is shown', () => {
    const tally = look()
    expect(quantileOf(tally.error, 1)).toBe(0)
    expect(quantileOf(tally.staleness, 0.5)).toBeCloseTo(BEHIND * FRAME_MS - ONE_WAY_MS, 1)
    expect(tally.scaledMs).toBe(tally.totalMs)
    expect(tally).toMatchObject({ frozenOrOffMs: 0, teleports: 0, absentMs: 0 })
    expect(tally.shipMs).toBeCloseTo(FRAMES * FRAME_MS, 6)
  })

  it('finds an error of five pixels, and counts its frames as off', () => {
    const tally = look((tick) => (tick % 10 === 0 ? { others: [shipAt(OTHER, tick - BEHIND, 5)] } : {}))
    expect(quantileOf(tally.error, 0.95)).toBe(5)
    expect(quantileOf(tally.error, 0.85)).toBe(0)
    expect(tally.offMs).toBeCloseTo((FRAMES / 10) * FRAME_MS, 6)
    expect(tally.frozenOrOffMs).toBe(tally.offMs)
  })

  it('finds a frame that stands still, though the place is right for the tick that it claims', () => {
    const still = { tick: 100 - BEHIND, others: [shipAt(OTHER, 100 - BEHIND)] }
    const tally = look((tick) => (tick > 100 && tick <= 106 ? still : {}))
    expect(tally.frozenMs).toBeCloseTo(6 * FRAME_MS, 6)
    expect(tally.offMs).toBe(0)
    // The standstill is six frames of scale 0 and one of scale 7.
    expect(tally.totalMs - tally.scaledMs).toBeCloseTo(7 * FRAME_MS, 6)
  })

  it('takes no ship for frozen that stands still in truth', () => {
    expect(look((tick) => ({ others: [{ ...shipAt(OTHER, 0), x: 0 }], tick: tick - BEHIND }), 0).frozenMs).toBe(0)
  })

  it('counts a jump of thirty pixels there and back as two teleports, and a hundred small steps as none', () => {
    expect(look((tick) => (tick === 100 ? { others: [shipAt(OTHER, 95, 30)] } : {})).teleports).toBe(2)
    expect(look((tick) => ({ others: [shipAt(OTHER, tick - BEHIND, tick)] })).teleports).toBe(0)
  })

  it('counts the share of time in which the presentation runs too fast or too slow', () => {
    const slow = look((tick) => ({ tick: tick * 0.94 - BEHIND, others: [shipAt(OTHER, tick * 0.94 - BEHIND)] }))
    expect(slow.scaledMs).toBe(0)
    const allowed = look((tick) => ({ tick: tick * 0.95 - BEHIND, others: [shipAt(OTHER, tick * 0.95 - BEHIND)] }))
    expect(allowed.scaledMs).toBe(allowed.totalMs)
  })

  it('counts a ship that is not drawn, and one that does not live', () => {
    expect(look((tick) => (tick === 100 ? { others: [] } : {})).absentMs).toBeCloseTo(FRAME_MS, 6)
    const ghost = look((tick) => ({ others: [shipAt(OTHER, tick - BEHIND), { id: 99, x: 0, y: 0, angle: 0 }] }))
    expect(ghost.absentMs).toBeCloseTo(FRAMES * FRAME_MS, 6)
    expect(size(ghost.error)).toBe(FRAMES)
  })

  it('measures staleness by when the host ran the tick, not by its number', () => {
    const meter = new RemoteMeter(straightFlight(100), OWN + 10, 0)
    const { staleness } = meter.look(frameAt(60, 20))
    expect(staleness).toBeCloseTo(20 * FRAME_MS, 6)
  })
})
