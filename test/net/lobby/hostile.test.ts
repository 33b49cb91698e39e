/** Peers that mean harm: each is dropped, and the lobby and the match of the others go on. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import { encodeMessage, type HostMessage } from '../../../net/lobby/messages.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { seededRandom } from '../../../net/transport/simulated.ts'
import { encodeInputs } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'
import { playerId } from '../../../net/world/ids.ts'
import {
  HandClock,
  listen,
  names,
  openTable,
  type Stranger,
  settle,
  type Table,
  tokens,
  type Yard,
  yard,
} from './support.ts'

const LARGE_BYTES = 256 * 1024

afterEach(() => {
  vi.restoreAllMocks()
})

const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const
const random = seededRandom(11)
const noise = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
const resume = { token: '5'.repeat(32), seconds: 60 }
const nested = (size: number): Uint8Array => new Uint8Array(size).fill(0x91)

/** A running match with a guest, and a stranger with a seat in it. */
async function match(): Promise<Table & { mallory: Stranger; plays(): Promise<void> }> {
  const table = openTable()
  const { lobby, clock, join, stranger } = table
  const bea = await join('Bea')
  const mallory = stranger()
  mallory.say(hello)
  await settle()
  lobby.start()
  const [host, guest] = await Promise.all([lobby.session(), bea.session()])
  await clock.tick(30)
  expect(names(lobby)).toContain('Mallory')
  return {
    ...table,
    mallory,
    /** The others see each other move. */
    async plays() {
      const [before = 0] = tokens(guest, clock.now)
      guest.input({ x: before > 500 ? -1 : 1 })
      await clock.tick(40)
      guest.input({ x: 0 })
      await clock.tick(30)
      const [after = 0] = tokens(guest, clock.now)
      expect(Math.abs(after - before)).toBeGreaterThan(50)
      expect(tokens(host, clock.now)).toContain(after)
      expect([lobby.state, bea.state]).toEqual(['playing', 'playing'])
    },
  }
}

