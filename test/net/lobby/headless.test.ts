/** A host without a player of its own: the page runs the match for the others, and has no seat, no input and no view. */
import { createLobby } from 'starwire'
import { expect, it } from 'vitest'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { HandClock, names, newHostLobby, settle, tokens, type Yard, yard } from './support.ts'

async function hall(maxPlayers = 2) {
  const clock = new HandClock()
  const { platform } = clock
  const { lobby, role } = newHostLobby(platform, { player: false, maxPlayers })
  const join = (name: string) => {
    const [hostEnd, link] = loopbackPair()
    role.arrive(hostEnd)
    return enterLobby<Yard>({ game: yard, code: 'K7QX2', link, name, warn: null, platform })
  }
  return { clock, lobby, role, join }
}

it('takes no seat: every seat is a guest’s, nobody in the roster hosts, and there is no me', async () => {
  const { lobby, join } = await hall()
  const [bea, cleo] = [await join('Bea'), await join('Cleo')]
  await expect(join('Dora')).rejects.toMatchObject({ reason: 'full' })
  expect([lobby.me, lobby.hosting, lobby.maxPlayers]).toEqual([null, true, 2])
  for (const page of [lobby, bea, cleo]) {
    expect(names(page)).toEqual(['Bea', 'Cleo'])
    expect(page.roster.some(({ host }) => host)).toBe(false)
  }
  expect(lobby.roster.some(({ mine }) => mine)).toBe(false)
  lobby.setReady(true)
  expect(bea.start()).toBe('not-host')
})

it('runs matches in which guests play, one after another, and watches them with stats and the true world', async () => {
  const { lobby, join, clock } = await hall()
  const bea = await join('Bea')
  expect(lobby.start()).toBeNull()
  const hosted = await lobby.session()
  const hers = await bea.session()
  hers.input({ x: 1 })
  await clock.tick(60)
  expect(tokens(hers, clock.now)).toHaveLength(1)
  expect(tokens(hers, clock.now)[0]).toBeGreaterThan(550)
  expect(hosted.world().entities.map(({ type }) => type)).toEqual(['token'])
  expect(hosted.nameOf(bea.me)).toBe('Bea')
  expect(hosted.stats()).toMatchObject({ role: 'host', malformed: {} })
  expect(hosted.stats().receiving.has(bea.me)).toBe(true)
  expect(hosted.stats().tick).toBeGreaterThan(30)
  expect('view' in hosted || 'input' in hosted || 'command' in hosted).toBe(false)
  // The host, and the guest's client: there is no client on the host's page.
  expect(clock.running).toBe(2)
  expect(lobby.finish()).toBeNull()
  await settle()
  expect([await hosted.ended, await hers.ended, clock.running]).toEqual(['over', 'over', 0])
  lobby.start()
  expect(await lobby.session()).not.toBe(hosted)
  lobby.leave()
  await settle()
  expect([bea.state, clock.running, clock.waiting]).toEqual(['ended', 0, 0])
})

it('is asked for by player: false, and then has no name and nothing that is about a player', async () => {
  const { platform } = new HandClock()
  const lobby = await createLobby(yard, { player: false, offline: true, development: false, platform })
  const me: null = lobby.me
  expect([me, lobby.roster, lobby.state]).toEqual([null, [], 'lobby'])
  // @ts-expect-error: nobody plays here.
  expect(() => lobby.setReady(true)).not.toThrow()
  // @ts-expect-error: nobody has the name.
  const named = createLobby(yard, { player: false, name: 'Ann' })
  await expect(named).rejects.toThrow(/without a player has no name/)
  lobby.leave()
})
