/** The bench arena with events: the same ships, bullets and asteroids, and a numbered call at an uneven beat. */
import { defineGame, event, type RefereeWorld, type ShapeOf, t } from 'starwire'
import { type ArenaShape, arena, entities, input, options, TICK_RATE } from '../worlds/arena.ts'

/** Coprime with the ticks between snapshots, so that calls fall on all places between two of them. */
const CALL_EVERY = 11

export const feelArena = defineGame({
  id: 'bench-feel',
  version: 1,
  maxPlayers: 16,
  tickRate: TICK_RATE,
  input,
  entities,
  options,
  events: { call: event({ number: t.int(0, 65535) }, { timing: 'now' }) },
  step(world) {
    arena.rules.step(world)
  },
  referee(world) {
    arena.rules.referee?.(world as unknown as RefereeWorld<ArenaShape>)
    if (world.tick % CALL_EVERY === 0) world.emit('call', { number: world.tick / CALL_EVERY })
  },
})

export type FeelShape = ShapeOf<typeof feelArena>
