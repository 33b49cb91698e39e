/** A host that lives but hosts badly hands over by itself: its page is too slow, or hears too few. In virtual time. */
import { createLobby, joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { here, hostOf, openMatch, type Page } from './table.ts'

const long = { tags: ['long'] }

/** Pages that stand still for 167 ms of each 200, so that three of four of their ticks come late. */
async function stutter(world: LobbyWorld, seconds: number, ...pages: Pick<Page, 'site'>[]): Promise<void> {
  for (const end = world.time.now + seconds * 1000; world.time.now < end; ) {
    for (const { site } of pages) site.page.freeze()
    await pass(world, 167)
    for (const { site } of pages) site.page.show()
    await pass(world, 40)
  }
}

describe('a host whose page is too slow for the match', () => {
  it('hands it over after ten seconds, and plays on in its seat', long, async () => {
    const { world, ann, others } = await openMatch(51, 'Bea', 'Cleo')
    const session = await settled(world, ann.lobby.session())
    await stutter(world, 8, ann)
    expect(hostOf(ann)).toBe('Ann')
    await stutter(world, 5, ann)
    await pass(world, 3000)
    expect([ann, ...others].map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    expect([ann, ...others].map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing', 'playing'])
    expect(here(ann)).toBe('Ann:here Bea:here Cleo:here')
    expect(await settled(world, ann.lobby.session())).toBe(session)
    // It hosts this match no more, however good it is by now.
    others[0]!.lobby.leave()
    await pass(world, 5000)
    expect([ann, others[1]!].map(hostOf)).toEqual(['Cleo', 'Cleo'])
    await expectReleased(world, ann.lobby, others[1]!.lobby)
  })

  it('and has no player hands it over, too, and ends as replaced', long, async () => {
    const world = new LobbyWorld(54)
    const site = world.newSite()
    const hall = await settled(world, createLobby(yard, { ...site.options, player: false }))
    const others: Page[] = []
    for (const name of ['Bea', 'Cleo']) {
      const at = world.newSite()
      others.push({ site: at, lobby: await settled(world, joinLobby(yard, hall.code, { ...at.options, name })) })
    }
    await pass(world, 6000)
    expect(hall.start()).toBeNull()
    await pass(world, 3000)
    const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
    const reasons: unknown[] = []
    hall.on('ended', (reason) => reasons.push(reason))
    await stutter(world, 13, { site })
    await pass(world, 3000)
    expect([others.map(hostOf), reasons]).toEqual([['Bea', 'Bea'], ['replaced']])
    expect(others.map(({ lobby }) => [lobby.state, lobby.codeState])).toEqual(Array(2).fill(['playing', 'open']))
    expect(await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))).toEqual(sessions)
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('keeps it where the others are as slow', long, async () => {
    const { world, ann, others } = await openMatch(52, 'Bea', 'Cleo')
    await stutter(world, 14, ann, ...others)
    await pass(world, 1000)
    expect([ann, ...others].map(hostOf)).toEqual(['Ann', 'Ann', 'Ann'])
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })
})

describe('a host that hears too few of the others', () => {
  it('hands over to the one whom it hears, who has links to most', long, async () => {
    const { world, ann, others } = await openMatch(53, 'Bea', 'Cleo', 'Dan', 'Eve')
    const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
    const [bea, ...rest] = others
    for (const { site } of rest) {
      world.cutWay(ann.site, site, 60_000)
      world.cutWay(site, ann.site, 60_000)
      // So they cannot vote for the other heir.
      for (const other of rest) if (other.site !== site) world.cutWay(site, other.site, 60_000)
    }
    const from = world.time.now
    const done = () => others.every((page) => hostOf(page) === 'Bea' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(done, from + 12_000), others.map(hostOf).join()).toBe(true)
    expect(world.time.now - from).toBeGreaterThan(5000)
    expect(await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))).toEqual(sessions)
    await pass(world, 2000)
    expect([hostOf(ann), here(bea!)]).toEqual(['Bea', 'Ann:here Bea:here Cleo:here Dan:here Eve:here'])
    await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('loses no match to an heir that has no world of it', long, async () => {
    const { world, ann, others } = await openMatch(41, 'Bea', 'Cleo', 'Dan')
    for (const { site } of others) world.cutWay(site, ann.site, 60_000)
    const done = () => others.every((page) => hostOf(page) !== 'Ann' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(done, world.time.now + 15_000), others.map(hostOf).join()).toBe(true)
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    ann.lobby.leave()
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })
})
