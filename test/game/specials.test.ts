/** Hulls, specials and power-ups. */
import { describe, expect, it } from 'vitest'
import {
  BEAM_DAMAGE,
  BEAM_RANGE,
  FIRE_COOLDOWN,
  FULL_HP,
  HULLS,
  MISSILE_DAMAGE,
  MISSILE_LIFE,
  REPAIR_HP,
  SALVO_TIME,
  SHIELD_TIME,
  SPECIAL_COOLDOWN,
  type SpecialName,
} from '../../game/rules/balance.ts'
import { dealRarest } from '../../game/rules/sides.ts'
import { playerId } from '../../net/world/ids.ts'
import { ann, bo, holding, type Match, place, startMatch } from './match.ts'

const cy = playerId(2, 1)

/** Ann with a special, her nose on Bo, who is so far away. */
function facing(special: SpecialName, away = 300): Match {
  const match = startMatch([ann, bo], { choices: { [ann]: { wantedSpecial: special } } })
  match.clearSky()
  place(match.ship(ann), 1000, 1000)
  place(match.ship(bo), 1000 + away, 1000)
  return match
}
const hpOf = (match: Match, player = bo): number => match.ship(player).hp

describe('a hull', () => {
  it('is the one that was asked for, with its hit points, and who asks for none gets what fewest fly', () => {
    const match = startMatch([ann, bo, cy], {
      choices: { [ann]: { wantedHull: 'mastiff' }, [bo]: { wantedHull: 'whippet' } },
    })
    expect([ann, bo, cy].map((player) => match.ship(player))).toMatchObject([
      { hull: 'mastiff', hp: HULLS.mastiff.hp },
      { hull: 'whippet', hp: HULLS.whippet.hp },
      { hull: 'husky', hp: FULL_HP },
    ])
    const dealt = dealRarest(['a', 'b', 'c'], ['a'], ['any', 'b', 'any', 'any'])
    expect(dealt).toEqual(['c', 'b', 'a', 'b'])
  })

  it('flies unlike the others: the lighter the faster, and the quicker around', () => {
    const flown = (['whippet', 'husky', 'mastiff'] as const).map((wantedHull) => {
      const match = startMatch([ann], { choices: { [ann]: { wantedHull } } })
      match.clearSky()
      place(match.ship(ann), 400, 1000)
      match.run(60, holding(ann, { thrust: true }))
      const { vx } = match.ship(ann)
      match.run(30, holding(ann, { turn: 8 }))
      return { vx, spin: match.ship(ann).spin }
    })
    expect(flown[0]!.vx).toBeGreaterThan(flown[1]!.vx)
    expect(flown[1]!.vx).toBeGreaterThan(flown[2]!.vx)
    expect(flown[0]!.spin).toBeGreaterThan(flown[1]!.spin)
    expect(flown[1]!.spin).toBeGreaterThan(flown[2]!.spin)
  })
})

describe('a beam', () => {
  it('hits at once, what is nearest, and then cools down', () => {
    const match = facing('beam')
    match.run(1, holding(ann, { special: true }))
    expect(hpOf(match)).toBe(FULL_HP - BEAM_DAMAGE)
    match.run(SPECIAL_COOLDOWN.beam - 1, holding(ann, { special: true }))
    expect(match.events('beamed')).toHaveLength(1)
    place(match.ship(bo), 1300, 1000)
    place(match.ship(ann), 1000, 1000)
    match.run(1, holding(ann, { special: true }))
    expect(match.events('beamed')).toHaveLength(2)
  })

  it('goes no farther than it reaches, and not through a rock', () => {
    const far = facing('beam', BEAM_RANGE + 80)
    far.run(1, holding(ann, { special: true }))
    expect(hpOf(far)).toBe(FULL_HP)
    const behind = facing('beam')
    const rock = behind.rock(1150, 1000, 3)
    behind.run(1, holding(ann, { special: true }))
    expect(hpOf(behind)).toBe(FULL_HP)
    expect(rock.hp).toBeLessThan(5)
  })

  it('passes through mates', () => {
    const choices = { [ann]: { wantedTeam: 'sirius' }, [bo]: { wantedTeam: 'procyon' }, [cy]: { wantedTeam: 'sirius' } }
    const match = startMatch([ann, bo, cy], { settings: { mode: 'teams' }, choices })
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(cy), 1150, 1000)
    place(match.ship(bo), 1300, 1000)
    match.run(1, holding(ann, { special: true }))
    expect([hpOf(match, cy), hpOf(match, bo)]).toEqual([FULL_HP, FULL_HP - BEAM_DAMAGE])
  })
})

