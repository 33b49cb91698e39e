/** A guest whose link dies comes back to the same seat and to what is theirs; nobody else does, and nobody gains by it. */
import { createLobby, joinLobby } from 'starwire'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StarwireError } from '../../../../net/errors/starwire-error.ts'
import { joinNote } from '../../../../net/lobby/join-note.ts'
import type { LobbyObject } from '../../../../net/lobby/lobby.ts'
import { encodeMessage, type HostMessage } from '../../../../net/lobby/messages.ts'
import type { Session } from '../../../../net/session/types.ts'
import type { Link } from '../../../../net/transport/link.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import { WIRE_VERSION } from '../../../../net/wire/version.ts'
import { seatOf } from '../../../../net/world/ids.ts'
import { broken, listen, names, openTable, type Stranger, settle, type Table, type Yard, yard } from '../support.ts'

beforeEach(() => {
  broken.world = null
})
afterEach(() => {
  vi.restoreAllMocks()
})

const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  return error instanceof StarwireError ? error.reason : `no StarwireError: ${error}`
}
const presence = (lobby: LobbyObject<Yard>): string[] => lobby.roster.map((member) => member.presence)
const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const
const tokenOf = ({ heard }: Stranger): string => {
  const welcome = heard.find((message) => message.kind === 'welcome')
  return welcome?.kind === 'welcome' ? welcome.resume.token : 'none'
}

interface Playing extends Table {
  readonly bea: LobbyObject<Yard>
  readonly host: Session<Yard>
  readonly hers: Session<Yard>
  /** Bea's token in the world of the host: what she steers. */
  own(): { id: number; x: number } | undefined
  /** Lets `seconds` pass for clocks and timers alike. */
  pass(seconds: number): Promise<void>
}

/** A running match of Ann, who hosts, and Bea, who dials again when she loses the host. */
async function playing(options: Parameters<typeof openTable>[0] = {}): Promise<Playing> {
  const table = openTable(options)
  const { lobby, join, clock } = table
  const bea = await join('Bea', yard, { dials: true })
  lobby.start()
  const [host, hers] = await Promise.all([lobby.session(), bea.session()])
  await clock.tick(60)
  return {
    ...table,
    bea,
    host,
    hers,
    own: () => {
      // The host's own was the first.
      const token = host.world().entities[1]
      return token && { id: token.id, x: token.fields.x as number }
    },
    async pass(seconds) {
      for (let left = seconds; left > 0; left -= 0.25) {
        await clock.tick(15)
      }
    },
  }
}

