import { describe, expect, it } from 'vitest'
import type { PageMember } from '../../../src/doors/doors.ts'
import { hostingMeans, hostNews, hostOf, leavingMeans, mayBeHost } from '../../../src/words/hosting.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

function lobbyWith(others: Readonly<Record<string, Partial<PageMember>>>, hosting = true): FakeLobby {
  const lobby = new FakeLobby('K7M2P', 'Ann', hosting)
  for (const [name, about] of Object.entries(others)) lobby.add(name, about)
  return lobby
}

const bot = { kind: 'ace', skill: 0.5 }
const plain = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '')

describe('a host who is about to leave', () => {
  it('reads who hosts next, where that is known', () => {
    const lobby = lobbyWith({ Dan: { heir: 2 }, Bea: { heir: 1 }, Ace: { bot }, Eve: { spectator: true } })
    lobby.resumeToken = 'a token'
    expect(plain(leavingMeans(lobby))).toBe('You host it. When you leave, Bea hosts, and the lobby goes on.')
    lobby.state = 'playing'
    expect(plain(leavingMeans(lobby))).toBe('You host it. When you leave, Bea hosts, and the match goes on.')
    const unknown = lobbyWith({ Bea: {} })
    unknown.resumeToken = 'a token'
    expect(leavingMeans(unknown)).toContain('one of the others hosts')
  })

  it('is not told that it goes on while no other page is ready to host', () => {
    const lobby = lobbyWith({ Bea: {}, Cleo: {} })
    expect(leavingMeans(lobby)).toContain('may be over for all 2 others')
    expect(leavingMeans(lobbyWith({ Bea: {} }))).toContain('may be over for the other one here')
  })

  it('alone or among bots reads that it ends', () => {
    for (const lobby of [lobbyWith({}), lobbyWith({ Ace: { bot } })])
      expect(leavingMeans(lobby)).toBe('You host lobby K7M2P, and nobody else is here: it ends when you leave.')
  })
})

describe('the page of a host', () => {
  it('says that its tab is to stay open, and what becomes of the lobby without it', () => {
    expect(hostingMeans(lobbyWith({ Ace: { bot } }))).toContain('While nobody else is here, the lobby ends')
    expect(hostingMeans(lobbyWith({ Bea: {} }))).toContain('In a moment another page can take over')
    const ready = lobbyWith({ Cleo: { heir: 2 }, Bea: { heir: 1 } })
    ready.resumeToken = 'a token'
    expect(plain(hostingMeans(ready))).toContain('If you leave, Bea hosts, and all goes on.')
  })

  it('says none of it to a guest, or where nobody can join', () => {
    expect(hostingMeans(lobbyWith({ Bea: {} }, false))).toBe('')
    expect(hostingMeans(new FakeLobby('', 'Ann', true))).toBe('')
  })
})

describe('a guest who is about to leave', () => {
  it('reads that the lobby goes on, whoever else is there', () => {
    for (const lobby of [lobbyWith({}, false), lobbyWith({ Bea: {} }, false)])
      expect(leavingMeans(lobby)).toContain('It goes on without you')
  })
})

describe('a member who may be let host', () => {
  it('is a person who plays and is here, and nobody else', () => {
    const { roster } = lobbyWith({
      ...{ Bea: {}, Late: { presence: 'late' }, Ace: { bot } },
      ...{ Eve: { spectator: true }, Cleo: { presence: 'away' } },
    })
    expect(roster.filter(mayBeHost).map(({ name }) => name)).toEqual(['Bea', 'Late'])
  })
})

describe('the news of another host', () => {
  /** The page of Ann, whose host is Altair, until Bea hosts. */
  function migrated(oldHost: Partial<PageMember> | 'gone') {
    const lobby = lobbyWith({ Bea: {} }, false)
    const before = hostOf(lobby.roster)
    const bea = lobby.roster.find(({ name }) => name === 'Bea')
    if (!before || !bea) throw new Error('no such member')
    lobby.migrate(bea.id)
    if (oldHost === 'gone') lobby.remove(before.id)
    else lobby.change(before.id, oldHost)
    return { lobby, before }
  }

  it('tells who hosts, and whether the host before left, was lost or is still there', () => {
    const told = [
      ['gone', 'Altair left: Bea hosts now.'],
      [{ presence: 'away' }, 'Altair’s connection is lost: Bea hosts now.'],
      [{ presence: 'here' }, 'Bea hosts now.'],
    ] as const
    for (const [oldHost, words] of told) {
      const { lobby, before } = migrated(oldHost)
      expect(plain(hostNews(before, lobby.roster))).toBe(words)
    }
  })

  it('tells a player when their own page hosts', () => {
    const { lobby, before } = migrated('gone')
    lobby.migrate(lobby.me)
    expect(plain(hostNews(before, lobby.roster))).toBe('Altair left: you host now.')
    expect(hostNews(null, lobby.roster)).toBe('You host now.')
  })

  it('says nothing while the host is the same, and when they only took another seat, to watch', () => {
    const lobby = lobbyWith({}, false)
    const before = hostOf(lobby.roster)
    expect(hostNews(before, lobby.roster)).toBe('')
    if (before) lobby.remove(before.id)
    lobby.add('Altair', { host: true, spectator: true })
    expect(hostNews(before, lobby.roster)).toBe('')
  })
})
