/** Settings of a lobby: the host changes them between matches, everybody has the same, and a match keeps those of its start. */
import { createLobby, defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { HostMessage } from '../../../../net/lobby/messages.ts'
import { club, firstSettings as first, guestOfHand, hello, openClub } from '../club.ts'
import { type Stranger, settle } from '../support.ts'

const told = ({ heard }: Stranger) => heard.filter((message) => message.kind === 'settings')
type Loose = never

describe('the host', () => {
  it('changes some of the settings: every page hears of it, has them, and a late joiner has them from the start', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    const heard: unknown[] = []
    for (const page of [lobby, bea]) page.on('settings', (settings) => heard.push([page === bea, settings]))
    expect([lobby.settings, bea.settings]).toEqual([first, first])
    expect(lobby.changeSettings({ laps: 5, marks: [1, 2] })).toBeNull()
    await settle()
    const now = { laps: 5, mode: 'race', marks: [1, 2] }
    expect(heard).toEqual([
      [false, now],
      [true, now],
    ])
    expect([lobby.settings, bea.settings, (await join('Cleo')).settings]).toEqual([now, now, now])
    expect(Object.isFrozen(bea.settings)).toBe(true)
  })

  it('that changes nothing tells nobody', async () => {
    const { lobby, stranger } = openClub({ settings: { laps: 7 } })
    const bea = stranger()
    bea.say(hello)
    await settle()
    const heard: unknown[] = []
    lobby.on('settings', (settings) => heard.push(settings))
    for (const change of [{}, { laps: 7 }, { marks: [] }]) expect(lobby.changeSettings(change)).toBeNull()
    await settle()
    expect([heard, told(bea)]).toEqual([[], []])
  })

  it.each([
    ['a setting that there is not', { lap: 5 }, /settings of club has no field "lap".*laps, mode, marks/],
    ['a text for a number', { laps: '5' }, /settings of club: laps cannot be "5"/],
    ['a number out of range', { laps: 10 }, /settings of club: laps is out of range with 10/],
    ['a name that is none', { mode: 'chess' }, /mode cannot be "chess".*"race", "duel"/],
    ['a list that is too long', { marks: [1, 2, 3] }, /marks is out of range/],
    ['no object', 5, /settings of club was given 5/],
  ])('is told with a sentence of %s, and so is a guest', async (_what, change, sentence) => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    expect(() => lobby.changeSettings(change as Loose)).toThrow(sentence)
    expect(() => bea.changeSettings(change as Loose)).toThrow(sentence)
    expect(lobby.settings).toEqual(first)
  })

  it('of a lobby begins with settings of its own, and wrong ones are refused with a sentence', async () => {
    const lobby = await createLobby(club, { name: 'Ann', offline: true, settings: { mode: 'duel' } })
    expect(lobby.settings).toEqual({ ...first, mode: 'duel' })
    lobby.leave()
    const wrong = createLobby(club, { name: 'Ann', offline: true, settings: { laps: 99 } })
    await expect(wrong).rejects.toThrow(/settings of club: laps is out of range/)
  })

  it('that moves a slider in every frame for seconds never looks like a flood, and the last position is told', async () => {
    const { lobby, join, clock } = openClub()
    const bea = await join('Bea')
    for (let i = 0; i < 250; i++) {
      lobby.changeSettings({ laps: 1 + (i % 9), marks: [i % 7] })
      await clock.tick()
    }
    await clock.tick(30)
    expect([bea.state, bea.settings]).toEqual(['lobby', lobby.settings])
  })
})

describe('a guest', () => {
  it('changes nothing', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    expect(bea.changeSettings({ laps: 5 })).toBe('not-host')
    await settle()
    expect(lobby.settings).toEqual(first)
    lobby.leave()
    await settle()
    expect([lobby.changeSettings({ laps: 5 }), bea.changeSettings({ laps: 5 })]).toEqual(['ended', 'ended'])
  })

  it('who sends settings is counted, and kicked when they go on', async () => {
    const { lobby, stranger } = openClub()
    const mallory = stranger()
    mallory.say(hello)
    for (let i = 0; i < 20; i++) mallory.say({ kind: 'settings', settings: { ...first, laps: 9 } } as never)
    await settle()
    expect([mallory.closed, lobby.settings]).toEqual(['kicked', first])
  })
})

