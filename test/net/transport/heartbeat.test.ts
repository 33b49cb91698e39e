import { describe, expect, it } from 'vitest'
import { PULSE_MS } from '../../../net/platform/pulse.ts'
import { BEAT_MS, Heartbeat } from '../../../net/transport/heartbeat.ts'

/** Looks at it from `from` to `to` at the usual pace; gives when it beat and when its state changed. */
function watch(heartbeat: Heartbeat, from: number, to: number, { paceMs = PULSE_MS, send = true } = {}) {
  const beats: number[] = []
  const changes: string[] = []
  let last = heartbeat.state
  for (let now = from; now <= to; now += paceMs) {
    const { beat, state } = heartbeat.look(now)
    if (beat) beats.push(now)
    if (beat && send) heartbeat.sent(now)
    if (state !== last) changes.push(`${state} at ${now}`)
    last = state
  }
  return { beats, changes }
}

describe('the heartbeat', () => {
  it('beats every 250 ms when nothing else is sent', () => {
    const { beats } = watch(new Heartbeat(0), PULSE_MS, 2000)
    expect(beats).toEqual([250, 500, 750, 1000, 1250, 1500, 1750, 2000])
  })

  it('keeps its pace when the looks jitter by some milliseconds', () => {
    const heartbeat = new Heartbeat(0)
    let beats = 0
    for (let i = 1; i <= 80; i++) {
      const now = i * PULSE_MS + (i % 2 ? 6 : -6)
      heartbeat.heard(now)
      if (!heartbeat.look(now).beat) continue
      heartbeat.sent(now)
      beats++
    }
    expect(beats).toBe(40)
  })

  it('does not beat while messages go out anyway', () => {
    const heartbeat = new Heartbeat(0)
    let beats = 0
    for (let now = PULSE_MS; now < 3000; now += PULSE_MS) {
      heartbeat.sent(now - 16)
      if (heartbeat.look(now).beat) beats++
    }
    expect(beats).toBe(0)
  })

  it('asks again at the next look when the guard held a beat back', () => {
    expect(watch(new Heartbeat(0), PULSE_MS, 750, { send: false }).beats).toEqual([250, 375, 500, 625, 750])
  })

  it('says late after 1 s of silence and gone after 5 s', () => {
    expect(watch(new Heartbeat(0), PULSE_MS, 7000).changes).toEqual(['late at 1000', 'gone at 5000'])
  })

  it('counts silence from the last thing heard, not from the look before it', () => {
    const heartbeat = new Heartbeat(0)
    watch(heartbeat, PULSE_MS, 1000)
    heartbeat.heard(1100)
    expect(watch(heartbeat, 1125, 3000).changes).toEqual(['late at 2125'])
  })

  it('is alive again with the first sign of life', () => {
    const heartbeat = new Heartbeat(0)
    watch(heartbeat, PULSE_MS, 3000)
    expect(heartbeat.state).toBe('late')
    heartbeat.heard(3010)
    expect(heartbeat.state).toBe('alive')
  })

  it('stays gone: the link is closed by then', () => {
    const heartbeat = new Heartbeat(0)
    watch(heartbeat, PULSE_MS, 6000)
    heartbeat.heard(6010)
    expect(heartbeat.look(6125)).toEqual({ beat: false, state: 'gone' })
  })

  it('does not blame the other side for a freeze of our own page', () => {
    const heartbeat = new Heartbeat(0)
    watch(heartbeat, PULSE_MS, 500)
    expect(heartbeat.look(60_000).state).toBe('alive')
    // It was silent before and after, so now it is: a full wait later.
    expect(watch(heartbeat, 60_125, 70_000).changes).toEqual(['late at 61000', 'gone at 65000'])
  })

  it('does not blame the other side for a stall of our own thread: its messages still wait behind us', () => {
    const heartbeat = new Heartbeat(0)
    heartbeat.heard(240)
    watch(heartbeat, PULSE_MS, 250)
    expect(heartbeat.look(250 + 1900).state).toBe('alive')
  })

  it('still finds out the silence with page timers of a hidden tab, once a second', () => {
    const { changes } = watch(new Heartbeat(0), 1000, 20_000, { paceMs: 1000 })
    expect(changes).toEqual(['late at 2000', 'gone at 10000'])
    expect(BEAT_MS).toBeLessThan(1000)
  })
})
