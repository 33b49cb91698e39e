/** The modes, how a round begins and ends in them, and the vote about the next. */
import { describe, expect, it } from 'vitest'
import {
  BEACON_CHARGE,
  BEACON_CHARGE_EVERY,
  BEACON_PAY,
  BEACON_STAY,
  COUNTDOWN,
  EDGE_END,
  FULL_HP,
  IDLE_AFTER,
  KILL_POINTS,
  LATE_AFTER,
  LIVES,
  type Mode,
  RESPAWN_AFTER,
  ROUND_PAUSE,
  TICK_RATE,
  VOTED_PAUSE,
} from '../../game/rules/balance.ts'
import { edgeRadius } from '../../game/rules/edge.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, busy, holding, type Input, type Match, place, startMatch } from './match.ts'

const cy = playerId(2, 1)
const choices = { [ann]: { wantedTeam: 'sirius' }, [bo]: { wantedTeam: 'procyon' } }

function playing(mode: Mode, players = [ann, bo]): Match {
  const match = startMatch(players, { settings: { mode, goal: KILL_POINTS }, choices })
  match.clearSky()
  return match
}

function shootDown(match: Match, whom = bo): void {
  for (const [i, ship] of match.ships().entries()) place(ship, 300 + 300 * i, 300)
  place(match.ship(ann), 1400, 1000)
  place(match.ship(whom), 1600, 1000, { hp: 1 })
  match.run(1, holding(ann, { fire: true }))
  match.run(20, busy)
}

describe('the countdown of a round', () => {
  it('holds every ship where it is, lets nobody shoot, and counts no time of the round', () => {
    const match = startMatch([ann, bo], { countdown: true, settings: { roundMinutes: 1 } })
    match.clearSky()
    match.run(COUNTDOWN - 10, () => ({ thrust: true, fire: true, special: true, dash: true }))
    expect([match.bullets().length, match.events('beamed').length, match.events('dashed').length]).toEqual([0, 0, 0])
    expect(Math.abs(match.ship(ann).vx) + Math.abs(match.ship(ann).vy)).toBeLessThan(1)
    match.run(20, () => ({ fire: true }))
    expect(match.bullets().length).toBeGreaterThan(0)
    const { startsAt, endsAt } = match.state.globals
    expect(endsAt - startsAt).toBe(60 * TICK_RATE)
  })
})

describe('the last ship', () => {
  it('wins: every pilot has three, and who has none is out until the next round', () => {
    const match = playing('last')
    for (let lives = LIVES; lives > 0; lives--) {
      expect(match.state.player(bo).lives).toBe(lives)
      shootDown(match)
      if (lives > 1) match.run(RESPAWN_AFTER, busy)
    }
    expect(match.state.globals).toMatchObject({ phase: 'over', winner: ann, decided: 'last' })
    match.run(ROUND_PAUSE + 2, busy)
    expect(match.state.globals.phase).toBe('playing')
    expect(match.state.player(bo).lives).toBe(LIVES)
    expect(match.ships()).toHaveLength(2)
  })

  it('is not stopped by who is out: the round goes on among the others, and newcomers wait', () => {
    const match = playing('last', [ann, bo, cy])
    match.state.player(bo).lives = 1
    shootDown(match)
    match.run(LATE_AFTER + RESPAWN_AFTER, busy)
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann, cy])
    expect(match.state.globals.phase).toBe('playing')
    match.join(playerId(3, 1))
    match.run(10, busy)
    expect(match.ships()).toHaveLength(2)
  })

  it('has an edge that closes in, burns whoever is outside, and spares whoever is within', () => {
    const match = playing('last')
    const { globals } = match.state
    const open = edgeRadius(match.state)
    globals.endsAt = match.world.tick + 20 * TICK_RATE
    expect(edgeRadius(match.state)).toBe(EDGE_END)
    expect(open).toBeGreaterThan(1500)
    place(match.ship(ann), 1500, 1000)
    place(match.ship(bo), 300, 300)
    match.run(60, busy)
    expect(match.ship(ann).hp).toBe(FULL_HP)
    expect(match.ship(bo).hp).toBeLessThan(FULL_HP)
    match.run(600, busy)
    expect(match.state.player(bo).deaths).toBeGreaterThan(0)
    expect(edgeRadius(startMatch([ann, bo]).state)).toBe(null)
  })

  it('is whose most are left when time is up, and nobody’s among equals', () => {
    for (const [lives, decided, winner] of [
      [2, 'lives', ann],
      [3, 'draw', null],
    ] as const) {
      const match = playing('last')
      match.state.player(bo).lives = lives
      match.state.globals.endsAt = match.world.tick + 1
      match.run(1, busy)
      expect(match.state.globals).toMatchObject({ phase: 'over', decided, winner })
    }
  })
})

