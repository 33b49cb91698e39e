import { describe, expect, it } from 'vitest'
import { defineGame, entity, t } from '../../net/index.ts'
import type { ToldDivergence } from '../../net/session/types.ts'
import { simulate } from '../../net/testing.ts'

/** A game whose `step` reads what only this process knows, from when `leaky.on` is set. */
const leaky = { on: false, calls: 0 }
const game = defineGame({
  id: 'leaky',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: { ship: entity({ vx: t.fixed({ min: 0, max: 1e6, step: 1 }) }) },
  step(world) {
    for (const ship of world.all('ship')) ship.vx += leaky.on ? leaky.calls++ % 7 : 1
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('ship', { owner })
  },
})

/** What a guest hears of, before and after `step` begins to leak. */
function heard(development: boolean): { before: ToldDivergence[]; after: ToldDivergence[] } {
  leaky.on = false
  const told: ToldDivergence[] = []
  const match = simulate(game, {
    players: 2,
    network: { latencyMs: 40 },
    ...(development && { development, warn: () => {} }),
  })
  match.clients[1]!.session.on('diverged', (divergence) => told.push(divergence))
  match.run(2000)
  const before = told.splice(0)
  leaky.on = true
  match.run(500)
  return { before, after: told }
}

describe('rules that read what is not in the world', () => {
  it('are told of in development, because a tick that runs twice gives two results', () => {
    const { before, after } = heard(true)
    expect(before).toEqual([])
    const replay = after.find(({ by }) => by === 'replay')
    expect(replay).toMatchObject({ type: 'ship', field: 'vx' })
    expect(replay?.message).toMatch(/^ship\.vx of ship \d+ at tick \d+: \d+ at first, \d+ when it ran again$/)
  })

  it('show everywhere as what the host has otherwise', () => {
    const { before, after } = heard(false)
    expect(before).toEqual([])
    expect(after.length).toBeGreaterThan(3)
    expect(new Set(after.map(({ by }) => by))).toEqual(new Set(['snapshot']))
    expect(after[0]?.message).toMatch(/^ship\.vx of ship \d+ at tick \d+: \d+ predicted, \d+ confirmed$/)
  })
})
