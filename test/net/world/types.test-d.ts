import {
  command,
  defineGame,
  type EntityId,
  entity,
  event,
  type PlayerId,
  type Session,
  type ShapeOf,
  type StepEntity,
  t,
  type View,
} from 'starwire'
import { describe, expectTypeOf, it } from 'vitest'

const game = defineGame({
  id: 'typed',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), aim: t.angle(), mode: t.enum(['walk', 'run']), at: t.entity(), fire: t.button() },
  entities: {
    runner: entity({
      x: t.fixed({ min: 0, max: 9, step: 1 }),
      it: t.bool({ by: 'referee' }),
      color: t.enum(['red', 'blue']),
      friends: t.list(t.player(), 4),
      cards: t.list(t.int(0, 9), 5, { by: 'referee', to: 'owner' }),
      deck: t.int(0, 9, { by: 'referee', to: 'nobody' }),
      name: t.string(12),
      target: t.entity(),
      readyAt: t.tick({ to: 'owner' }),
    }),
    world: entity(
      {
        engine: t.opaque({
          create: () => new Map<string, number>(),
          save: () => new Uint8Array(),
          load: () => new Map<string, number>(),
        }),
      },
      { predict: 'none', max: 1 },
    ),
  },
  globals: { round: t.int(0, 9), winner: t.player(), seed: t.int(0, 9, { to: 'nobody' }) },
  player: {
    score: t.int(0, 9),
    team: t.enum(['red', 'blue'], { chosen: true }),
    hidden: t.int(0, 9, { to: 'nobody' }),
  },
  options: { goal: t.int(1, 9), map: t.enum(['small', 'large']) },
  settings: { laps: t.int(1, 9), mode: t.enum(['race', 'duel']) },
  events: { tagged: event({ by: t.player(), hard: t.bool() }), silence: event({}) },
  commands: {
    buy: command({ price: t.int(0, 9) }, { result: t.enum(['ok', 'poor']) }),
    list: command({}, { result: t.list(t.int(0, 9), 5) }),
  },

  step(world) {
    for (const runner of world.all('runner')) {
      expectTypeOf(runner.x).toEqualTypeOf<number>()
      expectTypeOf(runner.color).toEqualTypeOf<'red' | 'blue'>()
      expectTypeOf(runner.friends).toEqualTypeOf<(PlayerId | null)[]>()
      expectTypeOf(runner.target).toEqualTypeOf<EntityId | null>()
      expectTypeOf(runner.owner).toEqualTypeOf<PlayerId | null>()
      expectTypeOf(runner.type).toEqualTypeOf<'runner'>()
      runner.x += 1
      // @ts-expect-error Only the referee writes an authority field.
      runner.it = true
      // @ts-expect-error An identity is not written.
      runner.owner = null
      // @ts-expect-error Hidden fields cannot be counted with in step,
      runner.x = runner.deck
      // @ts-expect-error nor be asked,
      if (runner.deck) runner.x++
      // @ts-expect-error nor be written.
      runner.deck = 1
      // @ts-expect-error An enum takes its own names.
      runner.color = 'green'
      const input = world.inputOf(runner.owner)
      expectTypeOf(input.aim).toEqualTypeOf<number>()
      expectTypeOf(input.mode).toEqualTypeOf<'walk' | 'run'>()
      expectTypeOf(input.at).toEqualTypeOf<EntityId | null>()
      expectTypeOf(input.fire).toEqualTypeOf<boolean>()
      // @ts-expect-error Inputs are read.
      input.x = 1
      // @ts-expect-error The input has no such field.
      input.jump
    }
    // @ts-expect-error step reads the globals.
    world.globals.round = 1
    // @ts-expect-error Hidden fields of the globals cannot be used in step.
    if (world.globals.seed > 1) return
    expectTypeOf(world.globals.winner).toEqualTypeOf<PlayerId | null>()
    expectTypeOf(world.options.map).toEqualTypeOf<'small' | 'large'>()
    expectTypeOf(world.settings.mode).toEqualTypeOf<'race' | 'duel'>()
    // @ts-expect-error A match is played with the settings of its start.
    world.settings.laps = 2
    // @ts-expect-error There is no such setting.
    world.settings.lap
    for (const player of world.players) {
      // @ts-expect-error step reads player records.
      world.player(player).score = 1
      // @ts-expect-error step spawns for an owner.
      world.spawn('runner', { x: 1 })
      const made = world.spawn('runner', { owner: player, x: 1 })
      expectTypeOf(made).toEqualTypeOf<StepEntity<ShapeOf<typeof game>, 'runner'>>()
      // @ts-expect-error There is no such field.
      world.spawn('runner', { owner: player, z: 1 })
    }
    // @ts-expect-error There is no such type.
    world.all('sheep')
    // @ts-expect-error There is no such event.
    world.emit('bang', {})
    // @ts-expect-error The event has a field more.
    world.emit('tagged', { by: null })
    world.emit('silence', {})
    for (const at of world.all('runner')) {
      world.emit('silence', {}, { at, to: 'team', owner: at.owner })
      world.emit('silence', {}, { at, to: { team: 'red' } })
      world.emit('silence', {}, { to: world.players })
      // @ts-expect-error There is no such team.
      world.emit('silence', {}, { to: { team: 'green' } })
      // @ts-expect-error An event is at an entity, not at its id, which may be anything's.
      world.emit('silence', {}, { at: at.id })
      // @ts-expect-error A missing entity must not make it an event for everybody.
      world.emit('silence', {}, { at: world.get('runner', at.target) })
    }
    // @ts-expect-error A number is no entity's id.
    world.get('runner', 5)
    // @ts-expect-error Only the referee knows who joined, commands and secrets.
    world.joined
    // @ts-expect-error
    world.commands('buy')
    // @ts-expect-error
    world.secret()
  },

  referee(world) {
    for (const runner of world.all('runner')) {
      runner.it = true
      runner.deck = 5
      expectTypeOf(runner.cards).toEqualTypeOf<number[]>()
      // @ts-expect-error An identity is not written.
      runner.type = 'runner'
    }
    for (const thing of world.all('world')) expectTypeOf(thing.engine).toEqualTypeOf<Map<string, number>>()
    world.globals.round = 1
    world.globals.seed = 1
    for (const player of world.joined) {
      world.player(player).score += 1
      world.player(player).team = world.settings.mode === 'duel' ? 'red' : 'blue'
    }
    world.spawn('runner', { x: 1, it: true, owner: null })
    for (const { from, payload, reply } of world.commands('buy')) {
      expectTypeOf(from).toEqualTypeOf<PlayerId>()
      expectTypeOf(payload.price).toEqualTypeOf<number>()
      reply('ok')
      // @ts-expect-error The answer is one of its names.
      reply('rich')
    }
    // @ts-expect-error There is no such command.
    world.commands('sell')
  },

  relevant(entity, player, world) {
    expectTypeOf(player).toEqualTypeOf<PlayerId | null>()
    if (entity.type === 'runner') expectTypeOf(entity.deck).toEqualTypeOf<number>()
    return world.globals.round
  },

  mayChoose({ choice, roster, settings }) {
    expectTypeOf(choice).toEqualTypeOf<{ readonly team: 'red' | 'blue' }>()
    expectTypeOf(settings.laps).toEqualTypeOf<number>()
    // @ts-expect-error Points are not chosen.
    choice.score
    return roster.filter((member) => member.choice.team === choice.team).length < 2
  },
})

