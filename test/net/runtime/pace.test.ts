/** Whether a page keeps up with its match: what is a stall, what is slow, and what comes of it. */
import { describe, expect, it } from 'vitest'
import { Pace } from '../../../net/runtime/pace.ts'

const TICK_MS = 1000 / 60

class Page {
  readonly pace = new Pace(60)
  now = 0

  /** `everyMs`: between two calls of the clock, each of which takes so long. */
  run(seconds: number, everyMs = TICK_MS, tookMs = 2): this {
    for (const end = this.now + seconds * 1000; this.now < end; this.now += everyMs) this.pace.note(this.now, tookMs)
    return this
  }
}

describe('a page', () => {
  it('that keeps up is steady, also when calls come now early and now late', () => {
    const page = new Page().run(20)
    for (let i = 0; i < 600; i++) {
      page.now += i % 2 ? TICK_MS * 1.3 : TICK_MS * 0.7
      page.pace.note(page.now, 3)
    }
    expect(page.pace.level).toBe('steady')
  })

  it('that draws 30 pictures a second, each of which holds up two ticks, is steady', () => {
    expect(new Page().run(20, 2 * TICK_MS, 4).pace.level).toBe('steady')
  })

  it('that stalls for a second and a half, twenty times, is steady', () => {
    const page = new Page()
    for (let i = 0; i < 20; i++) {
      page.run(1.5)
      page.now += 1500
    }
    expect(page.pace.level).toBe('steady')
  })

  it.each([
    ['whose ticks take longer than a tick', TICK_MS * 1.2, TICK_MS * 1.1],
    ['whose ticks come late', TICK_MS * 2.5, 4],
  ])('%s sends fewer snapshots after five seconds, and is too slow after ten', (_, everyMs, tookMs) => {
    const page = new Page().run(3).run(4, everyMs, tookMs)
    expect(page.pace.level).toBe('steady')
    page.run(3, everyMs, tookMs)
    expect(page.pace.level).toBe('sparing')
    page.run(5, everyMs, tookMs)
    expect([page.pace.level, page.pace.wasSlow]).toEqual(['slow', true])
  })

  it('of whose ticks a fifth is late is steady still', () => {
    const page = new Page()
    for (let i = 0; i < 1000; i++) {
      page.now += i % 10 === 0 ? 2.5 * TICK_MS : TICK_MS
      page.pace.note(page.now, 2)
    }
    expect(page.pace.level).toBe('steady')
  })

  it('that keeps up again sends as ever after half a minute, and remembers that it was slow', () => {
    const page = new Page().run(12, 50).run(2)
    expect(page.pace.level).toBe('sparing')
    page.run(30)
    expect([page.pace.level, page.pace.wasSlow]).toEqual(['steady', true])
  })
})
