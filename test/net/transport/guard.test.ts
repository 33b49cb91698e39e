import { describe, expect, it } from 'vitest'
import { BURST_MESSAGES, BURST_MS, PROBE_MS, SendGuard } from '../../../net/transport/guard.ts'

const TICK_MS = 1000 / 60

describe('the sending guard', () => {
  it('lets everything through while the buffer is empty', () => {
    const guard = new SendGuard()
    for (let tick = 0; tick < 600; tick++) expect(guard.admit(0, tick * TICK_MS)).toBe(true)
  })

  it('skips while older bytes wait, so that nothing is queued behind them', () => {
    const guard = new SendGuard()
    expect(guard.admit(0, 0)).toBe(true)
    expect(guard.admit(200, 17)).toBe(false)
    expect(guard.admit(1, 34)).toBe(false)
    expect(guard.admit(0, 50)).toBe(true)
  })

  it('lets one probe through every 100 ms of a standstill, and no more', () => {
    const guard = new SendGuard()
    guard.admit(0, 0)
    const sentAt: number[] = []
    for (let now = TICK_MS; now <= 2000; now += TICK_MS) if (guard.admit(1128, now)) sentAt.push(now)
    expect(sentAt.length).toBeGreaterThanOrEqual(9)
    const gaps = sentAt.map((at, i) => at - (sentAt[i - 1] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(PROBE_MS)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(PROBE_MS + TICK_MS)
  })

  it('probes at once when the standstill began long after the last send', () => {
    const guard = new SendGuard()
    guard.admit(0, 0)
    expect(guard.admit(500, 10_000)).toBe(true)
    expect(guard.admit(500, 10_010)).toBe(false)
  })

  it('sends the second packet of a tick too, though the first still shows as buffered', () => {
    const guard = new SendGuard()
    expect(guard.admit(0, 100)).toBe(true)
    expect(guard.admit(1128, 100)).toBe(true)
    expect(guard.admit(2320, 100 + BURST_MS / 2)).toBe(true)
    expect(guard.admit(3480, 100 + BURST_MS)).toBe(false)
  })

  it('ends a burst after eight packets', () => {
    const guard = new SendGuard()
    let sent = 0
    for (let i = 0; i < 50; i++) if (guard.admit(i * 1128, 0)) sent++
    expect(sent).toBe(BURST_MESSAGES)
  })

  it('opens no burst with a probe: the queue it goes behind is old', () => {
    const guard = new SendGuard()
    guard.admit(0, 0)
    expect(guard.admit(900, 250)).toBe(true)
    expect(guard.admit(900, 250)).toBe(false)
  })
})
