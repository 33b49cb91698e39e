/** Public lobbies whole, in virtual time: listed by their hosts, found and measured by other pages, on the code that pages run. */
import { createLobby, findLobbies, joinLobby, type Lobby } from 'starwire'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startVirtualServer } from '../../../net/signaling/server/virtual-server.ts'
import { type Yard, yard } from './player.ts'
import { expectReleased, pass, settled } from './steps.ts'
import { LobbyWorld, SIGNALING_URL, type Site } from './world.ts'

// The host's page tells its developer that a restarted server has forgotten the code.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

type Listed = NonNullable<Parameters<Lobby<Yard>['list']>[0]>

const create = (world: LobbyWorld, listed: Listed, site: Site = world.newSite()) =>
  settled(world, createLobby(yard, { ...site.options, name: 'Ann', listed }))

const find = (world: LobbyWorld, more: object = {}, site: Site = world.newSite()) => {
  const { platform, signaling, WebSocket } = site.options
  return settled(world, findLobbies({ game: yard, platform, signaling, WebSocket, ...more }))
}

describe('a lobby that is made in public', () => {
  it('is found by its values with live counts, from the first player to the last', async () => {
    const world = new LobbyWorld(1)
    const heard: unknown[] = []
    const lobby = await create(world, { title: 'Duel\u202e', mode: 'duel' })
    lobby.on('listing', (listing) => heard.push(listing))
    await pass(world, 500)
    const listing = { shown: { title: 'Duel', mode: 'duel' }, refusal: null }
    expect([lobby.listing, heard]).toEqual([listing, [listing]])
    const expected = {
      ...{ code: lobby.code, title: 'Duel', host: 'Ann', values: { mode: 'duel' }, version: 1, obstacle: null },
      ...{ players: 1, maxPlayers: 6, spectators: 0, playing: false, locked: false, hasPassword: false },
      pingMs: expect.any(Number),
    }
    expect(await find(world)).toEqual({ lobbies: [expected], cursor: null })
    expect((await find(world, { filter: { mode: 'team' } })).lobbies).toEqual([])

    const guest = await settled(world, joinLobby(yard, lobby.code, { ...world.newSite().options, name: 'Bea' }))
    lobby.start()
    await pass(world, 1500)
    expect((await find(world)).lobbies).toMatchObject([{ players: 2, playing: true }])
    lobby.finish()
    lobby.lock(true)
    lobby.setMaxPlayers(2)
    await settled(world, lobby.setPassword('open sesame'))
    guest.leave()
    await pass(world, 1500)
    expect((await find(world)).lobbies).toMatchObject([
      { players: 1, maxPlayers: 2, playing: false, locked: true, hasPassword: true, obstacle: 'locked' },
    ])
    lobby.leave()
    expect([lobby.listing, heard.at(-1)]).toEqual([null, null])
    await pass(world, 100)
    expect((await find(world)).lobbies).toEqual([])
    await expectReleased(world)
  })

  it('is at the sum of two measured ways: from this page to the server, and from there to its host', async () => {
    const world = new LobbyWorld(2)
    const near = await create(world, { title: 'Near' }, world.newSite({ latencyMs: 10, jitterMs: 0 }))
    const far = await create(world, { title: 'Far' }, world.newSite({ latencyMs: 90, jitterMs: 0 }))
    await pass(world, 1000)
    const { lobbies } = await find(world, {}, world.newSite({ latencyMs: 25, jitterMs: 0 }))
    expect(lobbies.map(({ code, pingMs }) => [code, pingMs])).toEqual([
      [near.code, 70],
      [far.code, 230],
    ])
    expect((await find(world, { pings: 0 })).lobbies.map(({ pingMs }) => pingMs)).toEqual([null, null])
    await expectReleased(world, near, far)
  })

  it('changes and leaves the list as its host says; a guest is refused, and misuse reads a sentence', async () => {
    const world = new LobbyWorld(3)
    const lobby = await create(world, { title: 'First', level: 1 })
    const guest = await settled(world, joinLobby(yard, lobby.code, { ...world.newSite().options, name: 'Bea' }))
    expect(await settled(world, lobby.list({ title: 'Second', level: 2 }))).toBeNull()
    expect((await find(world, { filter: { level: 2 } })).lobbies.map(({ title }) => title)).toEqual(['Second'])
    expect(await guest.list({ title: 'Mine' })).toBe('not-host')
    expect(guest.listing).toBeNull()
    const wrong: [unknown, string][] = [
      ['Duel', 'listed is "Duel"'],
      [{ title: 7 }, 'the title is 7'],
      [{ title: '\u200b' }, 'the title is empty'],
      [{ title: 'T', mode: ['duel'] }, 'mode is a list'],
      [{ title: 'T', level: Number.NaN }, 'level is NaN'],
      [{ title: 'T', 'two words': 1 }, '"two words" cannot be the name'],
      [{ title: 'T', toString: 1 }, '"toString" cannot be the name'],
      [{ title: 'T', ...Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])) }, 'there are 9 values'],
    ]
    for (const [listed, sentence] of wrong) await expect(lobby.list(listed as Listed)).rejects.toThrow(sentence)
    const making = createLobby(yard, { ...world.newSite().options, name: 'A', listed: { title: '' } })
    await expect(settled(world, making)).rejects.toThrow('createLobby: the title is empty')
    expect(await settled(world, lobby.list(null))).toBeNull()
    await pass(world, 100)
    expect([lobby.listing, (await find(world)).lobbies]).toEqual([null, []])
    guest.leave()
    lobby.leave()
    expect(await lobby.list({ title: 'Over' })).toBe('ended')
    await expectReleased(world)
  })

  it('that the operator refuses works all the same, and its host reads why', async () => {
    const world = new LobbyWorld(4)
    await settled(world, world.server.stop())
    const { time, internet } = world
    const listingFilter = () => null
    world.server = startVirtualServer({ time, internet, url: SIGNALING_URL, seed: 9, secret: 's', listingFilter })
    const lobby = await create(world, { title: 'Rude' })
    await pass(world, 500)
    expect(lobby.listing).toEqual({ shown: null, refusal: 'refused' })
    expect(await settled(world, lobby.list({ title: 'Ruder' }))).toBe('refused')
    const guest = await settled(world, joinLobby(yard, lobby.code, { ...world.newSite().options, name: 'Bea' }))
    expect(guest.roster).toHaveLength(2)
    expect((await find(world)).lobbies).toEqual([])
    await expectReleased(world, guest, lobby)
  })

  it('without a server is listed when it is opened, and under its new code when it had to take one', async () => {
    const world = new LobbyWorld(5)
    const site = world.newSite()
    const listed = { title: 'Later' }
    const lobby = await settled(world, createLobby(yard, { ...site.options, name: 'Ann', offline: true, listed }))
    await pass(world, 500)
    expect(lobby.listing).toEqual({ shown: null, refusal: 'unreachable' })
    await settled(world, lobby.open())
    await pass(world, 1500)
    expect((await find(world)).lobbies.map(({ code }) => code)).toEqual([lobby.code])
    await world.restartServer('another secret', 500)
    await pass(world, 10_000)
    expect([lobby.codeState, lobby.listing?.shown]).toEqual(['lost', null])
    await settled(world, lobby.renewCode())
    await pass(world, 1500)
    expect((await find(world)).lobbies.map(({ code }) => code)).toEqual([lobby.code])
    await expectReleased(world, lobby)
  })

  it('whose page sleeps is not measured, and leaves the list when its lease ends', async () => {
    const world = new LobbyWorld(6)
    const site = world.newSite()
    const lobby = await create(world, { title: 'Sleepy' }, site)
    await pass(world, 1000)
    site.page.freeze()
    expect((await find(world)).lobbies).toMatchObject([{ code: lobby.code, pingMs: null }])
    world.cut(site, 20_000)
    await pass(world, 15_000)
    expect((await find(world)).lobbies).toEqual([])
    site.page.show()
    await pass(world, 15_000)
    expect((await find(world)).lobbies.map(({ code }) => code)).toEqual([lobby.code])
    await expectReleased(world, lobby)
  })
})

