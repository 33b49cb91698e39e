/** A lobby that had to take a new code knows again whom it keeps out, and no host learns more of a browser than that. */
import { expect, it } from 'vitest'
import { browserName } from '../../../../net/lobby/admission/browser-mark.ts'
import { createLobby } from '../../../../net/lobby/create.ts'
import { enterLobby } from '../../../../net/lobby/guest/enter.ts'
import { joinLobby } from '../../../../net/lobby/join.ts'
import { decodeGuestMessage, encodeMessage, type GuestMessage } from '../../../../net/lobby/messages.ts'
import { virtualStorage } from '../../../../net/platform/virtual-page.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import { yard as smallYard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { HandClock, openTable, settle, type Yard, yard } from '../support.ts'
import { sit } from './comers.ts'

it('keeps who was banned out when the server forgot the code and the host took a new one, and lets others in', async () => {
  const world = new LobbyWorld(11)
  const browser = virtualStorage()
  const eveJoins = (code: string) =>
    joinLobby(smallYard, code, { ...world.newSite({}, browser).options, name: 'Eve', resume: null })
  const lobby = await settled(world, createLobby(smallYard, { ...world.newSite().options, name: 'Ann' }))
  const eve = await settled(world, eveJoins(lobby.code))
  lobby.ban(eve.me, 'Bye')
  await pass(world, 500)
  await world.restartServer('another secret', 500)
  await pass(world, 10_000)
  expect(await settled(world, lobby.renewCode())).toBeNull()
  await expect(settled(world, eveJoins(lobby.code))).rejects.toMatchObject({ reason: 'banned', hostText: 'Bye' })
  const bea = await settled(world, joinLobby(smallYard, lobby.code, { ...world.newSite().options, name: 'Bea' }))
  lobby.unban(lobby.bans[0]!.id)
  const back = await settled(world, eveJoins(lobby.code))
  expect(back.roster.map(({ name }) => name)).toEqual(['Ann', 'Bea', 'Eve'])
  await expectReleased(world, back, bea, lobby)
})

it('asks newcomers once the code is another one, while somebody is kept out, and nobody who comes back', async () => {
  let code = 'K7QX2'
  const table = openTable({ takeCode: async () => code })
  const { lobby, role, clock } = table
  const [mallory, bea] = [await sit(table, 'aa'), await sit(table, 'bb')]
  lobby.kick(mallory.id)
  await settle()
  role.code.lost('not-found')
  code = 'M7QX2'
  await lobby.renewCode()
  const [, welcome] = [await sit(table, 'cc'), bea.heard[0]]
  expect(welcome).toMatchObject({ kind: 'welcome' })
  const asked = await sit(table, 'dd')
  expect(asked.heard).toEqual([{ kind: 'formerly', codes: ['K7QX2'] }])
  expect((await sit(table, 'dd', { formerly: ['aa'.repeat(8)] })).answer).toBe('welcome')
  bea.link.close('lost')
  expect((await sit(table, 'bb', { resume: bea.token })).answer).toBe('welcome')
  clock.now += 61_000
  expect((await sit(table, 'ee')).answer).toBe('welcome')
})

it('a host in another’s hand hears names of codes that it knows, and no others; one that asks again is left', async () => {
  const clock = new HandClock()
  const platform = { ...clock.platform, storage: virtualStorage() }
  const [mine] = ['CCCCC', 'FFFFF'].map((code) => browserName(code, platform))
  const [hostEnd, link] = loopbackPair()
  const said: (GuestMessage | null)[] = []
  hostEnd.listen({
    message: (_, bytes) => said.push(decodeGuestMessage(bytes) as GuestMessage | null),
    closed: () => {},
  })
  const entering = enterLobby<Yard>({ game: yard, code: 'K7QX2', link, name: 'Bea', warn: null, platform })
  const failing = entering.catch((error: unknown) => error)
  const ask = () => hostEnd.send('bulk', encodeMessage({ kind: 'formerly', codes: ['CCCCC', 'GGGGG'] }))
  ask()
  await settle()
  expect(mine).toMatch(/^[0-9a-f]{16}$/)
  expect(said.map((message) => message?.kind === 'hello' && message.formerly)).toEqual([undefined, [mine]])
  ask()
  expect(await failing).toMatchObject({ reason: 'host-silent', detail: expect.stringMatching(/again/) })
  expect(clock.waiting).toBe(0)
})
