/** Several matches in one lobby: each has a session and an epoch of its own, and the lobby with its people outlives them. */
import { expect, it } from 'vitest'
import { encodeMessage } from '../../../../net/lobby/messages.ts'
import type { Session } from '../../../../net/session/types.ts'
import { encodePacket, PacketKind } from '../../../../net/wire/packet.ts'
import { WIRE_VERSION } from '../../../../net/wire/version.ts'
import { listen, names, openTable, type Stranger, settle, tokens, type Yard, yard } from '../support.ts'

const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const
const starts = ({ heard }: Stranger) => heard.filter((message) => message.kind === 'start')
const drawn = (session: Session<Yard>, now: number): number => tokens(session, now).length

it('the host ends a match for everybody: sessions say over, and the lobby is back with the same people', async () => {
  const { lobby, join, clock } = openTable()
  const bea = await join('Bea')
  lobby.start()
  const [host, guest] = await Promise.all([lobby.session(), bea.session()])
  await clock.tick(10)
  const heard = [listen(lobby), listen(bea)]
  const asked = expect(guest.command('ring', { times: 1 })).rejects.toMatchObject({ reason: 'over' })
  expect(bea.finish()).toBe('not-host')
  expect(lobby.finish()).toBeNull()
  await settle()
  expect(await Promise.all([host.ended, guest.ended])).toEqual(['over', 'over'])
  await asked
  expect(heard).toMatchObject([
    { states: ['lobby'], endings: [] },
    { states: ['lobby'], endings: [] },
  ])
  for (const page of [lobby, bea]) expect(names(page)).toEqual(['Ann', 'Bea'])
  expect([clock.running, clock.waiting]).toEqual([0, 0])
  // What the page still does with the old session does no harm.
  guest.input({ x: 1 })
  expect(drawn(guest, clock.now)).toBe(2)
  expect([lobby.finish(), bea.finish()]).toEqual(['not-playing', 'not-host'])
  lobby.leave()
  await settle()
  expect([lobby.finish(), bea.finish()]).toEqual(['ended', 'ended'])
})

it('the next match is a new one, with a new seed and a higher epoch, and session() waits for it on every page', async () => {
  const { lobby, join, clock, stranger } = openTable()
  const bea = await join('Bea')
  const watching = stranger()
  watching.say(hello)
  await settle()
  lobby.start()
  const first = await Promise.all([lobby.session(), bea.session()])
  first[1].input({ x: 1 })
  await clock.tick(30)
  lobby.finish()
  await settle()
  const promised = Promise.all([lobby.session(), bea.session()])
  expect(lobby.start()).toBeNull()
  const second = await promised
  expect(second[0]).not.toBe(first[0])
  expect(second[1]).not.toBe(first[1])
  await clock.tick(30)
  // Nothing is held over from the match before.
  for (const session of second) expect(tokens(session, clock.now)).toEqual([500, 500, 500])
  second[1].input({ x: 1 })
  await clock.tick(60)
  expect(tokens(second[1], clock.now)[0]).toBeGreaterThan(550)
  const told = starts(watching)
  expect(told.map((start) => start.epoch)).toEqual([2, 3])
  expect(told[0]?.seed).not.toBe(told[1]?.seed)
  expect(second[1].nameOf(lobby.me)).toBe('Ann')
})

it('who joins between two matches or in the second one plays in that, and nobody is left in the one that is over', async () => {
  const { lobby, join, clock } = openTable()
  lobby.start()
  await clock.tick(10)
  lobby.finish()
  const between = await join('Bea')
  expect(between.state).toBe('lobby')
  lobby.start()
  const late = await join('Cleo')
  const sessions = await Promise.all([lobby.session(), between.session(), late.session()])
  await clock.tick(60)
  for (const session of sessions) expect(drawn(session, clock.now)).toBe(3)
  expect([between.state, late.state]).toEqual(['playing', 'playing'])
})

it.each([
  ['is over', ['reconnecting', 'lobby'], (lobby: { finish(): unknown }) => lobby.finish()],
  [
    'is over and the next one runs',
    ['reconnecting', 'lobby', 'playing'],
    (lobby: { finish(): unknown; start(): unknown }) => [lobby.finish(), lobby.start()],
  ],
])('a guest who was away while the match %s comes back into what the lobby is now', async (_when, states, change) => {
  const { lobby, join, clock, way } = openTable()
  const bea = await join('Bea', yard, { dials: true })
  lobby.start()
  const before = await bea.session()
  await clock.tick(10)
  const heard = listen(bea)
  way.fault = 'host-silent'
  way.lose()
  await settle()
  change(lobby)
  await clock.tick(10)
  way.fault = null
  await clock.tick(120)
  expect(await before.ended).toBe('over')
  expect(heard.states).toEqual(states)
  if (bea.state === 'lobby') lobby.start()
  const session = await bea.session()
  expect(session).not.toBe(before)
  await clock.tick(60)
  expect(drawn(session, clock.now)).toBe(2)
  expect(names(lobby)).toEqual(['Ann', 'Bea'])
})

it('packets of a match that is over are dropped, between matches and in the next one, and held against nobody', async () => {
  const { lobby, stranger, clock } = openTable()
  const mallory = stranger()
  mallory.say(hello)
  await settle()
  const packet = (epoch: number) => encodePacket({ kind: PacketKind.input, epoch, tick: 1, body: new Uint8Array(4) })
  const send = async (epoch: number, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) mallory.link.send('state', packet(epoch))
    await settle()
  }
  lobby.start()
  lobby.finish()
  await send(2, 200)
  expect([mallory.closed, names(lobby)]).toEqual([null, ['Ann', 'Mallory']])
  lobby.start()
  await clock.tick()
  await send(2, 100)
  expect(mallory.closed).toBeNull()
  lobby.finish()
  // Of a match that never was, they are.
  await send(9, 30)
  expect(mallory.closed).toBe('kicked')
})

it('a host’s word of a match that is not the present one changes nothing, and is counted', async () => {
  const { lobby, join, clock, way } = openTable()
  const bea = await join('Bea')
  lobby.start()
  const session = await bea.session()
  await clock.tick(5)
  const say = (message: Parameters<typeof encodeMessage>[0]) => way.pairs[0]?.[0].send('bulk', encodeMessage(message))
  for (let i = 0; i < 9; i++) {
    say({ kind: 'finish', epoch: 1 })
    say({ kind: 'start', epoch: 3, seed: 1, options: {}, settings: {} })
  }
  await settle()
  expect([bea.state, await bea.session()]).toEqual(['playing', session])
  for (let i = 0; i < 2; i++) say({ kind: 'finish', epoch: 7 })
  await settle()
  expect(bea.state).toBe('ended')
})
