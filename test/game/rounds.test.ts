import { describe, expect, it } from 'vitest'
import {
  ASTEROID_POINTS,
  COUNTDOWN,
  FIRE_COOLDOWN,
  IDLE_AFTER,
  KILL_POINTS,
  PAUSE_LIMIT,
  ROUND_PAUSE,
} from '../../game/rules/balance.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, busy, holding, type Input, type Match, place, startMatch } from './match.ts'

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
    const match = startMatch([ann, bo], { settings: { goal: KILL_POINTS } })
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

  it('is followed by peace: who reads the table is not shot down behind it', () => {
    const match = startMatch([ann, bo, cy], { settings: { goal: KILL_POINTS } })
    match.clearSky()
    shootDown(match)
    expect(match.state.globals.phase).toBe('over')
    place(match.ship(ann), 1000, 1000)
    place(match.ship(cy), 1200, 1000, { hp: 1 })
    match.run(60, holding(ann, { fire: true }))
    expect(match.state.player(cy)).toMatchObject({ deaths: 0 })
    expect(match.ship(cy).hp).toBeGreaterThan(0)
  })

  it('ends when its time is over, with no winner if nobody scored', () => {
    const match = startMatch([ann, bo], { settings: { roundMinutes: 1 } })
    match.clearSky()
    match.run(3599, busy)
    expect(match.state.globals.phase).toBe('playing')
    match.run(1, busy)
    expect(match.state.globals).toMatchObject({ phase: 'over', winner: null, decided: 'nobody' })
  })

  it('counts no points in the pause after it', () => {
    const match = startMatch([ann, bo], { settings: { goal: KILL_POINTS } })
    match.clearSky()
    shootDown(match)
    match.run(300)
    shootDown(match)
    expect(match.state.player(ann)).toMatchObject({ score: KILL_POINTS, kills: 1 })
  })
})

describe('a round with fewer than two pilots', () => {
  it('stands still, pays nothing for rocks, and goes on with the time that was left', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.run(100)
    const left = match.state.globals.endsAt - match.world.tick
    match.leave(bo)
    expect(match.state.globals).toMatchObject({ phase: 'paused', remaining: left - 1 })
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 200, 1900)
    match.rock(1200, 1000, 1)
    match.run(600, holding(ann, { fire: true }))
    expect(match.events('chipped').some(({ row }) => row.numbers[4] === 1)).toBe(true)
    expect(match.state.globals).toMatchObject({ phase: 'paused', remaining: left - 1 })
    expect(match.state.player(ann).score).toBe(0)
    match.comeBack(bo)
    expect(match.state.globals).toMatchObject({ phase: 'playing', round: 1 })
    expect(match.state.globals.endsAt - match.world.tick).toBe(left - 1)
  })

  it('is called off without a winner when nobody comes back, and the next pilot finds a new round', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.state.player(ann).score = 500
    match.leave(bo)
    match.run(PAUSE_LIMIT, busy)
    expect(match.state.globals).toMatchObject({ phase: 'waiting', endsAt: 0, winner: null })
    expect(match.state.player(ann).score).toBe(0)
    expect(match.events('roundOff')).toHaveLength(1)
    expect(match.events('roundOver')).toHaveLength(0)
    match.join(cy)
    expect(match.state.globals).toMatchObject({ phase: 'playing', round: 2 })
  })

  it('is called off at once when nobody can come back', () => {
    const match = startMatch([ann, bo])
    match.leave(bo)
    match.expire(bo)
    match.run(1)
    expect(match.state.globals.phase).toBe('waiting')
  })

  it('goes on while two of three are there', () => {
    const match = startMatch([ann, bo, cy])
    match.leave(bo)
    match.run(IDLE_AFTER + 60, busy)
    expect(match.state.globals.phase).toBe('playing')
  })
})

