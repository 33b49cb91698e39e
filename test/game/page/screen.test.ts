import { type PlayerId, type Reason, reasonSentences, StarwireError } from 'starwire'
import { describe, expect, it } from 'vitest'
import { speak } from '../../../game/languages/language.ts'
import type { PageLobby, PageMember, PageSession } from '../../../src/doors/doors.ts'
import { addressOf, codeOf, next, type PageEvent, type Screen } from '../../../src/visit/screen.ts'
import { failureOf, failureOfLoading, failureOfReason, wordsOf } from '../../../src/words/failures.ts'
import { sentenceOfNote } from '../../../src/words/note.ts'

const member = (id: number): PageMember => ({
  id: id as PlayerId,
  name: `Pilot ${id}`,
  host: id === 64,
  heir: null,
  spectator: false,
  ready: false,
  mine: id === 64,
  presence: 'here',
  choice: { wantedColor: 0, wantedTeam: 'any', wantedHull: 'any', wantedSpecial: 'any' },
  data: null,
  bot: null,
})

/** Of a lobby the screens look at nothing else. */
function lobbyOf(code: string, about: { hosting?: boolean; players?: number; token?: string } = {}): PageLobby {
  const roster = Array.from({ length: about.players ?? 1 }, (_, index) => member(64 + index))
  const seen: Pick<PageLobby, 'code' | 'state' | 'roster' | 'hosting' | 'resumeToken'> = {
    code,
    state: 'lobby',
    roster,
    hosting: about.hosting ?? false,
    resumeToken: about.token ?? null,
  }
  return seen as PageLobby
}

const session: PageSession = {
  stats: () => {
    throw new Error('not asked for here')
  },
  world: () => ({ tick: 0, globals: null, players: [], entities: [] }),
  on: () => () => {},
}

const through = (screen: Screen, ...events: PageEvent[]): Screen => events.reduce(next, screen)
const start: Screen = { at: 'start', code: '' }
const joined = (lobby: PageLobby): Screen =>
  through(start, { type: 'knock', attempt: 1, code: lobby.code }, { type: 'opened', attempt: 1, lobby })
const playing = (lobby: PageLobby): Screen => through(joined(lobby), { type: 'started', attempt: 1, session })
const ended = (reason: Reason | null): PageEvent => ({ type: 'ended', attempt: 1, reason })

describe('the way into a match', () => {
  it('goes from the start over the stages of joining and the lobby into the match', () => {
    const lobby = lobbyOf('K7M2P')
    let screen = through(start, { type: 'knock', attempt: 1, code: 'K7M2P' })
    expect(screen).toMatchObject({ at: 'joining', attempt: 1, code: 'K7M2P', stage: null })
    screen = next(screen, { type: 'stage', attempt: 1, stage: 'contacting the host' })
    expect(screen).toMatchObject({ at: 'joining', stage: 'contacting the host' })
    screen = next(screen, { type: 'opened', attempt: 1, lobby })
    expect(screen).toMatchObject({ at: 'lobby', lobby })
    screen = next(screen, { type: 'started', attempt: 1, session })
    expect(screen).toMatchObject({ at: 'playing', lobby, session, show: null })
    const show = () => ({ placeOf: () => null, destroy: () => {} })
    expect(next(screen, { type: 'loaded', attempt: 1, session, show })).toMatchObject({ at: 'playing', show })
  })

  it('drops what comes late from an attempt that was given up', () => {
    const abandoned = through(start, { type: 'knock', attempt: 1, code: 'K7M2P' }, { type: 'back' })
    const late: PageEvent[] = [
      { type: 'opened', attempt: 1, lobby: lobbyOf('K7M2P') },
      { type: 'stage', attempt: 1, stage: 'connecting' },
      { type: 'failed', attempt: 1, failure: failureOfReason('full') },
      ended('host-left'),
    ]
    for (const event of late) expect(next(abandoned, event)).toBe(abandoned)
    const second = next(abandoned, { type: 'knock', attempt: 2, code: 'K7M2P' })
    for (const event of late) expect(next(second, event)).toBe(second)
  })
})

