/** What a page does with what it holds: copies it, logs it, sends it on. It shows the game's fields, nothing of ours. */
import { inspect } from 'node:util'
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { simulate } from '../../../net/testing.ts'

const yard = defineGame({
  id: 'yard',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1) },
  entities: {
    ship: entity({
      x: t.fixed({ min: 0, max: 99, step: 1 / 16 }),
      target: t.entity(),
      cargo: t.list(t.int(0, 9), 3),
      secret: t.int(0, 9, { to: 'nobody' }),
    }),
    engine: entity(
      {
        state: t.opaque({
          create: () => {
            const state: { self?: unknown } = {}
            state.self = state
            return state
          },
          save: () => new Uint8Array(),
          load: () => ({}),
        }),
      },
      { predict: 'none' },
    ),
  },
  globals: { round: t.int(0, 99), seed: t.int(0, 99, { to: 'nobody' }) },
  player: { score: t.int(0, 99) },
  step(world) {
    looked?.('step', world)
  },
  referee(world) {
    for (const owner of world.joined) {
      world.spawn('ship', { owner, x: 5, cargo: [1, 2], secret: 7 })
      world.player(owner).score = 3
    }
    if (world.tick === 1) {
      world.globals.round = 4
      world.globals.seed = 9
      world.spawn('engine', {})
    }
    looked?.('referee', world)
  },
})

// biome-ignore lint/suspicious/noExplicitAny: the tests look at what is there besides the types.
let looked: ((where: string, world: any) => void) | null = null

function played() {
  const match = simulate(yard, { players: 2, network: { latencyMs: 5 } })
  match.run(500)
  return match
}

const internal = /numbers|objects|\$type|\$holder|\$alive|#|records|Float64Array/

describe('what a view shows', () => {
  const guest = played().clients[1]!
  const view = guest.view()
  const [first] = [...view.all('ship')]
  const ship = { type: 'ship', owner: expect.any(Number), x: 5, target: null, cargo: [1, 2] }

  it('of an entity copies, logs and is sent on as its identity and its fields, without what is hidden', () => {
    const plain = { ...ship, id: first!.id, owner: first!.owner, mine: false }
    expect({ ...first }).toEqual(plain)
    expect(JSON.parse(JSON.stringify(first))).toEqual(plain)
    expect(structuredClone(first)).toEqual(plain)
    expect(Object.keys(first!).sort()).toEqual(Object.keys(plain).sort())
    expect(inspect(first)).toMatch(/^ship \{\s+id: \d+,\s+type: 'ship',\s+owner: 64,\s+x: 5,/)
    expect(inspect([first, first])).not.toMatch(internal)
    expect(Object.assign({}, first)).toEqual(plain)
  })

  it('of the globals, a player, options and all of itself has no circle and nothing of ours', () => {
    expect({ ...view.globals }).toEqual({ round: 4 })
    expect(JSON.stringify(view.globals)).toBe('{"round":4}')
    expect(inspect(view.globals)).toBe('globals { round: 4 }')
    expect(JSON.stringify({ ...view.player(guest.me) })).toBe('{"score":3}')
    expect(inspect(view.player(guest.me))).toBe('player { score: 3 }')
    const whole = JSON.parse(JSON.stringify(view))
    expect(whole).toMatchObject({ me: guest.me, globals: { round: 4 }, entities: [ship, ship, { type: 'engine' }] })
    expect(inspect(view, { depth: 9 })).not.toMatch(internal)
    expect(inspect(guest.session)).not.toMatch(internal)
    expect(() => JSON.stringify(guest.session)).not.toThrow()
  })

  it('is asked by an id: an entity itself would never be found, and says so', () => {
    expect(view.get('ship', first!.id)).toBe(first)
    expect(view.get('ship', null)).toBe(null)
    expect(() => view.get('ship', first as never)).toThrow(/get was given an object for a ship.*entity's id/)
    expect(() => view.player(null as never)).toThrow(/player was given null/)
  })

  it('is read only: a write is dropped and told of in development, but a page may hang its own on an entity', () => {
    const warned: string[] = []
    const match = simulate(yard, { players: 1, development: true, warn: (problem) => warned.push(problem) })
    match.run(300)
    const [own] = [...match.clients[0]!.view().all('ship')] as unknown as Record<string, unknown>[]
    own!.x = 50
    own!.sprite = 'mine'
    expect(own!.x).toBe(5)
    expect(own!.sprite).toBe('mine')
    match.run(20)
    expect(warned).toEqual([expect.stringMatching(/^ship\.x is written in a view, which is only read/)])
  })
})

describe('what the rules see', () => {
  it('of records and of the world copies, logs and is sent on, with what is hidden from players alone', () => {
    const texts: string[] = []
    looked = (where, world) => {
      if (world.tick !== 20 || world.predicting !== null) return
      const [ship] = [...world.all('ship')]
      for (const what of [
        ship,
        world.globals,
        world.players,
        world.inputOf(ship.owner),
        world,
        [...world.all('engine')],
      ])
        for (const text of [inspect(what, { depth: 9 }), JSON.stringify(what)]) texts.push(`${where} ${text}`)
      expect({ ...ship }).toEqual({
        id: ship.id,
        type: 'ship',
        owner: ship.owner,
        x: 5,
        target: null,
        cargo: [1, 2],
        secret: 7,
      })
      expect({ ...world.globals }).toEqual({ round: 4, seed: 9 })
      expect(JSON.parse(JSON.stringify([...world.all('engine')]))).toEqual([
        { id: expect.any(Number), type: 'engine', owner: null },
      ])
    }
    try {
      played()
    } finally {
      looked = null
    }
    expect(texts).toHaveLength(24)
    for (const text of texts) expect(text).not.toMatch(internal)
  })
})
