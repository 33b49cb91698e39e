/** A drawn world is told where to look, not what a player predicts: spectators and replays draw by the same code. */
import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../../net/session/source.ts'
import { DrawnWorld } from '../../../net/session/view.ts'
import { type Simulation, simulate } from '../../../net/testing.ts'
import { copyRow, type RecordCopy } from '../../../net/world/record.ts'
import { saveWorld } from '../../../net/world/save.ts'
import { World } from '../../../net/world/world.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { confirmedOf } from '../../sim/laws.ts'

function playing(): Simulation<ShapeOf<typeof tag>> {
  const match = simulate(tag, { players: 2, network: { latencyMs: 30 } })
  match.run(500)
  for (const client of match.clients) client.input({ x: 1, y: 0 })
  match.run(500)
  return match
}

const places = (drawn: DrawnWorld): unknown[] =>
  drawn.all('runner').map((runner) => [runner.id, runner.owner, runner.numbers[0]])

describe('a drawn world without a prediction', () => {
  it('shows a spectator everybody as the host told it, the player whose link it is included', () => {
    const match = playing()
    const { session } = match.clients[1]!.runner
    const confirmed = confirmedOf(session)
    const world = new World({ game: tag, seed: 1, predicting: null })
    const spectated: Source = { world, tick: 0, stateAt: () => null, steps: () => false, confirmed }
    const drawn = new DrawnWorld(match.clients[0]!.me, spectated)
    const tick = confirmed.tick - 4.5
    drawn.update(match.now, tick, 0)
    expect(drawn.appeared).toHaveLength(2)
    const truth = match.host.session.report(Math.floor(tick)).entities
    expect(drawn.all('runner').map(({ id }) => id)).toEqual(truth.map(({ id }) => id))
    for (const [i, { fields }] of truth.entries()) {
      const ahead = Number(drawn.all('runner')[i]!.numbers[0]) - Number(fields.x)
      expect(ahead).toBeGreaterThan(0)
      expect(ahead).toBeLessThanOrEqual(4)
    }
  })

  it('shows a replay between its two newest ticks, and what is removed there as destroyed', () => {
    const match = playing()
    const { world } = match.host.session
    const frames: Map<number, RecordCopy>[] = []
    const capture = (): void => {
      const records = [...world.list(world.entityType('runner'))]
      const copies = records.map((record) => ({
        type: record.$type,
        id: record.id,
        owner: record.owner,
        row: copyRow(record),
      }))
      frames.unshift(new Map(copies.map((copy) => [copy.id, copy])))
    }
    const replay: Source = {
      world,
      get tick() {
        return world.tick
      },
      stateAt: (tick) => (frames[world.tick - tick] ? { records: frames[world.tick - tick] as never } : null),
      steps: () => true,
      confirmed: { tick: 0, records: new Map() },
    }
    const drawn = new DrawnWorld(match.clients[0]!.me, replay)
    const saved = saveWorld(world)
    capture()
    const before = [...world.all('runner')].map(({ numbers }) => numbers[0] ?? 0)
    match.run(1000 / 60)
    capture()
    drawn.update(0, 0, world.tick + 0.25)
    expect(places(drawn)).toEqual(
      [...world.all('runner')].map(({ id, owner, numbers }, i) => {
        const from = before[i] ?? 0
        return [id, owner, from + ((numbers[0] ?? 0) - from) / 4]
      }),
    )
    expect(saveWorld(world)).not.toEqual(saved)
    const [gone] = [...frames[0]!.keys()]
    frames[0]!.delete(gone!)
    drawn.update(16, 0, world.tick + 0.5)
    expect(drawn.gone.map(({ entity, reason }) => [entity.id, reason])).toEqual([[gone, 'destroyed']])
  })
})
