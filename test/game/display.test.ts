import { describe, expect, it } from 'vitest'
import { IDLE_AFTER, TICK_RATE } from '../../game/rules/balance.ts'
import type { DogstarView } from '../../game/scenes/parts.ts'
import {
  clockText,
  endText,
  goalText,
  hasArrived,
  headline,
  lastSeconds,
  phaseText,
  reasonText,
  standingText,
} from '../../game/scenes/sentences.ts'
import { flashOf, watchHull } from '../../game/scenes/vignette.ts'
import { ann, bo, startMatch } from './match.ts'

const nameOf = (player: number): string => (player === ann ? 'Ann' : 'Bo')

/** Ann's view of a match with Bo. */
function viewOf(globals: Partial<DogstarView['globals']>, mine: object = {}): DogstarView {
  const { world, state } = startMatch([ann, bo])
  Object.assign(state.globals, { endsAt: world.tick + 90 * TICK_RATE, round: 3 }, globals)
  Object.assign(state.player(ann), mine)
  return {
    tick: world.tick,
    me: ann,
    players: world.players,
    globals: world.globals,
    settings: world.settings,
    // As the real one, a method that needs its view.
    player(this: { readonly me: unknown }, id: typeof ann) {
      if (this?.me !== ann) throw new Error('Called without its view.')
      return world.player(id)
    },
  } as unknown as DogstarView
}

describe('the clock', () => {
  it('stands still in words when a round is paused, and counts otherwise', () => {
    expect(clockText(viewOf({ phase: 'playing' }))).toBe('1:30')
    const paused = viewOf({ phase: 'paused', remaining: 65 * TICK_RATE })
    expect(clockText(paused)).toBe('Paused')
    expect(goalText(paused)).toBe('1:05 left')
  })

  it('is red for the last minute, and for no more than a third of a round', () => {
    const last = [1, 3, 5, 10].map((roundMinutes) => lastSeconds({ settings: { roundMinutes } } as DogstarView))
    expect(last).toEqual([20, 60, 60, 60])
  })

  it('goes on saying that somebody is out, who sees the fight of the others', () => {
    const last = { mode: 'last', phase: 'playing' } as const
    expect(goalText(viewOf(last, { lives: 1 }))).toBe('The last ship wins')
    expect(goalText(viewOf(last, { lives: 0 }))).toBe('You are out. Wait for the next round.')
  })
})

describe('before the first snapshot', () => {
  it('nothing of a match is claimed that this page has not seen: no practice, no pilots who are missing, no round that begins', () => {
    const empty = { ...viewOf({ phase: 'waiting' }), tick: 0, players: [] } as DogstarView
    expect([hasArrived(empty), clockText(empty), headline(empty, nameOf)]).toEqual([false, '', ''])
    expect(goalText(empty)).toBe('The match is on its way')
    const alone = viewOf({ phase: 'waiting' })
    expect([hasArrived(alone), clockText(alone), headline(alone, nameOf)]).toEqual([true, 'Practice', 'Practice'])
    // Only spectators are there.
    expect(hasArrived({ ...empty, tick: 1 } as DogstarView)).toBe(true)
  })
})

describe('the result of a round', () => {
  it('has a sentence for each way to decide it', () => {
    const reasons = (['nobody', 'points', 'rocks', 'kills', 'deaths', 'draw'] as const).map((decided) =>
      reasonText(viewOf({ phase: 'over', decided, winner: ann }), nameOf),
    )
    expect(new Set(reasons).size).toBe(6)
    expect(reasons[2]).toContain('Rocks')
    expect(reasons[5]).toBe('Ann and Bo are equal in points, kills and deaths.')
  })

  it('tells a goal that was reached from a time that was up', () => {
    const view = { phase: 'over', decided: 'points', winner: ann } as const
    expect(reasonText(viewOf(view, { score: 1000 }), nameOf)).toBe('The first to have 1000 points.')
    expect(reasonText(viewOf(view, { score: 400 }), nameOf)).toBe('The most points when the time was up.')
  })

  it('is a draw, not nobody’s, when the best are equal', () => {
    expect(headline(viewOf({ phase: 'over', decided: 'draw', winner: null }), nameOf)).toBe('A draw')
    expect(headline(viewOf({ phase: 'over', decided: 'nobody', winner: null }), nameOf)).toBe('Nobody wins')
  })

  it('is said aloud with the winner and the reason', () => {
    expect(phaseText('playing', viewOf({ phase: 'over', decided: 'kills', winner: bo }), nameOf)).toBe(
      'Round over. Bo wins the round. Equal points: more ships shot down decided it.',
    )
    expect(phaseText('paused', viewOf({ phase: 'playing' }), nameOf)).toBe('The round goes on.')
    expect(phaseText('paused', viewOf({ phase: 'waiting' }), nameOf)).toContain('The round is off')
  })
})

describe('the end of a ship', () => {
  it('names the rock, whoever gets the points', () => {
    expect(endText('rock', null, null)).toBe('You hit a rock')
    expect(endText('rock', 'Bo', null)).toBe('Bo drove you into a rock')
    expect(endText('rock', null, 'Bo')).toBe('You drove Bo into a rock')
    expect(endText('shot', 'Bo', null)).toBe('Bo got you')
    expect(endText('ship', null, null)).toBe('You crashed into a ship')
  })
})

describe('the line in the middle', () => {
  const WAY = 'Press W.'
  const idle = IDLE_AFTER / TICK_RATE
  it('warns before a pilot without hands steps aside, but only where somebody could shoot', () => {
    expect(standingText(viewOf({ phase: 'playing' }), true, idle - 10, WAY)).toBe('')
    expect(standingText(viewOf({ phase: 'playing' }), true, idle - 4, WAY)).toBe(
      'Still there? Your ship leaves the fight in 4',
    )
    expect(standingText(viewOf({ phase: 'waiting' }), true, idle - 4, WAY)).toBe('')
  })

  it('tells whoever did nothing why they have no ship, and how they get one, before anything else', () => {
    const aside = viewOf({ phase: 'paused' }, { aside: true, ship: null, respawnAt: 9999 })
    expect(standingText(aside, false, 99, WAY)).toBe(
      'You did nothing for a while, so your ship left the fight. Press W.',
    )
  })

  it('says that a round stands still, and for how long', () => {
    expect(standingText(viewOf({ phase: 'paused' }), true, 0, WAY)).toContain('The round stands still')
  })
})

describe('the red edge', () => {
  it('is as red as the same ship has lost, and not at all for a new ship of a weaker hull', () => {
    const lost = watchHull()
    expect([lost({ id: 7, hp: 130 }), lost({ id: 7, hp: 100 }), lost({ id: 7, hp: 125 })]).toEqual([0, 30, 0])
    expect([lost(null), lost({ id: 9, hp: 80 }), lost({ id: 12, hp: 60 }), lost({ id: 12, hp: 45 })]).toEqual([
      0, 0, 0, 15,
    ])
  })

  it('is redder and longer the harder the blow, and as red as can be for a lost ship', () => {
    const blows = [1, 5, 15, 30, 50].map(flashOf)
    for (const [i, blow] of blows.entries()) {
      const before = blows[i - 1]
      if (!before) continue
      expect(blow.opacity).toBeGreaterThan(before.opacity)
      expect(blow.ms).toBeGreaterThan(before.ms)
    }
    expect(flashOf(100).opacity).toBe(1)
  })
})