describe('a guest whose link is lost', () => {
  it('in the match is back without help in the same seat and the same ship, in the lobby and session that they had', async () => {
    const { lobby, clock, bea, hers, host, way, pass } = await playing()
    const heard = listen(bea)
    hers.input({ x: 1 })
    await clock.tick(60)
    hers.input({ x: 0 })
    await clock.tick(30)
    const [ship] = [...hers.view(clock.now).all('token')].filter(({ mine }) => mine)
    const before = { id: ship?.id, x: ship?.x, me: bea.me, token: bea.resumeToken }
    way.fault = 'host-silent'
    way.lose()
    await settle()
    expect([bea.state, hers.me]).toEqual(['reconnecting', bea.me])
    await pass(30)
    expect(host.view(clock.now).players).toEqual([lobby.me, bea.me])
    way.fault = null
    await pass(6)
    expect(heard.states).toEqual(['reconnecting', 'playing'])
    expect(heard.endings).toEqual([])
    expect(await bea.session()).toBe(hers)
    const [again] = [...hers.view(clock.now).all('token')].filter(({ mine }) => mine)
    expect({ id: again?.id, x: again?.x, me: bea.me }).toEqual({ id: before.id, x: before.x, me: before.me })
    expect([...hers.view(clock.now).all('token')]).toHaveLength(2)
    expect(bea.resumeToken).toMatch(/^[0-9a-f]{32}$/)
    expect(bea.resumeToken).not.toBe(before.token)
    // And steers it.
    hers.input({ x: -1 })
    await clock.tick(60)
    expect([...hers.view(clock.now).all('token')].find(({ mine }) => mine)?.x).toBeLessThan(Number(before.x) - 50)
    expect([...host.view(clock.now).all('token')].find(({ id }) => id === before.id)?.x).toBeLessThan(
      Number(before.x) - 50,
    )
  })

  it('is shown as away to everybody until they are back, and sees the host as away', async () => {
    const { lobby, join, bea, way, pass, clock } = await playing()
    const cleo = await join('Cleo')
    await clock.tick(5)
    way.fault = 'host-silent'
    way.pairs[0]?.[0].close('lost')
    await settle()
    expect(presence(lobby)).toEqual(['here', 'away', 'here'])
    expect(presence(cleo)).toEqual(['here', 'away', 'here'])
    expect(presence(bea)[0]).toBe('away')
    way.fault = null
    await pass(1)
    for (const page of [lobby, cleo, bea]) expect(presence(page)).toEqual(['here', 'here', 'here'])
  })

  it('sees the world as it was last, then as it is: what is still there neither goes nor appears anew', async () => {
    const { clock, hers, way, host } = await playing()
    const seen = (): number[] => [...hers.view(clock.now).all('token')].map(({ id }) => id)
    const before = seen()
    expect(before).toHaveLength(2)
    const objects = [...hers.view(clock.now).all('token')]
    way.fault = 'host-silent'
    way.lose()
    await settle()
    host.input({ x: 1 })
    await clock.tick(120)
    host.input({ x: 0 })
    await clock.tick(30)
    expect(seen()).toEqual(before)
    expect(hers.view(clock.now).gone).toEqual([])
    way.fault = null
    for (let i = 0; i < 600; i++) {
      await clock.tick()
      const view = hers.view(clock.now)
      expect([view.gone, view.appeared]).toEqual([[], []])
      expect([...view.all('token')]).toEqual(objects)
    }
    expect([...hers.view(clock.now).all('token')].every((token, i) => token === objects[i])).toBe(true)
    expect(seen()).toEqual(before)
    expect([...hers.view(clock.now).all('token')].map(({ x }) => x)).toEqual(
      [...host.view(clock.now).all('token')].map(({ x }) => x),
    )
  })

  it('goes on with the keys that are held, and not with what they pressed for nothing', async () => {
    const { clock, hers, way, pass, own } = await playing()
    way.lose()
    await settle()
    const x = own()?.x ?? 0
    hers.input({ x: 1 })
    await clock.tick(3)
    expect(own()?.x).toBe(x)
    await pass(3)
    expect(own()?.x).toBeGreaterThan(x + 100)
  })

  it('in the lobby keeps their seat and their readiness, and says what they said meanwhile', async () => {
    const { lobby, join, way, clock } = openTable()
    const bea = await join('Bea', yard, { dials: true })
    bea.setReady(true)
    await settle()
    way.lose()
    await settle()
    expect([bea.state, lobby.roster[1]?.presence, lobby.roster[1]?.ready]).toEqual(['reconnecting', 'away', true])
    bea.setReady(false)
    await clock.tick(60)
    expect([bea.state, lobby.roster[1]?.presence, lobby.roster[1]?.ready]).toEqual(['lobby', 'here', false])
    expect(clock.running).toBe(0)
  })

  it('comes into a match that began without them', async () => {
    const { lobby, join, way, clock } = openTable()
    const bea = await join('Bea', yard, { dials: true })
    const heard = listen(bea)
    way.fault = 'host-silent'
    way.lose()
    await settle()
    lobby.start()
    await clock.tick(30)
    way.fault = null
    await clock.tick(400)
    expect(heard.states).toEqual(['reconnecting', 'playing'])
    const session = await bea.session()
    expect([...session.view(clock.now).all('token')]).toHaveLength(2)
  })

  it('again before everything was told comes back all the same', async () => {
    const { bea, way, pass, hers, clock } = await playing()
    way.lose()
    await settle()
    const { pairs } = way
    for (let i = 0; i < 3; i++) {
      const { length } = pairs
      while (pairs.length === length) await clock.tick()
      // The hello is under way, or the welcome.
      pairs.at(-1)?.[i === 1 ? 1 : 0].close('lost')
      await settle()
      expect(bea.state).toBe('reconnecting')
    }
    await pass(10)
    expect(bea.state).toBe('playing')
    // One of the host, one of the guest: none that still dials.
    expect(clock.running).toBe(2)
    expect([...hers.view(clock.now).all('token')]).toHaveLength(2)
  })

  it('keeps their seat when the host hears their hello too late, together with the goodbye of a page that waits no longer', async () => {
    const { role, bea, way, pass, lobby, clock } = await playing()
    /** A host whose tab is asleep: what it hears, it hears later. */
    const asleep: { link: Link; heard: Uint8Array[]; closed: string | null }[] = []
    const awake = role.arrive.bind(role)
    role.arrive = (link) => {
      const guest = { link, heard: [] as Uint8Array[], closed: null as string | null }
      asleep.push(guest)
      link.listen({
        message: (_lane, bytes) => guest.heard.push(bytes),
        closed: (reason) => {
          guest.closed = reason
        },
      })
      return null
    }
    way.lose()
    await pass(7)
    const [first] = asleep
    expect([bea.state, first?.heard.length, first?.closed]).toEqual(['reconnecting', 1, 'away'])
    role.arrive = awake
    const [late, page] = loopbackPair()
    role.arrive(late)
    page.send('bulk', first?.heard[0] ?? new Uint8Array(1))
    page.close(first?.closed as 'away')
    await settle()
    expect(presence(lobby)).toEqual(['here', 'away'])
    await pass(12)
    expect([bea.state, presence(lobby)]).toEqual(['playing', ['here', 'here']])
    expect(clock.running).toBe(2)
  })

  it('by their own page going, as it does for a reload, keeps their seat; by leaving or a kick does not', async () => {
    const { lobby, join, way } = openTable()
    await join('Bea')
    way.pairs[0]?.[1].close('away')
    await settle()
    expect(presence(lobby)).toEqual(['here', 'away'])
    const cleo = await join('Cleo')
    cleo.leave()
    await settle()
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    const dan = await join('Dan')
    lobby.kick(dan.me)
    await settle()
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
  })
})

