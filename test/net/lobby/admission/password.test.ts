/** A lobby's password: asked by the host over the link, never seen by signalling, hashed slowly, and guessed seldom. */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { StarwireError } from '../../../../net/errors/starwire-error.ts'
import { PasswordGuard } from '../../../../net/lobby/admission/password-guard.ts'
import { hashOfKey, passwordKey } from '../../../../net/lobby/admission/password-key.ts'
import { createLobby } from '../../../../net/lobby/create.ts'
import type { HostRole } from '../../../../net/lobby/host/host-role.ts'
import { joinLobby } from '../../../../net/lobby/join.ts'
import { joinNote } from '../../../../net/lobby/join-note.ts'
import { encodeMessage } from '../../../../net/lobby/messages.ts'
import { yard as smallYard } from '../../../sim/lobbies/player.ts'
import { LobbyWorld, type Site } from '../../../sim/lobbies/world.ts'
import { HandClock, names, openTable, settle, type Table, type Yard, yard } from '../support.ts'
import { type Comer, sit } from './comers.ts'

const PASSWORD = 'three geese, one lamp'
const SOON = { interval: 1, timeout: 30_000 }
const SALT = 'ab'.repeat(16)
const WRONG = '00'.repeat(32)
const failure = (asked: Promise<unknown>): Promise<StarwireError> =>
  asked.then(
    () => new Error('joined'),
    (error) => error,
  ) as never

/** A clock without time between its ticks, so that a key is there at once. */
const atOnce = {
  startClock(_hz: number, onTick: (now: number) => void) {
    let stopped = false
    queueMicrotask(() => {
      while (!stopped) onTick(0)
    })
    const stop = (): void => {
      stopped = true
    }
    return { kind: 'timer' as const, stop }
  },
}

/** The key of PASSWORD with SALT: computed once for all tests. */
let key = ''
beforeAll(async () => {
  key = (await passwordKey(PASSWORD, SALT, atOnce)) ?? ''
})

/** A lobby with the password, whose verifier was saved by another host. */
function guarded(): Table {
  const password = { salt: SALT, hash: hashOfKey(key) }
  return openTable({ admission: { locked: false, bans: [], kicks: [], formerCodes: [], password } })
}

/** Answers the host's question with a key. */
async function guess(comer: Comer, shown: string, salt = SALT): Promise<string> {
  comer.link.send('bulk', encodeMessage({ kind: 'guess', salt, key: shown }))
  // The key is hashed in later tasks.
  await vi.waitFor(() => expect(comer.heard.length).toBeGreaterThan(1), SOON)
  const { kind, ...rest } = comer.heard[1]!
  return kind === 'refused' ? (rest as { reason: string }).reason : kind
}

describe('a lobby with a password', () => {
  it('asks newcomers for it at the hello, admits who knows it, and tells no salt to who may not come anyway', async () => {
    const table = guarded()
    expect([table.lobby.hasPassword, table.role.accept(joinNote(yard))]).toEqual([true, null])
    const bea = await sit(table, 'aa')
    expect(bea.heard).toEqual([{ kind: 'ask', salt: SALT }])
    expect(names(table.lobby)).toEqual(['Ann'])
    expect(await guess(bea, key)).toBe('welcome')
    expect(names(table.lobby)).toEqual(['Ann', 'Mallory'])
    table.lobby.lock(true)
    expect((await sit(table, 'bb')).answer).toBe('locked')
  })

  it('refuses a wrong key, one of an older salt, and one that nobody asked for', async () => {
    const table = guarded()
    expect(await guess(await sit(table, 'aa'), WRONG)).toBe('wrong-password')
    const unasked = openTable()
    const bea = await sit(unasked, 'aa')
    bea.link.send('bulk', encodeMessage({ kind: 'guess', salt: SALT, key }))
    const stale = await sit(table, 'bb')
    for (let i = 0; i < 20; i++) {
      bea.link.send('bulk', encodeMessage({ kind: 'guess', salt: SALT, key }))
      stale.link.send('bulk', encodeMessage({ kind: 'guess', salt: 'cd'.repeat(16), key }))
    }
    await settle()
    expect([bea.closings, stale.closings]).toEqual([['kicked'], ['kicked']])
  })

  it('asks nobody who comes back with the token of their seat', async () => {
    const table = guarded()
    const bea = await sit(table, 'aa')
    await guess(bea, key)
    const welcome = bea.heard.find((message) => message.kind === 'welcome')!
    bea.link.close('lost')
    await settle()
    expect((await sit(table, 'aa', { resume: welcome.resume.token })).answer).toBe('welcome')
  })

  it('is told the same by another host that goes on with what this one kept, and that is no password', async () => {
    const table = guarded()
    const saved = JSON.parse(JSON.stringify(table.role.save().admission))
    expect(saved.password).toEqual({ salt: SALT, hash: hashOfKey(key) })
    const heir = openTable({ admission: saved })
    expect(await guess(await sit(heir, 'aa'), key)).toBe('welcome')
    expect(await guess(await sit(heir, 'bb'), saved.password.hash)).toBe('wrong-password')
  })

  it('gives a guest who does not answer up, and one who goes while the key is looked at no seat', async () => {
    const table = guarded()
    const silent = await sit(table, 'aa')
    table.clock.skip(10_001)
    await settle()
    expect(silent.closings).toEqual(['lost'])
    const gone = await sit(table, 'bb')
    gone.link.send('bulk', encodeMessage({ kind: 'guess', salt: SALT, key }))
    gone.link.close('left')
    await new Promise((done) => setTimeout(done, 20))
    expect(names(table.lobby)).toEqual(['Ann'])
    expect(table.clock.waiting).toBe(0)
  })
})

