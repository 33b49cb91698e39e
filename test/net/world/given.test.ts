/** What a developer gives by a wrong name or of a wrong kind: a sentence at once, not a default that nobody asked for. */
import { command, createLobby, defineGame, entity, event, joinLobby, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { SimulatedNetwork, seededRandom, simulate } from '../../../net/testing.ts'

// biome-ignore lint/suspicious/noExplicitAny: misuse is what the types forbid.
type Loose = any

const shop = defineGame({
  id: 'shop',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), turn: t.angle(), mode: t.enum(['walk', 'run']), at: t.entity(), fire: t.button() },
  entities: {},
  options: { goal: t.int(1, 9, { default: 5 }), map: t.enum(['small', 'large']), name: t.string(8) },
  commands: {
    buy: command({ price: t.int(0, 9), note: t.string(4) }, { result: t.bool() }),
    sell: command(
      { price: t.int(0, 9), note: t.string(4), marks: t.list(t.int(0, 9), 2), at: t.angle() },
      { result: t.int(0, 9), outOfRange: 'reject' },
    ),
  },
  step() {},
  referee(world) {
    for (const { payload, reply } of world.commands('buy')) reply(payload.price === 9)
    for (const { payload, reply } of world.commands('sell')) reply(payload.price)
  },
})

const lobbyOf = (options: Loose) => createLobby(shop, { name: 'Ann', ...options })
const joined = (options: Loose) => joinLobby(shop, 'K7QX2', { name: 'Bea', ...options })

describe('an option of a lobby', () => {
  it.each<[string, Loose, RegExp]>([
    ['by a wrong name', { maxPlayer: 2 }, /createLobby: there is no option "maxPlayer".*maxPlayers/],
    ['of a wrong kind: development', { development: 'no' }, /development is "no".*true or false/],
    ['of a wrong kind: fairHost', { fairHost: 1 }, /fairHost is 1.*true or false/],
    ['of a wrong kind: signaling', { signaling: 8080 }, /signaling is 8080.*text/],
    ['of a wrong kind: iceServers', { iceServers: 'stun:x' }, /iceServers is "stun:x".*list/],
    ['of a wrong kind: maxPlayers', { maxPlayers: '3' }, /maxPlayers is 1 to 4/],
    ['of the game by a wrong name', { options: { gaol: 3 } }, /options of shop has no field "gaol".*goal, map, name/],
    ['of the game of a wrong kind', { options: { goal: '3' } }, /goal cannot be "3".*a number from 1 to 9/],
    ['of the game that is no number', { options: { goal: Number.NaN } }, /goal cannot be NaN/],
    ['of the game that is none of its names', { options: { map: 'huge' } }, /map cannot be "huge".*"small", "large"/],
    ['of the game that is no object', { options: 5 }, /options of shop was given 5/],
  ])('%s is refused with a sentence', async (_name, options, sentence) => {
    await expect(lobbyOf(options)).rejects.toThrow(sentence)
  })

  it.each<[string, Loose, RegExp]>([
    ['by a wrong name', { maxPlayers: 2 }, /joinLobby: there is no option "maxPlayers".*onProgress/],
    ['of a wrong kind: onProgress', { onProgress: true }, /onProgress is true.*a function/],
    ['of a wrong kind: development', { development: 0 }, /development is 0/],
  ])('to join %s is refused with a sentence', async (_name, options, sentence) => {
    await expect(joined(options)).rejects.toThrow(sentence)
  })

  it('and a game that is none, and options that are none', async () => {
    await expect(createLobby(undefined as Loose, { name: 'A' })).rejects.toThrow(
      /createLobby was given undefined.*defineGame/,
    )
    await expect(joinLobby({ id: 'x' } as Loose, 'K7QX2', { name: 'A' })).rejects.toThrow(
      /joinLobby was given an object/,
    )
    await expect(createLobby(shop, undefined as Loose)).rejects.toThrow(/createLobby: its options are undefined.*name/)
    await expect(joinLobby(shop, 'K7QX2', 'Bea' as Loose)).rejects.toThrow(/joinLobby: its options are "Bea"/)
  })
})