describe('the way out', () => {
  it('offers a code again where trying again may help, and not where it cannot', () => {
    const joining = next(start, { type: 'knock', attempt: 1, code: 'K7M2P' })
    const fail = (reason: Reason) => next(joining, { type: 'failed', attempt: 1, failure: failureOfReason(reason) })
    expect(fail('no-route')).toMatchObject({ at: 'failed', code: 'K7M2P' })
    expect(fail('version-mismatch')).toMatchObject({ at: 'failed', code: 'K7M2P' })
    expect(fail('kicked')).toMatchObject({ at: 'failed', code: '' })
    expect(next(fail('host-silent'), { type: 'back' })).toEqual({ at: 'start', code: 'K7M2P' })
  })

  it('says in words why a lobby ended, and says nothing after leaving it oneself', () => {
    const kicked = next(playing(lobbyOf('K7M2P')), ended('kicked'))
    expect(kicked).toMatchObject({ at: 'failed', failure: { reason: 'kicked' } })
    expect(wordsOf(failureOfReason('kicked')).sentence).toBe('The host removed you from the lobby.')
    expect(next(joined(lobbyOf('K7M2P')), ended(null))).toEqual({ at: 'start', code: '' })
  })

  it('asks for a password where the code stands, and tells a wrong one from none', () => {
    const failed: PageEvent = { type: 'failed', attempt: 1, failure: failureOfReason('wrong-password') }
    const knock: PageEvent = { type: 'knock', attempt: 1, code: 'K7M2P' }
    expect(through(start, knock, failed)).toMatchObject({
      at: 'start',
      code: 'K7M2P',
      note: { about: 'password', wrong: false },
    })
    expect(through(start, { ...knock, withPassword: true }, failed)).toMatchObject({
      at: 'start',
      code: 'K7M2P',
      note: { about: 'password', wrong: true },
    })
  })

  it('quotes what the host wrote to whom they removed, in the lobby and at the door', () => {
    const lobby = { ...lobbyOf('K7M2P'), hostText: 'Bye' }
    expect(next(joined(lobby), ended('banned'))).toMatchObject({ at: 'failed', failure: { quote: 'Bye' } })
    const error = new StarwireError('banned', '', null, { hostText: 'Still not' })
    expect(failureOf(error)).toMatchObject({ quote: 'Still not' })
  })

  it('answers a code that leads nowhere where it was typed, and keeps it there', () => {
    const joining = next(start, { type: 'knock', attempt: 1, code: 'K7M2P' })
    for (const reason of ['not-found', 'bad-code'] as const)
      expect(next(joining, { type: 'failed', attempt: 1, failure: failureOfReason(reason) })).toMatchObject({
        at: 'start',
        code: '',
        note: { about: 'code', typed: 'K7M2P' },
      })
    const own = next(start, { type: 'knock', attempt: 1, code: null })
    expect(next(own, { type: 'failed', attempt: 1, failure: failureOfReason('not-found') }).at).toBe('failed')
  })

  it('asks a host before the button ends it for others, and nobody else', () => {
    const leave: PageEvent = { type: 'leave' }
    const hosting = (players: number) => joined(lobbyOf('K7M2P', { hosting: true, players }))
    expect(next(hosting(2), leave)).toMatchObject({ at: 'lobby', asking: '' })
    const two = hosting(2)
    expect(through(two, leave, { type: 'stay' })).toEqual(two)
    expect(through(hosting(2), leave, { type: 'back' })).toEqual({ at: 'start', code: '' })
    const match = through(hosting(2), { type: 'started', attempt: 1, session }, leave)
    expect(match).toMatchObject({ at: 'playing', asking: '' })
    expect(next(hosting(1), leave)).toEqual({ at: 'start', code: '' })
    expect(next(joined(lobbyOf('K7M2P', { players: 3 })), leave)).toEqual({ at: 'start', code: 'K7M2P' })
    expect(next(start, leave)).toBe(start)
  })

  it('tells a host whose page comes back from the browser’s memory what happened to the lobby', () => {
    const screen = next(joined(lobbyOf('K7M2P', { hosting: true })), ended('host-left'))
    expect(screen).toMatchObject({
      at: 'failed',
      code: '',
      failure: { other: 'ownLobby', remedy: 'create' },
    })
  })

  it('brings a guest back with the code filled in, and a host without: that lobby is gone', () => {
    expect(next(joined(lobbyOf('K7M2P')), { type: 'back' })).toEqual({ at: 'start', code: 'K7M2P' })
    expect(next(joined(lobbyOf('K7M2P', { hosting: true })), { type: 'back' })).toEqual({ at: 'start', code: '' })
  })
})

