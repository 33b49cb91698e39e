/** A host that goes at an awkward moment: while somebody comes or comes back, as a match begins, while signalling restarts. In virtual time. */
import { joinLobby, type Lobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type Yard, yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { epochOf, here, hostOf, open, openMatch, type Page, positionsOf } from './table.ts'

const long = { tags: ['long'] }
type Table = Awaited<ReturnType<typeof open>>

/** Until all of these play or wait with the same host, who is one of them. Returns that page. */
async function untilHosted({ world }: Table, pages: readonly Page[], state = 'playing'): Promise<Page> {
  const isWhole = () => {
    const hosts = new Set(pages.map(hostOf))
    return (
      hosts.size === 1 && pages.some(({ lobby }) => lobby.hosting) && pages.every(({ lobby }) => lobby.state === state)
    )
  }
  const said = () => pages.map((page) => `${hostOf(page)} ${page.lobby.state}`).join(', ')
  expect(await world.time.runUntil(isWhole, world.time.now + 40_000), said()).toBe(true)
  return pages.find(({ lobby }) => lobby.hosting)!
}

const namesOf = ({ lobby }: Page): string[] => lobby.roster.map(({ name }) => name).sort()

const go = ({ site, lobby }: Page, how: string): void => {
  if (how === 'is killed') site.page.kill()
  else if (how === 'closes its tab') site.page.close()
  else lobby.leave()
}

/** Where a join is in ms after it was asked for: at the server, on the way, at the host's door, just in. */
const JOIN_MOMENTS = [10, 60, 150, 300, 450, 700, 1000]

describe.each(['is killed', 'leaves'])('a host that %s while somebody joins', (how) => {
  it.each(JOIN_MOMENTS)('after %i ms leaves them one seat at the next host', long, async (ms) => {
    const table = await openMatch(91, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const site = world.newSite()
    const joining = joinLobby(yard, ann.lobby.code, { ...site.options, name: 'Eve' }).catch((error: Error) => error)
    await pass(world, ms)
    go(ann, how)
    const joined = await settled(world, joining)
    expect(joined instanceof Error ? `${joined}` : 'in').toBe('in')
    const eve: Page = { site, lobby: joined as Lobby<Yard> }
    const pages = [...others, eve]
    await untilHosted(table, pages)
    await pass(world, 6000)
    for (const page of pages) expect(namesOf(page).filter((name) => name.startsWith('Eve'))).toEqual(['Eve'])
    expect(new Set(pages.map(here)).size).toBe(1)
    const places = await positionsOf(others[0]!, world)
    expect(Object.keys(places)).toContain(String(eve.lobby.me))
    expect(new Set(pages.map(epochOf)).size).toBe(1)
    await expectReleased(world, eve.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })
})

describe('a host that is killed while a guest is on the way back', () => {
  it.each([500, 2500, 5200, 7000])('whose line is cut %i ms before, leaves them their seat', long, async (ms) => {
    const table = await openMatch(92, 'Bea', 'Cleo', 'Dan', 'Eve')
    const { world, ann, others } = table
    const eve = others[3]!
    const { me } = eve.lobby
    const session = await settled(world, eve.lobby.session())
    const placed = (await positionsOf(eve, world))[me]!
    world.cut(eve.site, 6000)
    await pass(world, ms)
    ann.site.page.kill()
    await untilHosted(table, others)
    await pass(world, 2000)
    expect([eve.lobby.me, await settled(world, eve.lobby.session())]).toEqual([me, session])
    session.input({ x: 1 })
    await pass(world, 2000)
    for (const page of others) {
      expect(namesOf(page)).toEqual(namesOf(eve))
      expect((await positionsOf(page, world))[me]!).toBeGreaterThan(placed + 20)
    }
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('as their page reloads, lets them in by the token that the old host gave', long, async () => {
    const table = await openMatch(93, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const dan = others[2]!
    const { me, resumeToken: resume } = dan.lobby
    dan.site.page.close()
    await pass(world, 300)
    ann.site.page.kill()
    await untilHosted(table, others.slice(0, 2))
    const site = world.newSite()
    const again = await settled(world, joinLobby(yard, ann.lobby.code, { ...site.options, name: 'Dan', resume }))
    await pass(world, 2000)
    expect(again.me).toBe(me)
    for (const page of [...others.slice(0, 2), { site, lobby: again }])
      expect(namesOf(page)).toEqual(['Ann', 'Bea', 'Cleo', 'Dan'])
    await expectReleased(world, again, others[1]!.lobby, others[0]!.lobby)
  })
})

describe.each(['is killed', 'closes its tab', 'leaves'])('a host that %s', (how) => {
  it.each([0, 40, 120, 300, 800])(
    '%i ms after it has started a match leaves all of them in one lobby',
    long,
    async (ms) => {
      const table = await open(94, 'Bea', 'Cleo', 'Dan')
      const { world, ann, others } = table
      expect(ann.lobby.start()).toBeNull()
      await pass(world, ms)
      go(ann, how)
      // The heir may have had no world of the match yet: then that is over, and the lobby is there.
      const isOne = () =>
        new Set(others.map((page) => `${hostOf(page)} ${page.lobby.state} ${epochOf(page)}`)).size === 1 &&
        others.some(({ lobby }) => lobby.hosting)
      const said = () => others.map((page) => `${hostOf(page)} ${page.lobby.state} ${epochOf(page)}`).join(', ')
      await pass(world, 500)
      expect(await world.time.runUntil(isOne, world.time.now + 20_000), said()).toBe(true)
      await pass(world, 2000)
      expect(isOne(), said()).toBe(true)
      const host = others.find(({ lobby }) => lobby.hosting)!
      if (host.lobby.state === 'lobby') expect(host.lobby.start()).toBeNull()
      await pass(world, 1500)
      for (const { lobby } of others) (await settled(world, lobby.session())).input({ x: 1 })
      const before = await positionsOf(others[1]!, world)
      await pass(world, 1500)
      const after = await positionsOf(others[1]!, world)
      for (const { lobby } of others) expect(after[lobby.me]!).toBeGreaterThan(before[lobby.me]! + 10)
      await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
    },
  )

  it.each([0, 100])('%i ms after it has ended a match leaves all of them in one lobby', long, async (ms) => {
    const table = await openMatch(95, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    expect(ann.lobby.finish()).toBeNull()
    await pass(world, ms)
    go(ann, how)
    await pass(world, 10_000)
    const host = others.find(({ lobby }) => lobby.hosting)
    expect(others.map(({ lobby }) => lobby.state)).toEqual(Array(3).fill(host?.lobby.state))
    expect(new Set(others.map(hostOf)).size).toBe(1)
    if (host!.lobby.state === 'playing') expect(host!.lobby.finish()).toBeNull()
    await pass(world, 1000)
    expect(host!.lobby.start()).toBeNull()
    await pass(world, 2000)
    expect(others.map(({ lobby }) => lobby.state)).toEqual(Array(3).fill('playing'))
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })
})

describe.each([['Bea'], ['Bea', 'Cleo', 'Dan']])('a host that is killed, with %s,', (...guests) => {
  it.each([
    ['as the lobby server goes, which is back a second later', 0, 1000],
    ['while the lobby server restarts', 400, 800],
    ['half a second before the lobby server restarts', -500, 500],
  ] as const)('%s, is followed in the match and by the code', long, async (_, after, awayMs) => {
    const table = await openMatch(96, ...guests)
    const { world, ann, others } = table
    if (after < 0) ann.site.page.kill()
    await pass(world, Math.max(0, -after))
    const restarted = world.restartServer('a secret', awayMs)
    await pass(world, Math.max(0, after))
    if (after >= 0) ann.site.page.kill()
    await restarted
    // A server that has forgotten all votes for nobody: of two players the other one is asked.
    if (guests.length === 1) {
      const { lobby } = others[0]!
      expect(await world.time.runUntil(() => lobby.reconnecting?.mayPlayOn === true, world.time.now + 6000)).toBe(true)
      expect(lobby.playOn()).toBeNull()
    }
    const host = await untilHosted(table, others)
    await world.time.runUntil(() => host.lobby.codeState === 'open', world.time.now + 20_000)
    expect(host.lobby.codeState).toBe('open')
    const late = await settled(world, joinLobby(yard, ann.lobby.code, { ...world.newSite().options, name: 'Zoe' }))
    expect(late.roster.find(({ host }) => host)?.id).toBe(host.lobby.me)
    await expectReleased(world, late, ...others.map(({ lobby }) => lobby).reverse())
  })
})

describe('an heir that is voted for', () => {
  it('and then hosts nothing, though it lives and says so, is replaced by the next one', long, async () => {
    const table = await openMatch(97, 'Bea', 'Cleo', 'Dan', 'Eve')
    const { ann, others } = table
    type Silent = { role: { migration: { loaded: { takeOver(): void } } } }
    const silent = (others[0]!.lobby as unknown as Silent).role.migration.loaded
    silent.takeOver = () => {}
    ann.site.page.kill()
    const host = await untilHosted(table, others.slice(1))
    expect(hostOf(host)).toBe('Cleo')
  })
})
