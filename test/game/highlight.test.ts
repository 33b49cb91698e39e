/** The best kill of a round, shown again: the right one, once, and never in the way of the match. */
import type { Recording, Replay } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { DogstarShape } from '../../game/rules/shape.ts'
import { type Highlight, type Kill, makeHighlight } from '../../game/scenes/highlight.ts'
import type { DogstarSession, DogstarView } from '../../game/scenes/parts.ts'
import { ann, bo } from './match.ts'

const kill = (streak: number): Kill => ({ by: ann, whom: bo, x: 10, y: 20, streak, cause: 'shot' })
const settle = () => new Promise((done) => setTimeout(done, 0))

/** A match at 60 ticks a second, with a record of it that replays at the same pace. */
function match(kind: 'host' | 'guest' = 'host') {
  const state = { tick: 0, phase: 'playing', round: 1, live: 0, stopped: 0, cuts: 0, shown: 0 }
  const replayAt = (last: number, seconds: number): Replay<DogstarShape> => {
    const replay = {
      ...{
        about: { kind },
        firstTick: Math.max(0, last - Math.ceil(seconds * 60)),
        lastTick: last,
        tick: 0,
        playing: false,
      },
      seek: (tick: number) => Object.assign(replay, { tick }),
      play: () => Object.assign(replay, { playing: true }),
      view() {
        replay.tick++
        if (replay.tick >= last) replay.playing = false
        return { tick: replay.tick, players: [] }
      },
    }
    return replay as unknown as Replay<DogstarShape>
  }
  const session = {
    record: async () => {
      state.live++
      return {
        highlight(seconds: number) {
          state.cuts++
          return replayAt(state.tick, seconds)
        },
        stop() {
          state.live--
          state.stopped++
        },
      } as unknown as Recording<DogstarShape>
    },
  } as unknown as DogstarSession
  const bangs: Kill[] = []
  const bang = (kill: Kill): void => void bangs.push(kill)
  const run = (highlight: Highlight, ticks: number): number[] => {
    const shown: number[] = []
    for (let i = 0; i < ticks; i++) {
      state.tick++
      const { tick, phase, round } = state
      const view = highlight.draw({ tick, globals: { phase, round } } as DogstarView, tick)
      if (view) shown.push(view.tick)
    }
    return shown
  }
  /** A highlight that is being recorded. */
  const recording = async (): Promise<Highlight> => {
    const highlight = makeHighlight(session, bang)
    run(highlight, 1)
    await settle()
    return highlight
  }
  return { state, session, bangs, bang, run, recording }
}

describe('the highlight', () => {
  it('is the kill of the longest streak, from 3 s before it to 1 s after, once, when the round is over', async () => {
    const { state, bangs, run, recording } = match()
    const highlight = await recording()
    run(highlight, 400)
    highlight.heard(kill(3), state.tick)
    const at = state.tick
    run(highlight, 200)
    highlight.heard(kill(1), state.tick)
    expect(run(highlight, 200)).toEqual([])
    state.phase = 'over'
    const shown = run(highlight, 700)
    expect(shown[0]).toBeLessThanOrEqual(at - 175)
    expect(shown.at(-1)).toBeLessThanOrEqual(at + 60)
    expect(bangs).toEqual([kill(3)])
    // Opened once, however many kills there were.
    expect(state.cuts).toBe(1)
    expect(highlight.shown).toBe(null)
  })

  it('is over when the next round begins before its end, and each round has a record of its own', async () => {
    const { state, run, recording } = match()
    const highlight = await recording()
    run(highlight, 300)
    highlight.heard(kill(1), state.tick)
    run(highlight, 120)
    state.phase = 'over'
    expect(run(highlight, 80).length).toBeGreaterThan(30)
    expect(highlight.shown).toEqual(kill(1))
    Object.assign(state, { phase: 'playing', round: 2 })
    expect(run(highlight, 30)).toEqual([])
    await settle()
    expect([state.live, state.stopped]).toEqual([1, 1])
    state.phase = 'over'
    expect(run(highlight, 200)).toEqual([])
    highlight.destroy()
    expect(state.live).toBe(0)
  })

  it('of the kill that ends the round waits until its end is recorded', async () => {
    const { state, bangs, run, recording } = match()
    const highlight = await recording()
    run(highlight, 300)
    highlight.heard(kill(1), state.tick)
    state.phase = 'over'
    expect(run(highlight, 80)).toEqual([])
    expect(run(highlight, 400).length).toBeGreaterThan(200)
    expect(bangs).toHaveLength(1)
  })

  it('is none in a match that cannot be recorded', async () => {
    const { state, bang, run } = match()
    const session = { record: () => Promise.reject(new Error('over')) } as unknown as DogstarSession
    const highlight = makeHighlight(session, bang)
    run(highlight, 1)
    await settle()
    highlight.heard(kill(1), state.tick)
    run(highlight, 200)
    state.phase = 'over'
    expect(run(highlight, 300)).toEqual([])
  })

  it('is none on a page that comes in the pause, and none twice', async () => {
    const { state, session, bang, run } = match()
    state.phase = 'over'
    const highlight = makeHighlight(session, bang)
    highlight.heard(kill(1), state.tick)
    expect(run(highlight, 300)).toEqual([])
    expect(state.live).toBe(0)
  })

  it('is the kill that ends the round, though it is heard only after that, and none of later', async () => {
    const { state, bangs, run, recording } = match()
    const highlight = await recording()
    run(highlight, 300)
    highlight.heard(kill(1), state.tick)
    run(highlight, 120)
    highlight.over(state.tick)
    const last = state.tick
    state.phase = 'over'
    run(highlight, 10)
    highlight.heard(kill(2), last)
    highlight.heard(kill(3), last + 5)
    run(highlight, 500)
    expect(bangs).toEqual([kill(2)])
  })

  it.each(['host', 'guest'] as const)('bursts when the record of a %s shows it', async (kind) => {
    const { state, bangs, run, recording } = match(kind)
    const highlight = await recording()
    run(highlight, 300)
    // It was decided a quarter of a second before it was seen here.
    highlight.heard(kill(1), state.tick - 15)
    const seen = state.tick
    run(highlight, 120)
    highlight.over(state.tick)
    state.phase = 'over'
    for (let i = 0; bangs.length === 0 && i < 500; i++) state.shown = run(highlight, 1)[0] ?? 0
    expect(state.shown).toBe(kind === 'host' ? seen - 15 : seen)
  })
})