describe('a pilot without hands', () => {
  it('steps aside after a while: no ship to shoot down, the round stands still, and everybody is told', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.run(IDLE_AFTER - 10, holding(ann, { turn: 1 }))
    expect(match.ships()).toHaveLength(2)
    match.run(20, holding(ann, { turn: 1 }))
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann])
    expect(match.state.player(bo)).toMatchObject({ aside: true, ship: null, deaths: 0 })
    expect(match.events('steppedAside')).toHaveLength(1)
    expect(match.state.globals.phase).toBe('paused')
    match.run(1200, holding(ann, { turn: 1 }))
    expect(match.ships()).toHaveLength(1)
  })

  it('is back with any input, whichever it is', () => {
    const inputs: Input[] = [{ turn: -1 }, { thrust: true }, { brake: true }, { fire: true }, { dash: true }]
    const match = startMatch([ann, bo])
    match.clearSky()
    for (const [i, input] of inputs.entries()) {
      match.run(IDLE_AFTER + 20, holding(ann, { turn: 1 }))
      expect(match.state.player(bo).aside).toBe(true)
      match.run(
        1,
        new Map([
          [ann, { turn: 1 }],
          [bo, input],
        ]),
      )
      expect(match.state.player(bo).aside).toBe(false)
      expect(match.ship(bo)).toMatchObject({ hp: 100 })
      expect(match.ship(bo).safeUntil).toBeGreaterThan(match.world.tick)
      expect(match.events('cameBack')).toHaveLength(i + 1)
      expect(match.state.globals.phase).toBe('playing')
    }
  })

  it('has all the time from the moment on in which they can do something: the end of the countdown', () => {
    const match = startMatch([ann, bo], { countdown: true })
    match.clearSky()
    match.run(COUNTDOWN + IDLE_AFTER - 10, holding(ann, { turn: 1 }))
    expect(match.state.player(bo).aside).toBe(false)
    match.run(20, holding(ann, { turn: 1 }))
    expect(match.state.player(bo).aside).toBe(true)
  })

  it('may read the score table in peace: nobody steps aside in the pause after a round', () => {
    const match = startMatch([ann, bo, cy], { settings: { goal: KILL_POINTS } })
    match.clearSky()
    match.run(IDLE_AFTER - 100, holding(ann, { turn: 1 }))
    shootDown(match)
    expect(match.state.globals.phase).toBe('over')
    match.run(ROUND_PAUSE - 30, holding(ann, { turn: 1 }))
    expect([match.state.globals.phase, match.state.player(cy).aside]).toEqual(['over', false])
  })

  it('is not shot down again and again: a ship lost without a touch is followed by none', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    for (let i = 0; i < 4; i++) {
      match.run(200, holding(ann, { turn: 1 }))
      if (match.ships().length === 2) shootDown(match)
    }
    // The first one came before its pilot can have touched anything.
    expect(match.state.player(bo)).toMatchObject({ deaths: 2, aside: true, ship: null })
    match.run(300, busy)
    expect(match.ships()).toHaveLength(2)
  })

  it('does not wait less for the next ship by stepping aside', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.run(IDLE_AFTER - 30, holding(ann, { turn: 1 }))
    place(match.ship(bo), 500, 500, { hp: 1, vx: 400 })
    match.rock(600, 500, 3)
    match.run(60, holding(ann, { turn: 1 }))
    const { aside, respawnAt } = match.state.player(bo)
    expect(aside).toBe(true)
    match.run(1, busy)
    expect(match.state.player(bo)).toMatchObject({ aside: false, ship: null, respawnAt })
  })

  it('is left alone where nobody could shoot: whoever waits for a second pilot keeps the ship, and has all the time again when one comes', () => {
    const match = startMatch([ann])
    match.clearSky()
    match.run(IDLE_AFTER * 2)
    expect(match.ships()).toHaveLength(1)
    match.join(bo)
    match.run(IDLE_AFTER - 10, holding(bo, { turn: 1 }))
    expect(match.ships()).toHaveLength(2)
    expect(match.state.globals.phase).toBe('playing')
  })

  it('has all the time again when a round begins, and stays aside when it began without them', () => {
    const match = startMatch([ann, bo, cy], { settings: { goal: KILL_POINTS } })
    match.clearSky()
    match.run(IDLE_AFTER + 20, (player) => (player === cy ? {} : { turn: 1 }))
    shootDown(match)
    expect(match.state.globals.phase).toBe('over')
    match.run(ROUND_PAUSE + IDLE_AFTER - 10, holding(ann, { turn: 1 }))
    expect(match.state.globals.phase).toBe('playing')
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann, bo])
  })
})

