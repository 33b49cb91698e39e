import { StarwireError } from 'starwire'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { MatchResult } from '../../../game/result.ts'
import type { Doors, OpenedLobby } from '../../../src/doors/doors.ts'
import { arrive } from '../../../src/visit/arrival.ts'
import { startVisit } from '../../../src/visit/visit.ts'
import { sentenceOfNote } from '../../../src/words/note.ts'
import { deferred } from '../../browser/fixtures/page/deferred.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

const result: MatchResult = { headline: 'Bea wins the round', reason: '', rows: [] }

/** Doors that open when the test says so. */
function testDoors() {
  const knocks: { resolve(lobby: OpenedLobby): void; reject(error: unknown): void }[] = []
  const knock = () => new Promise<OpenedLobby>((resolve, reject) => knocks.push({ resolve, reject }))
  const loadGame = vi.fn<Doors['loadGame']>(async () => () => ({ placeOf: () => null, destroy: () => {} }))
  return {
    knocks,
    loadGame,
    doors: {
      createLobby: knock,
      joinLobby: knock,
      quickMatch: vi.fn<Doors['quickMatch']>(knock),
      findLobbies: async () => [],
      loadGame,
      resultOf: () => result,
    } satisfies Doors,
  }
}

const arrived = (hash: string, reloaded = false) => arrive(hash, reloaded)

/** The tab's storage, which Node has none of. */
let stored: Map<string, string>
beforeEach(() => {
  stored = new Map()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  })
  return () => vi.unstubAllGlobals()
})

const settled = () => new Promise((done) => setTimeout(done, 0))

