/** What members choose in the lobby: validated by the host, allowed by the game, seen by all, and taken into each match. */
import { createLobby, type Member } from 'starwire'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeMessage } from '../../../../net/lobby/messages.ts'
import { type Club, club, firstChoice, guestOfHand, hello, member, openClub } from '../club.ts'
import { listen, names, type Stranger, settle } from '../support.ts'

type Lobby = { roster: readonly Member<Club>[] }
type Loose = never
const teams = (lobby: Lobby): string[] => lobby.roster.map(({ choice }) => choice.team)
const answers = ({ heard }: Stranger) =>
  heard.filter((message) => message.kind === 'chosen').map(({ refusal }) => refusal)
/** Shown where the page shows errors. */
const errors = () => vi.spyOn(console, 'error').mockImplementation(() => {})

afterEach(() => void vi.restoreAllMocks())

/** What each player's record has for a team, in the order of the seats, as a page draws it. */
async function drawnTeams(lobby: { session(): Promise<import('starwire').Session<Club>> }, now: number) {
  const view = (await lobby.session()).view(now)
  return view.players.map((id) => view.player(id).team)
}

describe('a member', () => {
  it('has the default before they choose, and what they chose after: on every page, and for a late joiner', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    expect(bea.roster.map(({ choice }) => choice)).toEqual([firstChoice, firstChoice])
    expect(await bea.choose({ team: 'red' })).toBeNull()
    // The answer comes when this page shows it.
    expect(teams(bea)).toEqual(['none', 'red'])
    expect(await lobby.choose({ team: 'blue', kit: [1] })).toBeNull()
    expect(await bea.choose({ kit: [2, 3] })).toBeNull()
    const cleo = await join('Cleo')
    for (const page of [lobby, bea, cleo])
      expect(page.roster.map(({ choice }) => choice)).toEqual([
        { team: 'blue', kit: [1] },
        { team: 'red', kit: [2, 3] },
        firstChoice,
      ])
  })

  it('is refused what the game does not allow: a team that is full, by the settings of now', async () => {
    const { lobby, join } = openClub()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    expect([await lobby.choose({ team: 'red' }), await bea.choose({ team: 'red' })]).toEqual([null, null])
    expect(await cleo.choose({ team: 'red' })).toBe('not-allowed')
    expect(teams(cleo)).toEqual(['red', 'red', 'none'])
    // Who leaves a team makes room.
    expect([await bea.choose({ team: 'none' }), await cleo.choose({ team: 'red' })]).toEqual([null, null])
    lobby.changeSettings({ mode: 'duel' })
    expect(await bea.choose({ team: 'red' })).toBe('not-allowed')
    expect(await bea.choose({ team: 'blue' })).toBeNull()
  })

  it('may have what somebody chose who only watches: a wish without a seat takes nothing away', async () => {
    const { lobby, join } = openClub()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    expect([await lobby.choose({ team: 'red' }), await bea.choose({ team: 'red' })]).toEqual([null, null])
    expect(await bea.spectate(true)).toBeNull()
    expect(await cleo.choose({ team: 'red' })).toBeNull()
  })

  it('is refused when the hook of the game throws, which is shown to the developer of the host', async () => {
    const shown = errors()
    const { join } = openClub()
    const bea = await join('Bea')
    expect(await bea.choose({ kit: [9] })).toBe('not-allowed')
    expect(shown.mock.calls.join()).toMatch(/the hook broke/)
  })

  it.each([
    ['a field that is not chosen', { score: 9 }, /a choice in club has no field "score".*team, kit/],
    ['a name that is none', { team: 'green' }, /team cannot be "green".*"none", "red", "blue"/],
    ['a number out of range', { kit: [10] }, /kit is out of range/],
    ['a list that is too long', { kit: [1, 2, 3] }, /kit is out of range/],
    ['no object', 'red', /a choice in club was given "red"/],
  ])('is told with a sentence of %s, on the host’s page and on a guest’s', async (_what, choice, sentence) => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    for (const page of [lobby, bea]) await expect(page.choose(choice as Loose)).rejects.toThrow(sentence)
  })

  it('who asks ten thousand times is told so, stays, and has what they asked for first', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    const asked = Array.from({ length: 10_000 }, (_, i) => bea.choose({ kit: [i % 9] }))
    const counts = new Map<unknown, number>()
    for (const answer of await Promise.all(asked)) counts.set(answer, (counts.get(answer) ?? 0) + 1)
    expect(counts).toEqual(
      new Map<unknown, number>([
        [null, 8],
        ['too-fast', 9992],
      ]),
    )
    expect([bea.state, lobby.roster[1]?.choice.kit]).toEqual(['lobby', [7]])
  })

  it('gets an answer in the end, also when the link is lost before it, and when the lobby is over', async () => {
    const { lobby, join, way, clock } = openClub()
    const bea = await join('Bea', club, { dials: true })
    way.lose()
    const answer = bea.choose({ team: 'red' })
    const second = bea.choose({ kit: [4] })
    await settle()
    await clock.tick(60)
    expect([await answer, await second, bea.state]).toEqual([null, null, 'lobby'])
    expect(lobby.roster[1]?.choice).toEqual({ team: 'red', kit: [4] })
    way.fault = 'host-silent'
    way.lose()
    const last = bea.choose({ team: 'blue' })
    bea.leave()
    expect([await last, await bea.choose({ team: 'blue' })]).toEqual(['ended', 'ended'])
    lobby.leave()
    expect(await lobby.choose({ team: 'blue' })).toBe('ended')
  })

  it('who comes back into the seat has what they chose; who takes the seat after them has not', async () => {
    const { lobby, join, way, clock } = openClub()
    const bea = await join('Bea', club, { dials: true })
    await bea.choose({ team: 'red' })
    way.lose()
    await clock.tick(60)
    expect([bea.state, teams(bea)]).toEqual(['lobby', ['none', 'red']])
    bea.leave()
    await settle()
    await join('Cleo')
    expect([names(lobby), teams(lobby)]).toEqual([
      ['Ann', 'Cleo'],
      ['none', 'none'],
    ])
  })

  it('may choose as they come, so that a late joiner enters the match with it; what is not allowed is left out', async () => {
    const { lobby, join, clock } = openClub()
    const bea = await join('Bea', club, { choice: { team: 'red' } })
    expect(teams(bea)).toEqual(['none', 'red'])
    lobby.start()
    const cleo = await join('Cleo', club, { choice: { team: 'red', kit: [5] } })
    const dora = await join('Dora', club, { choice: { team: 'red' } })
    await clock.tick(30)
    expect(teams(dora)).toEqual(['none', 'red', 'red', 'none'])
    expect(await drawnTeams(dora, clock.now)).toEqual(['none', 'red', 'red', 'none'])
    const view = (await cleo.session()).view(clock.now)
    expect([...view.all('token')].map(({ born }) => born)).toEqual(['none', 'red', 'red', 'none'])
  })

  it('keep what is free of what they bring when one part of it is taken', async () => {
    const { join } = openClub()
    await join('Bea', club, { choice: { team: 'red' } })
    await join('Cleo', club, { choice: { team: 'red' } })
    const dora = await join('Dora', club, { choice: { team: 'red', kit: [5, 6] } })
    expect(dora.roster.find(({ mine }) => mine)?.choice).toMatchObject({ team: 'none', kit: [5, 6] })
  })

  it('of the host’s page may choose as the lobby is made, unless there is no player', async () => {
    const lobby = await createLobby(club, { name: 'Ann', offline: true, choice: { team: 'blue' } })
    expect(lobby.roster[0]?.choice.team).toBe('blue')
    lobby.leave()
    const wrong = { offline: true, player: false, choice: { team: 'blue' } } as const
    await expect(createLobby(club, wrong as Loose)).rejects.toThrow(/leave name, choice and fairHost out/)
    const range = createLobby(club, { name: 'Ann', offline: true, choice: { kit: [10] } })
    await expect(range).rejects.toThrow(/a choice in club: kit is out of range/)
  })
})