type Typed = ShapeOf<typeof game>
declare const session: Session<Typed>
declare const view: View<Typed>

describe('the types of a game', () => {
  it('reach the view: read-only, without hidden fields, with whose it is', () => {
    for (const runner of view.all('runner')) {
      expectTypeOf(runner.x).toEqualTypeOf<number>()
      expectTypeOf(runner.it).toEqualTypeOf<boolean>()
      expectTypeOf(runner.mine).toEqualTypeOf<boolean>()
      // @ts-expect-error A view is read.
      runner.x = 1
      // @ts-expect-error Hidden fields are never sent.
      runner.deck
    }
    // @ts-expect-error There is no such type.
    view.all('sheep')
    for (const { entity, reason } of view.gone) {
      expectTypeOf(reason).toEqualTypeOf<'destroyed' | 'out of view' | 'denied'>()
      if (entity.type === 'runner') expectTypeOf(entity.name).toEqualTypeOf<string>()
    }
    expectTypeOf(view.options.goal).toEqualTypeOf<number>()
    expectTypeOf(view.settings.mode).toEqualTypeOf<'race' | 'duel'>()
    expectTypeOf(view.player(view.me).team).toEqualTypeOf<'red' | 'blue'>()
    expectTypeOf(view.globals.round).toEqualTypeOf<number>()
    // @ts-expect-error A view is read.
    view.globals.round = 1
  })

  it('reach the session: inputs, events, commands and their answers', () => {
    session.input({ x: 1, mode: 'run' })
    // @ts-expect-error An enum takes its own names.
    session.input({ mode: 'fly' })
    // @ts-expect-error The input has no such field.
    session.input({ jump: true })
    session.on('tagged', (payload, meta) => {
      expectTypeOf(payload.by).toEqualTypeOf<PlayerId | null>()
      expectTypeOf(payload.hard).toEqualTypeOf<boolean>()
      expectTypeOf(meta.mine).toEqualTypeOf<boolean>()
    })
    // @ts-expect-error There is no such event.
    session.on('bang', () => {})
    expectTypeOf(session.command('buy', { price: 1 })).resolves.toEqualTypeOf<'ok' | 'poor'>()
    expectTypeOf(session.command('list', {})).resolves.toEqualTypeOf<number[]>()
    // @ts-expect-error The command has a field.
    session.command('buy', {})
    // @ts-expect-error There is no such command.
    session.command('sell', {})
  })

  it('refuse a default of another type, and a default that is none of the names', () => {
    // @ts-expect-error
    t.int(0, 1, { default: 'x' })
    // @ts-expect-error
    t.enum(['a'], { default: 'b' })
    // @ts-expect-error
    t.bool({ by: 'step' })
    // @ts-expect-error Whom the field names is not known in the lobby.
    t.player({ chosen: true })
    // @ts-expect-error
    t.bool({ chosen: 'yes' })
    // @ts-expect-error A game without a step is none.
    defineGame({ id: 'x', version: 1, maxPlayers: 1, input: {}, entities: {} })
  })
})
