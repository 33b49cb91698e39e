import { describe, expect, it } from 'vitest'
import { joinProgress } from './join-progress.ts'

describe('a player who joins sixty-three others', () => {
  it.each([50, 100])(
    'over 256 kbit/s and %i ms each way plays with the whole world within a round trip and half a second',
    {
      timeout: 60_000,
    },
    (latencyMs) => {
      const toGuest = { latencyMs, bottleneck: { bitsPerSecond: 256_000, queueBytes: 65_536 } }
      const { entities, ownMs, worldMs } = joinProgress({ toGuest, toHost: { latencyMs } })
      expect(entities).toBeGreaterThan(300)
      expect(ownMs).toBeLessThan(2 * latencyMs + 100)
      expect(worldMs).toBeLessThan(2 * latencyMs + 500)
    },
  )

  it('over a path that carries anything is not held up by a budget', { timeout: 60_000 }, () => {
    const { worldMs, bytes } = joinProgress({ latencyMs: 20 })
    expect(worldMs).toBeLessThan(500)
    // In the time that 24 kB/s would have taken for the same bytes he has long been playing.
    expect(worldMs).toBeLessThan((bytes / 24_000) * 1000)
  })
})