describe('the time to return', () => {
  it('ends with the seat free and the ship gone; whoever comes after it is told so', async () => {
    const { lobby, bea, way, pass, host, clock, join } = await playing({ resumeSeconds: 20 })
    const token = bea.resumeToken
    way.fault = 'host-silent'
    way.lose()
    await pass(19.5)
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    expect([...host.view(clock.now).all('token')]).toHaveLength(2)
    await pass(1)
    expect(names(lobby)).toEqual(['Ann'])
    await clock.tick(30)
    expect([...host.view(clock.now).all('token')]).toHaveLength(1)
    expect(await reasonOf(join('Bea', yard, { resume: token }))).toBe('seat-lost')
    const next = await join('Cleo')
    expect(seatOf(next.me)).toBe(seatOf(bea.me))
    expect(next.me).not.toBe(bea.me)
  })

  it('begins anew with each loss: who is back in time stays', async () => {
    const { bea, way, pass, lobby } = await playing({ resumeSeconds: 10 })
    for (let i = 0; i < 2; i++) {
      way.fault = 'host-silent'
      way.lose()
      await pass(3)
      way.fault = null
      await pass(6)
      expect([bea.state, presence(lobby)]).toEqual(['playing', ['here', 'here']])
    }
    await pass(10)
    expect([bea.state, presence(lobby)]).toEqual(['playing', ['here', 'here']])
  })

  it.each([
    ['host-silent', 'host-silent'],
    ['not-found', 'host-left'],
    ['signaling-down', 'signaling-down'],
    ['full', 'host-silent'],
  ] as const)(
    'is what a guest dials for, then they give up; with %s all the time that is %s',
    async (fault, reason) => {
      const { bea, hers, way, pass, clock } = await playing({ resumeSeconds: 20 })
      const heard = listen(bea)
      way.fault = fault
      way.lose()
      await pass(19)
      expect(bea.state).toBe('reconnecting')
      expect(way.dials).toBeGreaterThan(4)
      expect(way.dials).toBeLessThan(15)
      await pass(2)
      expect(heard).toMatchObject({ states: ['reconnecting', 'ended'], endings: [reason] })
      expect(await hers.ended).toBe(reason)
      expect(bea.resumeToken).not.toBeNull()
      const { dials } = way
      await pass(20)
      expect(way.dials).toBe(dials)
      // The host's own match.
      expect(clock.running).toBe(1)
    },
  )

  it.each(['version-mismatch', 'other-game', 'banned', 'host-left', 'seat-lost'] as const)(
    'ends at once for a guest who hears %s',
    async (fault) => {
      const { bea, way, pass } = await playing()
      const heard = listen(bea)
      way.fault = fault
      way.lose()
      await pass(1)
      expect(heard).toMatchObject({ states: ['reconnecting', 'ended'], endings: [fault] })
      expect([way.dials, bea.resumeToken]).toEqual([1, null])
    },
  )

  it('ends for a guest who leaves meanwhile, and for all when the lobby does: no clock runs on', async () => {
    const { lobby, bea, hers, way, pass, clock } = await playing()
    const heard = listen(bea)
    way.fault = 'host-silent'
    way.lose()
    await pass(1)
    bea.leave()
    expect(heard).toMatchObject({ states: ['reconnecting', 'ended'], endings: [null] })
    expect(await hers.ended).toBeNull()
    const { dials } = way
    await pass(5)
    expect(way.dials).toBe(dials)
    // The goodbye did not reach the host, who knows no better than to wait.
    expect(presence(lobby)).toEqual(['here', 'away'])
    lobby.leave()
    await settle()
    expect(clock.running).toBe(0)
    expect(clock.waiting).toBe(0)
  })

  it('of a guest who leaves while they dial ends it: the link that comes of it is closed, and the seat free', async () => {
    const { lobby, bea, way, pass } = await playing()
    let open = (): void => {}
    way.gate = new Promise((resolve) => {
      open = resolve
    })
    way.lose()
    await pass(1)
    expect([way.dials, way.pairs.length]).toEqual([1, 1])
    bea.leave()
    open()
    await pass(1)
    expect(bea.state).toBe('ended')
    // The other is their goodbye.
    expect(way.pairs.slice(1).flatMap((pair) => pair.map((end) => end.open))).toEqual([false, false, false, false])
    expect(names(lobby)).toEqual(['Ann'])
  })

  it('ends at once for a guest who leaves while they are lost: their page tells the host so, if it can', async () => {
    const { lobby, bea, way, pass, clock, host } = await playing()
    way.lose()
    await settle()
    expect(presence(lobby)).toEqual(['here', 'away'])
    bea.leave()
    await pass(0.25)
    expect([bea.state, names(lobby)]).toEqual(['ended', ['Ann']])
    expect([...host.view(clock.now).all('token')]).toHaveLength(1)
    expect(way.pairs.flatMap((pair) => pair.map((end) => end.open))).toEqual([false, false, false, false])
    // The host's match: nobody dials on.
    expect([clock.running, way.dials]).toEqual([1, 1])
  })

  it('is short before the match for a page that went, for it was closed more likely than reloaded', async () => {
    const { clock, lobby, join, way } = openTable()
    await join('Bea')
    await join('Cleo')
    way.pairs[0]?.[1].close('away')
    way.pairs[1]?.[1].close('lost')
    await settle()
    clock.skip(14_900)
    expect(names(lobby)).toEqual(['Ann', 'Bea', 'Cleo'])
    clock.skip(200)
    expect(names(lobby)).toEqual(['Ann', 'Cleo'])
    clock.skip(44_800)
    expect(names(lobby)).toEqual(['Ann', 'Cleo'])
    clock.skip(200)
    expect(names(lobby)).toEqual(['Ann'])
  })

  it('is never longer than what the host says, and in the match the same for a page that went', async () => {
    const short = openTable({ resumeSeconds: 5 })
    await short.join('Bea')
    short.way.pairs[0]?.[1].close('away')
    await settle()
    short.clock.skip(5000)
    expect(names(short.lobby)).toEqual(['Ann'])
    const { lobby, way, pass } = await playing()
    way.pairs[0]?.[1].close('away')
    way.fault = 'host-silent'
    await pass(59)
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
  })

  it('that ran out while the page slept leaves one try: the host says whether the seat is still there', async () => {
    const { bea, way, pass, clock, lobby } = await playing({ resumeSeconds: 20 })
    const heard = listen(bea)
    way.fault = 'host-silent'
    way.lose()
    await pass(1)
    way.fault = null
    const { dials } = way
    // The host's page slept, too: its timers did not run.
    clock.sleep(300_000)
    await clock.tick(60)
    expect(way.dials).toBe(dials + 1)
    expect([heard.states, presence(lobby)]).toEqual([
      ['reconnecting', 'playing'],
      ['here', 'here'],
    ])
  })

  it('ends, all the same, under a clock that is always so slow', async () => {
    const { bea, way, clock } = await playing({ resumeSeconds: 20 })
    const heard = listen(bea)
    way.fault = 'host-silent'
    way.lose()
    for (let minute = 0; minute < 3; minute++) {
      clock.sleep(60_000)
      await clock.tick()
    }
    expect(heard.endings).toEqual(['host-silent'])
    expect(clock.running).toBe(1)
  })

  it('ends as the host’s leaving for a guest who heard that the code is gone, though the server then stops answering', async () => {
    const { bea, way, pass } = await playing({ resumeSeconds: 20 })
    const heard = listen(bea)
    way.fault = 'not-found'
    way.lose()
    await pass(10)
    way.fault = 'signaling-down'
    await pass(11)
    expect(heard.endings).toEqual(['host-left'])
  })

  it('of none is none: the seat is free at once, and the guest does not dial', async () => {
    const { lobby, bea, way, pass } = await playing({ resumeSeconds: 0 })
    expect(bea.resumeToken).toBeNull()
    way.lose()
    await settle()
    expect(names(lobby)).toEqual(['Ann'])
    expect(bea.state).toBe('ended')
    await pass(2)
    expect(way.dials).toBe(0)
  })
})