describe('a match', () => {
  it('begins with what everybody chose; while it runs it stays, and the next match has what is chosen between the two', async () => {
    const { lobby, join, clock } = openClub()
    const bea = await join('Bea')
    await Promise.all([lobby.choose({ team: 'blue' }), bea.choose({ team: 'red', kit: [1, 2] })])
    lobby.start()
    await clock.tick(30)
    for (const page of [lobby, bea]) expect(await drawnTeams(page, clock.now)).toEqual(['blue', 'red'])
    expect([await bea.choose({ team: 'blue' }), await lobby.choose({ team: 'red' })]).toEqual([
      'already-playing',
      'already-playing',
    ])
    // What they have already is no change.
    expect(await bea.choose({ team: 'red' })).toBeNull()
    lobby.finish()
    expect(await bea.choose({ team: 'blue' })).toBeNull()
    lobby.start()
    await settle()
    await clock.tick(30)
    for (const page of [lobby, bea]) expect(await drawnTeams(page, clock.now)).toEqual(['blue', 'blue'])
    const entities = (await bea.session()).world().players.map(({ fields }) => fields.kit)
    expect(entities).toEqual([[], [1, 2]])
  })

  it('takes the choice that was on its way when it began, or refuses it: pages and rules agree', async () => {
    const { lobby, join, clock } = openClub()
    const bea = await join('Bea')
    const asked = bea.choose({ team: 'red' })
    lobby.start()
    const answer = await asked
    await clock.tick(30)
    expect(answer).toBe('already-playing')
    expect([teams(lobby), teams(bea), await drawnTeams(bea, clock.now)]).toEqual(Array(3).fill(['none', 'none']))
  })

  it('whose player was away while it began has their choice when they come back', async () => {
    const { lobby, join, way, clock } = openClub()
    const bea = await join('Bea', club, { dials: true })
    await bea.choose({ team: 'red' })
    way.fault = 'host-silent'
    way.lose()
    await settle()
    lobby.start()
    await clock.tick(10)
    way.fault = null
    await clock.tick(120)
    expect(bea.state).toBe('playing')
    expect(await drawnTeams(bea, clock.now)).toEqual(['none', 'red'])
  })
})

