import { defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { inputId, playerId, spawnedId, spawnerOf } from '../../../net/world/ids.ts'
import type { GameRecord } from '../../../net/world/record.ts'
import { saveWorld } from '../../../net/world/save.ts'
import { runTick, type TickInput } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { everything } from './everything.ts'

const ann = playerId(0, 1)
const bob = playerId(1, 1)
const none: TickInput = { joined: [], left: [], expired: [], inputs: new Map(), commands: [] }

type Rules = { step?: (world: World) => void; referee?: (world: World) => void }
type Loose = Record<string, unknown>

/** A world whose rules are those of the test; what was refused is in `refused`. */
function worldOf({ step, referee }: Rules, predicting: typeof ann | null = null): { world: World; refused: string[] } {
  const game = defineGame({
    id: 'test',
    version: 1,
    maxPlayers: 8,
    input: { x: t.int(-1, 1), go: t.button() },
    entities: {
      ship: entity({
        x: t.fixed({ min: 0, max: 100, step: 1 / 16 }),
        hp: t.int(0, 9, { by: 'referee', default: 5 }),
        target: t.entity(),
        tags: t.list(t.int(0, 9), 3),
      }),
      ball: entity({ x: t.int(0, 100) }, { predict: 'all' }),
      rock: entity({ x: t.int(0, 100) }, { predict: 'none' }),
    },
    globals: { round: t.int(0, 99) },
    player: { score: t.int(0, 99) },
    events: { told: event({ n: t.int(0, 99) }), felt: event({ n: t.int(0, 99) }, { timing: 'predicted' }) },
    step: (world) => step?.(world as unknown as World),
    referee: (world) => referee?.(world as unknown as World),
  })
  const refused: string[] = []
  return { world: new World({ game, seed: 1, predicting, refused: (problem) => refused.push(problem) }), refused }
}

const xs = (world: World, name: string): unknown[] => [...world.all(name)].map((record) => (record as never as Loose).x)

describe('a tick', () => {
  it('gives a player who joins what the referee spawns for them, at once', () => {
    const world = new World({ game: tag, seed: 1, predicting: null })
    runTick(world, 1, { ...none, joined: [ann] })
    expect([...world.all('runner')]).toMatchObject([{ it: true, owner: ann }])
  })

  it('runs in the order of the spec: who came, inputs, step, referee, rounding', () => {
    const seen: unknown[] = []
    const { world } = worldOf({
      step: (w) => seen.push(['step', [...w.players], (w.inputOf(ann) as never as Loose).x]),
      referee: (w) => {
        seen.push(['referee', [...w.joined], [...w.left]])
        if (w.joined.length > 0) w.spawn('ship', { owner: ann, x: 1 / 3 })
        for (const ship of w.all('ship')) seen.push((ship as never as Loose).x)
      },
    })
    const input = { numbers: Float64Array.of(1, 0), objects: [] }
    runTick(world, 1, { ...none, joined: [ann], inputs: new Map([[ann, input]]) })
    expect(seen).toEqual([['step', [ann], 1], ['referee', [ann], []], 1 / 3])
    expect(xs(world, 'ship')).toEqual([Math.round(4096 / 3) / 4096])
    runTick(world, 2, { ...none, left: [ann] })
    expect(seen.at(-2)).toEqual(['referee', [], [ann]])
  })

  it('frees a seat whose time is over, with all that was its player’s, and the rules see them until then', () => {
    const seen: unknown[] = []
    const { world } = worldOf({ referee: (w) => seen.push([...w.players].length, [...w.all('ship')].length) })
    runTick(world, 1, { ...none, joined: [ann, bob] })
    world.spawn('ship', { owner: ann })
    world.spawn('ship', { owner: bob, x: 9 })
    runTick(world, 2, { ...none, expired: [ann] })
    runTick(world, 3, none)
    expect(seen).toEqual([2, 0, 2, 2, 1, 1])
    expect(world.players).toEqual([bob])
    expect(world.exists(inputId(ann))).toBe(false)
    expect(xs(world, 'ship')).toEqual([9])
    // Whoever is gone has a record of defaults and a neutral input: rules need not ask.
    expect((world.player(ann) as never as Loose).score).toBe(0)
    expect((world.inputOf(ann) as never as Loose).x).toBe(0)
  })

  it('is over in the same state when the rules throw in the middle of it: the next may run', () => {
    const { world } = worldOf({
      step: () => {
        throw new Error('boom')
      },
    })
    expect(() => runTick(world, 1, none)).toThrow('boom')
    expect(world.phase).toBe('idle')
  })
})

describe('a loop over entities', () => {
  it('is in the order of ids, whatever was spawned when', () => {
    const { world } = worldOf({ step: (w) => void (w.tick === 5 && w.spawn('ship', { owner: bob, x: 3 })) })
    for (const player of [bob, ann]) world.seat(player)
    runTick(world, 5, none)
    runTick(world, 6, none)
    world.spawn('ship', { owner: null, x: 1 })
    world.spawn('ship', { owner: bob, x: 2 })
    expect(xs(world, 'ship')).toEqual([1, 2, 3])
    expect(world.players).toEqual([ann, bob])
  })

  it('does not meet what it spawns itself, so it ends', () => {
    const { world } = worldOf({})
    world.spawn('rock', { x: 1 })
    for (const _ of world.all('rock')) world.spawn('rock', { x: 2 })
    expect(xs(world, 'rock')).toEqual([1, 2])
  })

  it('does not meet what was removed meanwhile, and goes on behind what it removes itself', () => {
    const { world } = worldOf({})
    const rocks = [1, 2, 3, 4].map((x) => world.spawn('rock', { x }))
    const met: unknown[] = []
    for (const rock of world.all('rock')) {
      met.push((rock as never as Loose).x)
      if (rock === rocks[0]) for (const gone of [rocks[0], rocks[2]]) world.remove(gone as GameRecord)
    }
    expect(met).toEqual([1, 2, 4])
    expect(xs(world, 'rock')).toEqual([2, 4])
  })

  it('can stand within another over the same type', () => {
    const { world } = worldOf({})
    for (let x = 1; x <= 3; x++) world.spawn('rock', { x })
    let pairs = 0
    for (const a of world.all('rock')) for (const b of world.all('rock')) if (a !== b) pairs++
    expect(pairs).toBe(6)
  })
})

describe('what the rules must not do', () => {
  it('is refused in step with a sentence, and the old value holds: authority fields, globals, player records', () => {
    const { world, refused } = worldOf({
      step: (w) => {
        for (const ship of w.all('ship')) (ship as never as Loose).hp = 1
        ;(w.globals as never as Loose).round = 9
        ;(w.player(ann) as never as Loose).score = 9
      },
    })
    world.seat(ann)
    world.spawn('ship', { owner: ann })
    world.step()
    expect(refused).toEqual([
      'ship.hp is written in step, but only referee may write it',
      'globals.round is written in step, but only referee may write it',
      'player.score is written in step, but only referee may write it',
    ])
    expect([...world.all('ship')]).toMatchObject([{ hp: 5 }])
    expect(world.globals).toMatchObject({ round: 0 })
  })

  it.each<[string, unknown]>([
    ['x', Number.NaN],
    ['x', '5'],
    ['x', undefined],
    ['target', 3],
    ['tags', 'abc'],
  ])('writes %s = %s: refused, and the old value holds', (name, value) => {
    const { world, refused } = worldOf({})
    const ship = world.spawn('ship', { owner: ann, x: 7, tags: [1] }) as never as Loose
    const before = ship[name]
    ship[name] = value
    expect(ship[name]).toEqual(before)
    expect(refused).toEqual([`ship.${name} cannot be ${String(value)}; it keeps its old value`])
  })

  it('spawns in step without an owner, because no client could know it', () => {
    const { world } = worldOf({ step: (w) => w.spawn('rock', { x: 1 }) })
    expect(() => runTick(world, 1, none)).toThrow(
      'step spawns a rock without an owner. Give it one, or spawn it in referee',
    )
  })

  it('gives an owner who is no player: the wire has no place for one', () => {
    const { world } = worldOf({})
    expect(() => world.spawn('rock', { owner: 5 })).toThrow('The owner of a new rock is 5, which is no player')
  })

  it('names what is not there: the sentence lists what is', () => {
    const { world } = worldOf({})
    expect(() => world.all('sheep')).toThrow('There is no entity type "sheep". The game has ship, ball, rock.')
    expect(() => world.spawn('sheep', {})).toThrow('There is no entity type "sheep"')
    expect(() => world.emit('bang', {})).toThrow('There is no event "bang". The game has told, felt.')
  })

  it('spawns or emits without end', () => {
    const { world } = worldOf({
      step: (w) => {
        for (let i = 0; i < 257; i++) w.spawn('ship', { owner: ann })
      },
      referee: (w) => {
        for (let i = 0; i < 257; i++) w.emit('told', { n: 1 })
      },
    })
    expect(() => world.step()).toThrow(RangeError)
    world.begin(2)
    expect(() => world.referee()).toThrow('More than 256 events of one player in one tick')
  })

  it('writes to what is gone, or removes it twice: nothing happens', () => {
    const { world } = worldOf({})
    const rock = world.spawn('rock', { x: 1 })
    world.remove(rock)
    world.remove(rock)
    ;(rock as never as Loose).x = 5
    expect((rock as never as Loose).x).toBe(1)
    expect(world.removed).toHaveLength(1)
    expect(world.get('rock', rock.id)).toBe(null)
  })
})

describe('what is written', () => {
  it('is in range at once and on the grid after the tick, lists too, which may be changed in place', () => {
    const { world } = worldOf({})
    const ship = world.spawn('ship', { x: 1e9 }) as never as { x: number; tags: number[] }
    expect(ship.x).toBe(100)
    ship.x = 0.1
    ship.tags.push(50, -3, 4.4, 7, 8)
    world.round()
    expect(ship.x).toBe(410 / 4096)
    expect(ship.tags).toEqual([9, 0, 4])
  })

  it('is put on the grid where the steps of the simulation are whole numbers, too', () => {
    const game = defineGame({
      id: 'whole',
      version: 1,
      maxPlayers: 1,
      input: {},
      entities: { dot: entity({ x: t.fixed({ min: 0, max: 9, step: 1, sim: 1 }) }) },
      step() {},
    })
    const world = new World({ game, seed: 1, predicting: null })
    const dot = world.spawn('dot', { x: 2.6 })
    world.round()
    expect((dot as never as Loose).x).toBe(3)
  })

  it('as a list is a copy: what the rules keep of it is not the world', () => {
    const { world } = worldOf({})
    const kept = [1, 2]
    const ship = world.spawn('ship', { tags: kept }) as never as { tags: number[] }
    kept.push(3)
    expect(ship.tags).toEqual([1, 2])
  })

  it('as a reference reads null once that entity is gone', () => {
    const { world } = worldOf({})
    const rock = world.spawn('rock', {})
    const ship = world.spawn('ship', { target: rock.id }) as never as Loose
    expect(ship.target).toBe(rock.id)
    world.remove(rock)
    expect(ship.target).toBe(null)
  })
})

describe('identity', () => {
  it('of what step spawns is owner, tick and ordinal, the same on the host and on the client that predicts it', () => {
    const rules: Rules = {
      step: (w) => {
        for (const player of [ann, bob]) for (let i = 0; i < 2; i++) w.spawn('ship', { owner: player, x: i })
      },
    }
    const { world: host } = worldOf(rules)
    const { world: client } = worldOf(rules, bob)
    for (const world of [host, client]) {
      world.begin(77)
      world.step()
    }
    const ids = (world: World): number[] => [...world.all('ship')].map(({ id }) => id)
    expect(ids(host)).toEqual([
      spawnedId(ann, 77, 0),
      spawnedId(ann, 77, 1),
      spawnedId(bob, 77, 0),
      spawnedId(bob, 77, 1),
    ])
    expect(ids(client)).toEqual([spawnedId(bob, 77, 0), spawnedId(bob, 77, 1)])
    expect(spawnerOf(ids(client)[1] as never)).toEqual({ owner: bob, tick: 77, ordinal: 1 })
  })

  it('of an event is the same on both, though the client emits only what it predicts', () => {
    const rules: Rules = {
      step: (w) => {
        for (const player of [ann, bob]) {
          w.emit('told', { n: 1 }, { owner: player })
          w.emit('felt', { n: 2 }, { owner: player })
          w.emit('felt', { n: 3 }, { owner: player })
        }
        w.emit('felt', { n: 4 })
      },
    }
    const { world: host } = worldOf(rules)
    const { world: client } = worldOf(rules, bob)
    for (const world of [host, client]) {
      world.begin(5)
      world.step()
    }
    const told = (world: World): unknown[] =>
      world.emitted
        .filter(({ owner, type }) => owner === bob && type.name === 'felt')
        .map(({ tick, ordinal, row }) => [tick, ordinal, row.numbers[0]])
    expect(told(client)).toEqual([
      [5, 0, 2],
      [5, 1, 3],
    ])
    expect(told(host)).toEqual(told(client))
    expect(client.emitted).toHaveLength(2)
    expect(host.emitted).toHaveLength(7)
  })

  it('of what the referee spawns counts, and never comes again', () => {
    const { world } = worldOf({})
    const first = world.spawn('rock', {})
    world.remove(first)
    expect(world.spawn('rock', {}).id).toBe(first.id + 1)
  })
})

describe('a client’s world', () => {
  const rules: Rules = {
    step: (w) => {
      for (const ship of w.all('ship')) (ship as never as { x: number }).x += 1
      for (const ball of w.all('ball')) (ball as never as { x: number }).x += 1
    },
  }

  it('drops what step writes to, removes of and spawns for what others own, silently', () => {
    const { world, refused } = worldOf(
      {
        step: (w) => {
          rules.step?.(w)
          for (const ship of w.all('ship')) if (ship.owner === ann) w.remove(ship)
          const theirs = w.spawn('ship', { owner: ann, x: 50 }) as never as { x: number }
          theirs.x += 1
          w.spawn('rock', { owner: bob })
        },
      },
      bob,
    )
    const theirs = world.make(world.game.schema.entities.get('ship')!, spawnedId(ann, 1, 0), ann)
    theirs.$writable = false
    world.insert(theirs)
    const own = world.make(world.game.schema.entities.get('ship')!, spawnedId(bob, 1, 0), bob)
    world.insert(own)
    world.begin(3)
    world.step()
    expect(xs(world, 'ship')).toEqual([0, 1])
    expect(xs(world, 'rock')).toEqual([])
    expect(refused).toEqual([])
  })

  it('steps what everybody predicts', () => {
    const { world } = worldOf(rules, bob)
    world.insert(world.make(world.game.schema.entities.get('ball')!, 65536 as never, null))
    world.step()
    expect(xs(world, 'ball')).toEqual([1])
    expect(world.predicts(world.game.schema.entities.get('ball')!, null)).toBe(true)
    expect(world.predicts(world.game.schema.entities.get('rock')!, bob)).toBe(false)
  })
})

describe('chance', () => {
  it('is the same for the same question on every machine, and another for another entity, tick or n', () => {
    const { world: host } = worldOf({})
    const { world: client } = worldOf({}, bob)
    for (const world of [host, client]) world.begin(9)
    const a = host.spawn('rock', {})
    const b = host.spawn('rock', {})
    expect(host.random(1, a)).toBe(client.random(1, a))
    const draws = [host.random(1), host.random(2), host.random(1, a), host.random(1, b)]
    host.begin(10)
    expect(new Set([...draws, host.random(1)]).size).toBe(5)
  })

  it('of the referee is another with another secret, and evenly spread', () => {
    const draw = (secret: number[]): number[] => {
      const world = new World({ game: everything, seed: 1, secret, predicting: null })
      return Array.from({ length: 4000 }, () => world.secret())
    }
    const numbers = draw([1, 2, 3, 4])
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true)
    expect(numbers.reduce((sum, n) => sum + n, 0) / 4000).toBeCloseTo(0.5, 1)
    expect(draw([1, 2, 3, 5]).slice(0, 20)).not.toEqual(numbers.slice(0, 20))
  })
})

