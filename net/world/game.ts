/** A game as data: checks a definition, compiles it, and keeps its types for everything that is made from it. */
import type { AnyField, Field, Fields, NumberOptions } from './fields.ts'
import { checkGame, checkNames, describeGiven } from './given.ts'
import { MAX_SEATS, type PlayerId } from './ids.ts'
import { hashText } from './random.ts'
import { checkName, compileType, fail, type RecordType } from './schema.ts'
import type {
  Bot,
  BotSelf,
  CommandDefinition,
  EntityDefinition,
  EventDefinition,
  EventTiming,
  GameRules,
  GameShape,
  OutOfRange,
  Prediction,
} from './types.ts'
import { isOfKind, kindOf } from './values.ts'

export interface EventType {
  readonly name: string
  readonly index: number
  readonly timing: EventTiming
  readonly fields: RecordType
}

export interface CommandType {
  readonly name: string
  readonly index: number
  readonly fields: RecordType
  /** One field, `result`. */
  readonly result: RecordType
  readonly outOfRange: OutOfRange
}

export interface Schema {
  /** All types of record: globals, player, input, then the entities in the order of the definition. */
  readonly types: readonly RecordType[]
  readonly globals: RecordType
  readonly player: RecordType
  readonly input: RecordType
  readonly entities: ReadonlyMap<string, RecordType>
  readonly options: RecordType
  readonly settings: RecordType
  /** The fields of `player` that players choose in the lobby. */
  readonly choice: RecordType
  readonly events: readonly EventType[]
  readonly eventsByName: ReadonlyMap<string, EventType>
  readonly commands: readonly CommandType[]
  readonly commandsByName: ReadonlyMap<string, CommandType>
  /** What each bot remembers. */
  readonly memory: RecordType
  /** The kinds of bots. */
  readonly bots: ReadonlySet<string>
}

declare const shape: unique symbol

/** A defined game of any shape. All code of the library takes this type. */
export interface AnyGame {
  readonly id: string
  readonly version: number
  readonly maxPlayers: number
  /** Ticks per second. */
  readonly tickRate: number
  readonly schema: Schema
  readonly rules: {
    step(world: unknown): void
    referee?(world: unknown): void
    relevant?(entity: unknown, player: PlayerId | null, world: unknown): number
    mayChoose?(asked: unknown): unknown
    readonly bots?: { readonly [kind: string]: (view: unknown, me: BotSelf, memory: unknown) => unknown }
  }
  /**
   * Two pages can play together if their hashes match (`sameHash`): the hash of what is declared, "-", and the hash of the
   * rules' sources or "unstated". The first parts must be equal, the second ones too if both are stated.
   */
  readonly hash: string
}

/** A defined game. Give it to `createLobby` and `joinLobby`; its contents are for the library. */
export interface Game<G extends GameShape = GameShape> extends AnyGame {
  readonly [shape]?: (game: G) => G
}

/** The shape of a defined game: `Session<ShapeOf<typeof tag>>`. */
export type ShapeOf<T> = T extends Game<infer G> ? G : never

/**
 * A type of entity: its fields, which of its entities a client predicts (`predict`, default `'owner'`), and how many there
 * may be at once, of all players together (`max`, 1 to 65,536).
 *
 * `max` protects the match from rules that spawn without end. A limit such as "three mines per player" is a rule: count in
 * `step`. When a type is at its `max`, `spawn` does not throw. It returns an entity that is not in the world: you can write
 * to it, but it is never listed, drawn or sent, and `world.get` does not find it. There is room again when an entity of
 * the type is removed. The host counts all entities, a client only those that it predicts; so a client may show one that
 * the host then denies, like any wrong prediction. In development the console says once per type that it is full.
 * `session.stats().load` counts what was kept out.
 *
 * Without `max`, `spawn` throws when there are 65,536 of the type.
 */
export function entity<const F extends Fields>(
  fields: F,
  options: { readonly predict?: Prediction; readonly max?: number } = {},
): EntityDefinition<F> {
  checkNames('entity', options, ['predict', 'max'])
  const { predict = 'owner', max } = options
  return { fields, predict, ...(max !== undefined && { max }) }
}

/** A type of event; `timing` says when clients hear of it, default `'presentation'`: when the drawn world reaches its tick. */
export function event<const F extends Fields>(
  fields: F,
  options: { readonly timing?: EventTiming } = {},
): EventDefinition<F> {
  checkNames('event', options, ['timing'])
  return { fields, timing: options.timing ?? 'presentation' }
}

/**
 * A request of a client to the referee. It is delivered once and in order, and answered with a value of `result`.
 * `outOfRange` says what happens to numbers out of range and to texts and lists that are too long. `'clamp'` (the
 * default): they are brought into range. `'reject'`: nothing is sent, and `session.command` rejects with a RangeError
 * that names the field.
 */
