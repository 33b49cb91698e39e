import { describe, expect, it } from 'vitest'
import { joinProgress } from './join-progress.ts'

describe('a player who joins sixty-three others', () => {
  const playsSoon = (latencyMs: number) => () => {
    const toGuest = { latencyMs, bottleneck: { bitsPerSecond: 256_000, queueBytes: 65_536 } }
    const { entities, ownMs, worldMs } = joinProgress({ toGuest, toHost: { latencyMs } })
    expect(entities).toBeGreaterThan(300)
    expect(ownMs).toBeLessThan(2 * latencyMs + 100)
    expect(worldMs).toBeLessThan(2 * latencyMs + 500)
  }
  it(
    'over 256 kbit/s and 100 ms each way plays with the whole world within a round trip and half a second',
    { timeout: 60_000, tags: ['long'] },
    playsSoon(100),
  )
  it('over 256 kbit/s and 50 ms each way, too', { timeout: 60_000, tags: ['long'] }, playsSoon(50))

  it('over a path that carries anything is not held up by a budget', { timeout: 60_000, tags: ['long'] }, () => {
    const { worldMs, bytes } = joinProgress({ latencyMs: 20 })
    expect(worldMs).toBeLessThan(500)
    // In the time that 24 kB/s would have taken for the same bytes they have long been playing.
    expect(worldMs).toBeLessThan((bytes / 24_000) * 1000)
  })
})
