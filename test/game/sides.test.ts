/** Settings, liveries and teams: what the host sets and pilots ask for, and what the rules make of it. */
import { describe, expect, it } from 'vitest'
import {
  ASTEROID_WEIGHT,
  BULLET_DAMAGE,
  FIELD_WEIGHTS,
  FULL_HP,
  KILL_POINTS,
  MAX_TEAM_PLAYERS,
} from '../../game/rules/balance.ts'
import { mayChoose } from '../../game/rules/choices.ts'
import type { Ship } from '../../game/rules/shape.ts'
import { dealColors, dealTeams, type Wish } from '../../game/rules/sides.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, busy, holding, type Match, place, startMatch } from './match.ts'

const cy = playerId(2, 1)
const sixteen = Array.from({ length: 16 }, (_, seat) => playerId(seat, 1))
const colorsOf = (match: Match) => match.world.players.map((player) => match.state.player(player).color)
const teamsOf = (match: Match) => match.world.players.map((player) => match.state.player(player).team)
const wish = (wantedColor = 0, wantedTeam: Wish['wantedTeam'] = 'any') =>
  ({ wantedColor, wantedTeam, wantedHull: 'any', wantedSpecial: 'any' }) as const

describe('a livery', () => {
  it('is the one that a pilot asked for, also when others without a wish sat down before', () => {
    const match = startMatch([ann, bo, cy], { choices: { [bo]: { wantedColor: 1 }, [cy]: { wantedColor: 6 } } })
    expect(colorsOf(match)).toEqual([1, 0, 5])
  })

  it('is another one when somebody flies it already, and nobody ever shares one', () => {
    const choices = Object.fromEntries(sixteen.map((player) => [player, { wantedColor: 4 }]))
    const match = startMatch(sixteen, { choices })
    expect(match.state.player(ann).color).toBe(3)
    expect(new Set(colorsOf(match)).size).toBe(16)
    expect(dealColors([3, 0], [wish(4), wish(), wish(3)])).toEqual([1, 4, 2])
  })

  it('that another member asked for is refused in the lobby', () => {
    const roster = [
      { id: ann, choice: wish(3) },
      { id: bo, choice: wish(5) },
    ]
    const may = (wantedColor: number): boolean =>
      mayChoose({ member: ann, choice: wish(wantedColor), roster, settings: startMatch().state.settings })
    expect([3, 4, 0].map(may)).toEqual([true, true, true])
    expect(may(5)).toBe(false)
  })
})

describe('rocks', () => {
  it.each(['few', 'normal', 'many'] as const)('are as %s as the host set', (rocks) => {
    // Sixteen have the largest field.
    const match = startMatch(sixteen, { settings: { rocks } })
    const weight = match.asteroids().reduce((sum, { size }) => sum + (ASTEROID_WEIGHT[size] ?? 0), 0)
    expect(weight).toBeGreaterThan(FIELD_WEIGHTS[rocks] * 0.7)
    expect(weight).toBeLessThanOrEqual(FIELD_WEIGHTS[rocks])
  })
})

describe('teams', () => {
  /** Ann and Cy of Sirius against Bo of Procyon. */
  function threeInTeams(settings: { goal?: number } = {}): Match {
    const choices = { [ann]: { wantedTeam: 'sirius' }, [bo]: { wantedTeam: 'procyon' }, [cy]: { wantedTeam: 'sirius' } }
    const match = startMatch([ann, bo, cy], { settings: { mode: 'teams', ...settings }, choices })
    match.clearSky()
    return match
  }
  /** Ann shoots at this ship from nearby. */
  function shoot(match: Match, target: Ship, hp = FULL_HP): void {
    for (const [i, ship] of match.ships().entries()) place(ship, 300 + 300 * i, 1800)
    place(match.ship(ann), 1000, 1000)
    place(target, 1200, 1000, { hp })
    match.run(1, holding(ann, { fire: true }))
    match.run(20, busy)
  }

  it('are as pilots asked, who does not ask goes to the smaller one, and each flies its own livery', () => {
    expect(teamsOf(threeInTeams())).toEqual(['sirius', 'procyon', 'sirius'])
    expect(colorsOf(threeInTeams())).toEqual([0, 1, 0])
    expect(teamsOf(startMatch([ann, bo, cy]))).toEqual(['none', 'none', 'none'])
    expect(dealTeams({ sirius: 1, procyon: 0 }, [wish(), wish(), wish(0, 'procyon')])).toEqual([
      'sirius',
      'procyon',
      'procyon',
    ])
    const crowd = Array.from({ length: 16 }, () => wish(0, 'sirius'))
    const dealt = dealTeams({ sirius: 0, procyon: 0 }, crowd)
    expect(dealt.filter((team) => team === 'sirius')).toHaveLength(MAX_TEAM_PLAYERS)
  })

  it('do not hurt their own: shots pass through mates, and mates that collide only bounce', () => {
    const match = threeInTeams()
    shoot(match, match.ship(cy))
    expect(match.ship(cy).hp).toBe(FULL_HP)
    place(match.ship(ann), 1000, 1000, { vx: 430 })
    place(match.ship(cy), 1040, 1000, { vx: -430 })
    match.run(10, busy)
    expect([match.ship(ann).hp, match.ship(cy).hp]).toEqual([FULL_HP, FULL_HP])
    expect(match.ship(ann).vx).toBeLessThan(0)
    shoot(match, match.ship(bo))
    expect(match.ship(bo).hp).toBe(FULL_HP - BULLET_DAMAGE)
  })

  it('score together, and keep what a mate scored who has left', () => {
    const match = threeInTeams({ goal: 2 * KILL_POINTS })
    shoot(match, match.ship(bo), 1)
    expect(match.state.globals).toMatchObject({ siriusScore: KILL_POINTS, procyonScore: 0, phase: 'playing' })
    match.leave(ann)
    match.expire(ann)
    match.run(1, busy)
    expect(match.state.globals).toMatchObject({ siriusScore: KILL_POINTS, phase: 'playing' })
    match.state.globals.siriusScore = 2 * KILL_POINTS
    match.run(1, busy)
    expect(match.state.globals).toMatchObject({ phase: 'over', winner: null, winningTeam: 'sirius', decided: 'points' })
  })

  it.each([
    [0, 0, 'nobody', 'none'],
    [90, 90, 'draw', 'none'],
    [90, 95, 'points', 'procyon'],
  ] as const)('with %i to %i points: %s, %s', (siriusScore, procyonScore, decided, winningTeam) => {
    const match = threeInTeams()
    Object.assign(match.state.globals, { siriusScore, procyonScore, endsAt: match.world.tick + 1 })
    match.run(1, busy)
    expect(match.state.globals).toMatchObject({ phase: 'over', decided, winningTeam, winner: null })
  })

  it('need a pilot each: a round waits for the other team, and stands still when that has gone', () => {
    const lonely = startMatch([ann, cy], {
      settings: { mode: 'teams' },
      choices: { [ann]: { wantedTeam: 'sirius' }, [cy]: { wantedTeam: 'sirius' } },
    })
    lonely.run(2, busy)
    expect(lonely.state.globals.phase).toBe('waiting')
    lonely.join(bo)
    expect(lonely.state.player(bo).team).toBe('procyon')
    expect(lonely.state.globals.phase).toBe('playing')
    lonely.leave(bo)
    expect(lonely.state.globals.phase).toBe('paused')
    lonely.expire(bo)
    lonely.run(1, busy)
    expect(lonely.state.globals).toMatchObject({ phase: 'waiting', siriusScore: 0 })
  })
})