export function command<const F extends Fields, R>(
  fields: F,
  options: { readonly result: Field<R>; readonly outOfRange?: OutOfRange },
): CommandDefinition<F, Field<R>> {
  checkNames('command', options, ['result', 'outOfRange'])
  const { result, outOfRange = 'clamp' } = options
  if (!result) fail('command', 'it has no result', 'Say what it answers with, such as { result: t.bool() }.')
  return { fields, result, outOfRange }
}

// biome-ignore lint/complexity/noBannedTypes: the shape of a group that the definition leaves out is exactly {}.
type None = {}

type ShapeOfParts<
  I extends Fields,
  E extends { readonly [name: string]: EntityDefinition },
  W extends Fields,
  P extends Fields,
  O extends Fields,
  S extends Fields,
  V extends { readonly [name: string]: EventDefinition },
  C extends { readonly [name: string]: CommandDefinition },
  M extends Fields,
  B extends string,
> = {
  input: I
  entities: E
  globals: W
  player: P
  options: O
  settings: S
  events: V
  commands: C
  memory: M
  bots: B
}

/** The parts of a definition. */
const PARTS = [
  ...[
    'id',
    'version',
    'rulesHash',
    'maxPlayers',
    'tickRate',
    'input',
    'entities',
    'globals',
    'player',
    'options',
    'settings',
    'events',
  ],
  ...['commands', 'step', 'referee', 'relevant', 'mayChoose', 'memory', 'bots'],
]

/**
 * Checks and compiles a definition. `defineGame` of the package's face also checks that all of it fits on the wire
 * (wire/define-game.ts).
 *
 * @throws TypeError naming the field and what to write instead, when the definition is wrong.
 */
export function compileGame<
  const I extends Fields,
  const E extends { readonly [name: string]: EntityDefinition },
  const W extends Fields = None,
  const P extends Fields = None,
  const O extends Fields = None,
  const S extends Fields = None,
  const V extends { readonly [name: string]: EventDefinition } = None,
  const C extends { readonly [name: string]: CommandDefinition } = None,
  const M extends Fields = None,
  const B extends string = never,
>(
  definition: {
    /** What a player does in a tick. */
    readonly input: I
    /** The types of entity, at most 60. A game without any, of cards or of words, writes `{}`. */
    readonly entities: E
    /** State of the match as a whole; only `referee` writes it. */
    readonly globals?: W
    /** A record per player that outlives its entities; only `referee` writes it. */
    readonly player?: P
    /** Fixed when the lobby is created. */
    readonly options?: O
    /** The host may change them before each match; a match is played with those of its start. */
    readonly settings?: S
    readonly events?: V
    readonly commands?: C
    /** What each bot remembers from tick to tick. */
    readonly memory?: M
    /** Who may play without a person, by name: what they do in a tick. The same on every page. */
    readonly bots?: { readonly [K in B]: Bot<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>> }
  } & GameRules<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>>,
): Game<ShapeOfParts<I, E, W, P, O, S, V, C, M, B>> {
  checkNames('defineGame', definition, PARTS)
  const { id, version, maxPlayers, tickRate = 60 } = definition
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,40}$/.test(id))
    fail('game.id', `"${id}" is not an id`, 'Write 1 to 40 characters of a–z, 0–9 and "-".')
  if (!Number.isSafeInteger(version) || version < 0)
    fail('game.version', `${version} is not a version`, 'Write a whole number and raise it with the rules.')
  if (!Number.isInteger(maxPlayers) || maxPlayers < 1 || maxPlayers > MAX_SEATS)
    fail('game.maxPlayers', `${maxPlayers} is out of range`, `Write 1 to ${MAX_SEATS}.`)
  if (!Number.isInteger(tickRate) || tickRate < 10 || tickRate > 120)
    fail('game.tickRate', `${tickRate} is out of range`, 'Write 10 to 120 ticks per second.')
  for (const rule of ['step', 'referee', 'relevant', 'mayChoose'] as const) {
    const given: unknown = definition[rule]
    const kind = Object.prototype.toString.call(given)
    if (kind === '[object Function]' || (given === undefined && rule !== 'step')) continue
    fail(
      `game.${rule}`,
      given === undefined
        ? 'is missing'
        : typeof given === 'function'
          ? 'is async or a generator, and a tick cannot wait'
          : `is ${describeGiven(given)}`,
      `Write a function, ${rule}(…) { … }.`,
    )
  }
  const schema = compileSchema(definition, maxPlayers)
  return {
    id,
    version,
    maxPlayers,
    tickRate,
    schema,
    rules: definition as unknown as AnyGame['rules'],
    hash: joinHash(hashDeclared(definition, tickRate), definition.rulesHash),
  }
}

