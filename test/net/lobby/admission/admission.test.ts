/** What a host may say about who comes in: lock, ban, maximum of players, and a word to somebody who goes. */
import { describe, expect, it } from 'vitest'
import { StarwireError } from '../../../../net/errors/starwire-error.ts'
import { Bans } from '../../../../net/lobby/admission/bans.ts'
import { joinNote } from '../../../../net/lobby/join-note.ts'
import { encodeMessage } from '../../../../net/lobby/messages.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { names, newHostLobby, openTable, settle, yard } from '../support.ts'
import { hello, sit } from './comers.ts'

const newcomer = joinNote(yard)
const idOf = (lobby: { roster: readonly { id: PlayerId; name: string }[] }, name: string): PlayerId =>
  lobby.roster.find((member) => member.name === name)?.id as PlayerId
const failure = (asked: Promise<unknown>): Promise<StarwireError> =>
  asked.then(
    () => new Error('joined'),
    (e) => e,
  ) as never

describe('a locked lobby', () => {
  it('refuses newcomers before they connect and at the hello, and lets everybody know', async () => {
    const table = openTable()
    const { lobby, role, join } = table
    const bea = await join('Bea')
    const told: boolean[] = []
    for (const each of [lobby, bea]) each.on('admission', ({ locked }) => told.push(locked))
    expect(lobby.lock(true)).toBeNull()
    await settle()
    expect([lobby.locked, bea.locked, told]).toEqual([true, true, [true, true]])
    expect(role.accept(newcomer)).toBe('locked')
    expect((await sit(table, 'aa')).answer).toBe('locked')
    expect((await failure(join('Cid'))).reason).toBe('locked')
    expect(lobby.lock(true)).toBeNull()
    expect(lobby.lock(false)).toBeNull()
    await settle()
    expect([bea.locked, told.length]).toEqual([false, 4])
    const cid = await join('Cid')
    expect([names(lobby), cid.locked]).toEqual([['Ann', 'Bea', 'Cid'], false])
  })

  it('opens for those whose seats are kept, and tells who comes while it is locked', async () => {
    const table = openTable()
    const { lobby } = table
    const bea = await sit(table, 'aa')
    lobby.lock(true)
    bea.link.close('lost')
    await settle()
    const back = await sit(table, 'aa', { resume: bea.token })
    expect(back.answer).toBe('welcome')
    expect(back.heard[0]).toMatchObject({ kind: 'welcome', admission: { locked: true } })
  })

  it('is for the host to lock, and for nobody once it is over', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    const every = [bea.lock(true), bea.ban(lobby.me), bea.unban(1), bea.setMaxPlayers(2), bea.kick(lobby.me, 'go')]
    expect(every).toEqual(every.map(() => 'not-host'))
    lobby.leave()
    const over = [lobby.lock(true), lobby.ban(bea.me), lobby.unban(1), lobby.setMaxPlayers(2)]
    expect(over).toEqual(over.map(() => 'ended'))
    expect(() => bea.lock('yes' as never)).toThrow('Write true to lock the lobby')
  })
})