describe('findLobbies', () => {
  it('goes through many lobbies page by page, each once', async () => {
    const world = new LobbyWorld(7)
    const lobbies: Lobby<Yard>[] = []
    for (let i = 0; i < 7; i++) lobbies.push(await create(world, { title: `Lobby ${i}` }))
    await pass(world, 1000)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await find(world, { limit: 3, sort: 'newest', cursor, pings: 0 })
      seen.push(...page.lobbies.map(({ code }) => code))
      cursor = page.cursor
    } while (cursor !== null)
    expect(seen).toEqual(lobbies.map(({ code }) => code).reverse())
    await expectReleased(world, ...lobbies)
  })

  it('reads a sentence for misuse, before anything is opened', async () => {
    const wrong: [object, string][] = [
      [{ game: 'yard' }, 'findLobbies was given "yard" as its game'],
      [{ codes: [] }, 'there is no option "codes"'],
      [{ limit: 51 }, 'limit is 51'],
      [{ pings: -1 }, 'pings is -1'],
      [{ version: 1.5 }, 'version is 1.5'],
      [{ filter: [] }, 'filter is a list'],
      [{ filter: { mode: {} } }, 'mode is an object'],
      [{ sort: 'ping' }, 'sort is "ping"'],
      [{ hide: ['me'] }, 'hide is a list'],
      [{ cursor: 3 }, 'cursor is 3'],
      [{ signal: 'stop' }, 'signal is "stop"'],
    ]
    for (const [more, sentence] of wrong)
      await expect(findLobbies({ game: yard, signaling: 'ws://nobody', ...more })).rejects.toThrow(sentence)
  })
})