describe('a seat that is kept', () => {
  it('is nobody else’s: a full lobby stays full, and its owner comes in all the same', async () => {
    const { role, lobby, bea, way, pass, join } = await playing({ maxPlayers: 2 })
    way.fault = 'host-silent'
    way.lose()
    await pass(1)
    expect(role.accept(joinNote(yard))).toBe('full')
    expect(await reasonOf(join('Cleo'))).toBe('full')
    way.fault = null
    await pass(6)
    expect([bea.state, names(lobby)]).toEqual(['playing', ['Ann', 'Bea']])
  })

  it('may be taken away by a kick, which the player reads; a minute later its token is void', async () => {
    const { lobby, bea, way, pass, join } = await playing()
    const token = bea.resumeToken
    way.fault = 'host-silent'
    way.lose()
    await pass(1)
    expect(lobby.kick(bea.me)).toBeNull()
    expect(names(lobby)).toEqual(['Ann'])
    expect(lobby.kick(bea.me)).toBe('no-such-player')
    way.fault = null
    await pass(6)
    expect(bea.state).toBe('ended')
    expect(await reasonOf(join('Bea', yard, { resume: token }))).toBe('kicked')
    await pass(61)
    expect(await reasonOf(join('Bea', yard, { resume: token }))).toBe('seat-lost')
  })

  it('is taken over by who shows its token, while the older link seems alive: that one is closed at once', async () => {
    const { lobby, bea, hers, join, clock, way, host } = await playing()
    const heard = listen(bea)
    const again = await join('Bea', yard, { resume: bea.resumeToken, dials: true })
    expect(way.pairs[0]?.[0].open).toBe(false)
    await clock.tick(60)
    expect(again.me).toBe(bea.me)
    expect(heard).toMatchObject({ states: ['ended'], endings: ['replaced'] })
    expect(await hers.ended).toBe('replaced')
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    expect(presence(lobby)).toEqual(['here', 'here'])
    const session = await again.session()
    session.input({ x: 1 })
    await clock.tick(60)
    const own = [...session.view(clock.now).all('token')].find(({ mine }) => mine)
    expect(own?.x).toBeGreaterThan(550)
    expect([...host.view(clock.now).all('token')]).toHaveLength(2)
    // One player, so one input a tick, whatever the older page still says.
    expect(host.stats().malformed).toEqual({})
  })

  it('is found again by a page that was reloaded, which knows nothing but its token', async () => {
    const { lobby, bea, join, clock, way, own } = await playing()
    const token = bea.resumeToken
    const before = own()
    way.pairs[0]?.[1].close('away')
    await clock.tick(30)
    const again = await join('Another name', yard, { resume: token })
    const session = await again.session()
    await clock.tick(60)
    expect(again.me).toBe(bea.me)
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    const ship = [...session.view(clock.now).all('token')].find(({ mine }) => mine)
    expect({ id: ship?.id, x: ship?.x }).toEqual(before)
  })

  it('of a host who was asleep, and thinks that all are there, is found again', async () => {
    const { lobby, bea, way, pass, clock, hers } = await playing({ maxPlayers: 2 })
    // Only the guest's side knows that the link is dead.
    const [hostEnd, guestEnd] = way.pairs[0] ?? []
    guestEnd?.listen({ message: () => {}, closed: () => {} })
    way.fault = 'host-silent'
    ;(bea as unknown as { role: { closed(reason: string): void } }).role.closed('lost')
    await pass(20)
    expect([bea.state, hostEnd?.open, presence(lobby)]).toEqual(['reconnecting', true, ['here', 'here']])
    way.fault = null
    await pass(6)
    expect([bea.state, hostEnd?.open, presence(lobby)]).toEqual(['playing', false, ['here', 'here']])
    await clock.tick(60)
    expect([...hers.view(clock.now).all('token')]).toHaveLength(2)
  })
})

