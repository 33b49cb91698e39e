import { describe, expect, it } from 'vitest'
import { InputSchedule } from '../../../net/congestion/input-schedule.ts'

const TICK_MS = 1000 / 60
const ROUND_TRIP_MS = 100

/** A client whose packets of `bytes` go through a line of so many kbit/s; what else goes through takes `otherKbits`. */
function play(kbits: number, seconds: number, bytes = 110, otherKbits = 0) {
  const pace = new InputSchedule(60)
  const heard: { at: number; ms: number }[] = []
  const queues: number[] = []
  let freeAt = 0
  let most = 1
  let changes = 0
  let sentTick = 0
  for (let tick = 1; tick < seconds * 60; tick++) {
    const now = tick * TICK_MS
    while (heard[0] && heard[0].at <= now) pace.sample(now, heard.shift()!.ms)
    const before = pace.everyTicks
    if (tick - sentTick < pace.everyTicks) continue
    sentTick = tick
    freeAt = Math.max(freeAt, now) + (bytes * 8) / (kbits - otherKbits)
    queues.push(freeAt - now)
    heard.push({ at: freeAt + ROUND_TRIP_MS, ms: freeAt - now })
    most = Math.max(most, pace.everyTicks)
    if (pace.everyTicks !== before) changes++
  }
  return { pace, queues, most, changes }
}

/** A schedule, and what lets it feel packets that take `ms` for `forMs`. */
function felt() {
  const pace = new InputSchedule(60)
  let now = 0
  const feel = (ms: number, forMs: number): void => {
    for (const until = now + forMs; now < until; now += 33) pace.sample(now, ms)
  }
  return { pace, feel }
}

describe('the inputs’ pace', () => {
  it('is a packet a tick where the way carries them', () => {
    const { pace, queues } = play(64, 20)
    expect(pace.everyTicks).toBe(1)
    expect(queues.length).toBe(20 * 60 - 1)
  })

  it('is as much slower as the way needs, and the queue goes', () => {
    const { queues, most } = play(40, 20)
    expect(most).toBe(2)
    expect(Math.max(...queues)).toBeLessThan(500)
    expect(queues.slice(60, 150).every((ms) => ms < 100)).toBe(true)
    expect(play(20, 20).most).toBeGreaterThan(2)
  })

  it('is never slower than every fourth tick', () => {
    const { most } = play(8, 30)
    expect(most).toBe(4)
  })

  it('is tried faster again, and when that was too soon, later the next time', () => {
    const { pace, feel } = felt()
    feel(0, 1000)
    feel(100, 300)
    expect(pace.everyTicks).toBe(2)
    feel(0, 4000)
    expect(pace.everyTicks).toBe(2)
    feel(0, 1500)
    expect(pace.everyTicks).toBe(1)
    feel(100, 1200)
    expect(pace.everyTicks).toBe(2)
    feel(0, 7000)
    expect(pace.everyTicks).toBe(2)
    feel(0, 4000)
    expect(pace.everyTicks).toBe(1)
  })

  it('is what it was soon after the way has become longer, which no slower pace shortens', () => {
    const { pace, feel } = felt()
    feel(0, 3000)
    feel(60, 1000)
    expect(pace.everyTicks).toBeGreaterThan(1)
    feel(60, 5000)
    expect(pace.everyTicks).toBe(1)
    feel(60, 20_000)
    expect(pace.everyTicks).toBe(1)
  })
})