describe('a visit', () => {
  it('goes from a code into the match and back to the start', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: 'K7M2P' })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    knocks[0]!.resolve(lobby)
    await settled()
    expect(visit.screen.at).toBe('lobby')
    expect(visit.session).toBe(null)
    lobby.begin()
    await settled()
    expect(visit.screen).toMatchObject({ at: 'playing', show: expect.any(Function) })
    expect(visit.session?.stats().role).toBe('client')
    visit.back()
    expect(lobby.state).toBe('ended')
    expect(visit.session).toBe(null)
    await settled()
    expect(visit.screen).toEqual({ at: 'start', code: 'K7M2P' })
  })

  it('does not keep a seat in a lobby that opened after the player gave up', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.create('Vega')
    visit.back()
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    expect(lobby.state).toBe('ended')
    expect(visit.screen).toEqual({ at: 'start', code: '' })
  })

  it('leaves the first lobby alone when a second attempt has taken over', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    visit.back()
    visit.join('D3RWX', 'Vega')
    const [first, second] = [new FakeLobby('K7M2P', 'Vega', false), new FakeLobby('D3RWX', 'Vega', false)]
    knocks[1]!.resolve(second)
    knocks[0]!.resolve(first)
    await settled()
    expect(visit.screen).toMatchObject({ at: 'lobby', lobby: second })
    expect([first.state, second.state]).toEqual(['ended', 'lobby'])
  })

  it('shows the reason when a join fails and when the lobby ends', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    knocks[0]!.reject(new StarwireError('no-route', 'host, srflx; no TURN'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'failed', failure: { detail: 'host, srflx; no TURN', remedy: 'retry' } })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    knocks[1]!.resolve(lobby)
    await settled()
    lobby.end('host-left')
    await settled()
    expect(visit.screen).toMatchObject({ at: 'failed', failure: { reason: 'host-left' } })
  })

  it('flies at once after “Play now”, alone in a lobby that others find when there is none', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.quick('Vega')
    expect(visit.screen).toMatchObject({ at: 'joining', quick: true, code: null })
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    expect(lobby.state).toBe('playing')
    expect(visit.screen).toMatchObject({ at: 'playing', lobby })
  })

  it('practises at once against bots in a lobby without a code, and remembers the code that it gets later', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.practise('Vega')
    const lobby = new FakeLobby('', 'Vega', true)
    lobby.codeState = 'none'
    knocks[0]!.resolve(lobby)
    await settled()
    expect(visit.screen).toMatchObject({ at: 'playing', lobby })
    expect(lobby.roster.filter(({ bot }) => bot !== null)).toHaveLength(3)
    await lobby.open()
    expect([...stored.values()]).toEqual(['K7M2P'])
  })

  it('flies the ship of last time wherever it goes in', () => {
    vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'dogstar.ship' ? '5 mastiff' : null) })
    const { doors } = testDoors()
    const openings = [vi.spyOn(doors, 'createLobby'), vi.spyOn(doors, 'joinLobby'), doors.quickMatch]
    const visit = startVisit(doors, { code: '' })
    visit.create('Vega')
    visit.join('K7M2P', 'Vega')
    visit.quick('Vega')
    for (const opening of openings)
      expect(opening.mock.calls[0]).toContainEqual(
        expect.objectContaining({ choice: { wantedColor: 5, wantedHull: 'mastiff', wantedSpecial: 'any' } }),
      )
  })

  it('gives the search up when the player does, and waits for the host in a lobby of somebody else', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.quick('Vega')
    visit.back()
    expect(doors.quickMatch.mock.calls[0]![0].signal?.aborted).toBe(true)
    visit.quick('Vega')
    const [{ signal, onProgress }] = doors.quickMatch.mock.calls[1]!
    onProgress?.('looking for a match')
    onProgress?.('contacting the host')
    expect(signal?.aborted).toBe(false)
    expect(visit.screen).toMatchObject({ at: 'joining', stage: 'contacting the host' })
    const lobby = new FakeLobby('D3RWX', 'Vega', false)
    knocks[1]!.resolve(lobby)
    await settled()
    expect(visit.screen).toMatchObject({ at: 'lobby', lobby })
    expect(signal?.aborted).toBe(false)
  })

  it('goes back to the lobby when the host ends the match, with its result, and into the next match of the same lobby', async () => {
    const { doors, knocks, loadGame } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    knocks[0]!.resolve(lobby)
    await settled()
    expect(visit.screen).toMatchObject({ at: 'lobby', result: null })
    for (const _ of [1, 2]) {
      lobby.begin()
      await settled()
      expect(visit.screen).toMatchObject({ at: 'playing', lobby, show: expect.any(Function) })
      lobby.over()
      await settled()
      expect(visit.screen).toMatchObject({ at: 'lobby', lobby, result })
      expect(lobby.state).toBe('lobby')
    }
    expect(loadGame).toHaveBeenCalledTimes(1)
    lobby.end('host-left')
    expect(visit.screen).toMatchObject({ at: 'failed' })
  })

  it('goes back to the lobby also when the result cannot be told', async () => {
    const { doors, knocks } = testDoors()
    vi.spyOn(console, 'error').mockImplementationOnce(() => {})
    const broken = () => {
      throw new TypeError('no view')
    }
    const visit = startVisit({ ...doors, resultOf: broken }, { code: '' })
    visit.create('Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    lobby.begin()
    await settled()
    lobby.finish()
    await settled()
    expect(visit.screen).toMatchObject({ at: 'lobby', result: null })
  })

  it('is not ended by the files of a match that is over already', async () => {
    const { doors, knocks, loadGame } = testDoors()
    const { promise, reject } = deferred<never>()
    loadGame.mockRejectedValueOnce(new TypeError('offline')).mockReturnValueOnce(promise)
    const visit = startVisit(doors, { code: '' })
    visit.create('Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    lobby.begin()
    await settled()
    lobby.finish()
    reject(new TypeError('late'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'lobby' })
  })

  it('tries once more at the start of the match when the game did not load in the lobby', async () => {
    const { doors, knocks, loadGame } = testDoors()
    loadGame.mockRejectedValueOnce(new TypeError('offline'))
    const visit = startVisit(doors, { code: '' })
    visit.create('Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    expect(visit.screen.at).toBe('lobby')
    loadGame.mockRejectedValueOnce(new TypeError('still offline'))
    lobby.begin()
    await settled()
    expect(visit.screen).toMatchObject({
      at: 'failed',
      failure: { other: 'loading', detail: 'still offline' },
    })
    expect(lobby.state).toBe('ended')
    expect(loadGame).toHaveBeenCalledTimes(2)
  })
})

describe('a visit to watch', () => {
  it('asks for no seat in the match, and does so again after a password and another try', async () => {
    const { doors, knocks } = testDoors()
    const joinLobby = vi.spyOn(doors, 'joinLobby')
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega', { watch: true })
    expect(visit.screen).toMatchObject({ at: 'joining', watch: true })
    knocks[0]!.reject(new StarwireError('wrong-password'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'start', note: { about: 'password', watch: true } })
    visit.join('K7M2P', 'Vega', { watch: true, password: 'sesame' })
    knocks[1]!.reject(new StarwireError('no-route'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'failed', watch: true })
    const asked = joinLobby.mock.calls.map((call) => (call as unknown as [string, { spectate: boolean }])[1].spectate)
    expect(asked).toEqual([true, true])
  })

  it('is offered where a lobby is full, but not to who found no place to watch', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    for (const [i, watch] of [false, true].entries()) {
      visit.join('K7M2P', 'Vega', { watch })
      knocks[i]!.reject(new StarwireError('full', '', null, { canSpectate: true }))
      await settled()
      expect(visit.screen).toMatchObject({ at: 'failed', failure: { reason: 'full', canWatch: !watch } })
    }
  })
})