describe('a missile', () => {
  it('follows a foe who turns away', () => {
    const match = facing('missile', 500)
    Object.assign(match.ship(bo), { vy: 250 })
    match.run(1, holding(ann, { special: true }))
    for (let i = 0; i < MISSILE_LIFE && hpOf(match) === FULL_HP; i++) match.run(1)
    expect(hpOf(match)).toBe(FULL_HP - MISSILE_DAMAGE)
    expect(match.events('burst')).toHaveLength(1)
  })

  it('ends at a rock, or when its time is over, and is never left behind', () => {
    const match = facing('missile', 500)
    match.rock(1200, 1000, 3)
    match.run(60, holding(ann, { special: true }))
    expect(hpOf(match)).toBe(FULL_HP)
    const free = startMatch([ann], { choices: { [ann]: { wantedSpecial: 'missile' } } })
    free.clearSky()
    place(free.ship(ann), 300, 1000)
    free.run(1, holding(ann, { special: true }))
    free.run(MISSILE_LIFE + 1)
    for (const each of [match, free]) expect([...each.state.all('missile')]).toEqual([])
  })

  it('can be shot', () => {
    const match = facing('missile', 600)
    Object.assign(match.ship(bo), { angle: Math.PI })
    match.run(1, new Map([[ann, { special: true }]]))
    match.run(60, holding(bo, { fire: true }))
    expect(match.events('burst')).toHaveLength(1)
    expect(hpOf(match)).toBe(FULL_HP)
  })
})

describe('a shield', () => {
  it('takes all damage for its time, and no longer', () => {
    const match = facing('shield')
    match.run(1, holding(ann, { special: true }))
    Object.assign(match.ship(bo), { angle: Math.PI })
    match.run(SHIELD_TIME - 2, holding(bo, { fire: true }))
    expect(hpOf(match, ann)).toBe(FULL_HP)
    expect(match.events('hit').length).toBeGreaterThan(0)
    match.run(30, holding(bo, { fire: true }))
    expect(hpOf(match, ann)).toBeLessThan(FULL_HP)
  })
})

describe('a power-up', () => {
  it('falls out of the rock that carries it, and acts on who flies over it', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000, { hp: 20 })
    place(match.ship(bo), 300, 300)
    match.rock(1100, 1000, 1).cargo = 'repair'
    match.run(1, holding(ann, { fire: true }))
    match.run(20)
    expect([...match.state.all('pickup')]).toHaveLength(1)
    place(match.ship(ann), 1095, 1000, { hp: 20 })
    match.run(1)
    expect(match.ship(ann).hp).toBe(20 + REPAIR_HP)
    expect(match.events('picked')).toHaveLength(1)
    expect([...match.state.all('pickup')]).toEqual([])
  })

  it('gives three bullets a shot for its time, or more speed', () => {
    const match = startMatch([ann])
    match.clearSky()
    place(match.ship(ann), 500, 1000)
    match.state.spawn('pickup', { x: 500, y: 1000, kind: 'salvo', until: 99_999 })
    match.run(1)
    match.run(1, holding(ann, { fire: true }))
    expect(match.bullets()).toHaveLength(3)
    match.run(SALVO_TIME)
    match.run(FIRE_COOLDOWN, holding(ann, { fire: true }))
    expect(match.bullets()).toHaveLength(1)
    const speeds = [0, match.world.tick + 999].map((hasteUntil) => {
      place(match.ship(ann), 500, 1000, { hasteUntil })
      match.run(70, holding(ann, { thrust: true }))
      return match.ship(ann).vx
    })
    expect(speeds[1]).toBeGreaterThan(speeds[0]! * 1.2)
  })
})