/** Stands for the hash of the rules' sources when nobody stated it. Then only what is declared is compared. */
const UNSTATED = 'unstated'

/**
 * The same game with another hash of its rules' sources. For Node and for bundlers without the Vite plugin.
 *
 * @param rulesHash as `hashRules` of `starwire/vite` gives it.
 * @throws TypeError for what `defineGame` has not made, and when `rulesHash` is not 1 to 40 letters, digits, dots, dashes or underscores.
 */
export function withRulesHash<G extends GameShape>(game: Game<G>, rulesHash: string): Game<G> {
  checkGame('withRulesHash', game)
  const [declared = ''] = game.hash.split('-', 1)
  return { ...game, hash: joinHash(declared, rulesHash) }
}

function joinHash(declared: string, rulesHash: unknown = UNSTATED): string {
  if (typeof rulesHash !== 'string' || !/^[\w.-]{1,40}$/.test(rulesHash))
    fail(
      'game.rulesHash',
      `${JSON.stringify(rulesHash)} is not a hash`,
      'Write 1 to 40 letters, digits, dots, dashes or underscores.',
    )
  return `${declared}-${rulesHash}`
}

/** Whether two games can play together. `theirs` may come from a stranger. */
export function sameHash(ours: string, theirs: string): boolean {
  const [ourDeclared, ourRules] = splitHash(ours)
  const [theirDeclared, theirRules] = splitHash(theirs)
  if (ourDeclared !== theirDeclared) return false
  return ourRules === theirRules || ourRules === UNSTATED || theirRules === UNSTATED
}

/** Whether the hash of the rules' sources is missing, so that changed rules go unnoticed. */
export function isUnstated(hash: string): boolean {
  return splitHash(hash)[1] === UNSTATED
}

function splitHash(hash: string): [declared: string, rules: string] {
  const at = hash.indexOf('-')
  return at < 0 ? [hash, ''] : [hash.slice(0, at), hash.slice(at + 1)]
}

interface Definition {
  readonly input: Fields
  readonly entities: { readonly [name: string]: EntityDefinition }
  readonly globals?: Fields
  readonly player?: Fields
  readonly options?: Fields
  readonly settings?: Fields
  readonly events?: { readonly [name: string]: EventDefinition }
  readonly commands?: { readonly [name: string]: CommandDefinition }
  readonly memory?: Fields
  readonly bots?: object
}

function compileSchema(definition: Definition, seats: number): Schema {
  const globals = compileChecked('globals', 'globals', 'globals', 'none', definition.globals ?? {}, 0, seats)
  const player = compileChecked('player', 'player', 'player', 'none', definition.player ?? {}, 1, seats)
  const input = compileChecked('input', 'input', 'input', 'none', definition.input, 2, seats)
  const entities = new Map<string, RecordType>()
  const { entities: kinds } = definition
  if (typeof kinds !== 'object' || kinds === null || Array.isArray(kinds))
    fail('entities', `is ${describeGiven(kinds)}`, 'Write types of entity({ … }), or entities: {} for a game without.')
  for (const [name, made] of Object.entries(kinds)) {
    checkName('entities', name)
    const path = `entities.${name}`
    const { fields, predict, max } = checkMade(path, made, 'predict', 'entity({ … })')
    if (!['owner', 'all', 'none'].includes(predict))
      fail(path, `predict is ${String(predict)}`, "Write 'owner', 'all' or 'none'.")
    entities.set(name, compileChecked(path, name, 'entity', predict, fields, 3 + entities.size, seats, max))
  }
  if (entities.size > 60)
    fail(
      'entities',
      `there are ${entities.size} types`,
      'Write at most 60, and tell alike ones apart by a t.enum field.',
    )
  const types = [globals, player, input, ...entities.values()]
  checkTeams(types)
  const events = Object.entries(definition.events ?? {}).map(([name, made], index): EventType => {
    checkName('events', name)
    const { fields, timing } = checkMade(`events.${name}`, made, 'timing', 'event({ … })')
    if (name === 'diverged')
      fail('events.diverged', 'the name is taken: it is what a session tells of wrong predictions', 'Give it another.')
    if (!['predicted', 'now', 'presentation'].includes(timing))
      fail(`events.${name}`, `timing is ${String(timing)}`, "Write 'predicted', 'now' or 'presentation'.")
    return { name, index, timing, fields: compileChecked(`events.${name}`, name, 'message', 'none', fields, -1, seats) }
  })
  const commands = Object.entries(definition.commands ?? {}).map(([name, made], index): CommandType => {
    checkName('commands', name)
    const path = `commands.${name}`
    const { fields, result, outOfRange = 'clamp' } = checkMade(path, made, 'result', 'command({ … }, { result })')
    if (outOfRange !== 'clamp' && outOfRange !== 'reject')
      fail(path, `outOfRange is ${describeGiven(outOfRange)}`, "Write 'clamp' or 'reject'.")
    return {
      name,
      index,
      outOfRange,
      fields: compileChecked(`commands.${name}`, name, 'message', 'none', fields, -1, seats),
      result: compileChecked(`commands.${name}`, name, 'message', 'none', { result }, -1, seats),
    }
  })
  if (events.length > 256 || commands.length > 256)
    fail('events', 'there are more than 256 types of event or command', 'Merge some with an enum field.')
  return {
    types,
    globals,
    player,
    input,
    entities,
    options: compileChecked('options', 'options', 'message', 'none', definition.options ?? {}, -1, seats),
    settings: compileChecked('settings', 'settings', 'message', 'none', definition.settings ?? {}, -1, seats),
    choice: compileChecked('choice', 'choice', 'message', 'none', chosenFields(definition.player ?? {}), -1, seats),
    events,
    eventsByName: new Map(events.map((type) => [type.name, type])),
    commands,
    commandsByName: new Map(commands.map((type) => [type.name, type])),
    memory: compileChecked('memory', 'memory', 'message', 'none', definition.memory ?? {}, -1, seats),
    bots: new Set(Object.keys(checkBots(definition.bots ?? {}))),
  }
}

