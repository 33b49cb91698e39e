import type { BotSelf, BotView } from 'starwire'
import { describe, expect, it } from 'vitest'
import { ace } from '../../game/rules/ace.ts'
import { BEAM_DAMAGE, BOT_SKILLS, FULL_HP } from '../../game/rules/balance.ts'
import type { DogstarShape } from '../../game/rules/shape.ts'
import { median } from '../bench/bench.ts'
import { lostToRocks, secondsToLive } from '../bench/bots.ts'
import { ann, bo, type Input, type Match, place, startMatch } from './match.ts'

const freshMemory = () => ({
  ...{ foe: null, foeUntil: 0, dodgeTo: 0, dodgeUntil: 0, aimedAt: 0 },
  ...{ turn: 0, thrust: false, brake: false, fire: false, special: false },
})

/** Runs a match in which Ann is an Ace of this skill, who sees all as it is, and the others rest, or give one input. */
function fly(match: Match, ticks: number, skill = 1, others: Input = {}): void {
  const me: BotSelf = { id: ann, skill, random: () => 0.5 }
  const view = match.world as unknown as BotView<DogstarShape>
  const memory = freshMemory()
  for (let i = 0; i < ticks; i++) match.run(1, (player) => (player === ann ? ace(view, me, memory) : others))
}

describe('Ace', () => {
  it('turns to the nearest foe and hits them', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000, { angle: 3 })
    place(match.ship(bo), 1500, 1200)
    fly(match, 150)
    expect(match.events('hit').length).toBeGreaterThan(0)
    expect(match.ships().find(({ owner }) => owner === bo)?.hp ?? 0).toBeLessThan(FULL_HP)
  })

  it('hits less the less skill it has', () => {
    const hits = [1, 0].map((skill) => {
      const match = startMatch([ann, bo])
      match.clearSky()
      place(match.ship(ann), 1000, 1000)
      place(match.ship(bo), 1600, 1000, { hp: FULL_HP })
      fly(match, 60, skill)
      return match.events('hit').length
    })
    expect(hits[1]).toBeLessThan(hits[0]!)
  })

  it('aims its beam at where a foe is, not ahead of them as a shot', () => {
    const match = startMatch([ann, bo], { choices: { [ann]: { wantedSpecial: 'beam' } } })
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 1400, 800, { vy: 350 })
    fly(match, 45)
    expect(match.ship(bo).hp).toBeLessThanOrEqual(FULL_HP - BEAM_DAMAGE)
  })

  it('raises its shield against shots from behind, whoever is before its nose', () => {
    const match = startMatch([ann, bo], { choices: { [ann]: { wantedSpecial: 'shield' } } })
    match.clearSky()
    place(match.ship(ann), 1000, 1000, { hp: FULL_HP / 2 })
    place(match.ship(bo), 700, 1000)
    fly(match, 30, 1, { fire: true })
    expect(match.events('shielded')).toHaveLength(1)
  })

  it('leaves mates alone', () => {
    const match = startMatch([ann, bo], {
      settings: { mode: 'teams' },
      choices: { [ann]: { wantedTeam: 'sirius' }, [bo]: { wantedTeam: 'sirius' } },
    })
    match.clearSky()
    place(match.ship(ann), 1000, 1000)
    place(match.ship(bo), 1400, 1000)
    fly(match, 60)
    expect(match.bullets()).toEqual([])
  })

  it('steers clear of a rock in its way', () => {
    const match = startMatch([ann])
    match.clearSky()
    place(match.ship(ann), 1000, 1000, { vx: 250 })
    match.rock(1300, 1000, 3)
    fly(match, 120)
    expect(match.ship(ann).hp).toBe(FULL_HP)
  })

  it('flies past rocks, not into them: six lose less than half a hull to rocks in a minute', { tags: ['long'] }, () => {
    expect(lostToRocks({}, BOT_SKILLS.fair, 1)).toBeLessThan(FULL_HP / 2)
  })

  it('leaves a beginner time to see what happens when it is fair, and little when it is hard', () => {
    const lives = (skill: number): number =>
      median([1, 2, 3, 4, 5].map((seed) => secondsToLive(skill, { turn: 5, thrust: true }, seed)))
    expect(lives(BOT_SKILLS.fair)).toBeGreaterThan(10)
    expect(lives(BOT_SKILLS.hard)).toBeLessThan(10)
  })

  it('lets go of everything without a ship', () => {
    const match = startMatch([ann])
    match.state.player(ann).ship = null
    const view = match.world as unknown as BotView<DogstarShape>
    const memory = { ...freshMemory(), turn: 5, thrust: true, brake: true, fire: true, special: true }
    const me = { id: ann, skill: 1, random: () => 0 }
    for (let tick = 0; tick < 4; tick++) {
      match.world.tick = tick
      ace(view, me, memory)
    }
    expect(memory).toEqual(freshMemory())
    expect(ace(view, me, memory)).toMatchObject({ vote: 'any', fire: false, thrust: false, turn: 0 })
  })

  it('looks in one tick of four, since to look is what it costs', () => {
    const match = startMatch([ann, bo])
    const asked: number[] = []
    const view = new Proxy(match.world as unknown as BotView<DogstarShape>, {
      get(target, name) {
        if (name === 'all' || name === 'get') asked.push(target.tick)
        return Reflect.get(target, name, target)
      },
    })
    const memory = freshMemory()
    for (let i = 0; i < 12; i++)
      match.run(1, (player) => (player === ann ? ace(view, { id: ann, skill: 1, random: () => 0.5 }, memory) : {}))
    expect(new Set(asked).size).toBe(3)
  })
})
