import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onPulse } from '../../../net/platform/pulse.ts'
import { clockKind, pushClocks, startClock } from '../../../net/platform/worker-clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** A worker as the clocks see one: the test beats for it. */
class FakeWorker {
  static all: FakeWorker[] = []
  onmessage: ((event: { data: number }) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  readonly periods = new Map<number, number>()
  terminated = false
  constructor() {
    FakeWorker.all.push(this)
  }
  postMessage({ id, period }: { id: number; period: number }): void {
    if (period > 0) this.periods.set(id, period)
    else this.periods.delete(id)
  }
  /** For all of its clocks. */
  beat(): void {
    for (const id of this.periods.keys()) this.onmessage?.({ data: id })
  }
  terminate(): void {
    this.terminated = true
  }
}

function withWorkers(): FakeWorker[] {
  FakeWorker.all = []
  vi.stubGlobal('Worker', FakeWorker)
  return FakeWorker.all
}

describe('the worker clock', () => {
  it('ticks from a timer where there are no workers, as in Node', () => {
    const ticks: number[] = []
    const clock = startClock(50, (nowMs) => ticks.push(nowMs))
    expect(clock.kind).toBe('timer')
    vi.advanceTimersByTime(1000)
    clock.stop()
    vi.advanceTimersByTime(1000)
    expect(ticks).toHaveLength(50)
    expect(ticks[49]! - ticks[0]!).toBeCloseTo(49 * 20)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ticks from a worker where there are some', () => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    expect(clock.kind).toBe('worker')
    expect([...(workers[0]?.periods.values() ?? [])]).toEqual([1000 / 60])
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(1000 / 60)
      workers[0]?.beat()
    }
    expect(onTick).toHaveBeenCalledTimes(3)
    clock.stop()
    expect(workers[0]?.terminated).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives one tick for the backlog that piled up while the thread was busy', () => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    for (let i = 0; i < 30; i++) workers[0]?.beat()
    expect(onTick).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(17)
    workers[0]?.beat()
    expect(onTick).toHaveBeenCalledTimes(2)
    clock.stop()
  })

  it.each([
    ['says so', (worker: FakeWorker) => worker.onerror?.(new Event('error'))],
    ['says nothing at all', () => vi.advanceTimersByTime(3000)],
  ])('goes on with a timer when the page’s policy refuses the worker and %s', (_, refuse) => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    refuse(workers[0]!)
    expect(clock.kind).toBe('timer')
    onTick.mockClear()
    vi.advanceTimersByTime(500)
    expect(onTick.mock.calls.length).toBeGreaterThanOrEqual(29)
    clock.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['fails after it began', (worker: FakeWorker) => worker.onerror?.(new Event('error'))],
    ['dies without a word', () => vi.advanceTimersByTime(3000)],
  ])('goes on with a timer when the worker %s', (_, die) => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    for (let i = 0; i < 300; i++) {
      vi.advanceTimersByTime(1000 / 60)
      workers[0]?.beat()
    }
    expect([clock.kind, clockKind()]).toEqual(['worker', 'worker'])
    die(workers[0]!)
    expect([clock.kind, clockKind()]).toEqual(['timer', 'timer'])
    onTick.mockClear()
    vi.advanceTimersByTime(500)
    expect(onTick.mock.calls.length).toBeGreaterThanOrEqual(29)
    clock.stop()
    expect([vi.getTimerCount(), clockKind()]).toEqual([0, null])
  })

  it('comes back to a worker that was only late, and stops with it', () => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    vi.advanceTimersByTime(10_000)
    expect([clock.kind, clockKind()]).toEqual(['timer', 'timer'])
    onTick.mockClear()
    workers[0]?.beat()
    expect([clock.kind, clockKind()]).toEqual(['worker', 'worker'])
    vi.advanceTimersByTime(500)
    // Nothing but the worker ticks now.
    expect(onTick.mock.calls.length).toBeLessThanOrEqual(1)
    clock.stop()
    expect([workers[0]?.terminated, vi.getTimerCount(), clockKind()]).toEqual([true, 0, null])
  })

  it('is no worker’s death when the thread stalls, as long as its ticks come after it', () => {
    const [workers, onTick] = [withWorkers(), vi.fn()]
    const clock = startClock(60, onTick)
    workers[0]?.beat()
    for (let stall = 0; stall < 10; stall++) {
      vi.advanceTimersByTime(2000)
      workers[0]?.beat()
    }
    expect(clock.kind).toBe('worker')
    clock.stop()
  })

  it('shares one worker with all clocks of the page, from the first to the last', () => {
    const workers = withWorkers()
    const ticks = [vi.fn(), vi.fn()]
    const clocks = ticks.map((onTick, i) => startClock(10 * (i + 1), onTick))
    expect(workers.map(({ periods }) => [...periods.values()])).toEqual([[100, 50]])
    clocks[0]?.stop()
    clocks[0]?.stop()
    workers[0]?.beat()
    expect(ticks.map(({ mock }) => mock.calls.length)).toEqual([0, 1])
    // A beat that was on its way.
    workers[0]?.onmessage?.({ data: 0 })
    expect(ticks[0]).not.toHaveBeenCalled()
    const third = startClock(60, () => {})
    expect(workers).toHaveLength(1)
    for (const clock of [third, clocks[1]]) clock?.stop()
    expect([workers[0]?.terminated, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('gets another worker where the one of the others is silent or has failed', () => {
    const workers = withWorkers()
    const silent = startClock(60, () => {})
    vi.advanceTimersByTime(3000)
    const failing = startClock(60, () => {})
    expect([workers.length, failing.kind]).toEqual([2, 'worker'])
    workers[1]?.onerror?.(new Event('error'))
    expect([workers[1]?.terminated, failing.kind]).toEqual([true, 'timer'])
    const good = startClock(60, () => {})
    expect([workers.length, good.kind]).toEqual([3, 'worker'])
    for (const clock of [silent, failing, good]) clock.stop()
    expect([workers.map(({ terminated }) => terminated), vi.getTimerCount()]).toEqual([[true, true, true], 0])
  })

  it('without workers is pushed on by what arrives when its timer is slowed down, as in a hidden tab, and no faster', () => {
    const onTick = vi.fn()
    const clock = startClock(60, onTick)
    vi.advanceTimersByTime(20)
    const start = performance.now()
    // The page timer sleeps: time passes, and no timer runs. Two guests send 60 packets a second each.
    for (let i = 1; i <= 120; i++) {
      vi.setSystemTime(Date.now())
      vi.spyOn(performance, 'now').mockReturnValue(start + (i * 1000) / 120)
      pushClocks(performance.now())
    }
    expect(onTick.mock.calls.length).toBeGreaterThanOrEqual(55)
    expect(onTick.mock.calls.length).toBeLessThanOrEqual(62)
    clock.stop()
    onTick.mockClear()
    pushClocks(start + 5000)
    expect(onTick).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('says once, in a page, what to allow when there are no workers', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    startClock(60, () => {}).stop()
    expect(warn).not.toHaveBeenCalled()
    vi.stubGlobal('document', {})
    startClock(60, () => {}).stop()
    startClock(8, () => {}).stop()
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/Content-Security-Policy forbids it, allow it with "worker-src blob:"/),
    )
    vi.restoreAllMocks()
  })

  it('refuses a rate that no browser keeps', () => {
    for (const hz of [0, -1, 241, Number.NaN]) expect(() => startClock(hz, () => {})).toThrow(/1 to 240 ticks/)
  })
})

describe('the pulse of all links', () => {
  it('is one clock, from the first link to the last', () => {
    const workers = withWorkers()
    const looks = [vi.fn(), vi.fn()]
    const stops = looks.map((look) => onPulse(look))
    expect(workers).toHaveLength(1)
    workers[0]?.beat()
    stops[0]?.()
    vi.advanceTimersByTime(125)
    workers[0]?.beat()
    expect(looks.map(({ mock }) => mock.calls.length)).toEqual([1, 2])
    stops[1]?.()
    expect(workers[0]?.terminated).toBe(true)
    onPulse(() => {})()
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, true])
  })

  it('does not look at a link that another link’s look has ended', () => {
    const workers = withWorkers()
    const second = vi.fn()
    const stopFirst = onPulse(() => stopSecond())
    const stopSecond = onPulse(second)
    workers[0]?.beat()
    expect(second).not.toHaveBeenCalled()
    stopFirst()
  })
})
