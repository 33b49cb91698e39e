import { describe, expect, it } from 'vitest'
import { quantileOf, size } from './distribution.ts'
import { frameAt, OWN, shipAt, straightFlight } from './flight.ts'
import { OwnMeter } from './own-meter.ts'
import { FRAME_MS } from './setting.ts'

/** Frames of the own ship, each so far off; corrected at tick 50. */
function look(offAt: (tick: number) => number) {
  const meter = new OwnMeter(straightFlight(200))
  for (let tick = 10; tick < 120; tick++)
    meter.look(frameAt(tick, 5, { own: shipAt(OWN, tick, offAt(tick)), corrected: tick === 50 }))
  return meter.tally
}

describe('the meter of the own ship', () => {
  it('finds nothing where the prediction was right', () => {
    const meter = new OwnMeter(straightFlight(100))
    for (let tick = 10; tick < 90; tick++) meter.look(frameAt(tick, 5))
    expect(size(meter.tally.correction)).toBe(0)
    expect(quantileOf(meter.tally.error, 1)).toBe(0)
  })

  it('finds a correction of six pixels that is put right at once: it jolts, and is gone at once', () => {
    const tally = look((tick) => (tick >= 40 && tick < 50 ? 6 : 0))
    expect(quantileOf(tally.correction, 1)).toBe(6)
    expect(quantileOf(tally.jolt, 1)).toBe(6)
    expect(quantileOf(tally.gone, 1)).toBe(0)
  })

  it('finds one that decays: as large, gentler, and gone when within a pixel', () => {
    const tally = look((tick) => (tick < 40 ? 0 : tick < 50 ? 6 : Math.max(0, 6 - (tick - 49))))
    expect(quantileOf(tally.correction, 1)).toBe(6)
    expect(quantileOf(tally.jolt, 1)).toBe(1)
    // 6 − n is below 1 at the sixth frame, five after the first.
    expect(quantileOf(tally.gone, 1)).toBeCloseTo(5 * FRAME_MS, 1)
  })

  it('counts a correction that never ends as two seconds', () => {
    const meter = new OwnMeter(straightFlight(400))
    for (let tick = 10; tick < 300; tick++)
      meter.look(frameAt(tick, 5, { own: shipAt(OWN, tick, 9), corrected: tick === 50 }))
    expect(quantileOf(meter.tally.gone, 1)).toBeGreaterThanOrEqual(2000)
  })

  it('follows no correction into another life', () => {
    const meter = new OwnMeter(straightFlight(100))
    meter.look(frameAt(10, 5, { own: shipAt(OWN, 10, 500) }))
    meter.look(frameAt(11, 5, { own: shipAt(2, 11), corrected: true }))
    expect(size(meter.tally.correction)).toBe(0)
  })
})