describe('an option of a simulation', () => {
  it.each<[string, Loose, RegExp]>([
    ['by a wrong name', { latency: 50 }, /simulate: there is no option "latency".*network/],
    ['a seed that is a text', { seed: 'abc' }, /simulate: the seed is "abc".*whole number/],
    ['a seed that is no number', { seed: Number.NaN }, /the seed is NaN/],
    ['a seed with a fraction', { seed: 1.5 }, /the seed is 1\.5/],
    ['a seed below 0', { seed: -1 }, /the seed is -1/],
    ['a seed beyond 32 bits', { seed: 2 ** 32 }, /the seed is 4294967296/],
    ['players as a text', { players: '2' }, /shop is for 1 to 4 players/],
    ['an option of the game', { options: { gaol: 1 } }, /has no field "gaol"/],
    ['a condition by a wrong name', { network: { latency: 50 } }, /network: there is no option "latency".*latencyMs/],
    ['a condition of one way', { network: { toHost: { los: 1 }, toGuest: {} } }, /no option "los"/],
    ['one way only', { network: { toHost: { loss: 0 } } }, /toGuest/],
    ['a network that is none', { network: 50 }, /network: its options are 50/],
    ['a burst by a wrong name', { network: { burst: { share: 0.1, meanms: 1 } } }, /no option "meanms".*meanMs/],
    ['an uplink by a wrong name', { hostUplink: { bits: 1 } }, /no option "bits".*bitsPerSecond/],
    ['a clock by a wrong name', { clocks: () => ({ offset: 5 }) }, /no option "offset".*offsetMs/],
    ['clocks that are no function', { clocks: [{}] }, /clocks is a list.*a function/],
    ['a check that is no yes or no', { development: 'yes' }, /development is "yes"/],
    ['a listener that is none', { warn: true }, /warn is true.*a function/],
  ])('%s is refused with a sentence', (_name, options, sentence) => {
    expect(() => simulate(shop, { players: 2, ...options })).toThrow(sentence)
  })

  it('and a seed that is none, wherever one is given, a game that is none, and a handler by a wrong name', () => {
    for (const make of [seededRandom, (seed: Loose) => new SimulatedNetwork(seed)])
      for (const seed of ['abc', Number.NaN, 1.5, undefined, -1])
        expect(() => make(seed as Loose)).toThrow(/the seed is/)
    expect(() => simulate({} as Loose, { players: 1 })).toThrow(/simulate was given an object/)
    expect(() => simulate(shop, { players: 1 }).run(10, { eachtick() {} } as Loose)).toThrow(/no option "eachtick"/)
  })
})

