/** What `relevant` returns by a slip: it hides, for what is shown by mistake cannot be taken back. */
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { decideRelevance } from '../../../net/replication/relevance.ts'
import { simulate } from '../../../net/testing.ts'
import { playerId } from '../../../net/world/ids.ts'
import { World } from '../../../net/world/world.ts'

const secretive = (relevant: () => unknown) =>
  defineGame({
    id: 'secret',
    version: 1,
    maxPlayers: 2,
    input: {},
    entities: { mine: entity({ x: t.int(0, 9) }) },
    step() {},
    referee(world) {
      if (world.tick === 1) world.spawn('mine', { x: 1 })
    },
    relevant: relevant as () => number,
  })

/** What one of the game's entities is worth to a player, and what the developer is told. */
function judge(value: unknown): [number, string[]] {
  const said: string[] = []
  const game = secretive(() => value)
  const world = new World({ game, seed: 1, predicting: null, refused: (problem) => void said.push(problem) })
  return [decideRelevance(world, world.spawn('mine', {}), playerId(0, 1)), said]
}

describe('relevant', () => {
  it.each([false, true, undefined, null, Number.NaN, Number.POSITIVE_INFINITY, '1', {}])(
    'returning %o hides, and says what to return',
    (value) => {
      expect(judge(value)).toEqual([0, [expect.stringMatching(/^relevant returned .*hides the mine.*number: 0 hides/)]])
    },
  )

  it('returning a number is taken at its word', () => {
    expect([judge(0), judge(-1), judge(0.5), judge(3)]).toEqual([
      [0, []],
      [0, []],
      [0.5, []],
      [3, []],
    ])
  })

  it('returning false keeps the entity off a guest’s page', () => {
    const match = simulate(
      secretive(() => false),
      { players: 2 },
    )
    match.run(300)
    expect([...match.host.session.world.all('mine')]).toHaveLength(1)
    for (const client of match.clients) expect(client.view().all('mine')).toEqual([])
  })

  it('returning a promise fails the run, and what it rejects with ends no process', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const match = simulate(
      secretive(() => Promise.reject(new Error('late'))),
      { players: 2 },
    )
    expect(() => match.run(300)).toThrow(/^relevant returned a promise/)
    await expect(match.clients[1]!.session.ended).resolves.toBe('rules-failed')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
