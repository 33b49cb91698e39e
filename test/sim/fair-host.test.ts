import { simulate } from 'starwire/testing'
import { expect, it } from 'vitest'
import { arena } from './arena.ts'

/** How long the inputs of each player wait at the host, in ticks, on average. */
function waits(fairHost: boolean): number[] {
  const match = simulate(arena, { players: 4, network: { latencyMs: 50 }, fairHost, seed: 1 })
  match.run(5000)
  return [...match.host.session.clients.values()].map(({ inputs }) => inputs.recent.waitTicks)
}

it('a fair host’s own inputs act as late as those of a guest, whose way takes 50 ms', () => {
  const [own = 0, ...guests] = waits(false)
  const [held = 0, ...others] = waits(true)
  // 50 ms are three ticks.
  expect(held - own).toBeGreaterThan(2.5)
  expect(held - own).toBeLessThan(4)
  expect(others.map((wait) => Math.round(wait))).toEqual(guests.map((wait) => Math.round(wait)))
})