describe('what a player does', () => {
  const match = simulate(shop, { players: 1 })
  const { session } = match.clients[0]!
  const input: (values: Loose) => void = session.input

  it.each<[Loose, RegExp]>([
    [{ z: 1 }, /The input has no field "z".*x, turn, mode, at, fire/],
    [{ x: 'left' }, /The input: x cannot be "left".*a number from -1 to 1/],
    [{ x: null }, /x cannot be null/],
    [{ mode: 'fly' }, /mode cannot be "fly".*"walk", "run"/],
    [{ at: {} }, /at cannot be an object.*an entity's id, or null/],
    [{ fire: 'yes' }, /fire cannot be "yes".*true or false/],
    [5, /The input was given 5/],
    [null, /The input was given null/],
  ])('as %o is refused with a sentence', (values, sentence) => {
    expect(() => input(values)).toThrow(TypeError)
    expect(() => input(values)).toThrow(sentence)
  })

  it('keeps its old value where a number is none, for a frame must not stop by a slip in arithmetic', () => {
    const warned: string[] = []
    const other = simulate(shop, { players: 1, development: true, warn: (problem) => warned.push(problem) })
    other.clients[0]!.input({ x: Number.NaN })
    expect(warned).toEqual([expect.stringMatching(/input\.x cannot be NaN; it keeps its old value/)])
    expect(() => other.clients[0]!.input({ x: 5 })).not.toThrow()
  })
})

describe('a command', () => {
  const match = simulate(shop, { players: 1 })
  match.run(200)
  const { session } = match.clients[0]!
  const ask: (name: string, payload: Loose) => Promise<unknown> = session.command as Loose

  it.each<[string, Loose, RegExp]>([
    ['buy', { prize: 1 }, /command buy has no field "prize".*price, note/],
    ['buy', { price: '1' }, /command buy: price cannot be "1".*a number from 0 to 9/],
    ['buy', { price: Number.NaN }, /price cannot be NaN/],
    ['buy', { note: 5 }, /note cannot be 5.*a text of at most 4 bytes/],
    ['buy', undefined, /command buy was given undefined/],
    ['sell', { marks: [1, 'x'] }, /marks cannot be a list.*a list of at most 2, each a number from 0 to 9/],
  ])('%s with %o is refused with a sentence', (name, payload, sentence) => {
    expect(() => ask(name, payload)).toThrow(TypeError)
    expect(() => ask(name, payload)).toThrow(sentence)
  })

  it('whose numbers are out of range clamps them, or answers that it was not sent: as the game says', async () => {
    const clamped = ask('buy', { price: 100, note: 'too long' })
    const refused = [
      ask('sell', { price: 100 }),
      ask('sell', { price: -1 }),
      ask('sell', { note: 'too long' }),
      ask('sell', { marks: [1, 2, 3] }),
      ask('sell', { marks: [10] }),
    ]
    const right = ask('sell', { price: 9, note: 'abc', marks: [1], at: 50 })
    const answers = Promise.allSettled([...refused, clamped, right])
    match.run(300)
    const told = await answers
    for (const answer of told.slice(0, 5)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) })
      expect(String((answer as PromiseRejectedResult).reason)).toMatch(/command sell: \w+ is out of range with/)
    }
    expect(told.slice(5)).toEqual([
      { status: 'fulfilled', value: true },
      { status: 'fulfilled', value: 9 },
    ])
  })
})

