/** A player chooses to play on without the others, where no votes can be had. In virtual time. */
import { expect, it } from 'vitest'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import type { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { epochOf, here, hostOf, openMatch, type Page, positionsOf } from './table.ts'

const long = { tags: ['long'] }

/** Until a page is asked whether to play on. */
async function untilAsked(world: LobbyWorld, { lobby }: Page): Promise<void> {
  const isAsked = () => lobby.reconnecting?.mayPlayOn === true
  expect(await world.time.runUntil(isAsked, world.time.now + 10_000), lobby.state).toBe(true)
}

it(
  'is one of two whose host was killed while the lobby server was away: the same session goes on at once',
  long,
  async () => {
    const { world, ann, others } = await openMatch(61, 'Bea')
    const bea = others[0]!
    const session = await settled(world, bea.lobby.session())
    const stopped = world.server.stop()
    await pass(world, 100)
    ann.site.page.kill()
    expect(bea.lobby.playOn()).toBe('not-ready')
    await untilAsked(world, bea)
    expect(bea.lobby.playOn()).toBeNull()
    expect([bea.lobby.state, bea.lobby.hosting, bea.lobby.reconnecting]).toEqual(['playing', true, null])
    expect(await settled(world, bea.lobby.session())).toBe(session)
    await pass(world, 500)
    const { me } = bea.lobby
    const before = (await positionsOf(bea, world))[me]!
    session.input({ x: 1 })
    await pass(world, 2000)
    expect((await positionsOf(bea, world))[me]!).toBeGreaterThan(before + 20)
    await stopped
    await expectReleased(world, bea.lobby)
  },
)

it('comes back to the seat at the host who lives after all, and what was played alone is over', long, async () => {
  const { world, ann, others } = await openMatch(62, 'Bea')
  const bea = others[0]!
  const { me } = bea.lobby
  const alone = await settled(world, bea.lobby.session())
  world.cut(bea.site, 14_000)
  await untilAsked(world, bea)
  expect(bea.lobby.playOn()).toBeNull()
  await pass(world, 1000)
  expect([hostOf(bea), hostOf(ann)]).toEqual(['Bea', 'Ann'])
  const isBack = () => hostOf(bea) === 'Ann' && bea.lobby.state === 'playing'
  expect(await world.time.runUntil(isBack, world.time.now + 30_000), `${hostOf(bea)} ${bea.lobby.state}`).toBe(true)
  await pass(world, 2000)
  expect([bea.lobby.me, bea.lobby.hosting, here(bea), here(ann)]).toEqual([me, false, here(ann), 'Ann:here Bea:here'])
  expect(await alone.ended).toBe('over')
  const session = await settled(world, bea.lobby.session())
  session.input({ x: 1 })
  const before = (await positionsOf(ann, world))[me]!
  await pass(world, 2000)
  expect((await positionsOf(ann, world))[me]!).toBeGreaterThan(before + 20)
  await expectReleased(world, bea.lobby, ann.lobby)
})

it('finds the host who lives, though the lobby server knows it as an heir no more', long, async () => {
  const { world, ann, others } = await openMatch(64, 'Bea')
  const bea = others[0]!
  const { me } = bea.lobby
  world.cutWay(ann.site, bea.site, 20_000)
  await untilAsked(world, bea)
  expect(bea.lobby.playOn()).toBeNull()
  expect([bea.lobby.hosting, bea.lobby.codeState]).toEqual([true, 'unreachable'])
  const isBack = () => hostOf(bea) === 'Ann' && bea.lobby.state === 'playing'
  expect(await world.time.runUntil(isBack, world.time.now + 30_000), `${hostOf(bea)} ${bea.lobby.state}`).toBe(true)
  await pass(world, 2000)
  expect([bea.lobby.me, here(bea)]).toEqual([me, here(ann)])
  await expectReleased(world, bea.lobby, ann.lobby)
})

it('and who followed come back to the others, who have gone on without them', long, async () => {
  const { world, ann, others } = await openMatch(65, 'Bea', 'Cleo', 'Dan', 'Eve')
  const [bea, cleo, dan, eve] = others as [Page, Page, Page, Page]
  const all = [ann, ...others]
  world.part(
    16_000,
    [bea, dan].map(({ site }) => site),
    [ann, cleo, eve].map(({ site }) => site),
  )
  for (const { site } of [bea, dan]) {
    world.internet.cut(site.page)
    world.time.at(world.time.now + 16_000, () => world.internet.mend(site.page))
  }
  await untilAsked(world, bea)
  expect(bea.lobby.playOn()).toBeNull()
  await pass(world, 3000)
  expect([hostOf(dan), dan.lobby.state]).toEqual(['Bea', 'playing'])
  const whole = () => all.every((page) => hostOf(page) === 'Ann' && page.lobby.state === 'playing')
  const said = () => all.map((page) => `${hostOf(page)} ${page.lobby.state} ${epochOf(page)}`).join(', ')
  expect(await world.time.runUntil(whole, world.time.now + 60_000), said()).toBe(true)
  await pass(world, 2000)
  expect(all.map(here)).toEqual(Array(5).fill(here(ann)))
  await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
})

it('is never one of those who can vote for a host', long, async () => {
  const { world, ann, others } = await openMatch(63, 'Bea', 'Cleo', 'Dan')
  const asked: boolean[] = []
  for (const { lobby } of others) lobby.on('reconnecting', (lost) => asked.push(lost?.mayPlayOn ?? false))
  ann.site.page.kill()
  await pass(world, 1000)
  expect(others.map(({ lobby }) => lobby.playOn())).toEqual(Array(3).fill('not-ready'))
  await pass(world, 8000)
  expect(others.map(hostOf)).toEqual(Array(3).fill('Bea'))
  expect(asked.filter(Boolean)).toEqual([])
  expect(others[0]!.lobby.playOn()).toBe('not-ready')
  await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
})
