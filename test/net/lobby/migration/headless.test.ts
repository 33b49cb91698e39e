/** A lobby whose host has no player of its own, as a host in Node: it outlives its host like any other. In virtual time. */
import { createLobby, joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { hostOf, type Page, positionsOf } from './table.ts'

/** A lobby of a host without a player, with guests, when its heirs are warm and a match runs. */
async function openHall(seed: number, ...guests: string[]) {
  const world = new LobbyWorld(seed)
  const site = world.newSite()
  const hall = await settled(world, createLobby(yard, { ...site.options, player: false }))
  const others: Page[] = []
  for (const name of guests) {
    const at = world.newSite()
    others.push({ site: at, lobby: await settled(world, joinLobby(yard, hall.code, { ...at.options, name })) })
  }
  await pass(world, 6000)
  expect(hall.start()).toBeNull()
  await pass(world, 2000)
  return { world, site, hall, others }
}

/** Until every page has a host of its own, the same. Returns how long it took, ms. */
async function untilHosted({ world, others }: { world: LobbyWorld; others: readonly Page[] }): Promise<number> {
  const from = world.time.now
  const done = () => {
    const hosts = new Set(others.map(hostOf))
    return hosts.size === 1 && !hosts.has(undefined) && others.every(({ lobby }) => lobby.state === 'playing')
  }
  expect(await world.time.runUntil(done, from + 10_000), others.map((page) => `${hostOf(page)}`).join()).toBe(true)
  return world.time.now - from
}

const close = (world: LobbyWorld, pages: readonly Page[]) =>
  expectReleased(world, ...pages.map(({ lobby }) => lobby).reverse())

const long = { tags: ['long'] }

describe.each([['Bea'], ['Bea', 'Cleo'], ['Bea', 'Cleo', 'Dan', 'Eve']])(
  'a host without a player, with %s',
  (...guests) => {
    it.each(['is killed', 'leaves'])(
      'that %s is replaced, and the match goes on with the same sessions and places',
      long,
      async (how) => {
        const table = await openHall(31, ...guests)
        const { world, site, hall, others } = table
        const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
        for (const session of sessions) session.input({ x: 1 })
        await pass(world, 1500)
        const before = await positionsOf(others[0]!, world)
        if (how === 'leaves') hall.leave()
        else site.page.kill()
        expect(await untilHosted(table)).toBeLessThan(how === 'leaves' ? 500 : 2500)
        await pass(world, 3000)
        for (const [i, page] of others.entries()) {
          const now = await positionsOf(page, world)
          for (const { lobby } of others) expect(now[lobby.me]!).toBeGreaterThan(before[lobby.me]! + 30)
          expect(await settled(world, page.lobby.session())).toBe(sessions[i])
        }
        await close(world, others)
      },
    )
  },
)

it('ends as replaced on its own page, which slept while another was voted for', long, async () => {
  const table = await openHall(32, 'Bea', 'Cleo')
  const { world, site, hall, others } = table
  const reasons: unknown[] = []
  hall.on('ended', (reason) => reasons.push(reason))
  site.page.freeze()
  await untilHosted(table)
  await pass(world, 4000)
  site.page.show()
  await pass(world, 5000)
  expect([reasons, hall.state]).toEqual([['replaced'], 'ended'])
  expect(others.map(hostOf)).toEqual(['Bea', 'Bea'])
  await close(world, others)
})

it('is followed by a guest that is a process of Node, too, before pages', long, async () => {
  const world = new LobbyWorld(33)
  const site = world.newSite()
  const hall = await settled(world, createLobby(yard, { ...site.options, player: false }))
  const others: Page[] = []
  for (const name of ['Bea', 'Bot', 'Cleo']) {
    const at = world.newSite()
    at.page.isHeadless = name === 'Bot'
    others.push({ site: at, lobby: await settled(world, joinLobby(yard, hall.code, { ...at.options, name })) })
  }
  await pass(world, 12_000)
  site.page.kill()
  const done = () => others.every((page) => hostOf(page) === 'Bot')
  expect(await world.time.runUntil(done, world.time.now + 5000), others.map(hostOf).join()).toBe(true)
  await close(world, others)
})
