import { describe, expect, it } from 'vitest'
import { FIRE_COOLDOWN, KILL_POINTS, ROUND_PAUSE } from '../../game/rules/constants.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, holding, type Match, place, startMatch } from './match.ts'

const cy = playerId(2, 1)

function shootDown(match: Match): void {
  place(match.ship(ann), 1000, 1000)
  place(match.ship(bo), 1200, 1000, { hp: 1 })
  match.run(1, holding(ann, { fire: true }))
  match.run(20)
}

describe('a round', () => {
  it('waits for the second player, without a clock and without points', () => {
    const match = startMatch([ann])
    match.run(600)
    expect(match.state.globals).toMatchObject({ phase: 'waiting', endsAt: 0 })
    match.join(bo)
    expect(match.state.globals).toMatchObject({ phase: 'playing', round: 1 })
    expect(match.ships()).toHaveLength(2)
  })

  it('ends when somebody reaches the goal, names the winner and begins anew by itself', () => {
    const match = startMatch([ann, bo], { options: { goal: KILL_POINTS } })
    match.clearSky()
    shootDown(match)
    expect(match.state.globals).toMatchObject({ phase: 'over', winner: ann })
    expect(match.events('roundOver')).toHaveLength(1)
    match.run(ROUND_PAUSE)
    expect(match.state.globals).toMatchObject({ phase: 'playing', round: 2, winner: null })
    expect(match.state.player(ann)).toMatchObject({ score: 0, kills: 0 })
    match.run(120)
    expect(match.ships()).toHaveLength(2)
  })

  it('ends when its time is over, with no winner if nobody scored', () => {
    const match = startMatch([ann, bo], { options: { roundMinutes: 1 } })
    match.clearSky()
    match.run(3599)
    expect(match.state.globals.phase).toBe('playing')
    match.run(1)
    expect(match.state.globals).toMatchObject({ phase: 'over', winner: null })
  })

  it('counts no points in the pause after it', () => {
    const match = startMatch([ann, bo], { options: { goal: KILL_POINTS } })
    match.clearSky()
    shootDown(match)
    match.run(300)
    shootDown(match)
    expect(match.state.player(ann)).toMatchObject({ score: KILL_POINTS, kills: 1 })
  })
})

describe('a player', () => {
  it('gets a livery of his own, also when others have gone', () => {
    const match = startMatch([ann, bo, cy])
    const colors = () => match.world.players.map((player) => match.state.player(player).color)
    expect(colors()).toEqual([0, 1, 2])
    match.leave(bo)
    match.expire(bo)
    match.join(playerId(1, 2))
    expect(new Set(colors())).toEqual(new Set([0, 1, 2]))
  })

  it('who is away has a ship that drifts on and can be shot down; then he gets no other until he is back', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.leave(bo)
    match.run(1800)
    expect(match.ships()).toHaveLength(2)
    place(match.ship(ann), 400, 400)
    place(match.ship(bo), 500, 400)
    match.run(150, holding(ann, { fire: true }))
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann])
    expect(match.state.player(ann).kills).toBe(1)
    match.run(600)
    expect(match.ships()).toHaveLength(1)
    match.comeBack(bo)
    match.run(1)
    expect(match.ships()).toHaveLength(2)
  })

  it('whose seat is given up loses the ship at once', () => {
    const match = startMatch([ann, bo])
    match.leave(bo)
    match.expire(bo)
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann])
  })

  it('who returns in time flies on in the same ship, with the same livery, points and hull, and no new protection', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    const { id } = match.ship(bo)
    place(match.ship(bo), 500, 400, { hp: 40 })
    Object.assign(match.state.player(bo), { score: 120, kills: 1 })
    const before = { ...match.state.player(bo) }
    match.leave(bo)
    expect(match.state.player(bo).leftAt).toBe(match.world.tick)
    match.run(60)
    match.comeBack(bo)
    match.run(10)
    expect(match.ship(bo)).toMatchObject({ id, hp: 40, safeUntil: 0 })
    expect(match.state.player(bo)).toMatchObject({ ...before, leftAt: 0 })
  })

  it('keeps the protection of a new ship only until the first shot', () => {
    const match = startMatch([ann])
    expect(match.ship(ann).safeUntil).toBeGreaterThan(match.world.tick)
    match.run(1, holding(ann, { fire: true }))
    expect(match.ship(ann).safeUntil).toBe(match.world.tick)
    expect(match.ship(ann).gunsAt).toBe(match.world.tick + FIRE_COOLDOWN)
  })
})