describe('a banned player', () => {
  it('stays out for the life of the lobby, by the token of the seat, by the browser, over any link', async () => {
    const table = openTable()
    const { lobby, clock } = table
    const mallory = await sit(table, 'aa')
    expect(lobby.ban(mallory.id, 'No shouting.')).toBeNull()
    await settle()
    expect(mallory.closings).toEqual(['banned'])
    expect(mallory.heard.at(-1)).toEqual({ kind: 'removed', text: 'No shouting.' })
    for (const waited of [0, 3600_000, 24 * 3600_000]) {
      clock.now += waited
      expect((await sit(table, 'aa')).refused).toEqual({ kind: 'refused', reason: 'banned', text: 'No shouting.' })
      expect((await sit(table, 'bb', { resume: mallory.token })).answer).toBe('banned')
      const shown = { resume: '0'.repeat(32), earlier: [mallory.token] }
      expect((await sit(table, 'bb', shown)).answer).toBe('banned')
    }
    expect((await sit(table, 'bb')).answer).toBe('welcome')
  })

  it('connects to read what the host wrote, which signalling must not see, a few times; without a text they are refused before', async () => {
    const table = openTable()
    const { lobby, role, clock } = table
    const [mallory, eve] = [await sit(table, 'aa'), await sit(table, 'bb')]
    lobby.ban(mallory.id, 'No shouting.')
    lobby.ban(eve.id)
    lobby.lock(true)
    const tries = (browser: string) => Array.from({ length: 6 }, () => role.accept(newcomer, { browser }))
    expect(tries('aa')).toEqual([null, null, null, null, 'banned', 'banned'])
    expect(tries('bb')).toEqual(Array.from({ length: 6 }, () => 'banned'))
    clock.now += 10_000
    expect(tries('aa').slice(0, 2)).toEqual([null, 'banned'])
    expect(role.accept(newcomer, { browser: 'cc' })).toBe('locked')
  })

  it('is out also when they were away, and when a second link of their browser was on its way', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    mallory.link.close('lost')
    await settle()
    expect(table.role.accept(newcomer, { browser: 'aa' })).toBeNull()
    expect(table.lobby.ban(mallory.id)).toBeNull()
    expect(names(table.lobby)).toEqual(['Ann'])
    expect((await sit(table, 'aa')).refused).toEqual({ kind: 'refused', reason: 'banned' })
  })

  it('is known by address where the host is given a mark of it', async () => {
    const table = openTable()
    const { role, lobby } = table
    const [hostEnd, link] = loopbackPair()
    role.arrive(hostEnd, { address: 'x1' })
    link.send('bulk', encodeMessage({ ...hello, name: 'Eve' }))
    await settle()
    lobby.ban(idOf(lobby, 'Eve'))
    expect(role.accept(newcomer, { browser: 'bb', address: 'x1' })).toBe('banned')
    expect(role.accept(newcomer, { browser: 'x1', address: 'x2' })).toBeNull()
  })

  it('is listed for the host alone, and let in again when the ban is lifted', async () => {
    const table = openTable()
    const { lobby } = table
    const bea = await table.join('Bea')
    const mallory = await sit(table, 'aa')
    lobby.ban(mallory.id, ' \u202eNo\nshouting.\u0007 ')
    await settle()
    expect(lobby.bans).toEqual([{ id: 1, name: 'Mallory', text: 'No shouting.' }])
    expect(bea.bans).toEqual([])
    expect([lobby.unban(2), lobby.unban(1), lobby.unban(1)]).toEqual(['no-such-ban', null, 'no-such-ban'])
    expect((await sit(table, 'aa')).answer).toBe('welcome')
  })

  it('is not the host, nor somebody who is not there', () => {
    const { lobby } = openTable()
    expect([lobby.ban(lobby.me), lobby.ban(12345 as PlayerId)]).toEqual(['not-yourself', 'no-such-player'])
    expect(lobby.bans).toEqual([])
  })

  it('is one of two hundred at most', () => {
    const bans = new Bans()
    for (let i = 0; i < 1000; i++) bans.add({ name: 'M', text: null, marks: [`mark ${i}`] })
    expect([bans.all.length, bans.find(['mark 999'])?.id, bans.find(['mark 1'])]).toEqual([200, 1000, null])
  })

  it('stays banned when another host goes on, as does a lock and a recent kick', async () => {
    const table = openTable()
    const { lobby, role, clock } = table
    const [mallory, eve] = [await sit(table, 'aa'), await sit(table, 'bb')]
    lobby.ban(mallory.id)
    lobby.kick(eve.id)
    lobby.lock(true)
    await settle()
    const saved = JSON.parse(JSON.stringify(role.save().admission))
    clock.now += 30_000
    const heir = newHostLobby(clock.platform, { admission: saved })
    expect([heir.lobby.locked, heir.lobby.bans]).toEqual([true, lobby.bans])
    heir.lobby.lock(false)
    const asked = ['aa', 'bb', 'cc'].map((browser) => heir.role.accept(newcomer, { browser }))
    expect(asked).toEqual(['banned', 'kicked', null])
    heir.lobby.ban(heir.lobby.me)
    clock.now += 31_000
    expect(heir.role.accept(newcomer, { browser: 'bb' })).toBe('kicked')
    clock.now += 30_000
    expect(heir.role.accept(newcomer, { browser: 'bb' })).toBeNull()
  })
})

describe('a word to somebody who is removed', () => {
  it('reaches their page, with the reason, in the lobby and in what it waits for', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    const waiting = failure(bea.session())
    expect(lobby.kick(bea.me, 'Be kind next time.')).toBeNull()
    await settle()
    expect([bea.state, bea.hostText]).toEqual(['ended', 'Be kind next time.'])
    expect(await waiting).toMatchObject({ reason: 'kicked', hostText: 'Be kind next time.' })
    expect(await waiting).toBeInstanceOf(StarwireError)
  })

  it('is one clean line of 200 characters, whatever was written; and nothing where nothing is left', async () => {
    const { lobby, join } = openTable()
    for (const [said, read] of [
      ['a\u0000b\u202e\u001b[31m\r\nc', 'a b [31m c'],
      ['x'.repeat(1_000_000), 'x'.repeat(200)],
      [' \u200b\n ', null],
      [undefined, null],
    ] as const) {
      const bea = await join('Bea')
      expect(lobby.kick(bea.me, said)).toBeNull()
      await settle()
      expect([bea.state, bea.hostText]).toEqual(['ended', read])
    }
    expect(() => lobby.kick(lobby.me, 5 as never)).toThrow(TypeError)
  })

  it('is cleaned again by the page that shows it, and one of 1 MB is no message', async () => {
    const table = openTable()
    const bea = await table.join('Bea')
    const [hostEnd] = table.way.pairs.at(-1)!
    hostEnd.send('bulk', encodeMessage({ kind: 'removed', text: 'x'.repeat(1_000_000) }))
    await settle()
    hostEnd.send('bulk', encodeMessage({ kind: 'removed', text: 'a\u202eb' }))
    hostEnd.close('kicked')
    await settle()
    expect([bea.state, bea.hostText]).toEqual(['ended', 'ab'])
  })
})

describe('the maximum of players', () => {
  it('changes for newcomers and is told, but never goes below those who sit or above what the game allows', async () => {
    const { lobby, join, role } = openTable({ maxPlayers: 2 })
    const bea = await join('Bea')
    expect(role.accept(newcomer)).toBe('full')
    expect(lobby.setMaxPlayers(3)).toBeNull()
    await settle()
    expect([lobby.maxPlayers, bea.maxPlayers, role.accept(newcomer)]).toEqual([3, 3, null])
    expect(lobby.setMaxPlayers(1)).toBe('too-many-players')
    expect(lobby.setMaxPlayers(2)).toBeNull()
    expect(role.accept(newcomer)).toBe('full')
    for (const wrong of [0, 5, 2.5, Number.NaN, '3'])
      expect(() => lobby.setMaxPlayers(wrong as never)).toThrow(RangeError)
  })
})
