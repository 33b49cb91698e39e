import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openField, settingsOf } from '../../game/arenas/arena.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import {
  ASTEROID_POINTS,
  ASTEROID_WEIGHT,
  BULLET_LIFE,
  FIELD_WEIGHTS,
  FIRE_COOLDOWN,
  FULL_HP,
  HULL_NAMES,
  HULLS,
  KILL_POINTS_IN,
  MODES,
  SPECIAL_NAMES,
} from '../../game/rules/balance.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import { fieldOf } from '../../game/rules/field.ts'
import { playerId } from '../../net/world/ids.ts'
import { plainValues } from '../../net/world/record.ts'
import { loadWorld, saveWorld } from '../../net/world/save.ts'
import { setInputs } from '../../net/world/tick.ts'
import { World } from '../../net/world/world.ts'
import { ann, bo, type Input, type Match, place, startMatch } from './match.ts'
import { whim } from './whim.ts'

const sixteen = Array.from({ length: 16 }, (_, seat) => playerId(seat, 1))

function checkInvariants(match: Match): void {
  const ships = match.ships()
  expect(new Set(ships.map(({ owner }) => owner)).size).toBe(ships.length)
  const { left, top, right, bottom } = fieldOf(match.state)
  for (const { x, y, hp, hull } of ships) {
    const { radius, hp: whole } = HULLS[hull]
    expect(x).toBeGreaterThanOrEqual(left + radius)
    expect(x).toBeLessThanOrEqual(right - radius)
    expect(y).toBeGreaterThanOrEqual(top + radius)
    expect(y).toBeLessThanOrEqual(bottom - radius)
    expect(hp).toBeGreaterThan(0)
    expect(hp).toBeLessThanOrEqual(whole)
  }
  // At most half of the guns have a salvo at once.
  expect(match.bullets().length).toBeLessThanOrEqual(2 * sixteen.length * Math.ceil(BULLET_LIFE / FIRE_COOLDOWN))
  for (const { x, y } of [...match.bullets(), ...match.state.all('missile'), ...match.state.all('pickup')])
    expect([x >= left && x <= right, y >= top && y <= bottom]).toEqual([true, true])
  const weight = match.asteroids().reduce((sum, { size }) => sum + (ASTEROID_WEIGHT[size] ?? 0), 0)
  expect(weight).toBeLessThanOrEqual(FIELD_WEIGHTS.normal)
  for (const player of match.world.players) {
    const { ship } = match.state.player(player)
    expect(ship === null || ships.some(({ id, owner }) => id === ship && owner === player)).toBe(true)
  }
}

/** Each hull with each special. */
const allArms = Object.fromEntries(
  sixteen.map((player, i) => [
    player,
    { wantedHull: HULL_NAMES[i % 3] ?? 'any', wantedSpecial: SPECIAL_NAMES[Math.floor(i / 3) % 3] ?? 'any' },
  ]),
)

/** What the pilots have is what the events of the round have paid. */
function checkPoints(match: Match): void {
  const { mode } = match.state.globals
  const paid = new Map<number, number>()
  const pay = (by: unknown, points: number): void => {
    if (typeof by === 'number') paid.set(by, (paid.get(by) ?? 0) + points)
  }
  for (const { type, row } of match.news) {
    const { by, whom, size, broken } = plainValues(type.fields, row)
    if (type.name === 'destroyed' && by !== whom) pay(by, KILL_POINTS_IN[mode])
    if (type.name === 'chipped' && broken) pay(by, ASTEROID_POINTS[size as number] ?? 0)
  }
  if (match.state.globals.phase !== 'playing') return
  for (const player of match.world.players) expect(match.state.player(player).score).toBe(paid.get(player) ?? 0)
}

