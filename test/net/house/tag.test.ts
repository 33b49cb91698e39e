/** The first game of the README is one that can be played. */
import type { ShapeOf } from 'starwire'
import { type Simulation, simulate } from 'starwire/testing'
import { describe, expect, it } from 'vitest'
import { tag } from '../../browser/fixtures/tag/tag.ts'

type Match = Simulation<ShapeOf<typeof tag>>

function begin(players: number): { match: Match; tags: () => number } {
  const match = simulate(tag, { players, network: { latencyMs: 30 }, seed: 3, development: true })
  let count = 0
  match.clients[0]?.session.on('tagged', () => count++)
  return { match, tags: () => count }
}

const runners = (match: Match) => [...(match.clients[0]?.view().all('runner') ?? [])]

describe('the game of tag', () => {
  it('gives everybody a place of their own, and one of them is it', () => {
    const { match } = begin(4)
    match.run(500)
    const places = new Set(runners(match).map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`))
    expect(places.size).toBe(4)
    expect(runners(match).filter(({ it }) => it)).toHaveLength(1)
  })

  it('does not pass "it" to and fro between two who stand on each other', () => {
    const { match, tags } = begin(2)
    // Both run into the same corner and stay there.
    match.run(5000, () => {
      for (const client of match.clients) client.input({ x: -1, y: -1 })
    })
    expect(runners(match).map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(tags()).toBeGreaterThan(0)
    expect(tags()).toBeLessThanOrEqual(2)
  })

  it('goes on when the one who is it leaves, and with them when they are back', () => {
    const { match } = begin(2)
    const [host, guest] = match.clients
    const isIt = (client = host) => runners(match).some(({ it, owner }) => it && owner === client?.me)
    for (let tenths = 0; tenths < 60 && !isIt(guest); tenths++)
      match.run(100, () => {
        for (const client of match.clients) client.input({ x: -1, y: -1 })
      })
    if (!guest || !isIt(guest)) throw new Error('The guest was never caught.')
    match.lose(guest, 1500)
    match.run(1000)
    expect(runners(match)).toHaveLength(1)
    expect(isIt(host)).toBe(true)
    match.run(1500)
    expect(runners(match)).toHaveLength(2)
    expect(isIt(host)).toBe(true)
  })
})