describe('setting a password', () => {
  it('asks from that moment on, though it can be guessed only when it is hashed, and hashes a little in each tick', async () => {
    const { lobby, role, clock, join } = openTable()
    const bea = await join('Bea')
    const asked: boolean[] = []
    bea.on('admission', ({ hasPassword }) => asked.push(hasPassword))
    const setting = lobby.setPassword(PASSWORD)
    expect([lobby.hasPassword, role.save().admission.password?.hash]).toEqual([true, null])
    const shared = { lobby, role, clock, join } as never
    const cid = await sit(shared, 'aa')
    const [question] = cid.heard
    expect(question).toMatchObject({ kind: 'ask' })
    await vi.waitFor(async () => {
      await clock.tick()
      expect(role.save().admission.password?.hash).not.toBeNull()
    }, SOON)
    expect(await setting).toBeNull()
    const { salt } = question as { salt: string }
    expect(await guess(cid, (await passwordKey(PASSWORD, salt, atOnce)) ?? '', salt)).toBe('welcome')
    expect(await lobby.setPassword(null)).toBeNull()
    await settle()
    expect(asked).toEqual([true, false])
    expect((await sit(shared, 'bb')).answer).toBe('welcome')
    expect(clock.running).toBe(0)
  })

  it('twice makes the later one count, and asks those on their way anew without a guess lost', async () => {
    const table = openTable()
    const first = table.lobby.setPassword('first')
    const bea = await sit(table, 'aa')
    const second = table.lobby.setPassword(null)
    bea.link.send('bulk', encodeMessage({ kind: 'guess', salt: (bea.heard[0] as { salt: string }).salt, key: WRONG }))
    await vi.waitFor(async () => {
      await table.clock.tick()
      expect(bea.heard.some(({ kind }) => kind === 'welcome')).toBe(true)
    }, SOON)
    expect(await Promise.all([first, second])).toEqual([null, null])
    expect(table.clock.running).toBe(0)
  })

  it('takes 1 to 128 characters, from the host alone, and says so', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    expect(await bea.setPassword('x')).toBe('not-host')
    await expect(lobby.setPassword('')).rejects.toThrow('null for none')
    await expect(lobby.setPassword('x'.repeat(1_000_000))).rejects.toThrow(RangeError)
    await expect(lobby.setPassword(5 as never)).rejects.toThrow(TypeError)
    await expect(createLobby(smallYard, { name: 'Ann', offline: true, password: '' })).rejects.toThrow(RangeError)
    await expect(joinLobby(smallYard, 'K7RX2', { name: 'Bea', password: 5 as never })).rejects.toThrow(TypeError)
    lobby.leave()
    expect(await lobby.setPassword('x')).toBe('ended')
  })
})

describe('guessing', () => {
  it('a hundred times from one browser is heard five times; another browser comes in meanwhile', async () => {
    const table = guarded()
    const answers: string[] = []
    let wait = 0
    for (let i = 0; i < 100; i++) {
      const mallory = await sit(table, 'aa')
      answers.push(await guess(mallory, WRONG))
      const refused = mallory.heard[1] as { retryAfterSeconds?: number }
      wait = refused.retryAfterSeconds ?? wait
    }
    expect(answers.filter((answer) => answer === 'wrong-password')).toHaveLength(5)
    expect(answers.filter((answer) => answer === 'rate-limited')).toHaveLength(95)
    expect(wait).toBe(20)
    // The right one is not heard either: the limit is no oracle.
    expect(await guess(await sit(table, 'aa'), key)).toBe('rate-limited')
    expect(await guess(await sit(table, 'bb'), key)).toBe('welcome')
    table.clock.skip(wait * 1000)
    expect(await guess(await sit(table, 'aa'), key)).toBe('welcome')
  })

  it('by a new name each time has a budget for all, which fills by one a second', async () => {
    const guard = new PasswordGuard(new HandClock().platform, { salt: SALT, hash: hashOfKey(key) })
    const outcomes: unknown[] = []
    for (let i = 0; i < 300; i++) outcomes.push(await guard.guess(WRONG, { browser: `b${i}`, address: null }))
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(120)
    expect(outcomes.at(-1)).toEqual({ waitSeconds: 1 })
  })

  it('by a new name each time from one address that is known costs other addresses nothing', async () => {
    const guard = new PasswordGuard(new HandClock().platform, { salt: SALT, hash: hashOfKey(key) })
    const heard = { wrong: 0 }
    for (let i = 0; i < 300; i++)
      if ((await guard.guess(WRONG, { browser: `b${i}`, address: 'x' })) === 'wrong') heard.wrong++
    expect(heard.wrong).toBe(30)
    expect(await guard.guess(key, { browser: 'c', address: 'y' })).toBe('right')
  })

  it('a hundred at once is no way around the limit, and right guesses cost nothing', async () => {
    const guard = new PasswordGuard(new HandClock().platform, { salt: SALT, hash: hashOfKey(key) })
    const marks = { browser: 'b', address: null }
    for (let i = 0; i < 30; i++) expect(await guard.guess(key, marks)).toBe('right')
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => guard.guess(WRONG, marks)))
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(5)
  })
})