describe('the way back to a seat', () => {
  const seat = 'dogstar.seat.K7M2P'

  it('is kept for a reload, with the token that is the newest, until the lobby is over', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    const first = lobby.resumeToken
    knocks[0]!.resolve(lobby)
    await settled()
    expect(stored.get(seat)).toBe(first)
    lobby.begin()
    lobby.lose()
    await settled()
    expect(visit.screen.at).toBe('playing')
    expect(stored.get(seat)).toBe(first)
    lobby.comeBack('playing')
    expect(stored.get(seat)).toBe(lobby.resumeToken)
    expect(stored.get(seat)).not.toBe(first)
    visit.back()
    expect(stored.size).toBe(0)
  })

  it('is another one for who goes to watch, and is kept at once: a reload leads there', async () => {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    knocks[0]!.resolve(lobby)
    await settled()
    lobby.resumeToken = 'a watcher’s token'
    await lobby.spectate(true)
    expect(stored.get(seat)).toBe('a watcher’s token')
  })

  it('is shown by the next visit to the same lobby, and to no other', async () => {
    stored.set(seat, 'a token')
    const { doors } = testDoors()
    const joinLobby = vi.spyOn(doors, 'joinLobby')
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    visit.back()
    visit.join('D3RWX', 'Vega')
    expect(joinLobby.mock.calls.map((call) => (call as unknown as [string, { resume: unknown }])[1].resume)).toEqual([
      'a token',
      null,
    ])
  })

  it('is not kept for a host, whose reload ends the lobby', async () => {
    const { doors, knocks } = testDoors()
    startVisit(doors, { code: '' }).create('Vega')
    knocks[0]!.resolve(new FakeLobby('K7M2P', 'Vega', true))
    await settled()
    expect(stored.has(seat)).toBe(false)
  })

  it('is taken back by “Play here”, with the token that another tab came in with, but not by a reload', async () => {
    const { doors, knocks } = testDoors()
    const joinLobby = vi.spyOn(doors, 'joinLobby')
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    const token = lobby.resumeToken
    knocks[0]!.resolve(lobby)
    await settled()
    lobby.end('replaced')
    expect(visit.screen).toMatchObject({ at: 'failed', failure: { remedy: 'play-here' }, code: 'K7M2P' })
    expect(stored.has(seat)).toBe(false)
    visit.join('K7M2P', 'Vega')
    expect(joinLobby.mock.calls.map((call) => (call as unknown as [string, { resume: unknown }])[1].resume)).toEqual([
      null,
      token,
    ])
  })

  it('is none where storage is forbidden: the visit goes on', async () => {
    const forbidden = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.stubGlobal('sessionStorage', { getItem: forbidden, setItem: forbidden, removeItem: forbidden })
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.join('K7M2P', 'Vega')
    knocks[0]!.resolve(new FakeLobby('K7M2P', 'Vega', false))
    await settled()
    expect(visit.screen.at).toBe('lobby')
  })
})

