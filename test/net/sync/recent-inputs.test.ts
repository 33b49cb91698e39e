import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentInputs, SPAN_TICKS } from '../../../net/sync/recent-inputs.ts'

describe('the inputs of the last ten seconds', () => {
  it('are none at first', () => {
    const recent = new RecentInputs()
    expect([recent.lateShare, recent.waitTicks]).toEqual([0, 0])
  })

  it('are told by the share that was missing, and by the mean wait of the others', () => {
    const recent = new RecentInputs()
    for (const [i, wait] of [1, null, 2, null, 6].entries()) recent.took(100 + i, wait)
    expect(recent.lateShare).toBe(2 / 5)
    expect(recent.waitTicks).toBe(3)
  })

  it('are forgotten after that time', () => {
    const recent = new RecentInputs()
    for (let tick = 0; tick < 64; tick++) recent.took(tick, null)
    for (let tick = 64; tick < 640; tick++) recent.took(tick, 2)
    expect(recent.lateShare).toBe(0.1)
    recent.took(640, 2)
    expect(recent.lateShare).toBe(0)
  })

  it('are known to a client that is told of every other tick: each tick once', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 705, maxLength: 1500 }), (missing) => {
        const lateIn = (from: number, to: number): number => missing.slice(Math.max(0, from), to).filter(Boolean).length
        const client = new RecentInputs()
        for (let tick = 0; tick < missing.length; tick += 2) client.told(tick, lateIn(tick - SPAN_TICKS + 1, tick + 1))
        // It knows of the newest whole span, as it was first told of it, and of the nine before.
        const end = Math.floor((missing.length - 1) / SPAN_TICKS) * SPAN_TICKS + 1
        expect(client.lateShare).toBe(lateIn(end - 10 * SPAN_TICKS, end) / (10 * SPAN_TICKS))
      }),
    )
  })
})
