import { describe, expect, it } from 'vitest'
import type { DogstarView } from '../../game/scenes/parts.ts'
import { isPilot, shipOf } from '../../game/scenes/parts.ts'
import { watchText } from '../../game/scenes/sentences.ts'
import { looksOn, makeWatch } from '../../game/scenes/watch.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, type Match, startMatch } from './match.ts'

const cy = playerId(2, 1)

/** As Eve sees it, who is no player of the match, or as a pilot without a ship does. */
function watched(match: Match, me = playerId(9, 1)): DogstarView {
  const { world } = match
  return {
    me,
    players: world.players,
    globals: world.globals,
    player: (id: typeof ann) => world.player(id),
    get: world.get.bind(world),
  } as unknown as DogstarView
}

describe('a spectator', () => {
  it('is no pilot, and nothing of theirs flies', () => {
    const view = watched(startMatch([ann]))
    expect(isPilot(view)).toBe(false)
    expect(shipOf(view, view.me)).toBe(null)
    expect(shipOf(view, ann)).not.toBe(null)
  })

  it('follows whom they are told to, as who is shot down follows who did it, until they turn away', () => {
    const match = startMatch([ann, bo, cy])
    const view = watched(match)
    const watch = makeWatch()
    match.state.player(bo).score = 200
    watch.follow(cy)
    expect(watch.pilot(view)).toBe(cy)
    watch.turn(view, 1)
    expect(watch.pilot(view)).toBe(bo)
  })

  it('follows the best pilot, stays with them when they fall back, and turns to the others both ways', () => {
    const match = startMatch([ann, bo, cy])
    const view = watched(match)
    const watch = makeWatch()
    match.state.player(bo).score = 200
    expect(watch.pilot(view)).toBe(bo)
    match.state.player(cy).score = 300
    expect(watch.pilot(view)).toBe(bo)
    watch.turn(view, 1)
    expect(watch.pilot(view)).toBe(ann)
    watch.turn(view, 1)
    expect(watch.pilot(view)).toBe(cy)
    watch.turn(view, -1)
    expect(watch.pilot(view)).toBe(ann)
  })

  it('goes on with the best of the rest when their pilot leaves for good, and waits where nobody plays', () => {
    const match = startMatch([ann, bo])
    const watch = makeWatch()
    expect(watch.pilot(watched(match))).toBe(ann)
    match.leave(ann)
    match.expire(ann)
    expect(watch.pilot(watched(match))).toBe(bo)
    match.leave(bo)
    match.expire(bo)
    expect(watch.pilot(watched(match))).toBe(null)
    expect(watchText(null, false, false).join('')).toContain('Nobody flies')
  })

  it('turns away by itself from a pilot who has stepped aside, and never to one while others fly', () => {
    const match = startMatch([ann, bo, cy])
    const view = watched(match)
    const watch = makeWatch()
    match.state.player(bo).score = 200
    match.state.player(cy).score = 100
    expect(watch.pilot(view)).toBe(bo)
    match.state.player(bo).aside = true
    expect(watch.pilot(view)).toBe(cy)
    watch.turn(view, 1)
    expect(watch.pilot(view)).toBe(ann)
    watch.turn(view, 1)
    expect(watch.pilot(view)).toBe(cy)
  })

  it('who is a pilot without a ship never follows themselves, though they lead', () => {
    const match = startMatch([ann, bo, cy])
    match.state.player(ann).score = 200
    match.state.player(cy).score = 100
    const watch = makeWatch()
    expect(watch.pilot(watched(match, ann))).toBe(cy)
    watch.turn(watched(match, ann), -1)
    expect(watch.pilot(watched(match, ann))).toBe(bo)
  })

  it('who is a pilot without a ship sees the others after the own wreck, also in a warm-up or aside, but not over the table', () => {
    const match = startMatch([ann, bo])
    const view = watched(match, ann)
    for (const phase of ['playing', 'waiting', 'paused'] as const) {
      match.state.globals.phase = phase
      expect([looksOn(view, 0.5), looksOn(view, 1.5)]).toEqual([false, true])
    }
    match.state.globals.phase = 'over'
    expect(looksOn(view, 1.5)).toBe(false)
  })

  it('who looks around comes back to the pilot they followed, or to the next one', () => {
    const match = startMatch([ann, bo, cy])
    const view = watched(match)
    const watch = makeWatch()
    watch.turn(view, 1)
    watch.free = true
    expect(watch.pilot(view)).toBe(bo)
    watch.turn(view, 1)
    expect([watch.free, watch.pilot(view)]).toEqual([false, cy])
  })
})
