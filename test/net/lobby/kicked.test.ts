/** Who was kicked stays out for a minute, by the seat's token and by the browser, and nobody else does. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserName, splitBrowser, withBrowser } from '../../../net/lobby/browser-mark.ts'
import { RecentKicks } from '../../../net/lobby/host/recent-kicks.ts'
import { joinNote } from '../../../net/lobby/join-note.ts'
import { decodeHostMessage, encodeMessage, type HostMessage } from '../../../net/lobby/messages.ts'
import type { Link, LinkCloseReason } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { openTable, settle, type Table, yard } from './support.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const newcomer = joinNote(yard, false)
const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const

/** A guest who says hello over a link of its own, from a browser. */
async function sit({ role }: Table, browser: string | null, resume?: string) {
  const [hostEnd, link] = loopbackPair()
  const heard: HostMessage[] = []
  const closings: LinkCloseReason[] = []
  role.arrive(hostEnd, browser)
  link.listen({
    message: (lane, bytes) => {
      const message = lane === 'bulk' ? decodeHostMessage(bytes) : null
      if (message) heard.push(message)
    },
    closed: (reason) => closings.push(reason),
  })
  link.send('bulk', encodeMessage(resume === undefined ? hello : { ...hello, resume }))
  await settle()
  const welcome = heard.find((message) => message.kind === 'welcome')
  const refused = heard.find((message) => message.kind === 'refused')
  return {
    link: link as Link,
    closings,
    id: welcome?.you as PlayerId,
    token: welcome?.resume.token ?? 'none',
    answer: welcome ? 'welcome' : (refused?.reason ?? 'nothing'),
  }
}

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
      expect(role.accept(newcomer, 'aa')).toBe('kicked')
      expect((await sit(table, 'aa')).answer).toBe('kicked')
    }
    clock.now += 2000
    expect(role.accept(newcomer, 'aa')).toBeNull()
    expect((await sit(table, 'aa')).answer).toBe('welcome')
  })

  it('is refused with the token of the seat, from whichever browser', async () => {
    const table = openTable()
    const mallory = await sit(table, null)
    table.lobby.kick(mallory.id)
    await settle()
    expect((await sit(table, null, mallory.token)).answer).toBe('kicked')
    expect((await sit(table, 'bb', mallory.token)).answer).toBe('kicked')
    table.clock.now += 61_000
    expect((await sit(table, null, mallory.token)).answer).toBe('seat-lost')
  })

  it('is out also when the kick came while the connection was lost', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    mallory.link.close('lost')
    await settle()
    expect(table.lobby.kick(mallory.id)).toBeNull()
    expect((await sit(table, 'aa', mallory.token)).answer).toBe('kicked')
    expect(table.role.accept(newcomer, 'aa')).toBe('kicked')
  })

  it('who was dropped for harm stays out, too, with a seat or before one', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    for (let i = 0; i < 40; i++) mallory.link.send('bulk', Uint8Array.of(1))
    await settle()
    expect(mallory.closings).toEqual(['kicked'])
    expect(table.role.accept(newcomer, 'aa')).toBe('kicked')
    const [hostEnd, early] = loopbackPair()
    table.role.arrive(hostEnd, 'cc')
    for (let i = 0; i < 40; i++) early.send('bulk', Uint8Array.of(1))
    await settle()
    expect(table.role.accept(newcomer, 'cc')).toBe('kicked')
  })
})

describe('a kick', () => {
  it('keeps nobody else out: other browsers, those that say nothing, and a seat of the same browser', async () => {
    const table = openTable()
    const [mallory, sister] = [await sit(table, 'aa'), await sit(table, 'aa')]
    table.lobby.kick(mallory.id)
    await settle()
    expect(table.role.accept(newcomer, 'bb')).toBeNull()
    expect(table.role.accept(newcomer, null)).toBeNull()
    sister.link.close('lost')
    await settle()
    // Her seat is hers, though the browser is the same.
    expect(table.role.accept(joinNote(yard, true), 'aa')).toBeNull()
    expect((await sit(table, 'aa', sister.token)).answer).toBe('welcome')
  })

  it('is not what a guest who left or lost the connection suffers', async () => {
    const table = openTable()
    for (const reason of ['left', 'lost', 'away'] as const) {
      ;(await sit(table, 'aa')).link.close(reason)
      await settle()
      expect(table.role.accept(newcomer, 'aa')).toBeNull()
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
  const storage = (initial?: string) => {
    const kept = new Map(initial === undefined ? [] : [['starwire.browser', initial]])
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    })
    return kept
  }

  it('is the same for one lobby, however its code is typed, and another for each other lobby', () => {
    storage()
    const name = browserName('K7RX2')
    expect(name).toMatch(/^[0-9a-f]{16}$/)
    expect(browserName(' k7-rx2 ')).toBe(name)
    expect(browserName('K7RX3')).not.toBe(name)
    expect(browserName('K7RX2')).toBe(name)
  })

  it('takes no more room for a thousand lobbies than for sixteen', () => {
    const kept = storage()
    const letters = '23456789CDFHJKMNPRTVWX'
    for (let i = 0; i < 400; i++) browserName(`222${letters[Math.floor(i / 22)]}${letters[i % 22]}`)
    expect(kept.get('starwire.browser')?.length).toBeLessThan(600)
  })

  it.each(['', 'nonsense', '{}', 'null', '[1,null,["K7RX2"],["K7RX2","<b>"]]'])(
    'survives %j in the storage',
    (text) => {
      storage(text)
      const name = browserName('K7RX2')
      expect(name).toMatch(/^[0-9a-f]{16}$/)
      expect(browserName('K7RX2')).toBe(name)
    },
  )

  it('is nothing where nothing can be stored, and for what is no code', () => {
    expect(browserName('K7RX2')).toBeNull()
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    expect(browserName('K7RX2')).toBeNull()
    storage()
    expect(browserName('no code')).toBeNull()
  })

  it('stands behind the join note, and whoever writes it otherwise has said nothing', () => {
    const browser = '0123456789abcdef'
    expect(splitBrowser(withBrowser('a b', browser))).toEqual({ note: 'a b', browser })
    expect(splitBrowser(withBrowser('a b', null))).toEqual({ note: 'a b', browser: null })
    for (const info of ['', 'x browser:', 'x browser:0123', `x browser:${browser} y`])
      expect(splitBrowser(info)).toEqual({ note: info, browser: null })
  })
})
