/** Tabs that stand still for half a minute, and packets that come when nobody needs them any more. */
import { describe, expect, it } from 'vitest'
import { firstDifference, STRIDE, Watched } from './luck.ts'

const SETTLE_MS = 2500
const FROZEN_MS = 30_000
const GUEST = 1

describe('a tab frozen for 30 s', { tags: ['long'] }, () => {
  it('of a guest: their ship stops, the others do not notice, and they are back within two seconds', () => {
    const usual = new Watched().run(SETTLE_MS + FROZEN_MS + 2000)
    const match = new Watched().run(SETTLE_MS)
    const from = match.strides[GUEST]!.length
    match.match.freeze(match.client(GUEST), FROZEN_MS)
    match.run(FROZEN_MS)
    // What they had sent ahead, and a quarter of a second in which the last is held on.
    expect(match.strides[GUEST]!.slice(from).reduce((sum, stride) => sum + stride, 0)).toBeLessThan(30 * STRIDE)
    match.run(2000)
    for (const place of [0, 2]) expect(firstDifference(usual, match, place)).toBe(null)
    expect(match.faults(GUEST)).toEqual([])
    // The lost time is not made up for.
    expect(Math.max(...match.strides[GUEST]!)).toBeLessThanOrEqual(STRIDE)
    expect(match.client(GUEST).runner.session.malformed).toEqual({})
  })

  it('of the host: the match goes on where it stood, for everybody within two seconds', () => {
    const match = new Watched().run(SETTLE_MS)
    const { world } = match.match.host.session
    const before = world.tick
    match.match.freeze('host', FROZEN_MS)
    match.run(FROZEN_MS)
    match.run(2000)
    // A second is caught up, the rest is skipped.
    expect(world.tick - before).toBeLessThanOrEqual(61 + 121)
    expect(match.match.host.session.malformed).toEqual({})
    for (const place of [0, 1, 2]) expect(match.faults(place)).toEqual([])
    for (const strides of match.strides) expect(Math.max(...strides)).toBeLessThanOrEqual(STRIDE)
  })

  it('of the host: the world that guests drew too far waits for it, and does not creep behind for seconds', () => {
    const match = new Watched({ network: { latencyMs: 50 } }).run(SETTLE_MS)
    match.match.freeze('host', 3000)
    match.run(3000)
    match.run(1100)
    const from = match.match.now
    match.run(1000)
    for (const place of [1, 2])
      for (const { at, behind } of match.moments[place]!) if (at > from) expect(behind).toBeGreaterThan(2)
  })
})

describe('a guest’s computer that sleeps, and its clock with it', { tags: ['long'] }, () => {
  // `performance.now()` stands still in a sleep on some systems: the host is far ahead then, in no time.
  it.each([
    // So short a sleep looks like a line that has become slower: the world is drawn later for some seconds.
    [300, 4000],
    [1200, 2000],
    [FROZEN_MS, 2000],
  ])('for %i ms is with the host again within %i ms', (ms, withinMs) => {
    const match = new Watched().run(SETTLE_MS)
    match.match.freeze(match.client(GUEST), ms)
    match.jump(GUEST, -ms)
    match.run(ms)
    match.run(withinMs)
    expect(match.faults(GUEST)).toEqual([])
    expect(match.client(GUEST).runner.session.sending.uplink.everyTicks).toBe(1)
    expect(Math.max(...match.strides[GUEST]!)).toBeLessThanOrEqual(STRIDE)
  })
})

describe('snapshots older than the newest', { tags: ['long'] }, () => {
  it('of any age, again and again, change nothing for who hears them', () => {
    const usual = new Watched().run(8000)
    const match = new Watched()
    const { runner } = match.client(GUEST)
    const receive = runner.receive.bind(runner)
    const all: Uint8Array[] = []
    let again = 0
    runner.receive = (bytes, now) => {
      all.push(bytes.slice())
      for (const back of [2, 5, 20, 28, 45, 90, 200]) {
        const old = all.at(-back)
        if (!old) continue
        again++
        receive(old, now)
      }
      receive(bytes, now)
    }
    match.run(8000)
    expect(again).toBeGreaterThan(1000)
    for (const place of [0, 1, 2]) expect(firstDifference(usual, match, place)).toBe(null)
    const { malformed } = runner.session
    expect(Object.keys(malformed)).toEqual(['stale'])
    expect(match.faults(GUEST)).toEqual([])
  })
})
