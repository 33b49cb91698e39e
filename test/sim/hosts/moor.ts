/**
 * The game of lobbies whose hosts change: small, at 20 ticks a second. Each event has an identity, each command counts, and chance has a
 * secret stream, so that the laws see what was lost or done twice.
 */
import { command, defineGame, entity, event, type Game, t } from 'starwire'
import type { Yard } from '../lobbies/player.ts'

/** A gong sounds once in so many ticks. */
export const GONG_TICKS = 20

export const moor = defineGame({
  id: 'moor',
  version: 1,
  maxPlayers: 16,
  tickRate: 20,
  rulesHash: 'moor',
  settings: { laps: t.int(1, 9) },
  player: { team: t.int(0, 3, { chosen: true }), score: t.int(0, 9999) },
  input: { x: t.int(-1, 1) },
  bots: { ace: () => ({ x: 1 }) },
  events: { gong: event({ number: t.int(0, 99_999) }, { timing: 'now' }) },
  commands: { buy: command({ price: t.int(0, 9) }, { result: t.int(0, 9999) }) },
  entities: {
    token: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 16 }), card: t.int(0, 99, { to: 'nobody' }) }),
  },
  step(world) {
    for (const token of world.all('token')) token.x += world.inputOf(token.owner).x
  },
  referee(world) {
    for (const player of world.joined) world.spawn('token', { owner: player, x: 500 })
    for (const token of world.all('token')) {
      if (token.owner !== null && !world.players.includes(token.owner)) world.remove(token)
      else token.card = 1 + Math.floor(world.secret() * 99)
    }
    if (world.tick % GONG_TICKS === 0) world.emit('gong', { number: world.tick / GONG_TICKS })
    for (const { from, reply } of world.commands('buy')) {
      const record = world.player(from)
      record.score += 1
      reply(record.score)
    }
  },
})

/** The stories of lobbies know the yard, of which this game has everything. */
export const moorAsYard = moor as unknown as Game<Yard>
