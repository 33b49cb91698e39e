import { describe, expect, it } from 'vitest'
import { FRESH_MS, figuresOf, match, sharesOf } from './delays.ts'

const PATH_MS = 50
const window = { from: 1000, to: 3000 }
const delivery = (sentAt: number, lateMs: number) => ({ sentAt, arrivedAt: sentAt + PATH_MS + lateMs, bytes: 100 })

describe('the figures of a stream', () => {
  it('are of the delay beyond the path, of what was sent within the window', () => {
    const early = delivery(500, 9000)
    const late = delivery(3000, 9000)
    const within = Array.from({ length: 100 }, (_, i) => delivery(1000 + i * 20, i))
    const { p50, p99 } = figuresOf([early, ...within, late], window, PATH_MS)
    expect(p50).toBe(50)
    expect(p99).toBe(99)
  })

  it('count as fresh what arrived within the window and in time', () => {
    const deliveries = [
      delivery(900, 100),
      delivery(1500, FRESH_MS),
      delivery(1600, FRESH_MS + 1),
      delivery(2900, 10),
      delivery(2960, 10),
    ]
    const { freshBytes, arrivals } = figuresOf(deliveries, window, PATH_MS)
    expect(freshBytes).toBe(150)
    expect(arrivals).toBe(2)
  })

  it('give shares of what was offered within the window', () => {
    const run = {
      offeredAt: [900, 1000, 1500, 2000, 2999, 3000],
      skippedAt: [900, 1500],
      deliveries: [delivery(1000, 5), delivery(2999, 4000), delivery(3000, 5)],
      maxBuffered: 0,
    }
    expect(sharesOf(run, window)).toEqual({ arrived: 0.5, skipped: 0.25 })
  })

  it('put together what was sent and heard by its digest, and leave out what never came', () => {
    const sent = [1, 2, 3].map((digest) => ({ digest, at: digest * 10, bytes: 7 }))
    const heard = [
      { digest: 3, at: 95, bytes: 7 },
      { digest: 1, at: 60, bytes: 7 },
      { digest: 9, at: 61, bytes: 7 },
    ]
    expect(match(sent, heard)).toEqual([
      { sentAt: 30, arrivedAt: 95, bytes: 7 },
      { sentAt: 10, arrivedAt: 60, bytes: 7 },
    ])
  })
})