describe('options', () => {
  it('are in range, on their grid, and cannot be changed by the rules', () => {
    const world = new World({
      game: everything,
      seed: 1,
      predicting: null,
      options: { goal: 1e6, names: [true, true, false, true] },
    })
    expect(world.options).toEqual({ goal: 100, names: [true, true, false] })
    expect(() => {
      ;(world.options as Loose).goal = 5
    }).toThrow(TypeError)
  })

  it('that are left out have their defaults, and two worlds of the same are the same to the byte', () => {
    const make = (): World => new World({ game: everything, seed: 1, predicting: null })
    expect(make().options).toEqual({ goal: 10, names: [] })
    expect(saveWorld(make())).toEqual(saveWorld(make()))
  })
})

describe('a field that names a player', () => {
  const game = defineGame({
    id: 'seats',
    version: 1,
    maxPlayers: 4,
    input: {},
    entities: { flag: entity({ by: t.player(), friends: t.list(t.player(), 4) }, { predict: 'none' }) },
    step() {},
  })

  // Its seat has no place in the bits of a packet, so a client would read another player.
  it('takes none of a seat that the game does not have, and says so', () => {
    const refused: string[] = []
    const world = new World({ game, seed: 1, predicting: null, refused: (problem) => refused.push(problem) })
    const flag = world.spawn('flag', { by: playerId(3, 1) }) as GameRecord & Loose
    flag.by = playerId(4, 1)
    expect(flag.by).toBe(playerId(3, 1))
    expect(refused).toEqual([`flag.by cannot be ${playerId(4, 1)}; it keeps its old value`])
    flag.friends = [playerId(2, 9), playerId(63, 1)]
    world.round()
    expect(flag.friends).toEqual([playerId(2, 9), null])
  })
})

