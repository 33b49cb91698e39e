/** What plain JavaScript lets through: each does what was meant, or says in a sentence what to write instead. */
import { command, defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { playerId } from '../../../net/world/ids.ts'
import { runTick, type TickInput } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'

const ann = playerId(0, 1)
const bob = playerId(1, 1)
const none: TickInput = { joined: [], left: [], expired: [], inputs: new Map(), commands: [] }

type Loose = Record<string, unknown>
/** The world as plain JavaScript sees it. */
// biome-ignore lint/suspicious/noExplicitAny: misuse is what the types forbid.
type LooseWorld = any

function worldOf(
  rules: { step?(world: LooseWorld): unknown; referee?(world: LooseWorld): unknown },
  predicting = false,
) {
  const game = defineGame({
    id: 'misuse',
    version: 1,
    maxPlayers: 8,
    input: { x: t.int(-1, 1) },
    entities: {
      ship: entity({ x: t.int(0, 100), hp: t.int(0, 9, { by: 'referee' }) }),
      rock: entity({ x: t.int(0, 100) }, { predict: 'none' }),
    },
    globals: { round: t.int(0, 99) },
    player: { score: t.int(0, 99) },
    events: { told: event({ n: t.int(0, 99) }), pop: event({}) },
    commands: { buy: command({}, { result: t.bool() }) },
    step: (world) => rules.step?.(world),
    referee: (world) => rules.referee?.(world),
  })
  const refused: string[] = []
  const refuse = (problem: string): void => void refused.push(problem)
  const world = new World({ game, seed: 1, predicting: predicting ? ann : null, refused: refuse })
  return { world: world as LooseWorld, real: world, refused }
}

describe('an entity that is named', () => {
  it('by its id is removed, as by itself; one that is gone already is no fault', () => {
    const { world, real } = worldOf({})
    const [a, b] = [world.spawn('rock', { x: 1 }), world.spawn('rock', { x: 2 })]
    world.remove(a.id)
    world.remove(b)
    world.remove(a.id)
    world.remove(b)
    expect([...real.all('rock')]).toEqual([])
    expect(real.removed).toHaveLength(2)
  })

  it.each([
    ['a player’s id', ann],
    ['the id of the globals', 0],
    ['a number that is no id', 1.5],
    ['null', null],
    ['nothing', undefined],
    ['a text', '65536'],
    ['an object without an id', {}],
    ['the globals', 'globals'],
    ['a player’s record', 'player'],
  ])('as %s is not removed, and the sentence says what to give', (name, given) => {
    const { world } = worldOf({})
    world.seat(ann)
    const what = name === 'the globals' ? world.globals : name === 'a player’s record' ? world.player(ann) : given
    expect(() => world.remove(what)).toThrow(/remove.*no entity.*Give an entity, or its id/)
  })

  it('by its id draws the same chance as by itself, and what is no entity draws none', () => {
    const { world } = worldOf({})
    const rock = world.spawn('rock', { x: 1 })
    expect(world.random(1, rock.id)).toBe(world.random(1, rock))
    expect(world.random(1, rock)).not.toBe(world.random(1))
    for (const what of [null, '65536', {}, Number.NaN]) expect(() => world.random(1, what)).toThrow(/random.*its id/)
    for (const n of ['1', Number.NaN, undefined]) expect(() => world.random(n)).toThrow(/random.*a number/)
  })

  it('to get() is named by its id or null: anything else never finds one, and says so', () => {
    const { world } = worldOf({})
    const rock = world.spawn('rock', { x: 1 })
    expect(world.get('rock', rock.id)).toBe(rock)
    expect(world.get('rock', null)).toBe(null)
    expect(world.get('rock', 12345)).toBe(null)
    for (const id of [rock, String(rock.id)]) expect(() => world.get('rock', id)).toThrow(/get.*Give an entity's id/)
    expect(() => world.get('sheep', null)).toThrow(/There is no entity type "sheep"/)
  })
})

describe('a player who is named', () => {
  it.each([null, undefined, '64', 5, {}])('as %o has no record: the sentence says whom to name', (who) => {
    const { world } = worldOf({})
    expect(() => world.player(who)).toThrow(/no player.*world\.players/)
    if (who === null) return
    expect(() => world.inputOf(who)).toThrow(/no player/)
    expect(() => world.asSeenBy(who)).toThrow(/no player/)
  })
})

describe('a write that nothing keeps is told of', () => {
  const writes: [string, (world: LooseWorld) => void, RegExp][] = [
    [
      'to a field that the type does not have',
      (world) => {
        for (const ship of world.all('ship')) ship.lives = 3
      },
      /^ship\.lives is written, but ship has no such field.*x, hp/,
    ],
    [
      'to an unknown field of the globals',
      (world) => Object.assign(world.globals, { rond: 1 }),
      /^globals\.rond .*round/,
    ],
    [
      'to an unknown field of a player',
      (world) => Object.assign(world.player(ann), { scor: 1 }),
      /^player\.scor .*score/,
    ],
    ['to an unknown field at a spawn', (world) => world.spawn('ship', { owner: ann, z: 1 }), /^ship\.z .*x, hp/],
    ['to an unknown field of an event', (world) => world.emit('told', { m: 1 }), /^told\.m .*has no such field.*n/],
    [
      'to an input',
      (world) => Object.assign(world.inputOf(ann), { x: 1 }),
      /^input\.x is written by the rules, .*only read/,
    ],
    [
      'to the record of nobody',
      (world) => Object.assign(world.player(bob), { score: 1 }),
      /^player\.score .*not in the match/,
    ],
    [
      'to what somebody saw',
      (world) => {
        for (const rock of world.asSeenBy(ann).all('rock')) rock.x = 1
      },
      /^rock\.x is written.*asSeenBy.*world\.get/,
    ],
  ]
  it.each(writes)('%s', (_name, write, sentence) => {
    const { world, real, refused } = worldOf({ referee: write })
    // A rock of a moment ago.
    const seen = real.make(real.entityType('rock'), 70000 as never, null)
    seen.$writable = false
    real.rewind = { of: () => ({ tick: 0, all: () => [seen], get: () => null }) }
    world.seat(ann)
    const ship = world.spawn('ship', { owner: ann, x: 7 })
    runTick(real, 1, none)
    expect(refused).toEqual([expect.stringMatching(sentence)])
    expect(ship.lives).toBe(undefined)
    expect((seen as never as Loose).x).toBe(0)
  })

  it('but not where a client’s step writes to what is not its own: the rules stay one file', () => {
    const { world, real, refused } = worldOf(
      {
        step: (w) => {
          for (const ship of w.all('ship')) ship.x += 1
        },
      },
      true,
    )
    const other = real.make(real.entityType('ship'), 70000 as never, bob)
    other.$writable = false
    real.insert(other)
    runTick(real, 1, none)
    expect(refused).toEqual([])
    expect([...world.all('ship')]).toMatchObject([{ x: 0 }])
  })

  it('and what is copied from another entity may hold its identity, which a new one has of its own', () => {
    const { world, refused } = worldOf({})
    const one = world.spawn('ship', { owner: ann, x: 7, hp: 3 })
    const two = world.spawn('ship', { ...one, owner: bob })
    expect(two).toMatchObject({ x: 7, hp: 3, owner: bob })
    expect(two.id).not.toBe(one.id)
    expect(refused).toEqual([])
  })
})

describe('an event, spawn or loop with a slip in it', () => {
  it.each<[string, unknown, RegExp]>([
    ['to by a wrong name', { too: 'owner', owner: ann }, /emit: there is no option "too".*owner, to, at/],
    ['to by a capital', { To: ann }, /no option "To"/],
    ['players instead of to', { players: [ann] }, /no option "players"/],
    ['a player in the place of options', ann, /emit: its options are 64.*owner, to, at/],
    ['null in the place of options', null, /its options are null/],
  ])('is not told to everybody: %s', (_name, options, sentence) => {
    for (const predicting of [false, true]) {
      const { world, real } = worldOf({}, predicting)
      expect(() => world.emit('told', { n: 1 }, options)).toThrow(sentence)
      expect(real.emitted).toEqual([])
    }
  })

  it('needs no payload where the event has no fields, and an object where it has some', () => {
    const { world, real } = worldOf({})
    world.emit('pop')
    world.emit('pop', {}, { to: ann })
    expect(real.emitted).toHaveLength(2)
    for (const payload of [undefined, null, 5, [1]])
      expect(() => world.emit('told', payload)).toThrow(/The told was given .*object with some of n\./)
    expect(real.emitted).toHaveLength(2)
  })

  it('says what a spawn is given, where it is given no object', () => {
    const { world } = worldOf({})
    for (const init of [undefined, null, 5, 'x', []])
      expect(() => world.spawn('ship', init)).toThrow(/The ship was given .*object with some of owner, x, hp/)
  })

  it('over commands of a wrong name is no empty loop', () => {
    const { world } = worldOf({})
    expect([...world.commands('buy')]).toEqual([])
    expect(() => world.commands('byu')).toThrow('There is no command "byu". The game has buy.')
  })
})

describe('rules that return a promise', () => {
  it.each(['step', 'referee'])('are refused in %s, and what it rejects with ends no process', async (rule) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const { real } = worldOf({ [rule]: () => Promise.reject(new Error('late')) })
    expect(() => runTick(real, 1, none)).toThrow(new RegExp(`^${rule} returned a promise.*without async`))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
