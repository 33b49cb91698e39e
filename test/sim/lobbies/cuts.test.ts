/** A guest whose network is away for longer than a link is waited for: it comes back into the same seat, session and match. In virtual time. */
import { createLobby, joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { yard } from './player.ts'
import { expectReleased, pass, settled } from './steps.ts'
import { LobbyWorld } from './world.ts'

/** Two players in a match, whose guest has walked a little. */
async function match(relayed: boolean) {
  const world = new LobbyWorld(3, { relayed })
  const host = await settled(world, createLobby(yard, { ...world.newSite().options, name: 'Ann' }))
  host.start()
  const site = world.newSite()
  const lobby = await settled(world, joinLobby(yard, host.code, { ...site.options, name: 'Bea' }))
  const session = await settled(world, lobby.session())
  const own = () => [...session.view(world.time.now).all('token')].find(({ mine }) => mine)
  await pass(world, 1500)
  expect(lobby.connection?.route ?? 'direct').toBe(relayed ? 'relayed' : 'direct')
  return { world, host, site, lobby, session, own }
}

describe.each([
  ['direct', false],
  ['relayed', true],
] as const)('a guest on a %s route', (_, relayed) => {
  it.each([
    ['3 s', 3000],
    ['20 s', 20_000],
  ])('whose network is away for %s has the same seat, session and token again', async (_, ms) => {
    const { world, host, site, lobby, session, own } = await match(relayed)
    const before = { me: lobby.me, token: own()?.id }
    expect(before.token).toBeDefined()
    world.cut(site, ms)
    await pass(world, ms)
    // At most the longest pause between two tries, and a join.
    await pass(world, 8000)
    expect([lobby.state, lobby.me]).toEqual(['playing', before.me])
    expect(await settled(world, lobby.session())).toBe(session)
    session.input({ x: 1 })
    const x = own()?.x ?? 0
    await pass(world, 1000)
    expect(own()?.id).toBe(before.token)
    expect(own()?.x).toBeGreaterThan(x)
    const onHost = (await settled(world, host.session())).view(world.time.now)
    expect([...onHost.all('token')].map(({ owner }) => owner)).toEqual([host.me, lobby.me])
    await expectReleased(world, lobby, host)
  })

  it('that changes its network for another has the same seat, session and token again', {
    tags: ['long'],
  }, async () => {
    const { world, host, site, lobby, session, own } = await match(relayed)
    const before = { me: lobby.me, token: own()?.id }
    // The address is another one: sockets close, and what was connected carries nothing any more.
    for (const pipe of site.pipes) pipe.cut(1e9)
    world.internet.drop(site.page)
    site.page.goOnline()
    await pass(world, 6000)
    expect([lobby.state, lobby.me, own()?.id]).toEqual(['playing', before.me, before.token])
    expect(await settled(world, lobby.session())).toBe(session)
    await expectReleased(world, lobby, host)
  })
})