describe('a host who leaves a lobby that goes on without them', () => {
  it('finds its code on the start screen: it leads back to where the others are', () => {
    const goesOn = () => lobbyOf('K7M2P', { hosting: true, players: 2, token: 'a token' })
    expect(through(joined(goesOn()), { type: 'leave' }, { type: 'back' })).toEqual({ at: 'start', code: 'K7M2P' })
    expect(through(playing(goesOn()), { type: 'leave' }, { type: 'back' })).toEqual({ at: 'start', code: 'K7M2P' })
  })
})

describe('a change of the address by hand', () => {
  const pasted: PageEvent = { type: 'address', code: 'D3RWX' }
  const backButton: PageEvent = { type: 'address', code: '' }

  it('fills in the code where nothing is lost', () => {
    expect(next(start, pasted)).toEqual({ at: 'start', code: 'D3RWX' })
    expect(next({ at: 'failed', failure: failureOfReason('full'), code: 'K7M2P', watch: false }, pasted)).toEqual({
      at: 'start',
      code: 'D3RWX',
    })
    expect(next(next(start, { type: 'knock', attempt: 1, code: 'K7M2P' }), pasted)).toEqual({
      at: 'start',
      code: 'D3RWX',
    })
  })

  it('asks before it takes anybody out of a lobby for another one', () => {
    const asking = next(joined(lobbyOf('K7M2P')), pasted)
    expect(asking).toMatchObject({ at: 'lobby', asking: 'D3RWX' })
    expect(addressOf(asking)).toBe(null)
    expect(addressOf(next(asking, { type: 'stay' }))).toBe('K7M2P')
    expect(through(asking, { type: 'back' }, pasted)).toEqual({ at: 'start', code: 'D3RWX' })
  })

  it('lets the back button leave an empty lobby, and asks where it would end something', () => {
    expect(next(joined(lobbyOf('K7M2P', { hosting: true })), backButton)).toEqual({ at: 'start', code: '' })
    expect(next(joined(lobbyOf('K7M2P', { hosting: true, players: 2 })), backButton)).toMatchObject({ asking: '' })
    expect(next(playing(lobbyOf('K7M2P')), backButton)).toMatchObject({ at: 'playing', asking: '' })
  })

  it('changes nothing when the address names the lobby one is in', () => {
    const lobby = joined(lobbyOf('K7M2P'))
    expect(next(lobby, { type: 'address', code: 'K7M2P' })).toEqual(lobby)
    expect(codeOf(lobby)).toBe('K7M2P')
  })
})

describe('failures', () => {
  it('keep the facts of an error that nobody foresaw for the report', () => {
    expect(failureOf(new TypeError('x is not a function'))).toMatchObject({ remedy: 'retry' })
    expect(failureOf(new TypeError('x is not a function')).detail).toContain('x is not a function')
    expect(failureOf('just a text').detail).toBe('just a text')
  })

  it('point to a report only where there is one', () => {
    for (const reason of Object.keys(reasonSentences) as Reason[])
      expect(wordsOf(failureOfReason(reason)).advice).not.toMatch(/report/i)
    expect(wordsOf(failureOfReason('no-route', 'candidates tried: host')).advice).toMatch(/send the report below/)
  })

  it('and what the start screen says are told in the language of now, not of when they happened', async () => {
    const failures = [failureOfReason('kicked'), failureOfLoading('no network'), failureOf('odd')]
    const notes = [
      { about: 'own-lobby', code: 'K7M2P' },
      { about: 'code', typed: 'K7M2S', known: false },
      { about: 'password', wrong: true, watch: false },
    ] as const
    const told = () => [...failures.map((failure) => wordsOf(failure).sentence), ...notes.map(sentenceOfNote)]
    const english = told()
    await speak('de')
    const german = told()
    await speak('en')
    for (const [i, sentence] of german.entries()) expect(sentence).not.toBe(english[i])
    expect(told()).toEqual(english)
  })
})