describe('a guest who means harm', () => {
  async function seatedStranger() {
    const table = openClub()
    const mallory = table.stranger()
    mallory.say(hello)
    await settle()
    return { ...table, mallory }
  }
  const choose = (choice: unknown, ask = 1) => ({ kind: 'choose', ask, choice }) as Loose

  it.each([
    ['outside of the range', { kit: [10] }],
    ['of a name that is none', { team: 'green' }],
    ['of another kind', { team: 7 }],
    ['of a field that is not chosen', { score: 9 }],
    ['of a field that there is not', { admin: true }],
    ['of the prototype', { toString: 'x' }],
    ['of many fields', Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, i]))],
  ])('and sends a choice %s changes nothing, is counted, and is kicked when it goes on', async (_what, choice) => {
    const { lobby, mallory } = await seatedStranger()
    for (let i = 0; i < 19; i++) mallory.say(choose(choice))
    await settle()
    expect([mallory.closed, answers(mallory), lobby.roster[1]?.choice]).toEqual([null, [], firstChoice])
    mallory.say(choose(choice))
    await settle()
    expect([mallory.closed, names(lobby)]).toEqual(['kicked', ['Ann']])
  })

  it('and comes with a choice that is none has a seat without it, and is counted', async () => {
    const { lobby, stranger } = openClub()
    const mallory = stranger()
    mallory.say({ ...hello, choice: { team: 'green' } })
    for (let i = 0; i < 18; i++) mallory.say(choose({ team: 'green' }))
    await settle()
    expect([lobby.roster[1]?.choice, mallory.closed]).toEqual([firstChoice, null])
    mallory.say(choose({ team: 'green' }))
    await settle()
    expect(mallory.closed).toBe('kicked')
  })

  it('and chooses ten thousand times is kicked, and the others hear of few', async () => {
    const { lobby, mallory, join } = await seatedStranger()
    const bea = await join('Bea')
    const { rosters } = listen(bea)
    for (let i = 0; i < 10_000; i++) mallory.say(choose({ kit: [i % 9] }, i))
    await settle()
    expect([mallory.closed, names(lobby)]).toEqual(['kicked', ['Ann', 'Bea']])
    expect(rosters.length).toBeLessThan(20)
    expect(bea.state).toBe('lobby')
  })

  it('and chooses faster than any page asks is refused, and told so', async () => {
    const { mallory } = await seatedStranger()
    for (let i = 0; i < 20; i++) mallory.say(choose({ kit: [i % 9] }, i))
    await settle()
    expect(answers(mallory)).toEqual([...Array(12).fill(null), ...Array(8).fill('too-fast')])
    expect(mallory.closed).toBeNull()
  })

  it('and chooses before a hello is counted', async () => {
    const { lobby, stranger } = openClub()
    const mallory = stranger()
    for (let i = 0; i < 20; i++) mallory.say(choose({ team: 'red' }))
    await settle()
    expect([mallory.closed, names(lobby)]).toEqual(['kicked', ['Ann']])
  })
})

