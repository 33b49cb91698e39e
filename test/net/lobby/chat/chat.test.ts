/** Chat in a lobby: one order for all, a history for whoever comes later, and limits on both sides of the link. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ChatMessage, ChatText } from '../../../../net/lobby/chat/types.ts'
import { enterLobby } from '../../../../net/lobby/guest/enter.ts'
import type { LobbyObject } from '../../../../net/lobby/lobby.ts'
import { encodeMessage, type HostMessage } from '../../../../net/lobby/messages.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import { WIRE_VERSION } from '../../../../net/wire/version.ts'
import { playerId } from '../../../../net/world/ids.ts'
import { toMessagePack } from '../../../../net/world/message-pack.ts'
import { guestOfHand, openClub } from '../club.ts'
import { HandClock, names, newHostRole, openTable, type Stranger, settle, type Yard, yard } from '../support.ts'

const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const

interface Page {
  readonly chat: readonly ChatMessage[]
}

/** What stands on a page: "Ann: hello", or "joined Bea" for a system line. */
const linesOf = ({ chat }: Page): string[] => chat.map(lineOf)
const lineOf = (message: ChatMessage): string =>
  message.kind === 'text' ? `${message.name}: ${message.text}` : `${message.what} ${message.name}`.trim()
const textsOf = (page: Page): string[] => linesOf(page).filter((line) => line.includes(': '))
const chatsOf = (stranger: Stranger): HostMessage[] => stranger.heard.filter(({ kind }) => kind === 'chat')

afterEach(() => {
  vi.restoreAllMocks()
})

