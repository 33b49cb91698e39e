/** What a host alone held is there after a change of host: listing, lock, password, bans, kicks, settings, chat. In virtual time. */
import { createLobby, findLobbies, joinLobby, type Lobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type Yard, yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld, type Site } from '../../../sim/lobbies/world.ts'

async function club(seed: number) {
  const world = new LobbyWorld(seed)
  const site = world.newSite()
  const listed = { title: 'Duel', mode: 'duel' }
  const ann = await settled(world, createLobby(yard, { ...site.options, name: 'Ann', listed }))
  const join = (name: string, more: object = {}, at: Site = world.newSite()): Promise<Lobby<Yard>> =>
    settled(world, joinLobby(yard, ann.code, { ...at.options, name, ...more }))
  const sites = [world.newSite(), world.newSite(), world.newSite()]
  const bea = await join('Bea', {}, sites[0])
  const cleo = await join('Cleo', {}, sites[1])
  const mallory = await join('Mallory', {}, sites[2])
  const sam = await join('Sam', { spectate: true })
  ann.ban(mallory.me, 'Not here')
  ann.changeSettings({ laps: 7 })
  ann.say('Welcome')
  bea.say('Hello')
  await settled(world, ann.setPassword('sesame'))
  await pass(world, 6000)
  return { world, site, ann, bea, cleo, sam, join, mallorySite: sites[2]! }
}

describe.each(['is killed', 'leaves'])('when a host %s', (how) => {
  it('its lobby is listed, shut for who was banned or has no password, and set as it was', {
    tags: ['long'],
  }, async () => {
    const { world, site, ann, bea, cleo, sam, join, mallorySite } = await club(51)
    const heard: [string, boolean][] = []
    cleo.on('host', ({ name, mine }) => heard.push([name, mine]))
    bea.on('host', ({ name, mine }) => heard.push([name, mine]))
    sam.mute(bea.me, true)
    if (how === 'leaves') ann.leave()
    else site.page.kill()
    await pass(world, 8000)
    expect([bea.hosting, cleo.roster.find(({ host }) => host)?.name]).toEqual([true, 'Bea'])
    expect(heard.sort()).toEqual([
      ['Bea', false],
      ['Bea', true],
    ])
    const { platform, signaling, WebSocket } = world.newSite().options
    const { lobbies } = await settled(world, findLobbies({ game: yard, platform, signaling, WebSocket }))
    expect(lobbies).toMatchObject([
      { code: ann.code, title: 'Duel', host: 'Bea', values: { mode: 'duel' }, hasPassword: true, playing: false },
    ])
    expect([bea.listing?.shown?.title, bea.settings.laps, cleo.settings.laps]).toEqual(['Duel', 7, 7])
    const texts = ({ chat }: Lobby<Yard>): unknown[] => chat.flatMap((said) => ('text' in said ? [said.text] : []))
    expect([texts(bea), texts(cleo)]).toEqual(Array(2).fill(['Welcome', 'Hello']))
    await expect(join('Eve')).rejects.toMatchObject({ reason: 'wrong-password' })
    await expect(join('Mallory', { password: 'sesame' }, mallorySite)).rejects.toMatchObject({ reason: 'banned' })
    const eve = await join('Eve', { password: 'sesame' })
    await pass(world, 500)
    expect(texts(eve)).toEqual(['Welcome', 'Hello'])
    const watches = (by: Lobby<Yard>): unknown => by.roster.find(({ name }) => name === 'Sam')?.spectator
    for (const spectates of [false, true]) {
      expect([watches(sam), await settled(world, sam.spectate(spectates))]).toEqual([!spectates, null])
      await pass(world, 1500)
      expect([watches(sam), watches(bea), watches(cleo)]).toEqual(Array(3).fill(spectates))
    }
    expect(bea.kick(eve.me)).toBeNull()
    expect(bea.lock(true)).toBeNull()
    bea.say('Again')
    await pass(world, 500)
    expect([texts(cleo).at(-1), cleo.locked, eve.state]).toEqual(['Again', true, 'ended'])
    // Who is muted stays so as the host.
    expect([texts(sam), [...sam.muted]]).toEqual([['Welcome'], [bea.me]])
    expect(bea.bans.map(({ name }) => name)).toEqual(['Mallory'])
    await expectReleased(world, sam, cleo, bea)
  })
})

it('a host that hands over is listed by the next one, and holds no listing itself', { tags: ['long'] }, async () => {
  const { world, ann, bea, cleo, sam } = await club(52)
  const listings: unknown[] = []
  ann.on('listing', (listing) => listings.push(listing))
  expect(ann.handOver(bea.me)).toBeNull()
  await pass(world, 3000)
  expect([ann.listing, listings.at(-1), bea.listing?.shown?.title, cleo.listing]).toEqual([null, null, 'Duel', null])
  await expectReleased(world, sam, ann, cleo, bea)
})
