import { command, defineGame, entity, event, type Fields, type Game, t, withRulesHash } from 'starwire'
import ts from 'typescript'
import { minify, transformWithOxc } from 'vite'
import { describe, expect, it } from 'vitest'
import { sameHash } from '../../../net/world/game-hash.ts'

/** A definition that is right but for what is given. */
function define(parts: Record<string, unknown>): Game {
  return defineGame({
    id: 'game',
    version: 1,
    maxPlayers: 4,
    input: {},
    entities: { thing: entity({}) },
    step() {},
    ...parts,
  } as never) as unknown as Game
}

function withField(field: unknown): () => unknown {
  return () => define({ entities: { thing: entity({ x: field } as Fields) } })
}

const number = { min: 0, max: 10, step: 1 / 16 }

describe('a wrong definition throws when it is defined, with the path and what to write instead', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['an id with a space', () => define({ id: 'my game' }), /^game\.id: .*a–z/],
    ['an id that is too long', () => define({ id: 'a'.repeat(41) }), /^game\.id/],
    ['a version that is no number', () => define({ version: 1.5 }), /^game\.version: 1\.5 .*whole number/],
    ['more players than seats', () => define({ maxPlayers: 65 }), /^game\.maxPlayers: 65 .*1 to 64/],
    ['no players', () => define({ maxPlayers: 0 }), /^game\.maxPlayers/],
    ['a tick rate beyond 120', () => define({ tickRate: 144 }), /^game\.tickRate: 144 .*10 to 120/],
    ['a step that is missing', () => define({ step: undefined }), /^game\.step/],
    [
      'a rate that outruns the grid of what it moves',
      () =>
        define({
          entities: {
            dot: entity({
              x: t.fixed({ min: 0, max: 1, step: 2 ** -40, sim: 2 ** -40, rate: 'vx' }),
              vx: t.fixed({ min: -1e6, max: 1e6, step: 1 }),
            }),
          },
        }),
      /^entities\.dot\.x: vx can move it .*Narrow the range of vx/,
    ],
    [
      '61 types',
      () => define({ entities: Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`e${i}`, entity({})])) }),
      /^entities: there are 61/,
    ],
    [
      'a type with a bad name',
      () => define({ entities: { 'Big ship': entity({}) } }),
      /^entities\.Big ship: .*small letter/,
    ],
    [
      'an unknown prediction',
      () => define({ entities: { thing: { fields: {}, predict: 'mine' } } }),
      /^entities\.thing: predict is mine.*'owner', 'all' or 'none'/,
    ],
    ...[0, 65537, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '8', null, true].map(
      (max): [string, () => unknown, RegExp] => [
        `a max of ${JSON.stringify(max)}, ${String(max)}`,
        () => define({ entities: { thing: entity({}, { max } as never) } }),
        /^entities\.thing: max is .*Write a whole number from 1 to 65536, or leave it out/,
      ],
    ),
    [
      'an unknown timing',
      () => define({ events: { bang: { fields: {}, timing: 'soon' } } }),
      /^events\.bang: timing is soon.*'predicted', 'now'/,
    ],
    [
      '65 fields',
      () =>
        define({
          entities: { thing: entity(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, t.bool()]))) },
        }),
      /^entities\.thing: has 65 fields/,
    ],
    [
      'a field called owner',
      () => define({ entities: { thing: entity({ owner: t.player() }) } }),
      /^entities\.thing\.owner: "owner" is taken/,
    ],
    [
      'a field with the name of the row itself',
      () => define({ globals: { numbers: t.int(0, 1) } }),
      /^globals\.numbers: "numbers" is taken/,
    ],
    ['a field called id', () => define({ globals: { id: t.int(0, 1) } }), /^globals\.id: "id" is taken/],
    [
      'a field with a dollar',
      () => define({ entities: { thing: entity({ $type: t.bool() }) } }),
      /^entities\.thing\.\$type/,
    ],
    ['what is no field', withField(5), /^entities\.thing\.x: is not a field.*t\.int/],
    [
      'a field of an unknown kind',
      withField({ kind: 'colour', options: {} }),
      /^entities\.thing\.x: is not a field.*t\.int/,
    ],
    ['an int with its bounds swapped', withField(t.int(10, 0)), /^entities\.thing\.x: min 10 is not below max 0/],
    ['an int with a fraction', withField(t.int(0, 1.5)), /^entities\.thing\.x: max is 1\.5/],
    ['an int beyond 32 bits', withField(t.int(0, 2 ** 40)), /^entities\.thing\.x: max is 1099511627776/],
    [
      'an int with a default out of range',
      withField(t.int(0, 9, { default: 10 })),
      /^entities\.thing\.x: the default 10 is out of range.*0 to 9/,
    ],
    [
      'an int with a default that is not whole',
      withField(t.int(0, 9, { default: 1.5 })),
      /^entities\.thing\.x: the default 1\.5.*t\.fixed/,
    ],
    [
      'a fixed without a step',
      withField({ kind: 'fixed', options: { min: 0, max: 1 } }),
      /^entities\.thing\.x: step is undefined.*t\.fixed\(\{ min, max, step \}\)/,
    ],
    [
      'a fixed without an end',
      withField(t.fixed({ ...number, max: Number.POSITIVE_INFINITY })),
      /^entities\.thing\.x: max is Infinity/,
    ],
    ['a fixed with NaN', withField(t.fixed({ ...number, min: Number.NaN })), /^entities\.thing\.x: min is NaN/],
    [
      'a fixed with its bounds swapped',
      withField(t.fixed({ ...number, min: 11 })),
      /^entities\.thing\.x: min 11 is not below max 10/,
    ],
    [
      'a fixed with a step larger than its range',
      withField(t.fixed({ ...number, step: 20 })),
      /^entities\.thing\.x: step 20/,
    ],
    ['a fixed with a negative step', withField(t.fixed({ ...number, step: -1 })), /^entities\.thing\.x: step -1/],
    [
      'a fixed whose step is no multiple of its sim',
      withField(t.fixed({ ...number, step: 0.1, sim: 0.03 })),
      /^entities\.thing\.x: step 0\.1 is not a whole number of sim/,
    ],
    [
      'a fixed of too many steps',
      withField(t.fixed({ min: 0, max: 2 ** 40, step: 1 })),
      /^entities\.thing\.x: .*2\^40/,
    ],
    [
      'a fixed that wraps off its grid',
      withField(t.fixed({ min: 0, max: 10.03, step: 1 / 16, wrap: true })),
      /^entities\.thing\.x: .*wraps.*multiples of step/,
    ],
    [
      'an angle with steps that divide no turn',
      withField(t.angle({ steps: 1000 })),
      /^entities\.thing\.x: 1000 steps.*power of two/,
    ],
    ['an angle with a default beyond a turn', withField(t.angle({ default: 7 })), /^entities\.thing\.x: the default 7/],
    [
      'a rate that is no field',
      withField(t.fixed({ ...number, rate: 'vx' })),
      /^entities\.thing\.x: its rate "vx".*beside it/,
    ],
    [
      'a rate that is a bool',
      () => define({ entities: { thing: entity({ x: t.fixed({ ...number, rate: 'on' }), on: t.bool() }) } }),
      /^entities\.thing\.x: its rate "on"/,
    ],
    ['an enum without names', withField(t.enum([])), /^entities\.thing\.x: an enum needs/],
    ['an enum with a name twice', withField(t.enum(['a', 'a'])), /^entities\.thing\.x: an enum needs/],
    [
      'an enum with a default that is none of its names',
      withField(t.enum(['a', 'b'], { default: 'c' as 'a' })),
      /^entities\.thing\.x: the default "c".*a, b/,
    ],
    ['a text without an end', withField(t.string(256)), /^entities\.thing\.x: the length is 256.*1 to 255/],
    [
      'a text with a default that is longer',
      withField(t.string(3, { default: 'über' })),
      /^entities\.thing\.x: the default is longer.*3 bytes/,
    ],
    ['a list of texts', withField(t.list(t.string(5), 3)), /^entities\.thing\.x: a list of string/],
    ['a list of lists', withField(t.list(t.list(t.bool(), 3), 3)), /^entities\.thing\.x: a list of list/],
    ['a list of buttons', withField(t.list(t.button(), 3)), /^entities\.thing\.x: a list of button/],
    ['a list with a wrong item', withField(t.list(t.int(5, 1), 3)), /^entities\.thing\.x\[\]: min 5/],
    [
      'a list with a default that is longer',
      withField(t.list(t.int(0, 9), 2, { default: [1, 2, 3] })),
      /^entities\.thing\.x: its default.*2/,
    ],
    ['a button outside input', withField(t.button()), /^entities\.thing\.x: a button is an input.*t\.bool/],
    [
      'opaque state that cannot be loaded',
      withField(t.opaque({ create: () => 0, save: () => new Uint8Array() } as never)),
      /^entities\.thing\.x: is incomplete.*create, save, load/,
    ],
    [
      'opaque state of a player',
      () => define({ player: { x: t.opaque({ create: () => 0, save: () => new Uint8Array(), load: () => 0 }) } }),
      /^player\.x: only entities and globals/,
    ],
    [
      'a class that is none',
      withField(t.int(0, 1, { by: 'step' } as never)),
      /^entities\.thing\.x: by is step.*'referee'/,
    ],
    [
      'an audience that is none',
      withField(t.int(0, 1, { to: 'friends' } as never)),
      /^entities\.thing\.x: to is friends.*'owner', 'team' or 'nobody'/,
    ],
    [
      'a field for teams in a game without',
      withField(t.int(0, 1, { to: 'team' })),
      /^thing\.x: .*players have no team.*to player/,
    ],
    ['a text as an input', () => define({ input: { x: t.string(5) } }), /^input\.x: .*command/],
    [
      'a private input',
      () => define({ input: { x: t.int(0, 1, { to: 'owner' }) } }),
      /^input\.x: .*Leave by and to out/,
    ],
    [
      'a private field of an event',
      () => define({ events: { bang: event({ x: t.int(0, 1, { to: 'owner' }) }) } }),
      /^events\.bang\.x/,
    ],
    ['a private setting', () => define({ settings: { x: t.int(0, 1, { by: 'referee' }) } }), /^settings\.x/],
    [
      'a setting that is chosen',
      () => define({ settings: { x: t.int(0, 1, { chosen: true }) } }),
      /^settings\.x.*player/,
    ],
    ['an input that is chosen', () => define({ input: { x: t.int(0, 1, { chosen: true }) } }), /^input\.x.*player/],
    [
      'a choice that others do not see',
      () => define({ player: { x: t.int(0, 1, { chosen: true, to: 'owner' }) } }),
      /^player\.x/,
    ],
    [
      'a choice that is a list of choices',
      () => define({ player: { x: t.list(t.int(0, 1, { chosen: true }), 2) } }),
      /^player\.x\[\]/,
    ],
    [
      'a choice by a text',
      () => define({ player: { x: t.bool({ chosen: 'yes' as unknown as boolean }) } }),
      /^player\.x: chosen is "yes"/,
    ],
    [
      'a choice of a player',
      () => define({ player: { x: t.player({ chosen: true } as object) } }),
      /no option "chosen"/,
    ],
    [
      'a choice that is longer than a message about a member may be',
      () => define({ player: { a: t.string(255, { chosen: true }), b: t.string(255, { chosen: true }) } }),
      /^player: what players choose may take 5\d\d bytes, but 512/,
    ],
    ['a private option', () => define({ options: { x: t.int(0, 1, { by: 'referee' }) } }), /^options\.x/],
    [
      'an entity that no packet holds',
      () =>
        define({
          entities: { thing: entity(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, t.string(255)]))) },
        }),
      /^entities\.thing: may take 1024 bytes, but 1000/,
    ],
    [
      'an event that no packet holds',
      () => define({ events: { bang: event({ a: t.list(t.entity(), 255) }) } }),
      /^events\.bang: may take 2870 bytes/,
    ],
    [
      'a command that no packet holds',
      () =>
        define({
          commands: { say: command({ a: t.string(255), b: t.string(255), c: t.string(255) }, { result: t.bool() }) },
        }),
      /^commands\.say: may take/,
    ],
    [
      'an answer that no packet holds',
      () => define({ commands: { say: command({}, { result: t.list(t.int(0, 2 ** 31), 255) }) } }),
      /^commands\.say\.result: may take/,
    ],
    [
      'an input that is too large for 60 a second',
      () => define({ input: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, t.int(0, 2 ** 31)])) }),
      /^input: may take/,
    ],
  ])('%s', (_name, make, sentence) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(sentence)
  })

  it('and the sentence ends with what to do', () => {
    expect(withField(t.int(10, 0))).toThrow('Write t.int(min, max) with min < max.')
  })
})

