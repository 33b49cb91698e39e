import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentInputs, SPAN_TICKS } from '../../../net/prediction/recent-inputs.ts'

describe('the inputs of the last ten seconds', () => {
  it('are none at first', () => {
    const recent = new RecentInputs(60)
    expect([recent.lateShare, recent.waitTicks]).toEqual([0, 0])
  })

  it('are told by the share that was missing, and by the mean wait of the others', () => {
    const recent = new RecentInputs(60)
    for (const [i, wait] of [1, null, 2, null, 6].entries()) recent.took(100 + i, wait)
    expect(recent.lateShare).toBe(2 / 5)
    expect(recent.waitTicks).toBe(3)
  })

  it('are forgotten after that time', () => {
    const recent = new RecentInputs(60)
    for (let tick = 0; tick < 64; tick++) recent.took(tick, null)
    for (let tick = 64; tick < 640; tick++) recent.took(tick, 2)
    expect(recent.lateShare).toBe(0.1)
    recent.took(640, 2)
    expect(recent.lateShare).toBe(0)
  })

  it('are of about ten seconds at every tick rate: what was late is not told for a minute at 10 a second', () => {
    const forgotten = [10, 20, 30, 60, 120].map((tickRate) => {
      const recent = new RecentInputs(tickRate)
      for (let tick = 0; tick < 64; tick++) recent.took(tick, null)
      let tick = 64
      while (recent.lateShare > 0) recent.took(tick++, 1)
      return (tick - 64) / tickRate
    })
    for (const seconds of forgotten) {
      expect(seconds).toBeGreaterThan(5)
      expect(seconds).toBeLessThan(13)
    }
  })

  it('are known to a client that is told of every other tick: each tick once', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 705, maxLength: 1500 }), (missing) => {
        const lateIn = (from: number, to: number): number => missing.slice(Math.max(0, from), to).filter(Boolean).length
        const client = new RecentInputs(60)
        for (let tick = 0; tick < missing.length; tick += 2) client.told(tick, lateIn(tick - SPAN_TICKS + 1, tick + 1))
        // It knows of the newest whole span, as it was first told of it, and of the nine before.
        const end = Math.floor((missing.length - 1) / SPAN_TICKS) * SPAN_TICKS + 1
        expect(client.lateShare).toBe(lateIn(end - 10 * SPAN_TICKS, end) / (10 * SPAN_TICKS))
      }),
    )
  })
})