describe('a host who reloads the page', () => {
  async function host() {
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, { code: '' })
    visit.create('Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    knocks[0]!.resolve(lobby)
    await settled()
    return { visit, lobby }
  }

  it('is told that the lobby has closed, once, and is not invited into it', async () => {
    const { lobby } = await host()
    lobby.end('host-left')
    const arrival = arrived('#K7M2P')
    expect(arrival).toMatchObject({ code: '', seated: false, note: { about: 'own-lobby' } })
    expect(arrival.note && sentenceOfNote(arrival.note)).toContain('K7M2P has closed')
    expect(startVisit(testDoors().doors, arrival).screen).toMatchObject({ at: 'start', code: '', note: arrival.note })
    expect(arrived('#K7M2P')).toEqual({ code: 'K7M2P', seated: false, note: null })
  })

  it('is led straight back to the seat when another page could host on, and reads that the lobby closed when it did not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { lobby } = await host()
    lobby.resumeToken = 'the seat of a host'
    vi.advanceTimersByTime(2000)
    // A copy of the tab takes no seat over.
    expect(arrived('#K7M2P')).toMatchObject({ seated: false })
    lobby.end('host-left')
    vi.useRealTimers()
    expect(arrived('#K7M2P', true)).toEqual({ code: 'K7M2P', seated: true, note: null })
    const { doors, knocks } = testDoors()
    const joinLobby = vi.spyOn(doors, 'joinLobby')
    const visit = startVisit(doors, arrived('#K7M2P', true))
    visit.join('K7M2P', 'Vega')
    expect(joinLobby.mock.calls[0]).toContainEqual(expect.objectContaining({ resume: 'the seat of a host' }))
    knocks[0]!.reject(new StarwireError('not-found'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'start', note: { about: 'own-lobby' } })
  })

  it('is remembered as the host when their page became it in the course of the lobby', async () => {
    const { doors, knocks } = testDoors()
    startVisit(doors, { code: '' }).join('K7M2P', 'Vega')
    const lobby = new FakeLobby('K7M2P', 'Vega', false)
    knocks[0]!.resolve(lobby)
    await settled()
    lobby.migrate(lobby.me)
    expect(arrived('#K7M2P', true).note?.about).toBe('own-lobby')
    expect(stored.has('dogstar.seat.K7M2P')).toBe(false)
  })

  it('is told so, too, when the page had no time to say goodbye', async () => {
    await host()
    expect(arrived('#K7M2P', true).note?.about).toBe('own-lobby')
  })

  it('is invited as anybody when the lobby lives in the tab that this one is a copy of', async () => {
    await host()
    expect(arrived('#K7M2P')).toEqual({ code: 'K7M2P', seated: false, note: null })
    expect(arrived('#D3RWX', true)).toEqual({ code: 'D3RWX', seated: false, note: null })
  })

  it('reads whose lobby it was when it is looked for and is no more', async () => {
    await host()
    const { doors, knocks } = testDoors()
    const visit = startVisit(doors, arrived('#K7M2P'))
    visit.join('K7M2P', 'Vega')
    knocks[0]!.reject(new StarwireError('not-found'))
    await settled()
    expect(visit.screen).toMatchObject({ at: 'start', code: '', note: { about: 'own-lobby' } })
  })

  it('is told nothing about a lobby that they left on purpose', async () => {
    const { visit } = await host()
    visit.leave()
    expect(visit.screen).toEqual({ at: 'start', code: '' })
    expect(stored.size).toBe(0)
  })
})

describe('an address with a mistyped code', () => {
  it.each(['#K7M20', '#K7M2', '#K7M2PX', '#BBBBB'])('is answered: %s', (hash) => {
    expect(arrived(hash)).toMatchObject({ code: '', note: { about: 'code', typed: hash.slice(1) } })
  })

  it.each(['', '#', '#page', '#a-heading', '#%E0%A4%A'])('is no code at all, and not complained about: %j', (hash) => {
    expect(arrived(hash)).toEqual({ code: '', seated: false, note: null })
  })
})