describe('a right definition', () => {
  it('may use as a name of a type what a field cannot be called', () => {
    expect(() => define({ entities: { mine: entity({}), owner: entity({}) } })).not.toThrow()
  })

  it('puts a default between two steps on one, so that a new record is what it is after rounding', () => {
    const game = defineGame({
      id: 'game',
      version: 1,
      maxPlayers: 1,
      input: { aim: t.fixed({ min: 0.1, max: 1, step: 1 / 16 }), turn: t.angle({ default: Math.PI }) },
      entities: { thing: entity({}) },
      step() {},
    })
    expect(game.schema.input.numbers.map(({ initial }) => initial)).toEqual([410 / 4096, -Math.PI])
  })

  it('has another hash when a field, a rate, a version or the stated hash of the rules is another, and the same when nothing is', () => {
    const base = { step() {}, entities: { thing: entity({ x: t.int(0, 5) }) } }
    const hash = (parts: Record<string, unknown>): string => define({ ...base, ...parts }).hash
    const variants = [
      {},
      { version: 2 },
      { tickRate: 30 },
      { entities: { thing: entity({ x: t.int(0, 6) }) } },
      { entities: { thing: entity({ x: t.int(0, 5) }, { predict: 'all' }) } },
      { entities: { thing: entity({ x: t.int(0, 5) }, { max: 5 }) } },
      { entities: { thing: entity({ x: t.int(0, 5) }, { max: 6 }) } },
      { id: 'other' },
      { maxPlayers: 2 },
      { rulesHash: 'a' },
      { rulesHash: 'b' },
      { referee() {} },
      { events: { bang: event({}) } },
    ]
    expect(new Set(variants.map(hash)).size).toBe(variants.length)
    expect(hash({})).toBe(hash({}))
    expect(hash({})).toMatch(/^[0-9a-f]{16}-unstated$/)
    expect(hash({ rulesHash: 'a' })).toMatch(/^[0-9a-f]{16}-a$/)
    for (const rulesHash of ['', 'a b', 'x'.repeat(41), 7, null])
      expect(() => hash({ rulesHash }), String(rulesHash)).toThrow(/game.rulesHash.+Write 1 to 40/)
  })

  it('has one hash whether its code comes from a bundler, a minifier or tsc', async () => {
    const source = `
export const make = (defineGame: any, entity: any, t: any) => {
  const speed: number = 4
  return defineGame({
    id: 'game', version: 1, maxPlayers: 2, input: { x: t.int(-1, 1) },
    entities: { ship: entity({ x: t.fixed({ min: 0, max: 8, step: 1 / 16 }), far: t.opaque({ create: () => 1, save: (v: any) => v, load: (v: any) => v }) }) },
    step(world: any) { for (const ship of world.all('ship')) ship.x += speed * world.dt },
    relevant: (entity: any, player: any) => (entity.owner === player ? 2 : 1),
  })
}`
    const bundled = (await transformWithOxc(source, 'game.ts')).code
    const compiled = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2015 },
    })
    const codes = [bundled, (await minify('game.js', bundled)).code, compiled.outputText]
    expect(new Set(codes).size).toBe(3)
    const hashes = codes.map(async (code) => {
      const { make } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
      return make(defineGame, entity, t).hash as string
    })
    expect(new Set(await Promise.all(hashes)).size).toBe(1)
  })

  it('can play with another when what both declare is equal, and what both state of their rules', () => {
    const hash = (rulesHash?: string): string =>
      define({ entities: { thing: entity({}) }, step() {}, ...(rulesHash && { rulesHash }) }).hash
    expect(sameHash(hash('a'), hash('a'))).toBe(true)
    expect(sameHash(hash('a'), hash('b'))).toBe(false)
    expect(sameHash(hash('a'), hash())).toBe(true)
    expect(sameHash(hash(), hash('a'))).toBe(true)
    const other = define({ entities: { other: entity({}) }, step() {} }).hash
    expect(sameHash(hash(), other)).toBe(false)
    for (const forged of ['', '-', 'unstated', '-unstated', hash('a').slice(0, 16)])
      expect(sameHash(hash('a'), forged)).toBe(false)
  })

  it('is the same game with a hash that is stated afterwards', () => {
    const game = define({ entities: { thing: entity({}) }, step() {} })
    const stated = withRulesHash(game, 'a')
    expect(stated).toMatchObject({ id: 'game', schema: game.schema, rules: game.rules })
    expect(stated.hash).toBe(game.hash.replace('unstated', 'a'))
    expect(withRulesHash(stated, 'b').hash).toBe(game.hash.replace('unstated', 'b'))
    expect(() => withRulesHash(game, '')).toThrow('game.rulesHash')
  })
})
