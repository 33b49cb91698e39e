import { describe, expect, it } from 'vitest'
import {
  ASTEROID_HITS,
  ASTEROID_POINTS,
  ASTEROID_WEIGHT,
  BULLET_DAMAGE,
  BULLET_LIFE,
  FIELD_WEIGHTS,
  FIRE_COOLDOWN,
  KILL_POINTS,
  MOON_SIZE,
  REBIRTH_EVERY,
  REPAIR_AFTER,
  RESPAWN_AFTER,
  SAFE_AFTER_SPAWN,
} from '../../game/rules/balance.ts'
import { plainValues } from '../../net/world/record.ts'
import { ann, bo, holding, type Match, place, startMatch } from './match.ts'

/** Two ships 200 units apart, Ann's nose on Bo. */
function duel(): Match {
  const match = startMatch([ann, bo])
  match.clearSky()
  place(match.ship(ann), 1000, 1000)
  place(match.ship(bo), 1200, 1000)
  return match
}

describe('a gun', () => {
  it('fires at its rate while the trigger is held', () => {
    const match = startMatch()
    match.clearSky()
    match.run(FIRE_COOLDOWN * 5, holding(ann, { fire: true }))
    expect(match.events('shot')).toHaveLength(5)
    expect(match.bullets()).toHaveLength(5)
  })

  it('sends bullets out ahead of the ship, with its speed added, and they end after their time', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 500, 1000, { vy: 200 })
    match.run(1, holding(ann, { fire: true }))
    const [bullet] = match.bullets()
    expect(bullet!.x).toBeGreaterThan(515)
    expect(bullet!.vy).toBeGreaterThan(150)
    match.run(BULLET_LIFE - 1)
    expect(match.bullets()).toHaveLength(1)
    match.run(1)
    expect(match.bullets()).toHaveLength(0)
  })
})

describe('a hit', () => {
  it('costs the hit ship points of its hull, ends the bullet and says who shot', () => {
    const match = duel()
    match.run(1, holding(ann, { fire: true }))
    match.run(20)
    expect(match.ship(bo).hp).toBe(100 - BULLET_DAMAGE)
    expect(match.bullets()).toHaveLength(0)
    const [hit] = match.events('hit')
    expect(hit!.row.numbers.slice(0, 2)).toEqual(Float64Array.of(bo, ann))
  })

  it('never comes from the own bullets', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 500, 1000, { vx: 430 })
    match.run(200, holding(ann, { fire: true, thrust: true }))
    expect(match.ship(ann).hp).toBe(100)
  })

  it('does nothing to a ship that has just come, until it shoots itself', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 1200, 1000, { safeUntil: match.world.tick + SAFE_AFTER_SPAWN })
    match.run(40, holding(ann, { fire: true }))
    expect(match.ship(bo).hp).toBe(100)
    match.run(1, holding(bo, { fire: true }))
    match.run(40, holding(ann, { fire: true }))
    expect(match.ship(bo).hp).toBeLessThan(100)
  })

  it('is mended after a while without further ones', () => {
    const match = duel()
    match.run(1, holding(ann, { fire: true }))
    match.run(20)
    place(match.ship(ann), 300, 300)
    match.run(REPAIR_AFTER + 120)
    expect(match.ship(bo).hp).toBe(100)
  })
})

