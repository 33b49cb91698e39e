/** The README's game, whole: the smallest real game, used wherever a test needs one. */
import { defineGame, entity, event, t } from 'starwire'

export const tag = defineGame({
  id: 'tag',
  version: 1,
  maxPlayers: 8,
  input: { x: t.int(-1, 1), y: t.int(-1, 1) },
  entities: {
    runner: entity(
      {
        x: t.fixed({ min: 0, max: 800, step: 1 / 16 }),
        y: t.fixed({ min: 0, max: 600, step: 1 / 16 }),
        it: t.bool({ by: 'referee' }),
      },
      { predict: 'owner' },
    ),
  },
  events: { tagged: event({ by: t.player(), whom: t.player() }, { timing: 'presentation' }) },
  step(world) {
    for (const runner of world.all('runner')) {
      const input = world.inputOf(runner.owner)
      runner.x += input.x * 4
      runner.y += input.y * 4
    }
  },
  referee(world) {
    for (const player of world.joined)
      world.spawn('runner', { owner: player, x: 400, y: 300, it: player === world.players[0] })
    for (const it of world.all('runner')) {
      if (!it.it) continue
      for (const other of world.all('runner')) {
        if (other.it || other.owner === it.owner) continue
        if (Math.abs(other.x - it.x) > 20 || Math.abs(other.y - it.y) > 20) continue
        it.it = false
        other.it = true
        world.emit('tagged', { by: it.owner, whom: other.owner })
        return
      }
    }
  },
})