function checkBots(bots: object): object {
  if (typeof bots !== 'object' || bots === null || Array.isArray(bots))
    fail('bots', `is ${describeGiven(bots)}`, 'Write functions by name: { ace(view, me, memory) { … } }.')
  for (const [kind, bot] of Object.entries(bots)) {
    checkName('bots', kind)
    if (Object.prototype.toString.call(bot) !== '[object Function]')
      fail(`bots.${kind}`, 'is no plain function', `Write a function, ${kind}(view, me, memory) { … }.`)
  }
  return bots
}

/** What players choose, as fields of their own: outside of the record a choice has no class and no rate. */
function chosenFields(player: Fields): Fields {
  const chosen = Object.entries(player).filter(([, { options }]) => 'chosen' in options && options.chosen)
  return Object.fromEntries(
    chosen.map(([name, field]) => {
      const { by: _, chosen: __, rate: ___, ...options } = field.options as NumberOptions
      return [name, { ...field, options } as AnyField]
    }),
  )
}

/** Also checks the defaults of lists. schema.ts cannot: values.ts imports it. */
function compileChecked(...args: Parameters<typeof compileType>): RecordType {
  const type = compileType(...args)
  for (const { name, of, initial } of type.objects)
    for (const value of of !== null && Array.isArray(initial) ? initial : [])
      if (of !== null && !isOfKind(of, value))
        fail(`${args[0]}.${name}`, `the default has ${describeGiven(value)} in it`, `Each value is ${kindOf(of)}.`)
  return type
}

/** @throws TypeError for a bare object where `entity`, `event` or `command` should have made one. */
function checkMade<T extends object>(path: string, made: T, mark: keyof T & string, instead: string): T {
  if (typeof made !== 'object' || made === null || !('fields' in made) || !(mark in made))
    fail(path, 'is not made as it has to be', `Write ${instead}.`)
  return made
}

/** A field that is sent to the team needs a field `team` in the player record. */
function checkTeams(types: readonly RecordType[]): void {
  const hasTeam = types[1]?.numbers.some(({ name }) => name === 'team') ?? false
  if (hasTeam) return
  for (const type of types)
    for (const field of type.fields)
      if (field.audience === 'team')
        fail(
          `${type.name}.${field.name}`,
          "it is sent to: 'team', but players have no team",
          'Add team: t.int(…) or t.enum(…) to player.',
        )
}

/**
 * Leaves out the text of functions, because bundlers, minifiers and compilers change it. Includes which optional rules there
 * are.
 */
function hashDeclared(definition: Definition & Omit<GameRules<GameShape>, 'step'>, tickRate: number): string {
  const { id, version, maxPlayers, input, entities, globals, player, options, settings, events, commands } = definition
  const { memory, bots } = definition
  const { referee, relevant, mayChoose } = definition as Partial<AnyGame['rules']>
  const data = [
    { id, version, maxPlayers, tickRate },
    { referee: referee !== undefined, relevant: relevant !== undefined, mayChoose: mayChoose !== undefined },
    { input, entities, globals, player, options, settings, events, commands, memory, bots },
  ]
  return hashText(JSON.stringify(data, (_key, value: unknown) => (typeof value === 'function' ? 'function' : value)))
}