describe('what players say', () => {
  it('stands on every page in one order, with id, name and time by the host', async () => {
    const { lobby, join, clock } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    const heard: string[] = []
    cleo.on('chat', (message) => heard.push(lineOf(message)))
    expect([bea.say('hello'), lobby.say('welcome'), cleo.say(' \u202ehi\u0000 ')]).toEqual([null, null, null])
    await settle()
    clock.skip(1000)
    bea.say('two')
    await settle()
    const all = ['joined Bea', 'joined Cleo', 'Ann: welcome', 'Bea: hello', 'Cleo: hi', 'Bea: two']
    for (const page of [lobby, bea, cleo]) {
      expect(linesOf(page)).toEqual(all)
      expect(page.chat).toEqual(lobby.chat)
    }
    expect(heard.slice(-4)).toEqual(all.slice(-4))
    const ids = lobby.chat.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect(new Set(ids).size).toBe(ids.length)
    expect(lobby.chat.at(-1)).toMatchObject({ kind: 'text', player: bea.me, name: 'Bea', text: 'two' })
    expect(lobby.chat.at(-1)!.time).toBeGreaterThan(Date.UTC(2020, 0, 1))
  })

  it('is refused with the reason, or thrown where the developer is wrong', async () => {
    const { lobby, join, clock } = openTable()
    const bea = await join('Bea')
    expect(() => bea.say(5 as never)).toThrow(/lobby\.say was given 5\. Write a text\./)
    expect([bea.say(' \n\u200b'), lobby.say('')]).toEqual(['empty', 'empty'])
    expect(Array.from({ length: 7 }, () => bea.say('x'))).toEqual([
      null,
      null,
      null,
      null,
      null,
      'too-fast',
      'too-fast',
    ])
    clock.skip(1000)
    expect([bea.say('y'), bea.say('z')]).toEqual([null, 'too-fast'])
    await settle()
    expect(textsOf(lobby)).toHaveLength(6)
    lobby.leave()
    await settle()
    expect([lobby.say('x'), bea.say('x')]).toEqual(['ended', 'ended'])
    const headless = openTable({ player: false })
    expect((headless.lobby as unknown as typeof lobby).say('x')).toBe('no-player')
  })

  it('is told a late joiner and who comes back, once each, with what they missed', async () => {
    const { lobby, join, way, clock } = openTable()
    const bea = await join('Bea', yard, { dials: true })
    lobby.say('one')
    await settle()
    const heard: string[] = []
    bea.on('chat', (message) => heard.push(lineOf(message)))
    way.lose()
    await settle()
    expect(bea.say('lost')).toBe('reconnecting')
    lobby.say('two')
    for (let i = 0; i < 10 && bea.state === 'reconnecting'; i++) await clock.tick(30)
    await settle()
    bea.say('back')
    await settle()
    const cleo = await join('Cleo')
    await settle()
    expect(heard).toEqual(['Ann: two', 'Bea: back', 'joined Cleo'])
    for (const page of [lobby, bea, cleo])
      expect(linesOf(page)).toEqual(['joined Bea', 'Ann: one', 'Ann: two', 'Bea: back', 'joined Cleo'])
  })

  it('goes with names as they were, and comes with the lines of those who came, left, were kicked, and of matches', async () => {
    const { lobby, join, clock } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    cleo.say('bye')
    await settle()
    cleo.leave()
    await settle()
    lobby.start()
    await clock.tick(2)
    lobby.finish()
    lobby.kick(bea.me)
    await settle()
    expect(linesOf(lobby)).toEqual([
      ...['joined Bea', 'joined Cleo', 'Cleo: bye', 'left Cleo', 'match-started', 'match-over', 'kicked Bea'],
    ])
    expect(linesOf(bea).at(-1)).toBe('match-over')
    expect(lobby.chat[4]).toEqual({
      kind: 'system',
      id: 5,
      time: expect.any(Number),
      what: 'match-started',
      player: null,
      name: '',
    })
  })

  it('has one line for settings that the host changes again and again, and another once something was said', async () => {
    const { lobby, join } = openClub()
    const bea = await join('Bea')
    for (const laps of [4, 5, 6]) lobby.changeSettings({ laps })
    lobby.say('six laps')
    lobby.changeSettings({ laps: 7 })
    await settle()
    for (const page of [lobby, bea])
      expect(linesOf(page).slice(-3)).toEqual(['settings-changed', 'Ann: six laps', 'settings-changed'])
  })

  it('passes the filter of the game, which changes it, drops it, or fails without harm', async () => {
    vi.stubGlobal('reportError', vi.fn())
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const vetChat = vi.fn(({ text, name }: Pick<ChatText, 'text' | 'name'>) => {
      if (text === 'bug') throw new Error('the filter broke')
      if (text === 'number') return 5 as never
      return text === 'bad' ? null : `${text.replace('darn', '****')}\u202e for ${name}`
    })
    const { lobby, join } = openTable({ vetChat })
    const bea = await join('Bea')
    const refused: unknown[] = []
    bea.on('unsaid', (text) => refused.push(text))
    for (const text of ['bad', 'darn it', 'bug', 'number']) bea.say(text)
    await settle()
    expect(refused).toEqual(['bad', 'bug', 'number'].map((text) => ({ text, refusal: 'vetoed' })))
    expect(['bad', 'bug', 'fine'].map((text) => lobby.say(text))).toEqual(['vetoed', 'vetoed', null])
    await settle()
    for (const page of [lobby, bea]) expect(textsOf(page)).toEqual(['Bea: **** it for Bea', 'Ann: fine for Ann'])
    vi.unstubAllGlobals()
    errors.mockRestore()
    expect(lobby.state).toBe('lobby')
  })

  it('is not shown on a page that mutes them, until it does not any more', async () => {
    const { lobby, join } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    bea.say('one')
    await settle()
    expect(cleo.mute(bea.me, true)).toBeNull()
    const heard: string[] = []
    cleo.on('chat', (message) => heard.push(lineOf(message)))
    bea.say('two')
    lobby.say('three')
    await settle()
    expect([heard, textsOf(cleo)]).toEqual([['Ann: three'], ['Ann: three']])
    expect([...cleo.muted]).toEqual([bea.me])
    expect(textsOf(lobby).toSorted()).toEqual(['Ann: three', 'Bea: one', 'Bea: two'])
    expect(cleo.mute(bea.me, false)).toBeNull()
    expect(textsOf(cleo)).toEqual(textsOf(lobby))
    expect([cleo.mute(cleo.me, true), cleo.mute(playerId(9, 9), true)]).toEqual(['not-yourself', 'no-such-player'])
    cleo.mute(bea.me, true)
    bea.leave()
    await settle()
    expect([...cleo.muted]).toEqual([])
  })

  it('goes on in the lobby of an heir, whose ids nobody has seen', async () => {
    const { lobby, role, join, clock } = openTable()
    const bea = await join('Bea')
    lobby.say('from Ann')
    await settle()
    // What a guest has heard is all that their page needs to go on as the host.
    expect(bea.talk.history.messages).toEqual(lobby.talk.history.messages)
    const { lastId } = bea.talk.history
    bea.become((same) => newHostRole(same, clock.platform, { game: yard, me: bea.me, state: role.save() }))
    bea.say('on we go')
    expect(bea.chat.at(-1)!.id).toBeGreaterThan(lastId + 100)
  })
})

