/**
 * Compiles the declarations of a game (input, entities, events, commands, …) to a `Schema`. A wrong declaration throws a
 * TypeError with the path of the field and what to write instead.
 */

import { compileType } from './compile-type.ts'
import { checkName, fail } from './definition-error.ts'
import type { AnyField, Fields, NumberOptions } from './fields.ts'
import type { CommandType, EventType, Schema } from './game.ts'
import type { CommandDefinition, EntityDefinition, EventDefinition } from './game-shape.ts'
import { describeGiven } from './given.ts'
import type { RecordType } from './schema.ts'
import { isOfKind, kindOf } from './values.ts'

export interface Definition {
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

export function compileSchema(definition: Definition, seats: number): Schema {
  const globals = compileChecked('globals', 'globals', 'globals', 'none', definition.globals ?? {}, 0, seats)
  const player = compileChecked('player', 'player', 'player', 'none', definition.player ?? {}, 1, seats)
  const input = compileChecked('input', 'input', 'input', 'none', definition.input, 2, seats)
  const entities = compileEntities(definition.entities, seats)
  const types = [globals, player, input, ...entities.values()]
  checkTeams(types)
  const events = compileEvents(definition.events ?? {}, seats)
  const commands = compileCommands(definition.commands ?? {}, seats)
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

function compileEntities(kinds: Definition['entities'], seats: number): Map<string, RecordType> {
  const entities = new Map<string, RecordType>()
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
  return entities
}

/** Events of a session that are no game's. */
const TAKEN_EVENTS: Readonly<Record<string, string>> = { diverged: 'wrong predictions', migrated: 'a change of host' }

function compileEvents(declared: NonNullable<Definition['events']>, seats: number): EventType[] {
  return Object.entries(declared).map(([name, made], index): EventType => {
    checkName('events', name)
    const { fields, timing } = checkMade(`events.${name}`, made, 'timing', 'event({ … })')
    const taken = Object.hasOwn(TAKEN_EVENTS, name) ? TAKEN_EVENTS[name] : undefined
    if (taken !== undefined)
      fail(`events.${name}`, `the name is taken: it is what a session tells of ${taken}`, 'Give it another.')
    if (!['predicted', 'now', 'presentation'].includes(timing))
      fail(`events.${name}`, `timing is ${String(timing)}`, "Write 'predicted', 'now' or 'presentation'.")
    return { name, index, timing, fields: compileChecked(`events.${name}`, name, 'message', 'none', fields, -1, seats) }
  })
}

function compileCommands(declared: NonNullable<Definition['commands']>, seats: number): CommandType[] {
  return Object.entries(declared).map(([name, made], index): CommandType => {
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