describe('the beacon', () => {
  const full = BEACON_CHARGE * BEACON_CHARGE_EVERY

  it('is taken by the team that is alone around it, pays it, and is theirs when they leave', () => {
    const match = playing('beacon')
    const { globals } = match.state
    const hold = (ticks: number): void => {
      for (let i = 0; i < ticks; i += 10) {
        place(match.ship(ann), globals.beaconX, globals.beaconY)
        place(match.ship(bo), 300, 300)
        match.run(10, busy)
      }
    }
    hold(full / 2)
    expect(globals.beaconTeam).toBe('none')
    hold(full / 2 + 10)
    expect(globals.beaconTeam).toBe('sirius')
    const { siriusScore } = globals
    place(match.ship(ann), 300, 1700)
    match.run(2 * TICK_RATE, busy)
    expect(globals.siriusScore).toBe(siriusScore + 2 * BEACON_PAY)
    expect(match.events('beaconTaken')).toHaveLength(1)
  })

  it('is nobody’s gain while both are there, and moves after a while', () => {
    const match = playing('beacon')
    const { globals } = match.state
    const { beaconX, beaconY } = globals
    for (let i = 0; i < full * 2; i += 10) {
      place(match.ship(ann), beaconX - 60, beaconY)
      place(match.ship(bo), beaconX + 60, beaconY)
      match.run(10, busy)
    }
    expect(globals).toMatchObject({ beaconTeam: 'none', beaconCharge: 0 })
    match.run(BEACON_STAY, busy)
    expect([globals.beaconX, globals.beaconY]).not.toEqual([beaconX, beaconY])
  })
})

describe('the vote after a round', () => {
  /** Runs with what each votes for. */
  const vote = (match: Match, ticks: number, votes: Readonly<Record<number, Input['vote']>>): void =>
    match.run(ticks, (player) => ({ vote: votes[player] ?? 'none' }))

  it('is for the next mode, which begins at once when everybody but bots has voted', () => {
    const match = playing('free', [ann, bo, cy])
    shootDown(match)
    expect(match.state.globals.phase).toBe('over')
    vote(match, 60, { [ann]: 'beacon', [cy]: 'any' })
    expect(match.state.player(ann).vote).toBe('beacon')
    expect(match.state.globals.phase).toBe('over')
    vote(match, VOTED_PAUSE + 1, { [ann]: 'beacon', [bo]: 'beacon', [cy]: 'any' })
    expect(match.state.globals).toMatchObject({ phase: 'playing', mode: 'beacon', round: 2 })
    expect([ann, bo, cy].map((player) => match.state.player(player).team)).not.toContain('none')
    expect(match.state.player(ann).vote).toBe('none')
  })

  it('keeps the mode where nobody votes, or where as many want it as another', () => {
    for (const wanted of ['none', 'last'] as const) {
      const match = playing('free')
      shootDown(match)
      vote(match, ROUND_PAUSE + 1, { [ann]: wanted, [bo]: wanted === 'none' ? 'none' : 'free' })
      expect(match.state.globals).toMatchObject({ phase: 'playing', mode: 'free' })
    }
  })

  it('brings back who stepped aside, and counts: whoever votes is there, and whoever voted before is not', () => {
    const match = playing('last', [ann, bo, cy])
    Object.assign(match.state.player(bo), { lives: 1 })
    Object.assign(match.state.player(cy), { lives: 0 })
    shootDown(match)
    for (const player of [bo, cy]) Object.assign(match.state.player(player), { aside: true, ship: null })
    vote(match, 1, { [bo]: 'free', [cy]: 'none' })
    expect(match.state.player(bo)).toMatchObject({ aside: false, vote: 'free' })
    expect(match.state.player(cy).aside).toBe(true)
    // In a round it is no sign of life: the last input of a page that sleeps still says it.
    vote(match, ROUND_PAUSE + COUNTDOWN, { [ann]: 'free', [bo]: 'free' })
    expect(match.state.globals).toMatchObject({ phase: 'playing', mode: 'free' })
    match.run(IDLE_AFTER + 10, (player) => (player === ann ? { turn: 1 } : { vote: player === bo ? 'free' : 'none' }))
    expect(match.state.player(bo).aside).toBe(true)
  })

  it('gives everybody a livery of their own again when teams end', () => {
    const match = playing('teams', [ann, bo, cy])
    shootDown(match)
    vote(match, VOTED_PAUSE + 5, { [ann]: 'free', [bo]: 'free', [cy]: 'free' })
    const records = [ann, bo, cy].map((player) => match.state.player(player))
    expect(records.map(({ team }) => team)).toEqual(['none', 'none', 'none'])
    expect(new Set(records.map(({ color }) => color)).size).toBe(3)
  })
})

describe('the honours', () => {
  it('name who hit best, who shot down most without a loss, and who did most damage', () => {
    const match = startMatch([ann, bo, cy], { settings: { goal: 3 * KILL_POINTS } })
    match.clearSky()
    Object.assign(match.state.player(cy), { shots: 30, hits: 15, dealt: 500 })
    for (let i = 0; i < 3; i++) {
      shootDown(match)
      match.run(RESPAWN_AFTER, busy)
    }
    expect(match.state.globals).toMatchObject({
      sharpest: cy,
      sharpestShare: 50,
      fiercest: ann,
      fiercestStreak: 3,
      hardest: cy,
    })
  })
})
