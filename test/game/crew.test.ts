/** Bots and a change of host: they are members and data, so another page flies them on, and goes on filling seats. In virtual time. */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import { expect, it } from 'vitest'
import { type DogstarShape, dogstar } from '../../game/rules/dogstar.ts'
import { keepCrew } from '../../src/lobby/crew.ts'
import { pass, settled } from '../sim/lobbies/steps.ts'
import { LobbyWorld } from '../sim/lobbies/world.ts'

const namesOf = (lobby: Lobby<DogstarShape>): string[] => lobby.roster.map(({ name }) => name)

it('bots fly on when their host leaves, and the next host fills the empty seat', async () => {
  const world = new LobbyWorld(3)
  const settings = { botsUpTo: 4, mode: 'free' } as const
  const ann = await settled(world, createLobby(dogstar, { ...world.newSite().options, name: 'Ann', settings }))
  keepCrew(ann)
  const at = world.newSite()
  const bea = await settled(world, joinLobby(dogstar, ann.code, { ...at.options, name: 'Bea' }))
  keepCrew(bea)
  await pass(world, 5_000)
  expect(namesOf(bea)).toEqual(['Ann', 'Rigel', 'Mira', 'Bea'])
  ann.start()
  const session = await settled(world, bea.session())
  await pass(world, 4_000)
  const [, rigel] = bea.roster
  const placeOf = (player: number) => {
    const ship = [...session.view(at.page.now()).all('ship')].find(({ owner }) => owner === player)
    return ship ? Math.round(ship.x) + Math.round(ship.y) : null
  }
  ann.leave()
  await pass(world, 2_000)
  expect(bea.hosting).toBe(true)
  expect(namesOf(bea).toSorted()).toEqual(['Bea', 'Mira', 'Rigel', 'Spica'])
  const before = placeOf(rigel!.id)
  await pass(world, 500)
  expect(placeOf(rigel!.id)).not.toBe(before)
  bea.leave()
})
