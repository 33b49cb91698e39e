/** The bench arena with events, at any tick rate: the same ships, bullets and asteroids, and a numbered call at an uneven beat. */
import { defineGame, event, type RefereeWorld, type ShapeOf, t } from 'starwire'
import { type ArenaShape, arena, entities, input, options, TICK_RATE } from '../worlds/arena.ts'

/** Coprime with the ticks between snapshots, so that calls fall on all places between two of them. */
const CALL_EVERY = 11

export const feelArenaAt = (tickRate: number) =>
  defineGame({
    id: 'bench-feel',
    version: 1,
    maxPlayers: 16,
    tickRate,
    // A press, so that it is one shot whether a frame has no tick or two.
    input: { ...input, fire: t.button() },
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

export const feelArena = feelArenaAt(TICK_RATE)

export type FeelShape = ShapeOf<typeof feelArena>
