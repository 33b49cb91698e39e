/** The lobby outlives its host and the heir, as long as most of its pages live. In virtual time. */

import { joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { moorAsYard } from '../../../sim/hosts/moor.ts'
import { yard } from '../../../sim/lobbies/player.ts'
import { pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { enter, hostOf, open, openMatch, type Page } from './table.ts'

/** Until every page has this host. Returns how long it took, ms. */
async function untilHosts(
  { world }: Awaited<ReturnType<typeof open>>,
  name: string,
  ...pages: Page[]
): Promise<number> {
  const from = world.time.now
  const done = () => pages.every((page) => hostOf(page) === name && page.lobby.state !== 'reconnecting')
  const isDone = await world.time.runUntil(done, from + 15_000)
  expect(isDone, pages.map((page) => `${hostOf(page)} ${page.lobby.state}`).join()).toBe(true)
  return world.time.now - from
}

describe('a lobby whose host is killed', () => {
  it.each(['before a match', 'in a match'])(
    'and its heir half a second after it hosts goes on, %s',
    { tags: ['long'] },
    async (when) => {
      const table = await open(21, 'Bea', 'Cleo', 'Dan', 'Eve')
      const { world, ann, others } = table
      const [bea, ...rest] = others
      if (when === 'in a match') ann.lobby.start()
      await pass(world, 3000)
      ann.site.page.kill()
      await untilHosts(table, 'Bea', bea!)
      await pass(world, 500)
      bea!.site.page.kill()
      await untilHosts(table, 'Cleo', ...rest)
      expect(rest[0]!.lobby.codeState).toBe('open')
    },
  )

  it('with its heir in the same moment goes on with the next', async () => {
    const table = await open(22, 'Bea', 'Cleo', 'Dan', 'Eve')
    const { world, ann, others } = table
    const [bea, ...rest] = others
    await pass(world, 2000)
    ann.site.page.kill()
    bea!.site.page.kill()
    await untilHosts(table, 'Cleo', ...rest)
    await pass(world, 3000)
    expect(rest.map(({ lobby }) => lobby.state)).toEqual(['lobby', 'lobby', 'lobby'])
  })

  it.each([0, 1])(
    'after guest %i has watched for a while, and plays again, goes on with votes of all',
    { tags: ['long'] },
    async (watcher) => {
      const table = await openMatch(25, 'Bea', 'Cleo')
      const { world, ann, others } = table
      const { lobby } = others[watcher]!
      for (const watches of [true, false]) {
        expect(await settled(world, lobby.spectate(watches))).toBeNull()
        await pass(world, 3000)
      }
      await pass(world, 3000)
      ann.site.page.kill()
      const heir = () => others.find(({ lobby }) => lobby.hosting)
      expect(await world.time.runUntil(() => heir() !== undefined, world.time.now + 5000)).toBe(true)
      await untilHosts(table, hostOf(heir()!)!, ...others)
      expect(others.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing'])
    },
  )

  it('after the heir’s link was lost and came back goes on with that heir', { tags: ['long'] }, async () => {
    const table = await open(23, 'Bea', 'Cleo')
    const { world, ann, others } = table
    ann.lobby.start()
    await pass(world, 2000)
    world.cut(others[0]!.site, 7000)
    await pass(world, 20_000)
    expect(others.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing'])
    ann.site.page.kill()
    const heir = () => others.find(({ lobby }) => lobby.hosting)
    expect(await world.time.runUntil(() => heir() !== undefined, world.time.now + 5000)).toBe(true)
    await untilHosts(table, hostOf(heir()!)!, ...others)
    expect(others.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing'])
  })
})

describe('a lobby that is handed over', () => {
  it('to a page that has just died goes on with the next heir', async () => {
    const table = await open(24, 'Bea', 'Cleo', 'Dan', 'Eve')
    const { world, ann, others } = table
    const [bea, ...rest] = others
    bea!.site.page.kill()
    ann.site.page.close()
    await untilHosts(table, 'Cleo', ...rest)
    await pass(world, 3000)
    expect(rest.map(({ lobby }) => lobby.state)).toEqual(['lobby', 'lobby', 'lobby'])
    expect(rest[0]!.lobby.codeState).toBe('open')
  })

  it.each([20, 120, 400])('to a page that dies %i ms later goes on with the next heir and its code', async (ms) => {
    const table = await open(25, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, ...rest] = others
    ann.lobby.handOver(bea!.lobby.me)
    await world.time.runUntil(() => bea!.lobby.hosting, world.time.now + 3000)
    await pass(world, ms)
    bea!.site.page.kill()
    await untilHosts(table, 'Cleo', ann, ...rest)
    expect(rest[0]!.lobby.codeState).toBe('open')
  })

  it('to a page that is closed before its heirs are ready is handed on to one of the host before', async () => {
    const table = await open(26, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, ...rest] = others
    ann.lobby.handOver(bea!.lobby.me)
    await world.time.runUntil(() => bea!.lobby.hosting, world.time.now + 3000)
    bea!.site.page.close()
    await untilHosts(table, 'Cleo', ann, ...rest)
  })

  it('by a host whose voters are all gone goes on with whoever came since, and its code', {
    tags: ['long'],
  }, async () => {
    const table = await open(28, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    for (const { site } of others) site.page.kill()
    await pass(world, 6000)
    const site = world.newSite()
    const lobby = await settled(world, joinLobby(yard, ann.lobby.code, { ...site.options, name: 'Eve' }))
    await pass(world, 8000)
    ann.lobby.leave()
    await untilHosts(table, 'Eve', { site, lobby })
    await pass(world, 3000)
    expect(lobby.codeState).toBe('open')
  })

  it('is not given to an heir who is not heard, where there is another', async () => {
    const table = await open(27, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    others[0]!.site.page.kill()
    await pass(world, 2000)
    ann.lobby.leave()
    expect(await untilHosts(table, 'Cleo', ...others.slice(1))).toBeLessThan(700)
  })
})

describe('a match of eight whose host leaves', () => {
  it('goes on with the second heir, whose world is newer, when the first hears nothing', {
    tags: ['long'],
  }, async () => {
    const world = new LobbyWorld(30)
    const newPage = (name: string, code: string | null): Promise<Page> => enter(world, name, code, moorAsYard)
    const ann = await newPage('Ann', null)
    const guests: Page[] = []
    for (const name of ['Bea', 'Cleo', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal'])
      guests.push(await newPage(name, ann.lobby.code))
    await pass(world, 8000)
    ann.lobby.start()
    await pass(world, 4000)
    const [bea, cleo] = guests
    world.cutWay(ann.site, bea!.site, 1800)
    await pass(world, 1500)
    const { tick } = (ann.lobby as unknown as { match: { host: { session: { world: { tick: number } } } } }).match.host
      .session.world
    ann.lobby.leave()
    await pass(world, 200)
    expect(hostOf(cleo!)).toBe('Cleo')
    const next = (cleo!.lobby as unknown as { match: { host: { session: { world: { tick: number } } } } }).match.host
    expect(next.session.world.tick).toBeGreaterThanOrEqual(tick - 4)
  })
})

describe('a page that becomes the host', () => {
  it('is here for all, though the host before had not heard it for a moment', async () => {
    const table = await open(28, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, ...rest] = others
    world.cutWay(bea!.site, ann.site, 60_000)
    const isLate = () => ann.lobby.roster.find(({ name }) => name === 'Bea')?.presence === 'late'
    expect(await world.time.runUntil(isLate, world.time.now + 4000)).toBe(true)
    await pass(world, 500)
    ann.site.page.kill()
    await untilHosts(table, 'Bea', bea!, ...rest)
    await pass(world, 1500)
    for (const page of [bea!, ...rest])
      expect(page.lobby.roster.find(({ name }) => name === 'Bea')?.presence).toBe('here')
  })
})

describe('a host whom nobody can reach any more', () => {
  it('ends with a reason once the seats of the others are over, instead of standing still for ever', async () => {
    const { world, ann } = await open(29, 'Bea', 'Cleo', 'Dan')
    // From the server, too, so that nobody tells it that the others go on.
    world.cut(ann.site, 1e7)
    const reasons: unknown[] = []
    ann.lobby.on('ended', (reason) => reasons.push(reason))
    const isOver = () => ann.lobby.state === 'ended'
    expect(await world.time.runUntil(isOver, world.time.now + 100_000)).toBe(true)
    expect(reasons).toEqual(['signaling-down'])
  })
})