describe('a destroyed ship', () => {
  it('is gone, scores for the shooter, and returns after its time, protected', () => {
    const match = duel()
    match.run(90, holding(ann, { fire: true }))
    expect(match.ships()).toHaveLength(1)
    expect(match.state.player(ann)).toMatchObject({ kills: 1, score: KILL_POINTS })
    expect(match.state.player(bo)).toMatchObject({ deaths: 1, ship: null })
    const [destroyed] = match.events('destroyed')
    match.run(destroyed!.tick + RESPAWN_AFTER - match.world.tick - 1)
    expect(match.ships()).toHaveLength(1)
    match.run(1)
    const ship = match.ship(bo)
    expect(ship.hp).toBe(100)
    expect(ship.safeUntil).toBe(match.world.tick + SAFE_AFTER_SPAWN)
    expect(match.state.player(bo).ship).toBe(ship.id)
  })

  it('belongs to whoever hit it shortly before, when it crashes', () => {
    const match = duel()
    match.ship(bo).hp = BULLET_DAMAGE + 1
    match.run(1, holding(ann, { fire: true }))
    match.run(20)
    expect(match.ship(bo).hp).toBe(1)
    const { x, y } = match.ship(bo)
    match.rock(x + 100, y, 3)
    Object.assign(match.ship(bo), { vx: 400 })
    match.run(30)
    expect(match.state.player(ann).kills).toBe(1)
  })

  it('is nobody’s when nobody had hit it', () => {
    const match = duel()
    match.ship(bo).hp = 1
    match.rock(1310, 1000, 3)
    Object.assign(match.ship(bo), { vx: 400 })
    match.run(30)
    expect(match.state.player(bo).deaths).toBe(1)
    expect(match.state.player(ann)).toMatchObject({ kills: 0, score: 0 })
  })
})

describe('the news of a destroyed ship', () => {
  const causeOf = (match: Match): unknown => {
    const [destroyed] = match.events('destroyed')
    return plainValues(destroyed!.type.fields, destroyed!.row).cause
  }

  it('says that it was shot', () => {
    const match = duel()
    match.run(90, holding(ann, { fire: true }))
    expect(causeOf(match)).toBe('shot')
  })

  it('says that it hit a rock, also when somebody else gets the points', () => {
    const match = duel()
    Object.assign(match.ship(bo), { hp: 1, vx: 400, hitBy: ann, hitAt: match.world.tick })
    match.rock(1310, 1000, 3)
    match.run(30)
    expect(causeOf(match)).toBe('rock')
    expect(match.state.player(ann).kills).toBe(1)
  })

  it('says that it hit another ship', () => {
    const match = duel()
    Object.assign(match.ship(bo), { hp: 1, vx: -400 })
    match.run(40)
    expect(causeOf(match)).toBe('ship')
  })
})

describe('an asteroid', () => {
  it('breaks in two of half the weight after enough hits, and pays the one who broke it', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 200, 1900)
    const rock = match.rock(1250, 1000, 3)
    match.openSky()
    while (match.state.get('asteroid', rock.id) && match.world.tick < 200) match.run(1, holding(ann, { fire: true }))
    expect(match.events('chipped')).toHaveLength(ASTEROID_HITS[3])
    expect(match.state.player(ann).score).toBe(ASTEROID_POINTS[3])
    const pieces = match.asteroids().filter(({ size }) => size === 2)
    expect(pieces).toHaveLength(2)
    // They fly apart, across the line of fire.
    expect(pieces[0]!.vy * pieces[1]!.vy).toBeLessThan(0)
  })

  it('of a moon’s size is cover: bullets, a beam and a missile end at it, and nothing breaks it', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 1400, 1000)
    const moon = match.rock(1200, 1000, MOON_SIZE)
    for (const special of ['beam', 'missile'] as const) {
      match.ship(ann).special = special
      match.run(200, holding(ann, { fire: true, special: true }))
    }
    expect(match.state.get('asteroid', moon.id)?.hp).toBe(ASTEROID_HITS[MOON_SIZE])
    expect(match.events('chipped').length).toBeGreaterThan(20)
    expect(match.events('burst').length).toBeGreaterThan(0)
    expect(match.events('hit')).toEqual([])
    expect(match.state.player(ann).score).toBe(0)
  })

  it('fills the field again, piece by piece, without ever overfilling it', () => {
    const match = startMatch()
    const weight = (): number => match.asteroids().reduce((sum, { size }) => sum + (ASTEROID_WEIGHT[size] ?? 0), 0)
    match.run(15 * REBIRTH_EVERY)
    expect(weight()).toBeGreaterThan(FIELD_WEIGHTS.normal * 0.7)
    for (const asteroid of match.asteroids().slice(0, 6)) match.state.remove(asteroid)
    const low = weight()
    match.run(1200)
    expect(weight()).toBeGreaterThan(low + 12)
    expect(weight()).toBeLessThanOrEqual(FIELD_WEIGHTS.normal)
  })
})
