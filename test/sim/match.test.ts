import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type Simulation, seededRandom, simulate } from '../../net/testing.ts'
import { tag } from '../browser/fixtures/tag/tag.ts'
import { runSeed } from './command-line.ts'

type Tag = ShapeOf<typeof tag>

function play(match: Simulation<Tag>, ms: number, seed: number): void {
  const random = seededRandom(seed)
  match.run(ms, () => {
    for (const client of match.clients)
      if (random() < 0.05) client.input({ x: Math.floor(random() * 3) - 1, y: Math.floor(random() * 3) - 1 })
  })
}

describe('a match in virtual time', () => {
  it('converges on every client after the last input, at 100 ms and 5 % loss', () => {
    const match = simulate(tag, { players: 4, network: { latencyMs: 50, loss: 0.05 } })
    play(match, 5_000, 7)
    for (const client of match.clients) client.input({ x: 0, y: 0 })
    match.run(2_000)
    const truth = [...match.host.session.world.all('runner')].map((r) => ({ ...pick(r as never) }))
    for (const client of match.clients) {
      const view = client.view()
      const seen = [...view.all('runner')].map((r) => pick(r))
      expect(seen.length).toBe(4)
      for (const [i, runner] of seen.entries()) {
        expect(Math.abs(runner.x - truth[i]!.x)).toBeLessThanOrEqual(1 / 16)
        expect(Math.abs(runner.y - truth[i]!.y)).toBeLessThanOrEqual(1 / 16)
        expect(runner.it).toBe(truth[i]!.it)
      }
    }
  })
})

describe('a match with everything in it over a relay of 220 ms there and back', () => {
  // With this seed a removal was told twice in a row, between two credits, again and again: one client heard none of it for 30 s.
  it('keeps its laws where the credit of the state lane takes one packet in three', { tags: ['long'] }, () => {
    expect(runSeed(2, true)).toEqual([])
  })
})

function pick({ id, x, y, it }: { id: number; x: number; y: number; it: boolean }) {
  return { id, x, y, it }
}
