/** What ends a host, beside a kill: sleep, no network, a reload; and which pages host after it. In virtual time. */
import { createLobby, joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { enter, here, hostOf, open, openMatch, type Page, positionsOf } from './table.ts'

const long = { tags: ['long'] }

describe('a host', () => {
  it.each([
    [
      'whose machine sleeps for ten seconds',
      ({ world, ann }: Awaited<ReturnType<typeof openMatch>>) => {
        ann.site.page.sleep()
        world.cut(ann.site, 10_000)
        world.time.at(world.time.now + 10_000, () => ann.site.page.show())
      },
    ],
    [
      'whose network is gone for ten seconds',
      ({ world, ann }: Awaited<ReturnType<typeof openMatch>>) => {
        world.cut(ann.site, 10_000)
      },
    ],
    [
      'whose page runs nothing for five seconds, though its browser answers',
      ({ world, ann }: Awaited<ReturnType<typeof openMatch>>) => {
        ann.site.page.freeze()
        world.time.at(world.time.now + 5000, () => ann.site.page.show())
      },
    ],
  ] as const)('%s is replaced, and plays on in its seat as a guest', long, async (_, hurt) => {
    const table = await openMatch(101, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const { me } = ann.lobby
    const sessions = await Promise.all([ann, ...others].map(({ lobby }) => settled(world, lobby.session())))
    hurt(table)
    const isBeas = () => others.every((page) => hostOf(page) === 'Bea' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(isBeas, world.time.now + 4000), others.map(hostOf).join()).toBe(true)
    const isBack = () => hostOf(ann) === 'Bea' && ann.lobby.state === 'playing'
    expect(await world.time.runUntil(isBack, world.time.now + 30_000), `${hostOf(ann)} ${ann.lobby.state}`).toBe(true)
    await pass(world, 1000)
    expect([ann.lobby.me, ann.lobby.hosting, here(ann)]).toEqual([me, false, 'Ann:here Bea:here Cleo:here Dan:here'])
    expect(await Promise.all([ann, ...others].map(({ lobby }) => settled(world, lobby.session())))).toEqual(sessions)
    sessions[0]!.input({ x: 1 })
    const before = await positionsOf(others[1]!, world)
    await pass(world, 1500)
    expect((await positionsOf(others[1]!, world))[me]!).toBeGreaterThan(before[me]! + 10)
    await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })

  it.each(['before a match', 'in a match'])(
    'that its browser freezes %s hands over, and is a guest in its seat when it thaws',
    long,
    async (when) => {
      const table = when === 'in a match' ? await openMatch(105, 'Bea', 'Cleo') : await open(105, 'Bea', 'Cleo')
      const { world, ann, others } = table
      const { me } = ann.lobby
      const state = when === 'in a match' ? 'playing' : 'lobby'
      ann.site.page.hide()
      ann.site.page.freeze(true)
      const isBeas = () => others.every((page) => hostOf(page) === 'Bea' && page.lobby.state === state)
      expect(await world.time.runUntil(isBeas, world.time.now + 700), others.map(hostOf).join()).toBe(true)
      await pass(world, 20_000)
      ann.site.page.show()
      const isBack = () => hostOf(ann) === 'Bea' && ann.lobby.state === state
      expect(await world.time.runUntil(isBack, world.time.now + 20_000), `${hostOf(ann)} ${ann.lobby.state}`).toBe(true)
      await pass(world, 1000)
      expect([ann.lobby.me, ann.lobby.hosting, here(ann)]).toEqual([me, false, 'Ann:here Bea:here Cleo:here'])
      await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
    },
  )

  it(
    'of two players that hears the other no more, without a lobby server, stands still, says so, and goes on once it does',
    long,
    async () => {
      const { world, ann, others } = await openMatch(106, 'Bea')
      const bea = others[0]!
      const said: boolean[] = []
      ann.lobby.on('paused', (paused) => said.push(paused))
      await settled(world, world.server.stop())
      world.cutWay(ann.site, bea.site, 12_000)
      world.cutWay(bea.site, ann.site, 12_000)
      const isAsked = () => bea.lobby.reconnecting?.mayPlayOn === true
      expect(await world.time.runUntil(() => ann.lobby.paused, world.time.now + 3000)).toBe(true)
      expect(await world.time.runUntil(isAsked, world.time.now + 8000)).toBe(true)
      const placed = (await positionsOf(ann, world))[ann.lobby.me]!
      const session = await settled(world, ann.lobby.session())
      session.input({ x: 1 })
      await world.restartServer('a secret', 0)
      const isWhole = () =>
        !ann.lobby.paused && [ann, bea].every((page) => hostOf(page) === 'Ann' && page.lobby.state === 'playing')
      expect(
        await world.time.runUntil(isWhole, world.time.now + 30_000),
        `${ann.lobby.paused} ${bea.lobby.state}`,
      ).toBe(true)
      expect(said).toEqual([true, false])
      await pass(world, 1500)
      expect((await positionsOf(bea, world))[ann.lobby.me]!).toBeGreaterThan(placed + 10)
      await expectReleased(world, bea.lobby, ann.lobby)
    },
  )

  it('that was voted out while it stood still says that no more once it is a guest', long, async () => {
    const { world, ann, others } = await openMatch(107, 'Bea', 'Cleo', 'Dan')
    const said: boolean[] = []
    ann.lobby.on('paused', (paused) => said.push(paused))
    world.cut(ann.site, 8000)
    expect(await world.time.runUntil(() => ann.lobby.paused, world.time.now + 3000)).toBe(true)
    const isBack = () => hostOf(ann) === 'Bea' && ann.lobby.state === 'playing'
    expect(await world.time.runUntil(isBack, world.time.now + 30_000), `${hostOf(ann)} ${ann.lobby.state}`).toBe(true)
    expect([ann.lobby.paused, said]).toEqual([false, [true, false]])
    await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
  })

  it.each(['before a match', 'in a match'])(
    'that reloads its page %s comes back to its own seat, as a guest',
    long,
    async (when) => {
      const { world, ann, others } = await openMatch(102, 'Bea', 'Cleo')
      if (when === 'before a match') ann.lobby.finish()
      await pass(world, 2000)
      const { me, resumeToken: resume, code } = ann.lobby
      expect(resume).not.toBeNull()
      ann.site.page.close()
      await pass(world, 700)
      const site = world.newSite()
      const again = await settled(world, joinLobby(yard, code, { ...site.options, name: 'Ann', resume }))
      await pass(world, 1500)
      expect([again.me, again.hosting, again.state]).toEqual([me, false, when === 'in a match' ? 'playing' : 'lobby'])
      for (const page of [{ site, lobby: again }, ...others])
        expect([hostOf(page), here(page)]).toEqual(['Bea', 'Ann:here Bea:here Cleo:here'])
      await expectReleased(world, again, ...others.map(({ lobby }) => lobby).reverse())
    },
  )
})

/** A lobby of Ann's with guests who are asked to host or not, or whose pages are phones. */
async function gather(guests: Readonly<Record<string, { mayHost?: boolean; isPhone?: boolean }>>, more: object = {}) {
  const world = new LobbyWorld(103)
  const site = world.newSite()
  const ann: Page = { site, lobby: await settled(world, createLobby(yard, { ...site.options, name: 'Ann', ...more })) }
  const others: Page[] = []
  for (const [name, { mayHost, isPhone = false }] of Object.entries(guests)) {
    const at = world.newSite()
    if (isPhone) at.page.traits = () => ({ headless: false, hidden: false, reluctant: true })
    const options = { ...at.options, name, ...(mayHost !== undefined && { mayHost }) }
    others.push({ site: at, lobby: await settled(world, joinLobby(yard, ann.lobby.code, options)) })
  }
  await pass(world, 12_000)
  return { world, ann, others }
}

describe('the next host', () => {
  it.each(['is killed', 'leaves'])(
    'of one that %s is a page that may host: no phone before a laptop, and none that says no',
    long,
    async (how) => {
      const { world, ann, others } = await gather({ Bea: { mayHost: false }, Cleo: { isPhone: true }, Dan: {} })
      expect(ann.lobby.handOver(others[0]!.lobby.me)).toBe('not-ready')
      if (how === 'leaves') ann.lobby.leave()
      else ann.site.page.kill()
      const hosts = (name: string, pages: readonly Page[]) => () =>
        pages.every((page) => hostOf(page) === name && page.lobby.state === 'lobby')
      expect(await world.time.runUntil(hosts('Dan', others), world.time.now + 5000), others.map(hostOf).join()).toBe(
        true,
      )
      await pass(world, 8000)
      // Then the phone, where there is nobody else.
      others[2]!.lobby.leave()
      const rest = others.slice(0, 2)
      expect(await world.time.runUntil(hosts('Cleo', rest), world.time.now + 5000), rest.map(hostOf).join()).toBe(true)
      await pass(world, 8000)
      const ended: unknown[] = []
      others[0]!.lobby.on('ended', (reason) => ended.push(reason))
      others[1]!.lobby.leave()
      await pass(world, 2000)
      expect([ended, others[0]!.lobby.hosting]).toEqual([['host-left'], false])
      await expectReleased(world)
    },
  )

  it('is none where the lobby was made without migration: it ends with its host', long, async () => {
    const { world, ann, others } = await gather({ Bea: {}, Cleo: {} }, { migration: 'off' })
    const ended: unknown[] = []
    for (const { lobby } of others) lobby.on('ended', (reason) => ended.push(reason))
    expect([ann.lobby.resumeToken, ann.lobby.handOver(others[0]!.lobby.me)]).toEqual([null, 'not-ready'])
    ann.lobby.leave()
    await pass(world, 2000)
    expect(ended).toEqual(['host-left', 'host-left'])
    await expectReleased(world)
  })

  it(
    'is none who said that its own page may not host when it made the lobby, however often others hand over',
    long,
    async () => {
      const { world, ann, others } = await gather({ Bea: {}, Cleo: { mayHost: false } }, { mayHost: false })
      expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
      await pass(world, 10_000)
      expect([ann, ...others].map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
      expect(others[0]!.lobby.handOver(ann.lobby.me)).toBe('not-ready')
      await pass(world, 3000)
      expect([others[0]!.lobby.handOver(ann.lobby.me), others[0]!.lobby.resumeToken]).toEqual(['not-ready', null])
      await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
    },
  )
})

describe('pages that no packet connects', () => {
  it.each(['leaves', 'hands over', 'is killed'] as const)(
    'go on by the relay with the guest of a host that %s',
    long,
    async (how) => {
      const world = new LobbyWorld(104, { relayed: true })
      const ann = await enter(world, 'Ann', null)
      // A majority of three needs a link between the two others, which there is none of.
      const names = how === 'is killed' ? ['Bea'] : ['Bea', 'Cleo', 'Dan']
      const others: Page[] = []
      for (const name of names) others.push(await enter(world, name, ann.lobby.code))
      await pass(world, 8000)
      expect(ann.lobby.start()).toBeNull()
      await pass(world, 4000)
      if (how === 'leaves') ann.lobby.leave()
      else if (how === 'is killed') ann.site.page.kill()
      else expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
      const pages = how === 'hands over' ? [ann, ...others] : others
      const isBeas = () => pages.every((page) => hostOf(page) === 'Bea' && page.lobby.state === 'playing')
      const said = () => pages.map((page) => `${hostOf(page)} ${page.lobby.state}`).join()
      expect(await world.time.runUntil(isBeas, world.time.now + 20_000), said()).toBe(true)
      await pass(world, 3000)
      expect(new Set(pages.map(here)).size).toBe(1)
      for (const { lobby } of [...pages].reverse()) lobby.leave()
    },
  )

  it(
    'and are three ask who may host to play on; the others come to that page by the code, and so does a second one',
    long,
    async () => {
      const world = new LobbyWorld(108, { relayed: true })
      const ann = await enter(world, 'Ann', null)
      const others: Page[] = []
      for (const name of ['Bea', 'Cleo', 'Dan']) others.push(await enter(world, name, ann.lobby.code))
      await pass(world, 8000)
      expect(ann.lobby.start()).toBeNull()
      await pass(world, 4000)
      const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
      ann.site.page.kill()
      const heirs = others.slice(0, 2)
      const areAsked = () => heirs.every(({ lobby }) => lobby.reconnecting?.mayPlayOn === true)
      expect(await world.time.runUntil(areAsked, world.time.now + 6000)).toBe(true)
      await pass(world, 1500)
      for (const { lobby } of heirs) expect(lobby.playOn()).toBeNull()
      const isOne = () =>
        new Set(others.map((page) => `${hostOf(page)} ${here(page)}`)).size === 1 &&
        others.every(({ lobby }) => lobby.state === 'playing')
      const said = () => others.map((page) => `${hostOf(page)} ${page.lobby.state}`).join()
      expect(await world.time.runUntil(isOne, world.time.now + 20_000), said()).toBe(true)
      await pass(world, 2000)
      expect(here(others[2]!)).toBe('Ann:away Bea:here Cleo:here Dan:here')
      // Whose own claim to the code came to nothing knows that it leads to the host whom they found.
      expect(others.map(({ lobby }) => lobby.codeState)).toEqual(['open', 'open', 'open'])
      expect(await settled(world, others[2]!.lobby.session())).toBe(sessions[2])
      for (const { lobby } of [...others].sort((a, b) => Number(a.lobby.hosting) - Number(b.lobby.hosting)))
        lobby.leave()
    },
  )
})
