/** The game of the golden packets: small, with every kind of field. Changing it changes the packets. */
import { command, defineGame, entity, event, t } from 'starwire'

export const goldenGame = defineGame({
  id: 'golden',
  version: 1,
  maxPlayers: 8,
  input: { x: t.int(-1, 1), aim: t.angle(), at: t.entity(), fire: t.button() },
  entities: {
    ship: entity({
      x: t.fixed({ min: -100, max: 100, step: 1 / 16 }),
      wrapping: t.fixed({ min: 0, max: 64, step: 1 / 4, wrap: true }),
      angle: t.angle(),
      hp: t.int(0, 100),
      ring: t.int(0, 12, { wrap: true }),
      on: t.bool(),
      color: t.enum(['red', 'green', 'blue']),
      by: t.player(),
      target: t.entity(),
      until: t.tick(),
      name: t.string(12),
      scores: t.list(t.int(0, 1000), 5),
      own: t.int(0, 9, { to: 'owner' }),
      plan: t.int(0, 9, { to: 'team' }),
      secret: t.int(0, 9, { to: 'nobody' }),
    }),
    rock: entity({ x: t.fixed({ min: 0, max: 10, step: 0.3, sim: 0.1 }) }, { predict: 'none' }),
  },
  globals: { round: t.int(0, 99) },
  player: { team: t.int(0, 3), score: t.int(0, 9999) },
  events: {
    bang: event({ by: t.player(), x: t.fixed({ min: 0, max: 800, step: 1 }) }),
    gong: event({}, { timing: 'now' }),
    shot: event({ by: t.player() }, { timing: 'predicted' }),
  },
  commands: { buy: command({ price: t.int(0, 100), note: t.string(8) }, { result: t.int(0, 9999) }) },
  step() {},
})
