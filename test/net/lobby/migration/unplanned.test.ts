/** A lobby whose host is gone without a word: its players vote, and go on with another. In virtual time. */
import { joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { Electorate } from '../../../../net/migration/electorate.ts'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { electionOf, epochOf, hostOf, open, positionsOf } from './table.ts'

/** Until every page has Bea as its host. Returns how long it took, ms. */
async function untilBeaHosts({ world, others }: Awaited<ReturnType<typeof open>>, withinMs = 10_000): Promise<number> {
  const from = world.time.now
  const done = () => others.every((page) => hostOf(page) === 'Bea' && page.lobby.state !== 'reconnecting')
  expect(await world.time.runUntil(done, from + withinMs), others.map(hostOf).join()).toBe(true)
  return world.time.now - from
}

describe.each([['Bea'], ['Bea', 'Cleo'], ['Bea', 'Cleo', 'Dan', 'Eve']])(
  'a host that is killed, with %s',
  (...guests) => {
    it('is replaced in a match, which goes on with the same sessions and places', async () => {
      const table = await open(4, ...guests)
      const { world, ann, others } = table
      ann.lobby.start()
      await pass(world, 2000)
      const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
      for (const session of sessions) session.input({ x: 1 })
      await pass(world, 1500)
      const before = await positionsOf(others[0]!, world)
      ann.site.page.kill()
      expect(await untilBeaHosts(table)).toBeLessThan(2500)
      await pass(world, 3000)
      for (const [i, page] of others.entries()) {
        const now = await positionsOf(page, world)
        for (const { lobby } of others) expect(now[lobby.me]!).toBeGreaterThan(before[lobby.me]! + 30)
        expect(await settled(world, page.lobby.session())).toBe(sessions[i])
        expect(page.lobby.hosting).toBe(i === 0)
      }
      await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
    })

    it('is replaced before a match, and the code leads to the next host', async () => {
      const table = await open(5, ...guests)
      const { world, ann, others } = table
      ann.site.page.kill()
      await untilBeaHosts(table)
      await pass(world, 2000)
      const late = world.newSite()
      const zoe = await settled(world, joinLobby(yard, ann.lobby.code, { ...late.options, name: 'Zoe' }))
      expect(zoe.roster.map(({ name }) => name)).toEqual(['Ann', ...guests, 'Zoe'])
      await expectReleased(world, zoe, ...others.map(({ lobby }) => lobby).reverse())
    })
  },
)

describe('a host that only stood still', () => {
  it('for a second and a half keeps its lobby', async () => {
    const { world, ann, others } = await open(6, 'Bea', 'Cleo', 'Dan')
    ann.lobby.start()
    await pass(world, 2000)
    for (let i = 0; i < 3; i++) {
      ann.site.page.freeze()
      await pass(world, 1500)
      ann.site.page.show()
      await pass(world, 2500)
    }
    expect([ann, ...others].map(hostOf)).toEqual(Array(4).fill('Ann'))
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('just after it took over from one that was killed keeps it, too: the lobby server’s word was about the one before', async () => {
    const table = await open(6, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea] = others
    ann.lobby.start()
    await pass(world, 2000)
    ann.site.page.kill()
    await untilBeaHosts(table)
    await pass(world, 900)
    bea?.site.page.freeze()
    await pass(world, 1200)
    bea?.site.page.show()
    await pass(world, 3000)
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('for eight seconds comes back as a guest in its seat', { tags: ['long'] }, async () => {
    const table = await open(7, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const me = ann.lobby.me
    ann.lobby.start()
    await pass(world, 2000)
    ann.site.page.freeze()
    await untilBeaHosts(table)
    await pass(world, 8000)
    ann.site.page.show()
    const back = () => hostOf(ann) === 'Bea' && ann.lobby.state === 'playing'
    expect(await world.time.runUntil(back, world.time.now + 20_000), `${hostOf(ann)} ${ann.lobby.state}`).toBe(true)
    expect([ann.lobby.me, ann.lobby.hosting]).toEqual([me, false])
    expect([ann, ...others].map(hostOf)).toEqual(Array(4).fill('Bea'))
    await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })
})

describe('a host that is cut off', () => {
  it('and starts a match at once never hosts the epoch that the others vote for, and comes back as their guest', async () => {
    const table = await open(9, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    world.cut(ann.site, 6000)
    expect(ann.lobby.start()).toBeNull()
    await untilBeaHosts(table)
    expect(epochOf(others[0]!)).toBeGreaterThan(epochOf(ann))
    // Nor any that the new host begins.
    expect(others[0]!.lobby.start()).toBeNull()
    const back = () => hostOf(ann) === 'Bea' && ann.lobby.state === 'playing'
    expect(await world.time.runUntil(back, world.time.now + 20_000), `${hostOf(ann)} ${ann.lobby.state}`).toBe(true)
    expect(new Set([ann, ...others].map(epochOf)).size).toBe(1)
    await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('starts no match and hands nothing over once it stands still, however often it tried before', async () => {
    const table = await open(10, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    world.cut(ann.site, 60_000)
    const until = world.time.now + 1500
    while (world.time.now < until) {
      ann.lobby.start()
      ann.lobby.finish()
      await pass(world, 300)
    }
    expect([ann.lobby.start(), ann.lobby.handOver(others[0]!.lobby.me)]).toEqual(['reconnecting', 'reconnecting'])
    await untilBeaHosts(table)
    expect(epochOf(others[0]!)).toBeGreaterThan(epochOf(ann))
    ann.site.page.kill()
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })
})

describe('the voters of a lobby', () => {
  it('are all of its players within a moment of their coming, on every page', async () => {
    const { world, ann } = await open(11)
    const join = async (name: string) => {
      const site = world.newSite()
      return { site, lobby: await joinLobby(yard, ann.lobby.code, { ...site.options, name }) }
    }
    const others = await settled(world, Promise.all(['Bea', 'Cleo', 'Dan', 'Eve', 'Fay'].map(join)))
    await pass(world, 4000)
    const voters = others.map((page) => (electionOf(page) as unknown as { electorate: Electorate }).electorate.voters)
    const all = [ann, ...others].map(({ lobby }) => lobby.me).sort()
    expect(voters).toEqual(others.map(() => all))
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })
})

describe('the lobby server', () => {
  it('need not be there: three of four players vote for the next host', async () => {
    const table = await open(8, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    ann.lobby.start()
    await pass(world, 2000)
    const stopped = world.server.stop()
    await pass(world, 100)
    ann.site.page.kill()
    expect(await untilBeaHosts(table)).toBeLessThan(5000)
    await stopped
    await pass(world, 2000)
    expect(others.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing', 'playing'])
  })
})