describe('a type of which there are 65,536', () => {
  it('takes no more, and says what to do: the wire has no slot for it', () => {
    const { world } = worldOf({})
    world.spawn('rock', {})
    expect(() => world.spawn('rock', {})).not.toThrow()
    world.count = () => 65536
    expect(() => world.spawn('rock', {})).toThrow(RangeError)
    expect(() => world.spawn('rock', {})).toThrow(/65536 of rock already.*Remove some/)
  })
})

describe('settings and choices', () => {
  const teams = defineGame({
    id: 'teams',
    version: 1,
    maxPlayers: 4,
    input: {},
    entities: {},
    settings: { laps: t.int(1, 9, { default: 3 }), gravity: t.fixed({ min: 0, max: 1, step: 1 / 8 }) },
    player: {
      score: t.int(0, 9),
      team: t.enum(['none', 'red', 'blue'], { chosen: true }),
      tint: t.fixed({ min: 0, max: 1, step: 1 / 4, chosen: true }),
      kit: t.list(t.int(0, 9), 3, { chosen: true, by: 'referee' }),
    },
    step() {},
    referee(world) {
      for (const player of world.joined) seen.push({ ...world.player(player), laps: world.settings.laps })
    },
  })
  let seen: Loose[] = []
  const worldWith = (settings = {}): World => {
    seen = []
    return new World({ game: teams, seed: 1, predicting: null, settings })
  }

  it('settings are complete, in range, on their grid and the same for a world that goes on elsewhere', () => {
    expect(worldWith({ laps: 99, gravity: 1 / 3 }).settings).toEqual({ laps: 9, gravity: 1365 / 4096 })
    expect(worldWith().settings).toEqual({ laps: 3, gravity: 0 })
    expect(Object.isFrozen(worldWith().settings)).toBe(true)
    expect(JSON.parse(JSON.stringify(worldWith({ laps: 5 })))).toMatchObject({ settings: { laps: 5 } })
  })

  it('the record of a player begins with their choice, before the rules hear that they joined', () => {
    const world = worldWith({ laps: 4 })
    const choices = { [ann]: { team: 'blue', tint: 0.5, kit: [1, 2] } }
    runTick(world, 1, { ...none, joined: [ann, bob], choices })
    expect(seen).toEqual([
      { score: 0, team: 'blue', tint: 0.5, kit: [1, 2], laps: 4 },
      { score: 0, team: 'none', tint: 0, kit: [], laps: 4 },
    ])
  })

  it('a choice of one player is nothing that another can change', () => {
    const kit = [1, 2]
    const world = worldWith()
    runTick(world, 1, { ...none, joined: [ann], choices: { [ann]: { kit } } })
    kit.push(9)
    expect((world.player(ann) as never as Loose).kit).toEqual([1, 2])
  })

  it('what is chosen is part of the hash, and so is whether the game has a say in it', () => {
    const hash = (chosen: boolean, mayChoose = false): string =>
      defineGame({
        ...{ id: 'teams', version: 1, maxPlayers: 4, input: {}, entities: {}, step() {} },
        player: { team: t.int(0, 3, chosen ? { chosen: true } : {}) },
        ...(mayChoose ? { mayChoose: () => true } : {}),
      }).hash
    expect(new Set([hash(false), hash(true), hash(true, true)]).size).toBe(3)
  })
})
