import { describe, expect, it } from 'vitest'
import { SIDE } from '../worlds/arena.ts'
import { OTHER, OWN, SPEED, straightFlight } from './flight.ts'
import { FRAME_MS } from './setting.ts'
import { apart, TruthLog } from './truth.ts'

const ship = { owner: 64, y: 0, vx: 600, vy: 0 }

describe('the truth', () => {
  it('stands between two ticks on the line between them, the short way over the edge and round the circle', () => {
    const truth = new TruthLog(60)
    truth.recordShips(5, 0, [{ ...ship, id: 1, x: SIDE - 4, angle: 3 }])
    truth.recordShips(6, 16, [{ ...ship, id: 1, x: 4, angle: -3 }])
    const half = truth.placeAt(1, 5.5)!
    expect(apart(half, { x: 0, y: 0 })).toBeCloseTo(0, 9)
    expect(Math.cos(half.angle)).toBeCloseTo(-1, 9)
  })

  it('knows no ship before it came nor after it went', () => {
    const truth = new TruthLog(60)
    truth.recordShips(5, 0, [{ ...ship, id: 1, x: 0, angle: 0 }])
    truth.recordShips(6, 16, [{ ...ship, id: 2, x: 0, angle: 0 }])
    expect(truth.placeAt(1, 5)).not.toBeNull()
    expect(truth.placeAt(1, 5.5)).toBeNull()
    expect(truth.placeAt(2, 5.5)).toBeNull()
    expect(truth.placeAt(2, 6)).not.toBeNull()
    expect([...truth.alive(5, null)]).toEqual([1])
  })

  it('tells when the host was at a tick, also where it stood still and caught up', () => {
    const truth = new TruthLog(60)
    for (const [tick, atMs] of [0, 10, 110, 110, 120].entries()) truth.recordShips(tick, atMs, [])
    expect(truth.timeOf(1.5)).toBe(60)
    expect(truth.timeOf(2.5)).toBe(110)
    expect(truth.timeOf(6)).toBeCloseTo(120 + 2 * FRAME_MS, 9)
  })

  it('leaves out one owner, and knows speeds', () => {
    const truth = straightFlight(10)
    expect([...truth.alive(4, OWN + 10)]).toEqual([OTHER])
    expect(truth.speedAt(OTHER, 4.5)).toBe(SPEED * 60)
  })
})
