/** A device's clock that is set back: what counts on from the time of day would begin below what it was. In virtual time. */
import { joinLobby } from 'starwire'
import { expect, it } from 'vitest'
import { yard } from '../../../sim/lobbies/player.ts'
import { pass, settled } from '../../../sim/lobbies/steps.ts'
import { open, roleOf } from './table.ts'

it('a guest whose clock was set back before a reload has links to the heirs as soon as any other', async () => {
  const { world, ann, others } = await open(33, 'Bea', 'Cleo', 'Dan')
  const dan = others[2]!
  const resume = dan.lobby.resumeToken
  dan.site.page.kill()
  const site = world.newSite({}, dan.site.page.storage)
  site.page.setClock(-3_600_000)
  const lobby = await settled(world, joinLobby(yard, ann.lobby.code, { ...site.options, name: 'Dan', resume }))
  await pass(world, 1500)
  const links = () =>
    roleOf<{ migration: { loaded: { links: { count: number } } } }>({ site, lobby }).migration.loaded.links.count
  expect(links()).toBe(2)
})