describe('the history', () => {
  it('keeps the last 50 messages, and of those who come and go 20 lines', async () => {
    const { lobby, join, clock } = openTable()
    for (let i = 0; i < 40; i++) {
      ;(await join(`Guest ${i}`)).leave()
      await settle()
    }
    expect(linesOf(lobby)).toHaveLength(20)
    for (let i = 0; i < 70; i++) {
      lobby.say(`text ${i}`)
      clock.skip(1000)
    }
    const cleo = await join('Cleo')
    await settle()
    for (const page of [lobby, cleo]) {
      expect(page.chat).toHaveLength(50)
      expect(textsOf(page)[0]).toBe('Ann: text 21')
      expect(linesOf(page).at(-1)).toBe('joined Cleo')
    }
  })

  it('has a bound in length, too: longest texts push each other out', async () => {
    const { lobby, clock } = openTable()
    for (let i = 0; i < 60; i++) {
      lobby.say(`${i} ${'漢'.repeat(500)}`)
      clock.skip(1000)
    }
    expect(lobby.chat).toHaveLength(32)
    expect(textsOf(lobby).at(-1)).toMatch(/^Ann: 59 /)
  })
})

describe('a host who means harm', () => {
  it('and refuses what this page never said, or refuses it twice, is not believed and in the end left', async () => {
    const { lobby, say, closings } = await guestOfHand()
    const refused: unknown[] = []
    lobby.on('unsaid', (text) => refused.push(text))
    expect(lobby.say('hi')).toBeNull()
    for (let i = 0; i < 20; i++) say({ kind: 'unsaid', text: 'hi', refusal: 'vetoed' })
    say({ kind: 'unsaid', text: 'I cheat', refusal: 'vetoed' })
    await settle()
    expect([refused, closings]).toEqual([[{ text: 'hi', refusal: 'vetoed' }], ['left']])
  })
})

describe('a guest who means harm', () => {
  async function seated(): Promise<ReturnType<typeof openTable> & { mallory: Stranger }> {
    const table = openTable()
    const mallory = table.stranger()
    mallory.say(hello)
    await settle()
    return { ...table, mallory }
  }

  it('and says 10,000 things is kicked, and few of them are told', async () => {
    const { lobby, mallory } = await seated()
    for (let i = 0; i < 10_000; i++) mallory.say({ kind: 'say', text: `spam ${i}` })
    await settle()
    expect(mallory.closed).toBe('kicked')
    expect(textsOf(lobby).length).toBeLessThanOrEqual(12)
    expect(names(lobby)).toEqual(['Ann'])
  })

  it('and goes on at ten a second is heard once a second', async () => {
    const { lobby, mallory, clock } = await seated()
    for (let i = 0; i < 200; i++) {
      mallory.say({ kind: 'say', text: `spam ${i}` })
      await settle()
      clock.skip(100)
    }
    expect(mallory.closed).toBeNull()
    expect(textsOf(lobby).length).toBeLessThanOrEqual(12 + 20)
  })

  it.each([
    ['a text of a megabyte', 'x'.repeat(1_000_000)],
    ['a text of 501 units', 'x'.repeat(501)],
    ['a text of which nothing can be shown', '\u202e\u0000\u200b'],
    ['no text', 5],
  ])('and says %s is not heard, and is kicked at the twentieth', async (_name, text) => {
    const { lobby, mallory } = await seated()
    const bytes = toMessagePack([32, 0, 0, { text }])
    for (let i = 0; i < 20; i++) {
      mallory.link.send('bulk', bytes)
      await settle()
    }
    expect([mallory.closed, textsOf(lobby)]).toEqual(['kicked', []])
  })

  it('and has no seat yet says nothing, nor what only a host says', async () => {
    const { lobby, stranger } = openTable()
    const mallory = stranger()
    mallory.say({ kind: 'say', text: 'hello' })
    mallory.link.send('bulk', encodeMessage({ kind: 'chat', messages: [] }))
    await settle()
    expect([linesOf(lobby), chatsOf(mallory)]).toEqual([[], []])
  })

  it('and says control characters and links is shown as plain text', async () => {
    const { lobby, mallory } = await seated()
    mallory.say({ kind: 'say', text: 'a\u0000\u001b[2J\u202eb <script>alert(1)</script> javascript:alert(1)' })
    await settle()
    expect(textsOf(lobby)).toEqual(['Mallory: a [2Jb <script>alert(1)</script> javascript:alert(1)'])
  })
})