describe('Dogstar', () => {
  it('keeps its invariants through a minute of sixteen players at random, with all their specials', {
    tags: ['long'],
  }, () => {
    const match = startMatch(sixteen, { choices: allArms })
    for (let i = 0; i < 60; i++) {
      match.run(60, whim)
      checkInvariants(match)
    }
    expect(match.refused).toEqual([])
    for (const name of ['destroyed', 'launched', 'beamed', 'shielded'] as const)
      expect(match.events(name).length).toBeGreaterThan(5)
    expect(match.events('chipped').length).toBeGreaterThan(20)
  })

  it('loses and invents no seat and no point in any mode and arena, whoever holds their special and comes and goes', {
    tags: ['long'],
  }, () => {
    const modes = fc.constantFrom(...MODES)
    const places = fc.constantFrom(openField, ...exampleArenas.map(settingsOf))
    fc.assert(
      fc.property(modes, places, fc.integer({ min: 0, max: 1000 }), (mode, arena, seed) => {
        const match = startMatch(sixteen.slice(0, 6), {
          seed,
          fits: true,
          settings: { mode, ...arena },
          choices: allArms,
        })
        const leaver = sixteen[seed % 6]!
        for (let i = 0; i < 8; i++) {
          match.run(40, whim)
          if (i === 2) match.leave(leaver)
          if (i === 4) (seed % 2 === 0 ? match.comeBack : match.expire)(leaver)
          checkInvariants(match)
          checkPoints(match)
        }
        expect(match.world.players.length).toBe(seed % 2 === 0 ? 6 : 5)
        expect(match.refused).toEqual([])
      }),
      { numRuns: 12, seed: 7 },
    )
  })

  it('gives the same bytes for the same seed and inputs, and others for another seed', () => {
    const play = (seed: number): Uint8Array => {
      const match = startMatch(sixteen.slice(0, 6), { seed, fits: true })
      match.run(900, whim)
      return saveWorld(match.world)
    }
    expect(play(5)).toEqual(play(5))
    expect(play(5)).not.toEqual(play(6))
  })

  it('goes on to the bit after saving and loading in the middle of a fight', () => {
    const match = startMatch(sixteen.slice(0, 6))
    const twin = startMatch(sixteen.slice(0, 6))
    for (let i = 0; i < 30; i++) {
      match.run(20, whim)
      twin.run(20, whim)
      expect(loadWorld(twin.world, saveWorld(twin.world))).toBe(null)
    }
    expect(saveWorld(twin.world)).toEqual(saveWorld(match.world))
  })
})

/** A client that predicts for `me`, begun from the host's state. */
function startClient(host: Match, me: number): World {
  const refused: string[] = []
  const client = new World({
    game: dogstar,
    seed: host.world.seed,
    predicting: me as typeof ann,
    refused: (problem) => refused.push(problem),
  })
  expect(loadWorld(client, saveWorld(host.world))).toBe(null)
  for (const record of client.records.values())
    if (record.$type.role === 'entity') record.$writable = client.predicts(record.$type, record.owner)
  expect(refused).toEqual([])
  return client
}

function predict(client: World, input: Input): void {
  client.begin(client.tick + 1)
  setInputs(client, new Map([[ann, client.message(dogstar.schema.input, input)]]))
  client.step()
  client.round()
}

function ownValues(world: World) {
  return (['ship', 'bullet'] as const).flatMap((type) =>
    [...world.all(type)]
      .filter(({ owner }) => owner === ann)
      .map((record) => ({ id: record.id, ...plainValues(record.$type, record) })),
  )
}

describe('a client', () => {
  it('predicts its own ship and bullets as the host has them, to the bit and by the same ids', () => {
    const host = startMatch([ann, bo])
    host.clearSky()
    place(host.ship(ann), 700, 700)
    place(host.ship(bo), 2700, 1700)
    host.run(1)
    const client = startClient(host, ann)
    for (let i = 0; i < 150; i++) {
      const input = whim(ann, host.world.tick + 1)
      host.run(1, (player) => (player === ann ? input : {}))
      predict(client, input)
      // What only the referee writes is not the client's to know.
      const known = ({ hp: _hp, safeUntil: _safe, ...rest }: Record<string, unknown>) => rest
      expect(ownValues(client).map(known)).toEqual(ownValues(host.world).map(known))
    }
    expect([...client.all('bullet')].length).toBeGreaterThan(0)
  })

  it('sees its bullet stop at what it strikes, and deals no damage', () => {
    const host = startMatch([ann, bo])
    host.clearSky()
    place(host.ship(ann), 1000, 1000)
    place(host.ship(bo), 1200, 1000)
    host.run(1)
    const client = startClient(host, ann)
    predict(client, { fire: true })
    for (let i = 0; i < 30; i++) predict(client, {})
    const [bullet] = [...client.all('bullet')] as unknown as ReturnType<Match['bullets']>
    expect(bullet).toMatchObject({ spent: true, struck: host.ship(bo).id, vx: 0 })
    const target = [...client.all('ship')].find(({ owner }) => owner === bo) as unknown as { hp: number }
    expect(target.hp).toBe(FULL_HP)
  })

  it('moves nobody else’s ship, and shoots for nobody else', () => {
    const host = startMatch([ann, bo])
    host.clearSky()
    place(host.ship(bo), 1200, 1000, { vx: 200 })
    host.run(1)
    const client = startClient(host, ann)
    client.begin(client.tick + 1)
    setInputs(client, new Map([[bo, client.message(dogstar.schema.input, { fire: true, thrust: true })]]))
    client.step()
    expect([...client.all('bullet')]).toHaveLength(0)
    const theirs = [...client.all('ship')].find(({ owner }) => owner === bo) as unknown as { x: number }
    expect(theirs.x).toBe(host.ship(bo).x)
  })
})
