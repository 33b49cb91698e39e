import { describe, expect, it } from 'vitest'
import { QueueDelay } from '../../../net/congestion/queue-delay.ts'
import { seededRandom } from '../../../net/testing.ts'

function fed(delays: readonly number[], everyMs = 33, delay = new QueueDelay(), from = 0): QueueDelay {
  for (const [i, ms] of delays.entries()) delay.sample(from + i * everyMs, ms)
  return delay
}

describe('a queue', () => {
  it('is how much longer packets take than the fastest did', () => {
    const delay = fed([100, 100, 100, 100, 180, 180, 180, 180])
    expect(delay.growthMs).toBe(80)
    expect(delay.growthMs).toBeGreaterThan(delay.thresholdMs)
  })

  it('is seen within four packets of its growing', () => {
    const delay = fed([100, 100, 100, 100, 150, 200, 250, 300])
    expect(delay.growthMs).toBeGreaterThan(delay.thresholdMs)
  })

  it('is not one slow packet, nor none for one fast one', () => {
    expect(fed([100, 100, 100, 100, 400]).growthMs).toBe(0)
    expect(fed([100, 100, 100, 100, 200, 200, 200, 200, 200, 101]).growthMs).toBe(100)
  })

  it('is unknown until three packets have come, and again after a restart', () => {
    expect(fed([100, 200]).known).toBe(false)
    const delay = fed([100, 100, 100, 300, 300, 300, 300])
    delay.restart()
    expect([delay.known, delay.growthMs, delay.baseMs]).toEqual([false, 0, 100])
    fed([100, 100, 100], 33, delay, 300)
    expect([delay.known, delay.growthMs]).toEqual([true, 0])
  })

  it('is no queue any more after ten seconds: the way is longer', () => {
    const delay = fed([100, 100, 100, ...Array.from({ length: 330 }, () => 250)])
    expect(delay.growthMs).toBe(0)
    expect(delay.baseMs).toBe(250)
  })

  it('is no queue any more once it is said that it is the way', () => {
    const delay = fed([100, 100, 100, 250, 250, 250, 250])
    delay.rebase()
    expect([delay.growthMs, delay.baseMs]).toEqual([0, 250])
  })

  it.each([5, 15, 40])('is told from delays that scatter by %i ms', (deviation) => {
    const random = seededRandom(7)
    const scatter = (): number => {
      let sum = -6
      for (let i = 0; i < 12; i++) sum += random()
      return sum * deviation
    }
    const delay = new QueueDelay()
    let over = 0
    for (let i = 0; i < 3000; i++) {
      delay.sample(i * 33, 300 + scatter())
      if (delay.growthMs > delay.thresholdMs) over++
    }
    expect(over).toBeLessThanOrEqual(2)
    expect(delay.noiseMs).toBeGreaterThan(0.5 * deviation)
    expect(delay.noiseMs).toBeLessThan(1.5 * deviation)
    for (let i = 3000; i < 3010; i++) delay.sample(i * 33, 500 + 4 * deviation + scatter())
    expect(delay.growthMs).toBeGreaterThan(delay.thresholdMs)
  })
})