describe('a guest on the bulk lane', () => {
  it.each([
    ['random bytes', () => noise(100)],
    ['nested arrays of 20 kB', () => nested(20_000)],
    ['nested arrays of 4 kB', () => nested(4096)],
    ['a large message', () => noise(LARGE_BYTES)],
    ['what only a host says', () => encodeMessage({ kind: 'start', epoch: 1, seed: 1, options: {}, settings: {} })],
    ['a second hello', () => encodeMessage(hello)],
    ['a packet of the other lane', () => encodePacket({ kind: PacketKind.input, epoch: 1, tick: 1, body: noise(30) })],
  ])('who sends %s twenty times is kicked, in the lobby and in the match', async (_name, bytes) => {
    const table = openTable()
    const early = table.stranger()
    early.say(hello)
    for (let i = 0; i < 20; i++) early.link.send('bulk', bytes())
    await settle()
    expect(early.closed).toBe('kicked')
    expect(names(table.lobby)).toEqual(['Ann'])

    const { lobby, mallory, plays } = await match()
    for (let i = 0; i < 20; i++) mallory.link.send('bulk', bytes())
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    await plays()
  })

  it('who only ever sends nonsense is kicked before they have a seat', async () => {
    const { clock, stranger, lobby } = openTable()
    const mallory = stranger()
    for (let i = 0; i < 19; i++) mallory.link.send('bulk', noise(10))
    await settle()
    expect(mallory.closed).toBeNull()
    mallory.link.send('bulk', noise(10))
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(names(lobby)).toEqual(['Ann'])
    expect(clock.waiting).toBe(0)
  })

  it('who floods with messages that are right is not listened to for long, and costs the others few', async () => {
    const { lobby, join, stranger, clock } = openTable()
    const bea = await join('Bea')
    const mallory = stranger()
    mallory.say(hello)
    await settle()
    const { rosters } = listen(bea)
    for (let i = 0; i < 10_000; i++) mallory.say({ kind: 'ready', ready: i % 2 === 0 })
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(rosters.length).toBeLessThan(40)
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    await clock.tick()
  })

  it('may click as fast as a hand can, for minutes', async () => {
    const { stranger, clock, lobby } = openTable()
    const bea = stranger()
    bea.say(hello)
    for (let i = 0; i < 600; i++) {
      bea.say({ kind: 'ready', ready: i % 2 === 0 })
      clock.now += 125
      await settle()
    }
    expect(bea.closed).toBeNull()
    expect(lobby.roster).toHaveLength(2)
  })

  it('cannot make the host throw, whatever they say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('bulk' as const, 'state' as const), fc.uint8Array({ minLength: 1 })), {
          maxLength: 40,
        }),
        async (messages) => {
          const { lobby, stranger, clock } = openTable()
          lobby.start()
          const mallory = stranger()
          mallory.say(hello)
          for (const [lane, bytes] of messages) mallory.link.send(lane, bytes)
          await clock.tick(3)
          expect(lobby.state).toBe('playing')
          lobby.leave()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a guest on the state lane', () => {
  it('who sends anything before the match is kicked', async () => {
    const { stranger, lobby } = openTable()
    const mallory = stranger()
    mallory.say(hello)
    for (let i = 0; i < 20; i++) mallory.link.send('state', noise(50))
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(lobby.state).toBe('lobby')
  })

  it.each([
    ['random bytes', () => noise(200)],
    ['single bytes', () => noise(1)],
    ['nested arrays', () => nested(MAX_STATE_BYTES)],
    ['MessagePack of wrong types', () => Uint8Array.of(0x94, 0xa1, 0x61, 0xc3, 0xc0, 0x90)],
    ['a body that promises more than there is', () => Uint8Array.of(0x94, 2, 1, 9, 0xc5, 0xff, 0xff, 1)],
    ['a body cut short', () => encodePacket({ kind: PacketKind.input, epoch: 2, tick: 40, body: noise(2) })],
    ['inputs of noise', () => encodePacket({ kind: PacketKind.input, epoch: 2, tick: 40, body: noise(900) })],
    ['packets of the host', () => encodePacket({ kind: PacketKind.snapshot, epoch: 2, tick: 40, body: noise(99) })],
    ['another epoch', () => encodePacket({ kind: PacketKind.input, epoch: 2 ** 31, tick: 40, body: noise(40) })],
    ['a tick without end', () => encodePacket({ kind: PacketKind.input, epoch: 2, tick: 2 ** 32 - 1, body: noise(9) })],
  ])('who sends %s in the match is counted, then kicked', async (_name, bytes) => {
    const { lobby, mallory, plays } = await match()
    for (let i = 0; i < 100; i++) mallory.link.send('state', bytes())
    await settle()
    const { malformed } = (await lobby.session()).stats()
    expect(Object.values(malformed).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(95)
    for (let i = 0; i < 30; i++) mallory.link.send('state', bytes())
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    await plays()
  })

  it('who floods with one packet that is right is counted, then kicked', async () => {
    const { lobby, mallory, plays } = await match()
    const inputs = [{ numbers: Float64Array.of(1), objects: [] }]
    const said = { ack: null, presentationTick: 40, eventAck: 0, resultAck: 0, inputs, commands: [] }
    const right = encodePacket({ kind: PacketKind.input, epoch: 2, tick: 40, body: encodeInputs(yard, 40, said) })
    for (let i = 0; i < 600; i++) mallory.link.send('state', right)
    await settle()
    const { malformed } = (await lobby.session()).stats()
    expect(malformed.flood ?? 0).toBeGreaterThan(100)
    expect(mallory.closed).toBe('kicked')
    await plays()
  })
})

let ids = 0
/** A member with an id that nobody has had. */
const anybody = () => {
  const id = playerId(ids % 64, 2 + (Math.floor(ids++ / 64) % 200))
  return {
    id,
    name: 'X',
    host: false,
    spectator: false,
    ready: false,
    presence: 'here' as const,
    choice: {},
    data: null,
  }
}

/** A guest of a host in the test's hand. */
async function guestOf(start?: Partial<Extract<HostMessage, { kind: 'start' }>>) {
  const clock = new HandClock()
  const [hostEnd, guestEnd] = loopbackPair()
  const warnings: string[] = []
  const closings: string[] = []
  hostEnd.listen({ message: () => {}, closed: (reason) => closings.push(reason) })
  const say = (message: HostMessage): unknown => hostEnd.send('bulk', encodeMessage(message))
  const me = playerId(1, 1)
  const roster = [
    {
      id: me,
      name: 'Bea',
      host: false,
      spectator: false,
      ready: false,
      presence: 'here' as const,
      choice: {},
      data: null,
    },
  ]
  const entering = enterLobby<Yard>({
    game: yard,
    code: 'K7QX2',
    link: guestEnd,
    name: 'Bea',
    warn: (problem) => warnings.push(problem),
    platform: clock.platform,
  })
  say({
    kind: 'welcome',
    you: me,
    epoch: 1,
    match: null,
    admission: { locked: false, hasPassword: false, maxPlayers: 4, maxSpectators: 8 },
    settings: {},
    roster,
    resume,
  })
  const lobby = await entering
  if (start) say({ kind: 'start', epoch: 2, seed: 1, options: {}, settings: {}, ...start })
  await settle()
  return { lobby, clock, hostEnd, say, warnings, closings, heard: listen(lobby) }
}

describe('a host', () => {
  it.each([
    ['random bytes', () => noise(100)],
    ['nested arrays', () => nested(LARGE_BYTES)],
    [
      'another welcome',
      () =>
        encodeMessage({
          kind: 'welcome',
          you: playerId(2, 1),
          epoch: 1,
          match: null,
          admission: { locked: false, hasPassword: false, maxPlayers: 4, maxSpectators: 8 },
          settings: {},
          roster: [],
          resume,
        }),
    ],
    ['what only a guest says', () => encodeMessage({ kind: 'ready', ready: true })],
    ['another start', () => encodeMessage({ kind: 'start', epoch: 3, seed: 1, options: {}, settings: {} })],
  ])('who says %s over and over is left, with a reason', async (_name, bytes) => {
    const { lobby, clock, hostEnd, heard, closings } = await guestOf({})
    for (let i = 0; i < 19; i++) hostEnd.send('bulk', bytes())
    await settle()
    expect(lobby.state).toBe('playing')
    hostEnd.send('bulk', bytes())
    await settle()
    expect(heard).toMatchObject({ states: ['ended'], endings: ['host-left'] })
    expect(closings).toEqual(['left'])
    expect(clock.running).toBe(0)
  })

  it.each<[string, 'state' | 'bulk', () => Uint8Array]>([
    ['noise', 'state', () => noise(40)],
    [
      'packets of another epoch',
      'state',
      () => encodePacket({ kind: PacketKind.snapshot, epoch: 2 ** 31, tick: 1, body: noise(20) }),
    ],
    [
      'snapshots without sense',
      'state',
      () => encodePacket({ kind: PacketKind.snapshot, epoch: 2, tick: 5, body: noise(90) }),
    ],
    ['departures', 'bulk', () => encodeMessage({ kind: 'gone', id: playerId(3, 1) })],
  ])('who sends ten thousand %s in a second is counted, then left', async (_name, lane, bytes) => {
    const { lobby, clock, hostEnd, heard, closings } = await guestOf({})
    const session = await lobby.session()
    for (let i = 0; i < 60; i++) {
      for (let n = 0; n < 167; n++) hostEnd.send(lane, bytes())
      await clock.tick()
    }
    expect(heard).toMatchObject({ states: ['ended'], endings: ['host-left'] })
    expect(closings).toEqual(['left'])
    const counted = Object.values(session.stats().malformed).reduce((sum, count) => sum + count, 0)
    expect(counted).toBeGreaterThanOrEqual(20)
    // What may come in that second by the budget, and no more: the rest was never looked at.
    expect(counted).toBeLessThan(6500)
    expect(clock.running).toBe(0)
  })

  it('who sends noise for snapshots does no harm, and is counted', async () => {
    const { lobby, clock, hostEnd } = await guestOf({})
    for (let i = 0; i < 45; i++) {
      hostEnd.send('state', noise(1 + (i % MAX_STATE_BYTES)))
      hostEnd.send('state', encodePacket({ kind: PacketKind.snapshot, epoch: 2, tick: i, body: noise(i % 700) }))
      hostEnd.send('state', encodePacket({ kind: PacketKind.snapshot, epoch: 2 ** 31, tick: i, body: noise(20) }))
    }
    await clock.tick(10)
    const session = await lobby.session()
    expect(lobby.state).toBe('playing')
    expect([...session.view(clock.now).all('token')]).toEqual([])
    expect(session.stats().malformed).toMatchObject({ packet: 45, epoch: 45, snapshot: expect.any(Number) })
  })

  it('who gives options that this game does not have, or of other types, starts it with the right ones', async () => {
    const { lobby, warnings, clock } = await guestOf({
      options: { pace: 'fast', title: 7, marks: ['x', null, 77], toString: 1, more: [true] },
    })
    const session = await lobby.session()
    expect(session.view(0).options).toMatchObject({ pace: 2, title: '', marks: [0, 0, 9] })
    await clock.tick()
    expect(warnings.length).toBeGreaterThan(0)
  })

  it('who says nothing after the welcome keeps their guests waiting, not throwing', async () => {
    const { lobby, clock } = await guestOf()
    await clock.tick(10)
    expect(lobby.state).toBe('lobby')
    lobby.leave()
    expect(clock.waiting).toBe(0)
  })

  it('who tells of more members than there are seats is counted, and keeps nobody', async () => {
    const { lobby, say, closings } = await guestOf()
    for (let i = 0; i < 63 + 19; i++) say({ kind: 'member', member: anybody() })
    await settle()
    expect([lobby.roster.length, lobby.state]).toEqual([64, 'lobby'])
    say({ kind: 'member', member: anybody() })
    await settle()
    expect(closings).toEqual(['left'])
  })

  it('who says that this player is gone is believed: it is their lobby', async () => {
    const { lobby, say } = await guestOf()
    say({ kind: 'gone', id: lobby.me })
    await settle()
    expect(lobby.roster).toEqual([])
    expect(lobby.state).toBe('lobby')
  })
})