describe('a guest who gave up', () => {
  it('on a host who slept longer than they dialled finds their seat when they ask again, and no ghost of theirs beside them', async () => {
    const { lobby, bea, way, join, clock } = await playing({ resumeSeconds: 20 })
    way.fault = 'host-silent'
    way.lose()
    clock.timersSleep = true
    await clock.tick(21 * 60)
    expect(bea.state).toBe('ended')
    const again = await join('Bea', yard, { resume: bea.resumeToken })
    await clock.tick(30)
    expect([again.me, names(lobby)]).toEqual([bea.me, ['Ann', 'Bea']])
  })
})

describe('commands', () => {
  it('that have no answer when the link is lost are rejected, and none runs twice', async () => {
    const { clock, host, hers, way, pass } = await playing()
    let rung = 0
    host.on('rung', () => rung++)
    const asked = [1, 2, 3].map((times) => reasonOf(hers.command('ring', { times })))
    // Under way to the host: the first packet has left, no answer is back.
    await clock.tick(1)
    way.lose()
    await settle()
    expect(await Promise.all(asked)).toEqual(['host-silent', 'host-silent', 'host-silent'])
    expect(await reasonOf(hers.command('ring', { times: 4 }))).toBe('host-silent')
    await pass(3)
    expect(rung).toBeLessThanOrEqual(3)
    const before = rung
    const answer = hers.command('ring', { times: 5 })
    await clock.tick(60)
    expect(await answer).toBe(10)
    expect(rung).toBe(before + 1)
  })
})

