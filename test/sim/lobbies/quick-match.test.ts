/** Quick matches in virtual time: everybody ends in a lobby that fits, also when all press the button at once. */
import { createLobby, type Lobby, quickMatch } from 'starwire'
import { describe, expect, it } from 'vitest'
import { startVirtualServer } from '../../../net/signaling/server/virtual-server.ts'
import { releaseFaults } from './laws.ts'
import { type Yard, yard } from './player.ts'
import { expectReleased, pass, settled } from './steps.ts'
import { LobbyWorld, SIGNALING_URL, type Site } from './world.ts'

type More = Partial<Parameters<typeof quickMatch<never>>[1]>

const match = (site: Site, name: string, more: More = {}): Promise<Lobby<Yard>> =>
  quickMatch(yard, { ...site.options, name, ...(more as object) })

async function listed(world: LobbyWorld, more: object = {}, site = world.newSite()): Promise<Lobby<Yard>> {
  const options = { ...site.options, name: 'Ann', listed: { title: 'A lobby' }, ...more }
  return settled(world, createLobby(yard, options))
}

describe('a quick match', () => {
  it('joins a running match, tells how far it is, and plays', async () => {
    const world = new LobbyWorld(1)
    const host = await listed(world)
    host.start()
    await pass(world, 1500)
    const stages: string[] = []
    const lobby = await settled(world, match(world.newSite(), 'Bea', { onProgress: (stage) => stages.push(stage) }))
    expect([lobby.code, lobby.hosting, lobby.state]).toEqual([host.code, false, 'playing'])
    expect(stages).toEqual(['looking for a match', 'finding the lobby', 'contacting the host', 'connecting'])
    await expectReleased(world, lobby, host)
  })

  it('takes the nearest that has players and room, is of this game’s build, and is neither locked nor asks for a password', async () => {
    const world = new LobbyWorld(2)
    const at = (latencyMs: number) => world.newSite({ latencyMs, jitterMs: 0 })
    const hosts = [
      await listed(world, { maxPlayers: 1 }, at(1)),
      await listed(world, {}, at(2)),
      await listed(world, { password: 'open sesame' }, at(3)),
      await listed(world, {}, at(60)),
      await listed(world, {}, at(30)),
      await listed(world, { listed: { title: 'Other', mode: 'team' } }, at(5)),
    ]
    hosts[1]?.lock(true)
    const headless = await settled(
      world,
      createLobby(yard, { ...at(1).options, player: false, listed: { title: 'Empty' } }),
    )
    await pass(world, 1500)
    const near = await settled(world, match(at(10), 'Bea'))
    expect(near.code).toBe(hosts[5]?.code)
    near.leave()
    hosts[5]?.leave()
    await pass(world, 1500)
    const next = await settled(world, match(at(10), 'Bea'))
    expect(next.code).toBe(hosts[4]?.code)
    await expectReleased(world, next, ...hosts, headless as unknown as Lobby<Yard>)
  })

  it('makes a lobby that others find, with the values that it looked for, when none fits', async () => {
    const world = new LobbyWorld(3)
    const other = await listed(world, { listed: { title: 'Other', mode: 'duel' } })
    await pass(world, 1000)
    const stages: string[] = []
    const filter = { mode: 'team' }
    const own = await settled(
      world,
      match(world.newSite(), 'Bea', { filter, create: { maxPlayers: 3 }, onProgress: (stage) => stages.push(stage) }),
    )
    expect([own.hosting, own.maxPlayers, own.listing?.shown]).toEqual([true, 3, { title: 'Bea', mode: 'team' }])
    expect(stages).toEqual(['looking for a match', 'opening a lobby'])
    const found = await settled(world, match(world.newSite(), 'Cid', { filter }))
    expect([found.code, found.hosting]).toEqual([own.code, false])
    await expectReleased(world, found, own, other)
  })

  it('goes to the next lobby when the chosen one fills up, has left, or does not answer', async () => {
    const world = new LobbyWorld(4)
    const sites = [1, 5, 9].map((latencyMs) => world.newSite({ latencyMs: latencyMs * 8, jitterMs: 0 }))
    const [full, asleep, open] = [
      await listed(world, { maxPlayers: 2 }, sites[0]),
      await listed(world, {}, sites[1]),
      await listed(world, {}, sites[2]),
    ]
    await pass(world, 1500)
    // All look before anybody is in: one gets the last seat.
    const matching = Promise.all(['Bea', 'Cid', 'Dan'].map((name) => match(world.newSite(), name)))
    await pass(world, 150)
    sites[1]?.page.freeze()
    const lobbies = await settled(world, matching)
    expect(lobbies.map(({ code }) => code).filter((code) => code === full.code)).toHaveLength(1)
    expect(lobbies.map(({ code }) => code).filter((code) => code === open.code)).toHaveLength(2)
    expect(asleep.roster).toHaveLength(1)
    sites[1]?.page.show()
    await expectReleased(world, ...lobbies, full, asleep, open)
  })

  it.each([1, 2, 3, 4])(
    'of six pages at once, with nobody to find, ends with all in one lobby, seed %i',
    async (seed) => {
      const world = new LobbyWorld(10 + seed)
      const names = ['Ann', 'Bea', 'Cid', 'Dan', 'Eve', 'Fay']
      const matching = Promise.all(
        names.map(async (name) => {
          await pass(world, 0)
          return match(world.newSite(), name)
        }),
      )
      const lobbies = await settled(world, matching)
      await pass(world, 1000)
      const alive = lobbies.filter(({ state }) => state !== 'ended')
      expect(alive).toHaveLength(names.length)
      expect(new Set(alive.map(({ code }) => code)).size).toBe(1)
      expect(alive[0]?.roster.map(({ name }) => name).sort()).toEqual(names)
      await expectReleased(world, ...lobbies)
    },
  )

  it('that is given up rejects with the signal’s reason at whichever moment, and leaves no lobby behind', async () => {
    for (const afterMs of [0, 40, 80, 120, 160, 240, 320, 480, 640, 800]) {
      for (const hasHost of [true, false]) {
        const world = new LobbyWorld(5)
        const hosts = hasHost ? [await listed(world)] : []
        await pass(world, 1000)
        const abort = new AbortController()
        const site = world.newSite()
        const matching = match(site, 'Bea', { signal: abort.signal }).catch((error: unknown) => error)
        await pass(world, afterMs)
        abort.abort('enough')
        const outcome = await settled(world, matching)
        await pass(world, 2000)
        if (outcome !== 'enough') (outcome as Lobby<Yard>).leave()
        await pass(world, 500)
        expect(world.server.stats().hosts, `after ${afterMs} ms`).toBe(hosts.length)
        await expectReleased(world, ...hosts)
      }
    }
  })

  it('ends with a reason when there is no server, and when a lobby cannot be made either', async () => {
    const world = new LobbyWorld(6)
    await settled(world, world.server.stop())
    const outcome = match(world.newSite(), 'Bea').catch((error: unknown) => error)
    expect(await settled(world, outcome)).toMatchObject({ reason: 'signaling-down' })
    const { time, internet } = world
    const limits = { lobbies: 0 }
    world.server = startVirtualServer({ time, internet, url: SIGNALING_URL, seed: 9, secret: 's', limits })
    const refused = match(world.newSite(), 'Bea').catch((error: unknown) => error)
    expect(await settled(world, refused)).toMatchObject({ reason: 'server-full' })
    await pass(world, 15_000)
    await settled(world, world.server.stop())
    expect(releaseFaults(world)).toEqual([])
  })

  it('reads a sentence for misuse', async () => {
    const wrong: [object, string][] = [
      [{ name: 7 }, 'A player’s name is a text'.replace('’', "'")],
      [{ name: 'A', rank: 1 }, 'there is no option "rank"'],
      [{ name: 'A', filter: 'duel' }, 'filter is "duel"'],
      [{ name: 'A', title: '\u200b' }, 'the title is empty'],
      [{ name: 'A', onProgress: 1 }, 'onProgress is 1'],
    ]
    for (const [more, sentence] of wrong)
      await expect(quickMatch(yard, { signaling: 'ws://nobody', ...more } as never)).rejects.toThrow(sentence)
    await expect(quickMatch({} as never, { name: 'A' })).rejects.toThrow('its game')
  })
})
