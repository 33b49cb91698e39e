/** A replay is drawn like a running match: by the time of its frames, on from where it stands. */
import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { Replay } from '../../../net/session/recordings.ts'
import { simulate } from '../../../net/testing.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { opened, recordHost } from './recorded.ts'

type Tag = ShapeOf<typeof tag>

/** Of one match, 72 ticks: both run to the right from tick 12 on. */
const bytes = ((): Uint8Array => {
  const match = simulate(tag, { players: 2 })
  const recording = recordHost(match)
  match.run(200)
  match.clients[0]!.input({ x: 1, y: 0 })
  match.clients[1]!.input({ x: 1, y: 0 })
  match.run(1_000)
  return recording.save()
})()

const anew = (): Replay<Tag> => opened(tag, bytes)

describe('a replay', () => {
  it('stands still until it plays, runs with the time of its frames at any speed, and pauses at its end', () => {
    const replay = anew()
    replay.seek(10)
    replay.view(1_000)
    replay.view(1_500)
    expect(replay.tick).toBe(10)
    replay.play()
    for (let now = 2_000; now <= 2_500; now += 100) replay.view(now)
    expect(replay.tick).toBe(40)
    replay.play(0.5)
    for (let now = 3_000; now <= 3_200; now += 100) replay.view(now)
    expect(replay.tick).toBe(46)
    for (let now = 3_300; now <= 9_000; now += 100) replay.view(now)
    expect([replay.tick, replay.playing]).toEqual([replay.lastTick, false])
    expect(() => replay.play(0)).toThrow(RangeError)
    expect(() => replay.view(Number.NaN)).toThrow(TypeError)
  })

  it('waits for a page that was hidden', () => {
    const replay = anew()
    replay.play()
    replay.view(0)
    replay.view(60_000)
    expect(replay.tick).toBeLessThanOrEqual(15)
  })

  it('draws between its ticks, and after a jump nothing was destroyed', () => {
    const replay = anew()
    replay.seek(60)
    const at60 = [...replay.view(0).all('runner')].map(({ x }) => x)
    replay.seek(61)
    const at61 = [...replay.view(0).all('runner')].map(({ x }) => x)
    replay.seek(60)
    replay.play()
    replay.view(0)
    const between = [...replay.view(1000 / 120).all('runner')].map(({ x }) => Number(x))
    for (const [i, x] of between.entries()) expect(x).toBeCloseTo((Number(at60[i]) + Number(at61[i])) / 2, 5)
    replay.pause()
    replay.seek(0)
    expect(replay.view(20).gone.map(({ reason }) => reason)).toEqual(['out of view', 'out of view'])
  })

  it('tells the events that it passes, and of jumps none', () => {
    const match = simulate(tag, { players: 2, seed: 3 })
    const recording = recordHost(match)
    match.run(200)
    let events = 0
    match.clients[0]!.session.on('tagged', () => events++)
    const [hunter, prey] = match.clients
    // Whoever is it runs to the other.
    const chase = (): void => {
      const [it, other] = [...match.host.session.world.all('runner')] as unknown as { x: number; y: number }[]
      if (it && other)
        hunter!.input({
          x: Math.sign(Math.round((other.x - it.x) / 8)) as 0,
          y: Math.sign(Math.round((other.y - it.y) / 8)) as 0,
        })
      prey!.input({ x: 0, y: 0 })
    }
    match.run(6_000, chase)
    expect(events).toBeGreaterThan(0)
    const replay = opened(tag, recording.save())
    const heard: number[] = []
    const off = replay.on('tagged', (_, { tick }) => heard.push(tick))
    replay.seek(replay.lastTick)
    expect(heard).toEqual([])
    replay.seek(0)
    replay.play(16)
    for (let now = 0; replay.playing; now += 200) replay.view(now)
    expect(heard.length).toBe(events)
    off()
  })
})