describe('the end of a round', () => {
  const [rock] = ASTEROID_POINTS.slice(1)
  const cases = [
    { decided: 'points', winner: ann, a: { score: 200, kills: 2 }, b: { score: 100, kills: 1 } },
    { decided: 'rocks', winner: ann, a: { score: 100 + rock!, kills: 1 }, b: { score: 100, kills: 1 } },
    { decided: 'rocks', winner: bo, a: { score: 100, kills: 1 }, b: { score: 105, kills: 0 } },
    { decided: 'kills', winner: bo, a: { score: 200, kills: 1 }, b: { score: 200, kills: 2 } },
    { decided: 'deaths', winner: bo, a: { score: 200, kills: 2, deaths: 3 }, b: { score: 200, kills: 2, deaths: 2 } },
    { decided: 'draw', winner: null, a: { score: 200, kills: 2, deaths: 2 }, b: { score: 200, kills: 2, deaths: 2 } },
    { decided: 'nobody', winner: null, a: { deaths: 1 }, b: { deaths: 0 } },
  ]
  for (const { decided, winner, a, b } of cases)
    it(`says what decided it, and the older seat never does: ${decided}`, () => {
      const match = startMatch([ann, bo, cy], { settings: { roundMinutes: 1 } })
      match.clearSky()
      Object.assign(match.state.player(ann), a)
      Object.assign(match.state.player(bo), b)
      match.state.globals.endsAt = match.world.tick + 1
      match.run(1, busy)
      expect(match.state.globals).toMatchObject({ phase: 'over', winner, decided })
    })
})

describe('a player', () => {
  it('gets a livery of their own, also when others have gone', () => {
    const match = startMatch([ann, bo, cy])
    const colors = () => match.world.players.map((player) => match.state.player(player).color)
    expect(colors()).toEqual([0, 1, 2])
    match.leave(bo)
    match.expire(bo)
    match.join(playerId(1, 2))
    expect(new Set(colors())).toEqual(new Set([0, 1, 2]))
  })

  it('who is away has a ship that drifts on and can be shot down; then they get no other until they are back', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    match.leave(bo)
    match.run(1800)
    expect(match.ships()).toHaveLength(2)
    place(match.ship(ann), 400, 400)
    place(match.ship(bo), 500, 400)
    match.run(150, holding(ann, { fire: true }))
    expect(match.ships().map(({ owner }) => owner)).toEqual([ann])
    // It pays nothing where nobody else is there: the round stands still.
    expect(match.state.player(ann).kills).toBe(0)
    match.run(600)
    expect(match.ships()).toHaveLength(1)
    match.comeBack(bo)
    match.run(1)
    expect(match.ships()).toHaveLength(2)
  })

  it('who is away is not idle: the ship is there on return, and the pilot has all the time again', () => {
    const match = startMatch([ann, bo, cy])
    match.clearSky()
    const { id } = match.ship(bo)
    const others = (player: number): Input => (player === bo ? {} : { turn: 1 })
    match.leave(bo)
    match.run(IDLE_AFTER * 2, others)
    match.comeBack(bo)
    match.run(IDLE_AFTER - 10, others)
    expect(match.ship(bo).id).toBe(id)
    match.run(20, others)
    expect(match.state.player(bo).aside).toBe(true)
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
    expect(match.state.player(bo)).toMatchObject({ ...before, leftAt: 0, activeAt: expect.any(Number) })
  })

  it('keeps the protection of a new ship only until the first shot', () => {
    const match = startMatch([ann])
    expect(match.ship(ann).safeUntil).toBeGreaterThan(match.world.tick)
    match.run(1, holding(ann, { fire: true }))
    expect(match.ship(ann).safeUntil).toBe(match.world.tick)
    expect(match.ship(ann).gunsAt).toBe(match.world.tick + FIRE_COOLDOWN)
  })
})
