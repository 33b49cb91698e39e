/** A type that is full on the host while a client, which knows less, predicts one more of it. */
import { defineGame, entity, t } from 'starwire'
import { expectConverged, simulate } from 'starwire/testing'
import { expect, it } from 'vitest'
import { statsOf } from '../../../net/runtime/session-face.ts'

/** Mines lie for half a second, three of all players together; one is laid in each tick in which a player says so. */
const field = defineGame({
  id: 'field',
  version: 1,
  maxPlayers: 2,
  input: { lay: t.button() },
  entities: { mine: entity({ left: t.int(0, 30, { default: 30 }) }, { max: 3 }) },
  step(world) {
    for (const mine of world.all('mine')) {
      mine.left--
      if (mine.left === 0) world.remove(mine)
    }
    for (const owner of world.players) if (world.inputOf(owner).lay) world.spawn('mine', { owner })
  },
})

it('a client is denied what the host had no room for, agrees with it from then on, and has its turn later', () => {
  const said: string[] = []
  const match = simulate(field, {
    ...{ players: 2, network: { latencyMs: 50 }, development: true, warn: (problem: string) => said.push(problem) },
  })
  const [own, guest] = match.clients
  match.run(300)
  for (let i = 0; i < 3; i++) {
    own!.input({ lay: true })
    match.run(20)
  }
  const seen = new Map<string, number>()
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
  const watch = {
    eachFrame(client: typeof own) {
      if (client !== guest) return
      const view = guest!.view()
      for (const { mine } of view.appeared) if (mine) count('appeared')
      for (const { entity: gone, reason } of view.gone) if (gone.mine) count(reason)
    },
  }
  guest!.input({ lay: true })
  match.run(350, watch)
  expect(Object.fromEntries(seen)).toEqual({ appeared: 1, denied: 1 })
  expectConverged(match)
  const { corrections } = guest!.session.stats()
  expect(corrections).toBe(1)
  expect(statsOf(own!.runner, match.host, match.now).load).toMatchObject({ keptOut: { mine: 1 } })
  // Each tick runs twice in development, and its client hears of nothing: it had room.
  expect(said).toEqual([expect.stringMatching(/^There are 3 of mine, its max/)])

  match.run(250)
  guest!.input({ lay: true })
  match.run(350, watch)
  expect(Object.fromEntries(seen)).toEqual({ appeared: 2, denied: 1 })
  expect([...match.host.session.world.all('mine')]).toHaveLength(1)
  expect(guest!.session.stats().corrections).toBe(corrections)
  expectConverged(match)
})
