/** Who was kicked stays out for a minute, by the seat's token and by the browser, and nobody else does. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserName, splitBrowser, withBrowser } from '../../../../net/lobby/admission/browser-mark.ts'
import { RecentKicks } from '../../../../net/lobby/admission/recent-kicks.ts'
import { joinNote } from '../../../../net/lobby/join-note.ts'
import { thisPage } from '../../../../net/platform/platform.ts'
import { virtualStorage } from '../../../../net/platform/virtual-page.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import { openTable, settle, yard } from '../support.ts'
import { sit } from './comers.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const newcomer = joinNote(yard)
describe('a kicked player', () => {
  it('is refused before connecting and at the hello for a minute from the same browser, in a new name', async () => {
    const table = openTable()
    const { role, lobby, clock } = table
    const mallory = await sit(table, 'aa')
    expect(lobby.kick(mallory.id)).toBeNull()
    await settle()
    expect(mallory.closings).toEqual(['kicked'])
    for (const waited of [0, 2000, 57_000]) {
      clock.now += waited
      expect(role.accept(newcomer, { browser: 'aa' })).toBe('kicked')
      expect((await sit(table, 'aa')).answer).toBe('kicked')
    }
    clock.now += 2000
    expect(role.accept(newcomer, { browser: 'aa' })).toBeNull()
    expect((await sit(table, 'aa')).answer).toBe('welcome')
  })

  it('is refused with the token of the seat, from whichever browser', async () => {
    const table = openTable()
    const mallory = await sit(table, null)
    table.lobby.kick(mallory.id)
    await settle()
    expect((await sit(table, null, { resume: mallory.token })).answer).toBe('kicked')
    expect((await sit(table, 'bb', { resume: mallory.token })).answer).toBe('kicked')
    table.clock.now += 61_000
    expect((await sit(table, null, { resume: mallory.token })).answer).toBe('seat-lost')
  })

  it('is out also when the kick came while the connection was lost', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    mallory.link.close('lost')
    await settle()
    expect(table.lobby.kick(mallory.id)).toBeNull()
    expect((await sit(table, 'aa', { resume: mallory.token })).answer).toBe('kicked')
    expect(table.role.accept(newcomer, { browser: 'aa' })).toBe('kicked')
  })

  it('who was dropped for harm stays out, too, with a seat or before one', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    for (let i = 0; i < 40; i++) mallory.link.send('bulk', Uint8Array.of(1))
    await settle()
    expect(mallory.closings).toEqual(['kicked'])
    expect(table.role.accept(newcomer, { browser: 'aa' })).toBe('kicked')
    const [hostEnd, early] = loopbackPair()
    table.role.arrive(hostEnd, { browser: 'cc' })
    for (let i = 0; i < 40; i++) early.send('bulk', Uint8Array.of(1))
    await settle()
    expect(table.role.accept(newcomer, { browser: 'cc' })).toBe('kicked')
  })
})

describe('a kick', () => {
  it('keeps nobody else out: other browsers, those that say nothing, and a seat of the same browser', async () => {
    const table = openTable()
    const [mallory, sister] = [await sit(table, 'aa'), await sit(table, 'aa')]
    table.lobby.kick(mallory.id)
    await settle()
    expect(table.role.accept(newcomer, { browser: 'bb' })).toBeNull()
    expect(table.role.accept(newcomer, { browser: null })).toBeNull()
    sister.link.close('lost')
    await settle()
    // Her seat is hers, though the browser is the same.
    expect(table.role.accept(joinNote(yard, 'returner'), { browser: 'aa' })).toBeNull()
    expect((await sit(table, 'aa', { resume: sister.token })).answer).toBe('welcome')
  })

  it('is not what a guest who left or lost the connection suffers', async () => {
    const table = openTable()
    for (const reason of ['left', 'lost', 'away'] as const) {
      ;(await sit(table, 'aa')).link.close(reason)
      await settle()
      expect(table.role.accept(newcomer, { browser: 'aa' })).toBeNull()
    }
  })

  it('is remembered for a thousand marks and no more', () => {
    const out = new RecentKicks()
    for (let i = 0; i < 3000; i++) out.add([`mark ${i}`], i)
    expect([out.has('mark 2999', 3000), out.has('mark 2000', 3000), out.has('mark 1999', 3000)]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('what a browser calls itself', () => {
  const browserWith = (initial?: string) => {
    const storage = virtualStorage()
    if (initial !== undefined) storage.write('starwire.browser', initial)
    return { ...thisPage, storage }
  }

  it('is the same for one lobby, however its code is typed, and another for each other lobby', () => {
    const browser = browserWith()
    const name = browserName('K7RX2', browser)
    expect(name).toMatch(/^[0-9a-f]{16}$/)
    expect(browserName(' k7-rx2 ', browser)).toBe(name)
    expect(browserName('K7RX3', browser)).not.toBe(name)
    expect(browserName('K7RX2', browser)).toBe(name)
    expect(browserName('K7RX2', browserWith())).not.toBe(name)
  })

  it('takes no more room for a thousand lobbies than for sixteen', () => {
    const browser = browserWith()
    const letters = '23456789CDFHJKMNPRTVWX'
    for (let i = 0; i < 400; i++) browserName(`222${letters[Math.floor(i / 22)]}${letters[i % 22]}`, browser)
    expect(browser.storage.read('starwire.browser')?.length).toBeLessThan(600)
  })

  it.each(['', 'nonsense', '{}', 'null', '[1,null,["K7RX2"],["K7RX2","<b>"]]'])(
    'survives %j in the storage',
    (text) => {
      const browser = browserWith(text)
      const name = browserName('K7RX2', browser)
      expect(name).toMatch(/^[0-9a-f]{16}$/)
      expect(browserName('K7RX2', browser)).toBe(name)
    },
  )

  it('is nothing where nothing can be stored, and for what is no code', () => {
    // Node has no storage unless it is asked for.
    vi.stubGlobal('localStorage', undefined)
    expect(browserName('K7RX2')).toBeNull()
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    expect(browserName('K7RX2')).toBeNull()
    expect(browserName('no code', browserWith())).toBeNull()
  })

  it('stands behind the join note, and whoever writes it otherwise has said nothing', () => {
    const browser = '0123456789abcdef'
    expect(splitBrowser(withBrowser('a b', browser))).toEqual({ note: 'a b', browser })
    expect(splitBrowser(withBrowser('a b', null))).toEqual({ note: 'a b', browser: null })
    for (const info of ['', 'x browser:', 'x browser:0123', `x browser:${browser} y`])
      expect(splitBrowser(info)).toEqual({ note: info, browser: null })
  })
})