describe('a match', () => {
  it('is played with the settings of its start, which no longer change while it runs; the next has new ones', async () => {
    const { lobby, join, clock } = openClub()
    const bea = await join('Bea')
    lobby.changeSettings({ laps: 5 })
    expect(lobby.start()).toBeNull()
    const late = await join('Cleo')
    const sessions = await Promise.all([lobby.session(), bea.session(), late.session()])
    await clock.tick(10)
    for (const session of sessions) expect(session.view(clock.now).settings).toEqual({ ...first, laps: 5 })
    expect(lobby.changeSettings({ laps: 6 })).toBe('already-playing')
    lobby.finish()
    expect(lobby.changeSettings({ mode: 'duel' })).toBeNull()
    lobby.start()
    await settle()
    const next = await Promise.all([lobby.session(), bea.session(), late.session()])
    await clock.tick(10)
    for (const session of next) expect(session.view(clock.now).settings).toEqual({ ...first, laps: 5, mode: 'duel' })
    expect(sessions[0].view(clock.now).settings).toEqual({ ...first, laps: 5 })
  })

  it('that begins while a change waits is played with it, and everybody hears of the change before the start', async () => {
    const { lobby, stranger } = openClub()
    const bea = stranger()
    bea.say(hello)
    await settle()
    // More than can be told at once.
    for (let i = 0; i < 300; i++) lobby.changeSettings({ laps: 1 + (i % 9), marks: [i % 7] })
    lobby.start()
    await settle()
    const kinds = bea.heard.map(({ kind }) => kind).filter((kind) => kind !== 'chat')
    const start = bea.heard.find((message) => message.kind === 'start')
    expect(kinds.slice(-2)).toEqual(['settings', 'start'])
    expect(told(bea).at(-1)?.settings).toEqual(lobby.settings)
    expect(start?.settings).toEqual(lobby.settings)
  })

  it('whose rules read world.settings in step and referee has the same on every page', async () => {
    const race = defineGame({
      ...{ id: 'race', version: 1, rulesHash: 'race', maxPlayers: 2, input: { x: t.int(-1, 1) } },
      entities: { car: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 16 }), laps: t.int(0, 9) }) },
      settings: { speed: t.int(1, 9), laps: t.int(1, 9) },
      step(world) {
        for (const car of world.all('car')) car.x += world.settings.speed
      },
      referee(world) {
        for (const owner of world.joined) world.spawn('car', { owner, laps: world.settings.laps })
      },
    })
    const lobby = await createLobby(race, { name: 'Ann', offline: true, settings: { laps: 4 }, development: true })
    expect(lobby.changeSettings({ speed: 7 })).toBeNull()
    lobby.start()
    const session = await lobby.session()
    await expect.poll(() => [...session.view(performance.now()).all('car')][0]?.x ?? 0).toBeGreaterThan(20)
    const [car] = session.world().entities
    expect(car?.fields).toMatchObject({ laps: 4 })
    expect((car?.fields.x as number) % 7).toBe(0)
    lobby.leave()
  })
})

it('a guest who was away while the settings and the match changed has the new ones when they are back', async () => {
  const { lobby, join, clock, way } = openClub()
  const bea = await join('Bea', club, { dials: true })
  lobby.start()
  await bea.session()
  await clock.tick(10)
  const heard: unknown[] = []
  bea.on('settings', ({ laps }) => heard.push([laps, bea.state]))
  way.fault = 'host-silent'
  way.lose()
  await settle()
  lobby.finish()
  lobby.changeSettings({ laps: 8 })
  await clock.tick(10)
  expect([bea.settings.laps, bea.changeSettings({ laps: 1 })]).toEqual([3, 'not-host'])
  lobby.start()
  way.fault = null
  await clock.tick(120)
  expect(heard).toEqual([[8, 'reconnecting']])
  const session = await bea.session()
  expect([bea.state, session.view(clock.now).settings.laps]).toEqual(['playing', 8])
})

describe('a host whose settings are none of this game', () => {
  const wrong: [string, unknown][] = [
    ['are missing', {}],
    ['are of another game', { speed: 3, mode: 'race', marks: [] }],
    ['are more', { ...first, speed: 3 }],
    ['are out of range', { ...first, laps: 10 }],
    ['are of another kind', { ...first, mode: 7 }],
  ]

  it.each(wrong)('is counted when they %s, then left', async (_what, settings) => {
    const { say, lobby, closings } = await guestOfHand()
    for (let i = 0; i < 10; i++) say({ kind: 'settings', settings } as HostMessage)
    for (let i = 0; i < 9; i++) say({ kind: 'start', epoch: 2, seed: 1, options: {}, settings } as HostMessage)
    await settle()
    expect([lobby.state, lobby.settings]).toEqual(['lobby', first])
    say({ kind: 'settings', settings } as HostMessage)
    await settle()
    expect(closings).toEqual(['left'])
  })

  it.each(wrong)('is not joined when they %s', async (_what, settings) => {
    await expect(guestOfHand({ settings })).rejects.toMatchObject({ reason: 'host-silent' })
  })
})