describe('a definition', () => {
  const define = (parts: Loose) => () =>
    defineGame({ id: 'game', version: 1, maxPlayers: 4, input: {}, entities: {}, step() {}, ...parts })
  const field = (x: Loose) => define({ entities: { thing: entity({ x }) } })

  it.each<[string, () => unknown, RegExp]>([
    ['by a wrong name', define({ global: {} }), /defineGame: there is no option "global".*globals/],
    ['that is none', () => defineGame(undefined as Loose), /defineGame: its options are undefined/],
    ['with a referee that is none', define({ referee: {} }), /game\.referee: is an object.*function/],
    ['with a relevance that is none', define({ relevant: 1 }), /game\.relevant: is 1.*function/],
    ['with an async step', define({ async step() {} }), /game\.step: is async.*cannot wait.*function, step/],
    ['with an async referee', define({ referee: async () => {} }), /game\.referee: is async/],
    ['with an async relevance', define({ relevant: async () => 1 }), /game\.relevant: is async/],
    ['with a generator', define({ *step() {} }), /game\.step: is async or a generator/],
    ['with fields that are none', define({ globals: 5 }), /globals: is 5.*object of fields/],
    ['with fields in a list', define({ input: [t.bool()] }), /input: is a list.*object of fields/],
    ['with entities that are none', define({ entities: 5 }), /entities: is 5.*entity\(/],
    ['without entities', define({ entities: undefined }), /entities: is undefined.*entities: \{\}/],
    [
      'with an entity not made by entity()',
      define({ entities: { a: { x: t.bool() } } }),
      /entities\.a: .*entity\(\{ … \}\)/,
    ],
    ['with an event not made by event()', define({ events: { a: {} } }), /events\.a: .*event\(\{ … \}\)/],
    ['with a command not made by command()', define({ commands: { a: {} } }), /commands\.a: .*command\(/],
    ['with an event among entities', define({ entities: { a: event({}) } }), /entities\.a: .*entity\(/],
    [
      'with an entity’s option by a wrong name',
      () => entity({}, { predicts: 'all' } as Loose),
      /entity: there is no option "predicts".*predict/,
    ],
    [
      'with an event’s option by a wrong name',
      () => event({}, { time: 'now' } as Loose),
      /event: there is no option "time".*timing/,
    ],
    [
      'with a command’s option by a wrong name',
      () => command({}, { result: t.bool(), range: 1 } as Loose),
      /command: there is no option "range".*outOfRange/,
    ],
    ['with a command without a result', () => command({}, {} as Loose), /command: .*result/],
    ['with a command without options', () => (command as Loose)({}), /command: its options are undefined/],
    [
      'with a wrong choice of range',
      define({ commands: { a: command({}, { result: t.bool(), outOfRange: 'drop' } as Loose) } }),
      /commands\.a: outOfRange is "drop".*'clamp' or 'reject'/,
    ],
    [
      'with an int’s option by a wrong name',
      field(t.int(0, 9, { wrp: true } as Loose)),
      /thing\.x: there is no option "wrp".*wrap/,
    ],
    ['with options that are none', field(t.int(0, 9, 5 as Loose)), /thing\.x: its options are 5/],
    ['with a fixed without options', field((t.fixed as Loose)()), /thing\.x: its options are undefined/],
    [
      'with a bool’s default of a wrong kind',
      field(t.bool({ default: 'yes' } as Loose)),
      /thing\.x: the default is "yes".*true or false/,
    ],
    [
      'with an int’s default of a wrong kind',
      field(t.int(0, 9, { default: '5' } as Loose)),
      /thing\.x: the default is "5"/,
    ],
    [
      'with a text’s default of a wrong kind',
      field(t.string(9, { default: 5 } as Loose)),
      /thing\.x: the default is 5/,
    ],
    [
      'with a tick’s default of a wrong kind',
      field(t.tick({ default: 1.5 })),
      /thing\.x: the default 1\.5 is not whole/,
    ],
    [
      'with a list’s default of a wrong kind',
      field(t.list(t.int(0, 9), 3, { default: ['a'] } as Loose)),
      /thing\.x: the default .*a number from 0 to 9/,
    ],
    ['with a default for a player', field(t.player({ default: 5 } as Loose)), /thing\.x: there is no option "default"/],
    [
      'with a wrap of a wrong kind',
      field(t.int(0, 9, { wrap: 'yes' } as Loose)),
      /thing\.x: wrap is "yes".*true or false/,
    ],
    ['with a rate of a wrong kind', field(t.int(0, 9, { rate: 5 } as Loose)), /thing\.x: its rate "5"/],
    ['with names that are no texts', field(t.enum([1, 2] as Loose)), /thing\.x: an enum needs/],
    [
      'with a class for a list’s items',
      field(t.list(t.int(0, 9, { by: 'referee' }), 3)),
      /thing\.x\[\]: .*the list itself/,
    ],
    [
      'with an opaque’s option by a wrong name',
      field(t.opaque({ create: () => 0, save: () => new Uint8Array(), load: () => 0, to: 'owner' } as Loose)),
      /thing\.x: there is no option "to"/,
    ],
    ['with a field that was not called', field(t.bool), /thing\.x: is not a field.*t\.int/],
  ])('%s throws a sentence', (_name, make, sentence) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(sentence)
  })

  it('without any type of entity is a game, of cards or of words', async () => {
    const cards = defineGame({
      id: 'cards',
      version: 1,
      maxPlayers: 4,
      input: {},
      entities: {},
      globals: { turn: t.int(0, 99) },
      player: { hand: t.list(t.int(0, 51), 5, { to: 'owner' }) },
      commands: { draw: command({}, { result: t.int(0, 51) }) },
      step() {},
      referee(world) {
        for (const { from, reply } of world.commands('draw')) {
          world.globals.turn++
          world.player(from).hand.push(7)
          reply(7)
        }
      },
    })
    const match = simulate(cards, { players: 3, network: { latencyMs: 20 }, development: true })
    match.run(500)
    const [, guest, other] = match.clients
    const drawn = guest!.session.command('draw', {})
    match.run(500)
    expect(await drawn).toBe(7)
    expect(other!.view().globals.turn).toBe(1)
    expect(guest!.view().player(guest!.me).hand).toEqual([7])
    expect(other!.view().player(guest!.me).hand).toEqual([])
    expect([...other!.view().players]).toHaveLength(3)
  })
})