describe('a token', () => {
  it('is told to its player alone', async () => {
    const { stranger, lobby, clock } = openTable()
    const [bea, cleo] = [stranger(), stranger()]
    bea.say(hello)
    await settle()
    cleo.say(hello)
    await settle()
    bea.say({ kind: 'ready', ready: true })
    lobby.start()
    await clock.tick(30)
    const [hers, his] = [tokenOf(bea), tokenOf(cleo)]
    expect(hers).toMatch(/^[0-9a-f]{32}$/)
    expect(his).not.toBe(hers)
    expect(JSON.stringify(cleo.heard)).not.toContain(hers)
    expect(JSON.stringify(bea.heard)).not.toContain(his)
    expect(JSON.stringify(lobby.roster)).not.toMatch(/[0-9a-f]{32}/)
    expect(lobby.resumeToken).toBeNull()
  })

  it('is good until the next one was used: an answer may be lost on its way', async () => {
    const { stranger } = openTable()
    const resume = async (token: string): Promise<Stranger> => {
      const guest = stranger()
      guest.say({ ...hello, resume: token })
      await settle()
      return guest
    }
    const first = stranger()
    first.say(hello)
    await settle()
    const tokens = [tokenOf(first)]
    // The answer to the first return is lost, so the first token is shown again; then the newest one is used.
    for (const shown of [0, 0, 2]) tokens.push(tokenOf(await resume(tokens[shown] ?? '')))
    expect(new Set(tokens).size).toBe(4)
    for (const stale of [0, 1]) {
      const { heard, closed } = await resume(tokens[stale] ?? '')
      expect(heard).toEqual([{ kind: 'refused', reason: 'seat-lost' }])
      expect(closed).toBe('left')
    }
    expect(tokenOf(await resume(tokens[3] ?? ''))).toMatch(/^[0-9a-f]{32}$/)
  })

  it('that is guessed opens nothing, and each link has one guess', async () => {
    const { stranger, lobby, join } = openTable()
    const bea = await join('Bea')
    for (const resume of ['0'.repeat(32), 'f'.repeat(32), 'constructor'.padEnd(32, '0')]) {
      const mallory = stranger()
      mallory.say({ ...hello, resume })
      mallory.say({ ...hello, resume: bea.resumeToken ?? '0'.repeat(32) })
      mallory.say(hello)
      await settle()
      expect(mallory.heard.filter(({ kind }) => kind !== 'refused')).toEqual([])
    }
    expect(names(lobby)).toEqual(['Ann', 'Bea'])
    expect(bea.state).toBe('lobby')
  })

  it.each([
    ['of another length', 'abc'],
    ['in capitals', 'A'.repeat(32)],
    ['that is a number', 7],
    ['that is null', null],
    ['that is a list', ['0'.repeat(32)]],
  ])('%s is no message at all', async (_name, resume) => {
    const { stranger, lobby } = openTable()
    const mallory = stranger()
    mallory.link.send('bulk', encodeMessage({ ...hello, resume } as never as HostMessage))
    await settle()
    expect(mallory.heard).toEqual([])
    expect(names(lobby)).toEqual(['Ann'])
  })

  it('brings back six times in a row, then every ten seconds: nobody makes a host send them the world in a loop', async () => {
    const { lobby, stranger, clock } = openTable()
    const first = stranger()
    first.say(hello)
    await settle()
    let token = tokenOf(first)
    let returns = 0
    const comeBack = async (): Promise<Stranger> => {
      const guest = stranger()
      guest.say({ ...hello, resume: token })
      await settle()
      return guest
    }
    for (let i = 0; i < 50; i++) {
      const guest = await comeBack()
      if (guest.closed === null) {
        returns++
        token = tokenOf(guest)
      } else expect([guest.heard, guest.closed]).toEqual([[], 'lost'])
    }
    expect(returns).toBe(6)
    // The seat and the last link that was let in are as they were; the first was closed for it.
    expect(presence(lobby)).toEqual(['here', 'here'])
    expect(first.closed).toBe('replaced')
    clock.sleep(10_000)
    expect((await comeBack()).closed).toBeNull()
    expect((await comeBack()).closed).toBe('lost')
  })
})

describe('what a developer gives', () => {
  it.each([-1, 1.5, 3601, Number.NaN, Number.POSITIVE_INFINITY, '60' as never])(
    'is refused with the range that it has: %s seconds',
    async (resumeSeconds) => {
      await expect(createLobby(yard, { name: 'Ann', resumeSeconds })).rejects.toThrow(
        `resumeSeconds is a whole number from 0 to 3600, not ${resumeSeconds}.`,
      )
    },
  )

  it('is refused as a token when it is no text', async () => {
    await expect(joinLobby(yard, 'K7QX2', { name: 'Bea', resume: 7 as never })).rejects.toThrow(TypeError)
  })
})

describe('the join note', () => {
  it('lets in whoever says to return, and nobody of another game', () => {
    const { role } = openTable({ maxPlayers: 1 })
    expect(role.accept(joinNote(yard))).toBe('full')
    expect(role.accept(joinNote(yard, 'returner'))).toBeNull()
    expect(role.accept('another returning')).toBe('version-mismatch')
    expect(role.accept(' returning')).toBe('version-mismatch')
  })
})
