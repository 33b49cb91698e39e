/** A game for tests only: every way of predicting, every audience, every timing of an event, and commands. */
import { command, cos, defineGame, entity, event, type PlayerId, type ShapeOf, sin, t } from 'starwire'
import type { SimulatedClient, Simulation } from '../../net/testing.ts'

const WIDTH = 640
const HEIGHT = 480
const BULLET_LIFE = 40

/** Whether a ghost shows itself: now and then, to every second player. A pure function, so that tests can ask it too. */
export function ghostShows(ghost: number, player: PlayerId, tick: number): boolean {
  return (Math.floor(tick / 40) + ghost + player) % 3 === 0
}

export const arena = defineGame({
  id: 'arena',
  version: 1,
  maxPlayers: 16,
  input: { x: t.int(-1, 1), y: t.int(-1, 1), aim: t.angle(), fire: t.bool(), dash: t.button() },
  entities: {
    runner: entity({
      x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8, wrap: true, rate: 'vx' }),
      y: t.fixed({ min: 0, max: HEIGHT, step: 1 / 8 }),
      vx: t.fixed({ min: -600, max: 600, step: 1 / 2 }),
      angle: t.angle(),
      dashes: t.int(0, 9999),
      gunAt: t.tick({ to: 'owner' }),
      plan: t.int(0, 99, { to: 'team' }),
      hp: t.int(0, 100, { by: 'referee', default: 100 }),
      cards: t.int(0, 9999, { by: 'referee', to: 'nobody' }),
      name: t.string(12, { by: 'referee' }),
      last: t.list(t.int(0, 9999), 4),
      target: t.entity({ by: 'referee' }),
    }),
    bullet: entity({
      x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8, wrap: true }),
      y: t.fixed({ min: 0, max: HEIGHT, step: 1 / 8 }),
      angle: t.angle(),
      until: t.tick(),
    }),
    ball: entity(
      { x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8 }), vx: t.fixed({ min: -200, max: 200, step: 1 / 4 }) },
      { predict: 'all' },
    ),
    drone: entity(
      {
        x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8, wrap: true, rate: 'vx' }),
        y: t.fixed({ min: 0, max: HEIGHT, step: 1 / 8 }),
        vx: t.fixed({ min: -600, max: 600, step: 1 / 2 }),
        mood: t.enum(['calm', 'angry', 'gone']),
      },
      { predict: 'none' },
    ),
    /** Shown by `ghostShows`. */
    ghost: entity({ x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8 }), number: t.int(0, 99) }, { predict: 'none' }),
    /** Never shown to anybody. */
    trap: entity({ x: t.fixed({ min: 0, max: WIDTH, step: 1 / 8 }) }, { predict: 'none' }),
  },
  globals: { round: t.int(0, 9999), leader: t.player() },
  player: { team: t.enum(['red', 'blue']), score: t.int(0, 99999), bank: t.int(0, 9999, { to: 'owner' }) },
  events: {
    shot: event({ by: t.player(), at: t.tick() }, { timing: 'predicted' }),
    puff: event({ by: t.player(), at: t.tick() }),
    gong: event({ number: t.int(0, 99999) }, { timing: 'now' }),
    fell: event({ number: t.int(0, 99999), name: t.string(12) }),
  },
  commands: {
    buy: command({ price: t.int(0, 100) }, { result: t.int(0, 9999) }),
    say: command({ text: t.string(200) }, { result: t.string(200) }),
  },

  step(world) {
    for (const bullet of world.all('bullet')) {
      if (world.tick >= bullet.until) {
        world.remove(bullet)
        continue
      }
      bullet.x += cos(bullet.angle) * 9
      bullet.y += sin(bullet.angle) * 9
    }
    for (const ball of world.all('ball')) {
      ball.x += ball.vx * world.dt
      ball.vx *= 0.98
      if (ball.x <= 0 || ball.x >= WIDTH) ball.vx = -ball.vx
    }
    for (const runner of world.all('runner')) {
      const input = world.inputOf(runner.owner)
      runner.vx = runner.vx * 0.9 + input.x * 37
      runner.x += runner.vx * world.dt
      runner.y += input.y * 3.3
      runner.angle = input.aim
      if (input.dash) {
        runner.dashes += 1
        runner.x += 20 * Math.cos(0)
        runner.last = [...runner.last, runner.dashes].slice(-4)
      }
      runner.plan = Math.floor(runner.y) % 100
      for (const ball of world.all('ball')) if (Math.abs(ball.x - runner.x) < 12) ball.vx += runner.vx * 0.1
      if (!input.fire || world.tick < runner.gunAt || runner.owner === null) continue
      runner.gunAt = world.tick + 9
      world.spawn('bullet', {
        owner: runner.owner,
        x: runner.x,
        y: runner.y,
        angle: runner.angle + (world.random(1, runner) - 0.5) * 0.2,
        until: world.tick + BULLET_LIFE,
      })
      // Two of one owner in one tick, of different timing: their identities must not be confused.
      world.emit('puff', { by: runner.owner, at: world.tick }, { owner: runner.owner })
      world.emit('shot', { by: runner.owner, at: world.tick }, { owner: runner.owner })
    }
  },

  referee(world) {
    if (world.tick === 1) {
      for (let i = 0; i < 12; i++)
        world.spawn('drone', { x: i * 50, y: i * 40, vx: (i - 6) * 30, mood: i % 4 === 0 ? 'angry' : 'calm' })
      for (let i = 0; i < 6; i++) world.spawn('ghost', { x: 10 * i, number: i })
      for (let i = 0; i < 3; i++) world.spawn('trap', { x: 10 * i })
      world.spawn('ball', { x: 300 })
    }
    for (const player of world.joined) {
      world.player(player).team = world.players.indexOf(player) % 2 === 0 ? 'red' : 'blue'
      world.player(player).bank = 1000
      const x = world.secret() * WIDTH
      world.spawn('runner', { owner: player, x, y: 200, name: `p${player}`, cards: 7 })
    }
    for (const player of world.left)
      for (const runner of world.all('runner')) if (runner.owner === player) world.remove(runner)
    for (const drone of world.all('drone')) {
      if (drone.mood === 'gone') continue
      // Every third one rests for a while: what rests is not sent.
      if ((world.tick >> 6) % 3 === drone.id % 3) drone.vx = 0
      else if (drone.vx === 0) drone.vx = 120 - (drone.id % 5) * 60
      drone.x += drone.vx * world.dt
    }
    for (const ghost of world.all('ghost')) if (world.tick % 20 === 0) ghost.x += 5
    for (const trap of world.all('trap')) trap.x += 1
    for (const runner of world.all('runner')) {
      if (world.tick % 50 === 0) {
        runner.hp -= 1
        runner.cards += 1
      }
      if (world.secret() < 0.001) world.emit('fell', { number: world.tick, name: runner.name })
      if (runner.target === null && world.tick % 120 === 0)
        for (const drone of world.all('drone')) if (drone.id % 7 === world.tick % 7) runner.target = drone.id
    }
    if (world.tick % 60 === 0) {
      world.globals.round += 1
      world.emit('gong', { number: world.globals.round })
    }
    if (world.tick % 97 === 0) {
      for (const drone of world.all('drone')) {
        if (drone.id % 11 !== world.tick % 11) continue
        world.remove(drone)
        world.spawn('drone', { x: drone.x, y: drone.y, vx: -drone.vx, mood: 'angry' })
        world.emit('fell', { number: 10000 + (drone.id % 80000), name: 'drone' })
      }
    }
    for (const { from, payload, reply } of world.commands('buy')) {
      const player = world.player(from)
      if (player.bank >= payload.price) player.bank -= payload.price
      player.score += 1
      reply(player.score)
    }
    for (const { payload, reply } of world.commands('say')) reply(payload.text.toUpperCase())
  },

  relevant(entity, player, world) {
    switch (entity.type) {
      case 'trap':
        return 0
      case 'ghost':
        return player !== null && ghostShows(entity.number, player, world.tick) ? 1 : 0
      default:
        return 1
    }
  },
})

type Arena = ShapeOf<typeof arena>

/** A player presses whatever they like. */
export function act(client: SimulatedClient<Arena>, random: () => number): void {
  client.input({
    x: Math.floor(random() * 3) - 1,
    y: Math.floor(random() * 3) - 1,
    aim: (random() - 0.5) * 6,
    fire: random() < 0.5,
    dash: random() < 0.3,
  })
}

/** Everybody lets go. */
export function rest(match: Simulation<Arena>): void {
  for (const client of match.clients) client.input({ x: 0, y: 0, aim: 0, fire: false })
}
