/** The game of the lab's scenes: each player has a ship that stays while they are away, and a beacon shows that the match goes on. */
import { defineGame, entity, t } from 'starwire'

const MAX_BEATS = 1_000_000

export const drift = defineGame({
  id: 'drift',
  version: 1,
  maxPlayers: 4,
  input: { turn: t.int(-1, 1) },
  entities: {
    ship: entity({ x: t.fixed({ min: 0, max: 800, step: 1 / 16 }) }, { predict: 'owner' }),
    beacon: entity({ beats: t.int(0, MAX_BEATS, { by: 'referee' }) }, { predict: 'none' }),
  },
  step(world) {
    for (const ship of world.all('ship')) ship.x += world.inputOf(ship.owner).turn
  },
  referee(world) {
    if ([...world.all('beacon')].length === 0) world.spawn('beacon', { beats: 0 })
    for (const beacon of world.all('beacon')) beacon.beats = (beacon.beats + 1) % MAX_BEATS
    for (const player of world.joined) world.spawn('ship', { owner: player, x: 400 })
  },
})
