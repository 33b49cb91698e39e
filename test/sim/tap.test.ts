/** What the host's tap tells is all that goes into a match: whoever kept it runs the match again. */

import { describe, expect, it } from 'vitest'
import { HostRewind } from '../../net/prediction/host-rewind.ts'
import type { TickRecord } from '../../net/session/host.ts'
import { type Simulation, seededRandom, simulate } from '../../net/testing.ts'
import type { AnyGame } from '../../net/world/game.ts'
import type { GameShape } from '../../net/world/game-shape.ts'
import { History } from '../../net/world/history.ts'
import type { PlayerId } from '../../net/world/ids.ts'
import { saveWorld } from '../../net/world/save.ts'
import { runTick } from '../../net/world/tick.ts'
import { World } from '../../net/world/world.ts'
import { act, arena } from './arena.ts'
import { play } from './laws.ts'
import { track } from './luck.ts'

const SEED = 21
const network = { latencyMs: 50, jitterMs: 20, loss: 0.05 }

function recorded<G extends GameShape>(match: Simulation<G>): TickRecord[] {
  const records: TickRecord[] = []
  match.host.session.onTick((record) => records.push(record))
  return records
}

/** Runs the rules once more, from nothing but the seeds and what the tap told. */
function replay(game: AnyGame, records: readonly TickRecord[], seconds = 2): World {
  const world = new World({ game, seed: SEED, secret: [SEED, 2, 3, 4], predicting: null })
  const history = new History(seconds * game.tickRate)
  const seen = new Map<PlayerId, { inputs: { seenTick: number } }>()
  world.rewind = new HostRewind(world, history, seen)
  for (const record of records) {
    seen.clear()
    for (const [player, seenTick] of record.seen) seen.set(player, { inputs: { seenTick } })
    runTick(world, record.tick, record.run)
    history.record(world)
  }
  return world
}

describe('a replay of what the host’s tap told', () => {
  it('is the match to the bit: chance, secrets, commands, and players who come, go and are back', () => {
    const match = simulate(arena, { players: 3, network, seed: SEED })
    const records = recorded(match)
    const [, lost, leaver] = match.clients
    const random = seededRandom(2)
    play(match, 1_500, random, act)
    void match.clients[1]!.session.command('buy', { price: 3 })
    play(match, 500, random, act)
    match.lose(lost!, 400)
    match.leave(leaver!)
    play(match, 500, random, act)
    match.join()
    play(match, 1_000, random, act)
    const { world } = match.host.session
    expect(records.map(({ tick }) => tick)).toEqual(Array.from({ length: world.tick }, (_, i) => 1 + i))
    expect(world.player(lost!.me)).toMatchObject({ score: 1 })
    expect(saveWorld(replay(arena, records))).toEqual(saveWorld(world))
  })

  it('rewinds to what each player saw then', () => {
    const match = simulate(track, { players: 3, network, seed: SEED })
    const records = recorded(match)
    match.run(2_000)
    const rewound = match.host.session.report().entities.map(({ fields }) => Number(fields.rewound))
    expect(Math.max(...rewound.filter((ticks) => !Number.isNaN(ticks)))).toBeGreaterThan(3)
    expect(saveWorld(replay(track, records))).toEqual(saveWorld(match.host.session.world))
    // Without it, it is another match.
    const blind = records.map((record) => ({ ...record, seen: new Map() }))
    expect(saveWorld(replay(track, blind))).not.toEqual(saveWorld(match.host.session.world))
  })
})
