/** Clocks that run fast or slow, and clocks that are set in the middle of a match. */
import { describe, expect, it } from 'vitest'
import type { MachineClock } from '../../net/testing.ts'
import { firstDifference, STRIDE, Watched } from './luck.ts'

const HOUR_MS = 3_600_000
const SETTLE_MS = 2500
const GUEST = 1
const OTHERS = [0, 2]
const usual = new Watched().run(SETTLE_MS + 5000)

function expectUnharmed(match: Watched, places: readonly number[]): void {
  for (const place of places) expect(firstDifference(usual, match, place)).toBe(null)
}

function expectFair(match: Watched): void {
  for (const strides of match.strides) expect(Math.max(...strides)).toBeLessThanOrEqual(STRIDE)
  for (const dashes of match.dashes) expect(Math.max(...dashes)).toBeLessThanOrEqual(1)
}

describe('a clock that is wrong', () => {
  const clock = (driftPpm: number, offsetMs = 0): MachineClock => ({ driftPpm, offsetMs })
  const cases: [string, MachineClock, MachineClock][] = [
    ['a guest’s, 500 ppm fast', clock(0), clock(500)],
    ['a guest’s, 500 ppm slow', clock(0), clock(-500)],
    ['the host’s, 500 ppm fast', clock(500), clock(0)],
    ['the host’s, 500 ppm slow', clock(-500), clock(0)],
  ]
  const playsOn = (host: MachineClock, guest: MachineClock): void => {
    const network = { latencyMs: 50, jitterMs: 4 }
    const match = new Watched({ players: 2, network, clocks: (i) => (i === 0 ? host : guest) }).run(60_000)
    const settled = match.moments[GUEST]!.filter(({ at }) => at > 3000)
    expect(settled.at(-1)!.starved - settled[0]!.starved).toBeLessThan(0.005 * settled.length)
    expect(settled.at(-1)!.corrections - settled[0]!.corrections).toBeLessThan(0.005 * settled.length)
    const behind = settled.map((moment) => moment.behind)
    const ahead = settled.map((moment) => moment.ahead)
    expect(Math.max(...behind)).toBeLessThan(8)
    expect(Math.min(...behind)).toBeGreaterThan(3)
    expect(Math.max(...ahead)).toBeLessThanOrEqual(8)
    expect(match.faults(GUEST)).toEqual([])
    expectFair(match)
  }

  it(
    '(both, apart by 1,000 ppm and a month) changes nothing that a player can feel, in a minute',
    { tags: ['long'] },
    () => playsOn(clock(-500, 2.6e9), clock(500, -2.6e9)),
  )

  it.each(cases)(
    '(%s) changes nothing that a player can feel, in a minute',
    { tags: ['long'] },
    (_whose, host, guest) => playsOn(host, guest),
  )
})

describe('a guest’s clock that is set', () => {
  it('back by an hour changes nothing for anybody, not even for them', () => {
    const match = new Watched().run(SETTLE_MS)
    const { starved } = match.moments[GUEST]!.at(-1)!
    match.jump(GUEST, -HOUR_MS)
    match.run(5000)
    expectUnharmed(match, OTHERS)
    expectFair(match)
    expect(match.moments[GUEST]!.at(-1)!.starved - starved).toBeLessThanOrEqual(2)
    expect(match.faults(GUEST)).toEqual([])
  })

  it.each([HOUR_MS, 5000])('forward by %i ms is right again within two seconds, and nobody else notices', (ms) => {
    const match = new Watched().run(SETTLE_MS)
    match.jump(GUEST, ms)
    match.run(2000)
    const { clock } = match.client(GUEST).runner.session
    expect(clock.rttMs).toBeLessThan(130)
    expect(match.faults(GUEST)).toEqual([])
    expectUnharmed(match, OTHERS)
    expectFair(match)
    expect(match.client(GUEST).runner.session.sending.uplink.everyTicks).toBe(1)
  })

  it('to and fro, again and again, needs no reload', () => {
    const match = new Watched().run(SETTLE_MS)
    for (const ms of [HOUR_MS, -2 * HOUR_MS, 30_000, -700, 700, -HOUR_MS]) {
      match.jump(GUEST, ms)
      match.run(300)
    }
    match.run(2000)
    expect(match.faults(GUEST)).toEqual([])
    expectFair(match)
  })
})