describe('a host who means harm', () => {
  const text = (id: number, about: object = {}) => ({
    kind: 'text',
    id,
    time: 1,
    player: 64,
    name: 'Ann',
    text: `t${id}`,
    ...about,
  })
  const chat = (...messages: object[]): Uint8Array => toMessagePack([33, 0, 0, { messages }])

  async function guestOf(): Promise<{
    say(bytes: Uint8Array): Promise<void>
    guest: LobbyObject<Yard>
    closed(): string | null
  }> {
    const [hostEnd, guestEnd] = loopbackPair()
    let closed: string | null = null
    hostEnd.listen({
      message: () => {},
      closed: (reason) => {
        closed = reason
      },
    })
    const { platform } = new HandClock()
    const entering = enterLobby<Yard>({ game: yard, code: 'K7QX2', link: guestEnd, name: 'Bea', warn: null, platform })
    const bea = {
      id: playerId(1, 1),
      name: 'Bea',
      host: false,
      spectator: false,
      ready: false,
      presence: 'here' as const,
      choice: {},
      data: null,
    }
    const welcome: HostMessage = {
      ...{
        kind: 'welcome',
        you: bea.id,
        epoch: 1,
        match: null,
        admission: { locked: false, hasPassword: false, maxPlayers: 4, maxSpectators: 8 },
        settings: {},
        roster: [bea],
      },
      resume: { token: '5'.repeat(32), seconds: 60 },
    }
    hostEnd.send('bulk', encodeMessage(welcome))
    const guest = await entering
    const say = async (bytes: Uint8Array): Promise<void> => {
      hostEnd.send('bulk', bytes)
      await settle()
    }
    return { say, guest, closed: () => closed }
  }

  it('and repeats, mixes or dates back messages doubles none and hides none that came', async () => {
    const { say, guest } = await guestOf()
    await say(chat(text(3), text(1), text(3), text(4)))
    await say(chat(text(4), text(2)))
    expect(linesOf(guest)).toEqual(['Ann: t3', 'Ann: t4'])
  })

  it.each([
    ['51 messages at once', () => chat(...Array.from({ length: 51 }, (_, i) => text(i + 1)))],
    ['a text of a megabyte', () => chat(text(1, { text: 'x'.repeat(1e6) }))],
    ['an id that is none', () => chat(text(1, { id: -1 }))],
    ['a player that is none', () => chat(text(1, { player: 'Ann' }))],
    [
      'news that there are not',
      () => chat({ kind: 'system', id: 1, time: 1, what: 'exploded', player: null, name: '' }),
    ],
    ['what a guest says', () => toMessagePack([32, 0, 0, { text: 'x' }])],
  ])('and sends %s is not heard, and left at the twentieth', async (_name, bytes) => {
    const { say, guest, closed } = await guestOf()
    for (let i = 0; i < 20; i++) await say(bytes())
    expect([guest.chat, closed()]).toEqual([[], 'left'])
  })

  it('and sends what may not be shown has it cleaned, or dropped when nothing is left', async () => {
    const { say, guest } = await guestOf()
    await say(chat(text(1, { text: '\u202eab\u0000c', name: '\u202eAnn' }), text(2, { text: '\u200b' })))
    expect(linesOf(guest)).toEqual(['Ann: ab c'])
  })
})
