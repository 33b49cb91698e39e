import { describe, expect, it } from 'vitest'
import { emptyLog, type PageLog } from './page/log.ts'
import { standingOf } from './standing.ts'

const FRAME_MS = 1000 / 60
const FRAMES = 120
const LATER = FRAMES * FRAME_MS

/** A host, and a guest's page that draws one ship as `shown` says. The ship goes along x by so many px a tick. */
function logs(pxPerTick: number, shown: (x: number, tick: number) => number | null): Map<string, PageLog> {
  const [host, guest] = [emptyLog(), emptyLog()]
  for (let tick = 0; tick <= FRAMES; tick++) {
    const [x, at] = [pxPerTick * tick, tick * FRAME_MS]
    const ship = { id: 7, owner: 64, y: 0, angle: 0 }
    host.ticks.push({ epoch: 1, tick, at, ships: [{ ...ship, x, vx: pxPerTick * 60, vy: 0 }] })
    const drawnX = shown(x, tick)
    if (drawnX !== null) guest.frames.push({ at, tick, confirmed: tick + 2, others: [{ ...ship, x: drawnX }] })
  }
  return new Map([
    ['Ann', host],
    ['Bea', guest],
  ])
}

const standing = (of: Map<string, PageLog>): number[] => standingOf(of, 0, LATER).map(({ ms }) => ms)

describe('how long ships stand', () => {
  it('is nothing for a ship that is drawn where it is', () => {
    expect(standing(logs(4, (x) => x))).toEqual([0])
  })

  it('is as long as a ship that moves is drawn at one place', () => {
    const [ms] = standing(logs(4, (x, tick) => (tick >= 30 && tick < 42 ? 120 : x)))
    expect(ms).toBeGreaterThan(10 * FRAME_MS)
    expect(ms).toBeLessThan(14 * FRAME_MS)
  })

  it('is not told of a ship that stands in truth: it would make any drawing look right', () => {
    expect(standing(logs(0, (x) => x))).toEqual([])
  })

  it('is told of a ship that stands in truth and is drawn elsewhere', () => {
    const [ms] = standing(logs(0, (_, tick) => (tick < 60 ? 0 : 50)))
    expect(ms).toBeGreaterThan(55 * FRAME_MS)
  })
})
