/** A game with a field of every kind, in every class and audience: for laws that hold of any field. */
import fc from 'fast-check'
import { command, defineGame, entity, event, t } from 'starwire'
import { type EntityId, playerId, spawnedId } from '../../../net/world/ids.ts'
import type { CompiledField, NumberField, RecordType } from '../../../net/world/schema.ts'
import { fitText } from '../../../net/world/text.ts'
import type { World } from '../../../net/world/world.ts'

export const everyField = {
  int: t.int(-5, 1000, { default: 7 }),
  big: t.int(-(2 ** 31), 2 ** 32),
  ring: t.int(0, 12, { wrap: true }),
  fixed: t.fixed({ min: -100, max: 100.5, step: 1 / 16, rate: 'rate' }),
  rate: t.fixed({ min: -60, max: 60, step: 0.5 }),
  wrapping: t.fixed({ min: -64, max: 64, step: 1 / 8, wrap: true }),
  coarse: t.fixed({ min: 0, max: 9, step: 3, sim: 1 }),
  angle: t.angle(),
  fine: t.angle({ steps: 65536, default: 1 }),
  bool: t.bool({ default: true }),
  one: t.enum(['only']),
  word: t.enum(['red', 'green', 'blue'], { default: 'green' }),
  player: t.player(),
  ref: t.entity(),
  tick: t.tick(),
  text: t.string(20, { default: 'ö' }),
  shares: t.list(t.fixed({ min: 0, max: 1, step: 1 / 8 }), 5),
  words: t.list(t.enum(['x', 'y']), 4, { default: ['y'] }),
  friends: t.list(t.player(), 3),
  refs: t.list(t.entity(), 3),
} as const

/** A physics engine, as far as the library knows: bytes that only the host has. */
const engine = t.opaque({
  create: () => ({ steps: 0 }),
  save: ({ steps }) => Uint8Array.of(steps & 255),
  load: (bytes) => {
    if (bytes.length !== 1) throw new Error('one byte, please')
    return { steps: bytes[0] ?? 0 }
  },
})

export const everything = defineGame({
  id: 'everything',
  version: 3,
  maxPlayers: 8,
  input: { x: t.int(-1, 1), aim: t.angle(), at: t.entity(), fire: t.button() },
  entities: {
    mine: entity(everyField),
    shared: entity(
      { ...everyField, note: t.string(9, { to: 'owner' }), plan: t.int(0, 9, { to: 'team' }) },
      { predict: 'all' },
    ),
    other: entity(
      {
        x: t.fixed({ min: 0, max: 10, step: 1 / 4 }),
        secret: t.int(0, 99, { by: 'referee', to: 'nobody' }),
        hidden: t.string(9, { to: 'nobody' }),
        judged: t.int(0, 99, { by: 'referee' }),
        own: t.int(0, 99, { to: 'owner' }),
        team: t.int(0, 99, { to: 'team' }),
        engine,
      },
      { predict: 'none' },
    ),
    empty: entity({}),
  },
  globals: { round: t.int(0, 99), phase: t.enum(['wait', 'play']), seen: t.int(0, 9, { to: 'nobody' }) },
  player: { team: t.int(0, 3), score: t.int(0, 9999), bank: t.int(0, 9999, { to: 'owner' }), name: t.string(20) },
  options: { goal: t.int(1, 100, { default: 10 }), names: t.list(t.bool(), 3) },
  events: {
    bang: event(everyField),
    empty: event({}, { timing: 'now' }),
    mine: event({ n: t.int(0, 9) }, { timing: 'predicted' }),
  },
  commands: {
    ask: command(everyField, { result: t.string(50) }),
    ping: command({}, { result: t.bool() }),
  },

  step(world) {
    for (const mine of world.all('mine')) {
      mine.fixed += world.inputOf(mine.owner).x * 0.37
      mine.wrapping += mine.rate * world.dt
      mine.fine += 0.1 + world.random(1, mine)
      mine.shares = [...mine.shares, world.random(2, mine)].slice(-5)
      if (mine.owner !== null && world.random(3, mine) < 0.1)
        world.spawn('shared', { owner: mine.owner, fixed: mine.fixed, note: `t${world.tick}` })
    }
  },
  referee(world) {
    for (const owner of world.joined) {
      world.player(owner).team = world.players.length % 3
      world.spawn('mine', { owner, fixed: world.secret() * 50 })
    }
    for (const other of world.all('other')) {
      other.engine.steps += 1
      other.secret = Math.floor(world.secret() * 99)
      other.hidden = `h${other.secret}`
      if (world.secret() < 0.05) world.remove(other)
    }
    if (world.secret() < 0.3) world.spawn('other', { x: world.secret() * 10, engine: { steps: 1 } })
    world.globals.round += 1
  },
})

const players = fc
  .tuple(fc.nat(63), fc.integer({ min: 1, max: 255 }))
  .map(([seat, generation]) => playerId(seat, generation))

/** Any player, or null. */
export const anyPlayer = fc.option(players)

/** Ids of what the referee and of what step spawned, up to `tick`. */
export function anyEntityId(tick: number): fc.Arbitrary<EntityId> {
  return fc.oneof(
    fc.integer({ min: 2 ** 16, max: 2 ** 34 - 1 }).map((id) => id as EntityId),
    fc.tuple(players, fc.nat(tick), fc.nat(255)).map(([owner, at, n]) => spawnedId(owner, at, n)),
  )
}

function anyNumber(field: NumberField, tick: number): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'bool':
    case 'button':
      return fc.boolean()
    case 'enum':
      return fc.constantFrom(...field.names)
    case 'player':
      return anyPlayer
    case 'entity':
      return fc.option(anyEntityId(tick))
    default: {
      const [min, max] = [field.simMin * field.simStep, field.simMax * field.simStep]
      return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max))
    }
  }
}

/** A value that a developer could write into a field. */
export function anyValue(field: CompiledField, tick: number): fc.Arbitrary<unknown> {
  if (field.store === 'number') return anyNumber(field, tick)
  if (field.kind === 'string') return fc.string({ unit: 'grapheme' }).map((text) => fitText(text, field.max))
  const { of } = field
  return of ? fc.array(anyNumber(of, tick), { maxLength: field.max }) : fc.constant(undefined)
}

/** Values for all fields of a type, by name. */
export function anyValues(type: RecordType, tick: number): fc.Arbitrary<Record<string, unknown>> {
  const parts: Record<string, fc.Arbitrary<unknown>> = {}
  for (const field of type.fields) if (field.kind !== 'opaque') parts[field.name] = anyValue(field, tick)
  return fc.record(parts)
}

/** Fills a world between ticks: players, and entities with any values. */
export function anyContents(tick: number): fc.Arbitrary<(world: World) => void> {
  const one = fc
    .constantFrom('mine', 'shared', 'other', 'empty')
    .chain((name) => fc.tuple(fc.constant(name), anyPlayer, anyValues(everything.schema.entities.get(name)!, tick)))
  return fc
    .tuple(fc.uniqueArray(players, { maxLength: 4 }), fc.array(one, { maxLength: 12 }))
    .map(([seats, things]) => (world) => {
      for (const seat of seats) world.seat(seat)
      for (const [name, owner, values] of things) world.spawn(name, { ...values, owner })
      world.round()
    })
}