/** Two pages at one server, and every text that passes between a page and the server. */
function tappedWorld() {
  const world = new LobbyWorld(5)
  const texts: string[] = []
  const tapped = (site: Site) => {
    const Base = site.options.WebSocket as unknown as new (url: string) => WebSocket
    class Tapped {
      constructor(url: string) {
        const socket = new Base(url)
        const send = socket.send.bind(socket)
        socket.send = (data) => {
          texts.push(String(data))
          send(data)
        }
        socket.addEventListener('message', ({ data }) => texts.push(String(data)))
        // biome-ignore lint/correctness/noConstructorReturn: the socket itself, with an ear on it.
        return socket as never
      }
    }
    return { ...site.options, WebSocket: Tapped as never }
  }
  return { world, texts, host: tapped(world.newSite()), guest: tapped(world.newSite()) }
}

describe('over real signalling', () => {
  it('the password, its key and its salt pass no message of signalling; a join without or with a wrong one ends in words', async () => {
    const { world, texts, host, guest } = tappedWorld()
    const run = async <T>(asked: Promise<T>): Promise<T> => {
      let done = false
      const end = (): void => {
        done = true
      }
      asked.then(end, end)
      await vi.waitFor(async () => {
        await world.time.runTo(world.time.now + 200)
        expect(done).toBe(true)
      }, SOON)
      return asked
    }
    const lobby = await run(createLobby(smallYard, { ...host, name: 'Ann', password: PASSWORD }))
    const join = (password?: string) =>
      joinLobby(smallYard, lobby.code, { ...guest, name: 'Bea', ...(password !== undefined && { password }) })
    for (const password of [undefined, '', 'x'.repeat(1_000_000)])
      expect(await run(failure(join(password)))).toMatchObject({ reason: 'wrong-password' })
    expect(await run(failure(join('not it')))).toMatchObject({
      reason: 'wrong-password',
      detail: 'refused by the host',
    })
    const bea = await run(join(PASSWORD))
    expect([bea.hasPassword, names(lobby)]).toEqual([true, ['Ann', 'Bea']])
    expect(texts.length).toBeGreaterThan(20)
    const { role } = lobby as unknown as { role: HostRole<Yard> }
    const { salt, hash } = role.save().admission.password as { salt: string; hash: string }
    for (const secret of [PASSWORD, 'geese', 'not it', salt, hash, (await passwordKey(PASSWORD, salt, atOnce)) ?? ''])
      expect(texts.filter((text) => text.includes(secret))).toEqual([])
    bea.leave()
    lobby.leave()
    await world.time.runTo(world.time.now + 20_000)
    await run(world.server.stop())
    expect(world.sites.map(({ page }) => page.pending)).toEqual([
      { timers: 0, clocks: 0, listeners: 0 },
      { timers: 0, clocks: 0, listeners: 0 },
    ])
  })
})

describe('a hostile host', () => {
  it('that asks for the password again and again keeps a page busy no longer than three times', async () => {
    const { clock } = openTable()
    const { enterLobby } = await import('../../../../net/lobby/guest/enter.ts')
    const { loopbackPair } = await import('../../../../net/transport/loopback.ts')
    const [hostEnd, link] = loopbackPair()
    const heard: unknown[] = []
    hostEnd.listen({ message: (_lane, bytes) => heard.push(bytes), closed: () => {} })
    const entering = failure(
      enterLobby({
        game: yard,
        code: 'K7QX2',
        link,
        name: 'Bea',
        password: 'secret',
        warn: null,
        platform: clock.platform,
      }),
    )
    for (let i = 0; i < 50; i++) hostEnd.send('bulk', encodeMessage({ kind: 'ask', salt: SALT }))
    await settle()
    expect((await entering).reason).toBe('host-silent')
    await clock.tick(3)
    expect([heard.length, clock.running, clock.waiting]).toEqual([1, 0, 0])
  })
})