describe('a host who means harm', () => {
  it.each([
    ['out of range', { team: 'none', kit: [10] }],
    ['of a name that is none', { team: 'green', kit: [] }],
    ['with a field missing', { team: 'red' }],
    ['with a field more', { ...firstChoice, score: 9 }],
  ])(
    'and tells of a member with a choice %s is counted, then left; in a welcome it is not joined',
    async (_what, choice) => {
      const { say, lobby, closings } = await guestOfHand()
      for (let i = 0; i < 19; i++) say({ kind: 'member', member: { ...member, choice } })
      await settle()
      expect(names(lobby)).toEqual(['Bea'])
      say({ kind: 'member', member: { ...member, choice } })
      await settle()
      expect(closings).toEqual(['left'])
      await expect(guestOfHand({ roster: [{ ...member, choice }] })).rejects.toMatchObject({ reason: 'host-silent' })
    },
  )

  it('and answers what nobody asked is counted, and one who never answers keeps nobody for ever', async () => {
    const { say, lobby, closings } = await guestOfHand()
    const asked = Array.from({ length: 8 }, () => lobby.choose({ team: 'red' }))
    expect(await lobby.choose({ team: 'red' })).toBe('too-fast')
    for (let i = 0; i < 20; i++) say({ kind: 'chosen', ask: 99, refusal: null })
    await settle()
    expect(closings).toEqual(['left'])
    expect(await Promise.all(asked)).toEqual(Array(8).fill('ended'))
  })
})

describe('data of a member', () => {
  const data = (lobby: Lobby): unknown[] => lobby.roster.map((one) => one.data)

  it('is what its page says, for all to see and for who joins later, and goes with the seat', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    const mine = { hat: ['red', null, 1.5], bytes: Uint8Array.of(1, 2) }
    bea.setMyData(mine)
    lobby.setMyData('ready to rumble')
    mine.hat.push('later')
    await settle()
    const cleo = await join('Cleo')
    const told = { hat: ['red', null, 1.5], bytes: Uint8Array.of(1, 2) }
    for (const page of [lobby, bea, cleo])
      expect(data(page)).toEqual(['ready to rumble', { ...told, bytes: expect.anything() }, null])
    expect([...((data(cleo)[1] as typeof told).bytes as Uint8Array)]).toEqual([1, 2])
    bea.leave()
    await settle()
    await join('Dora')
    expect(data(lobby)).toEqual(['ready to rumble', null, null])
  })

  it('said in every frame looks like no flood, and the newest is told; also after a lost link', async () => {
    const { lobby, join, clock, way } = openClub()
    const bea = await join('Bea', club, { dials: true })
    const { rosters } = listen(lobby)
    for (let i = 0; i < 180; i++) {
      bea.setMyData([i])
      await clock.tick()
    }
    await clock.tick(30)
    expect([bea.state, data(lobby)[1]]).toEqual(['lobby', [179]])
    expect(rosters.length).toBeLessThan(10)
    way.lose()
    await settle()
    bea.setMyData('said while away')
    await clock.tick(60)
    expect([bea.state, data(lobby)[1]]).toEqual(['lobby', 'said while away'])
    bea.leave()
    await settle()
    expect(clock.waiting).toBe(0)
  })

  it.each([
    ['a date', new Date(0), /no plain value/],
    ['a function', () => {}, /setMyData was given a function/],
    ['nothing', undefined, /setMyData was given undefined/],
    ['a map inside', { a: new Map() }, /no plain value/],
    ['257 bytes', 'x'.repeat(255), /more than 256 bytes/],
    ['1 MB', 'x'.repeat(1_000_000), /more than 256 bytes/],
    ['a circle', circle(), /more than 256 bytes/],
    ['300 levels', nest(300), /more than 256 bytes/],
  ])('that is %s is refused with a sentence', async (_what, given, sentence) => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    for (const page of [lobby, bea]) expect(() => page.setMyData(given)).toThrow(sentence)
    await settle()
    expect(data(lobby)).toEqual([null, null])
  })

  it('that is too long, too deep or no plain value is dropped and counted, and so is too much of it', async () => {
    const { lobby, stranger } = openClub()
    const mallory = stranger()
    mallory.say(hello)
    const wrong = ['x'.repeat(255), nest(300), 'x'.repeat(1_000_000), { a: 'x'.repeat(300) }]
    for (const given of wrong) mallory.link.send('bulk', encodeMessage({ kind: 'data', data: given }))
    await settle()
    expect([data(lobby), mallory.closed]).toEqual([[null, null], null])
    // Fifteen are taken; with the four above, one more than 31 of these is one too many.
    for (let i = 0; i < 40; i++) mallory.say({ kind: 'data', data: i })
    await settle()
    expect([mallory.closed, names(lobby)]).toEqual(['kicked', ['Ann']])
  })

  function nest(levels: number): unknown {
    return levels === 0 ? null : [nest(levels - 1)]
  }
  function circle(): unknown {
    const list: unknown[] = []
    list.push(list)
    return list
  }
})
