/** The budget as limits.ts has it: a class behind one address is not locked out, and who guesses or floods gains nothing. In virtual time. */
import { describe, expect, test } from 'vitest'
import { StarwireError } from '../../../net/errors/starwire-error.ts'
import { createBudget } from '../../../net/signaling/server/budget.ts'
import {
  ATTEMPT_MS,
  CLOSE_WITHIN_MS,
  defaultLimits,
  HALF_OPEN_MS,
  LEASE_MS,
} from '../../../net/signaling/server/limits.ts'
import { createMemoryStore } from '../../../net/signaling/server/memory-store.ts'
import { signTicket } from '../../../net/signaling/server/tokens.ts'
import { manualClock } from './support.ts'
import {
  type BareSocket,
  bare,
  bareGuest,
  bareHost,
  join,
  pass,
  reasonOf,
  settled,
  startServer,
  until,
} from './virtual-support.ts'

const asks = (code: string, more: { ticket?: string } = {}) =>
  ({ type: 'join', protocol: 1, code, info: '', ...more }) as const

/** The next answer to a join, whatever it is. */
async function answer(socket: BareSocket): Promise<string> {
  await until(() => socket.heard.length > 0, 'an answer')
  const message = socket.heard.shift()
  return message?.type === 'error' ? message.code : (message?.type ?? 'nothing')
}

/** A guest whom the host has let in, with its ticket. */
async function admitted(url: string, lobby: Awaited<ReturnType<typeof bareHost>>) {
  const guest = await bareGuest(url, lobby, lobby.lobby.code)
  lobby.say({ type: 'admit', peer: guest.asked.peer, epoch: guest.asked.epoch })
  const { ticket } = await guest.next('admitted')
  return { ...guest, ticket: ticket ?? '' }
}

describe('an account', () => {
  const from = { address: 'a', wider: null }

  test('refills all the time, so that nobody waits for the end of a minute', async () => {
    const clock = manualClock()
    const budget = createBudget({ ...defaultLimits, joinsPerMinute: 60 }, clock.now)
    for (let i = 0; i < 60; i++) expect(await budget.takeOf('joins', from)).toBe(0)
    expect(await budget.takeOf('joins', from)).toBeCloseTo(1000)
    clock.advance(1000)
    expect(await budget.takeOf('joins', from)).toBe(0)
    expect(await budget.takeOf('joins', from)).toBeGreaterThan(0)
    expect(await budget.takeOf('joins', { address: 'b', wider: null })).toBe(0)
  })

  test('is forgotten when it is full again, and a clock that is set back gives and takes nothing', async () => {
    const clock = manualClock()
    const budget = createBudget(defaultLimits, clock.now)
    await budget.takeOf('joins', { address: '2001:db8:1:2::/64', wider: '2001:db8:1::/48' })
    await budget.guessedWrong(from, 'CCCCC')
    clock.advance(-5000)
    budget.tidy()
    expect(budget.size).toBe(4)
    clock.advance(125_000)
    budget.tidy()
    expect(budget.size).toBe(0)
  })

  test('of wrong codes pays once for the same wrong code, and a network of 65,536 addresses pays together', async () => {
    const clock = manualClock()
    const budget = createBudget({ ...defaultLimits, wrongCodesPerMinute: 2 }, clock.now)
    for (let i = 0; i < 50; i++) await budget.guessedWrong(from, 'CCCCC')
    expect(await budget.waitToGuess(from)).toBe(0)
    await budget.guessedWrong(from, 'CCCCD')
    expect(await budget.waitToGuess(from)).toBeCloseTo(30_000)
    const customer = (n: number) => ({ address: `2001:db8:1:${n}::/64`, wider: '2001:db8:1::/48' })
    for (let n = 0; n < 20; n++) {
      expect(await budget.waitToGuess(customer(n)), `customer ${n}`).toBe(0)
      await budget.guessedWrong(customer(n), `CCC${n}`)
    }
    expect(await budget.waitToGuess(customer(20))).toBeGreaterThan(0)
  })
})

describe('guessing', () => {
  test('gets the same answer for a right code and a wrong one once the wrong ones are used up, and soon a true one again', async () => {
    const { url } = startServer({ limits: { wrongCodesPerMinute: 20 } })
    const lobby = await bareHost(url)
    const guesser = await bare(url)
    for (let i = 0; i < 20; i++) {
      guesser.say(asks(`CCC${'23456789CD'[i % 10]}${'FH'[Math.floor(i / 10)]}`))
      expect(await answer(guesser)).toBe('not-found')
    }
    for (const code of ['CCCCX', lobby.lobby.code, 'CCC2F']) {
      guesser.say(asks(code))
      expect(await guesser.next('error'), code).toMatchObject({ code: 'too-many-joins', retryAfterSeconds: 3 })
    }
    await pass(3000)
    guesser.say(asks(lobby.lobby.code))
    expect(await answer(guesser)).toBe('joining')
  })

  test('on many sockets at once, with a store that is far away, shares one account', async () => {
    const store = createMemoryStore({ maxLobbies: 10, now: () => 0 })
    const get = store.get.bind(store)
    let asked = 0
    let answering: () => void = () => {}
    const far = new Promise<void>((resolve) => {
      answering = resolve
    })
    store.get = async (code) => {
      asked++
      await far
      return get(code)
    }
    const { url, stats } = startServer({ store, limits: { wrongCodesPerMinute: 3 } })
    const sockets: BareSocket[] = []
    for (let i = 0; i < 10; i++) sockets.push(await bare(url))
    sockets.forEach((socket, i) => {
      socket.say(asks(`CCCC${'23456789CD'[i]}`))
    })
    await pass(100)
    answering()
    await until(() => sockets.every(({ heard }) => heard.length > 0), 'ten answers')
    expect(asked).toBe(3)
    expect(stats().errors).toMatchObject({ 'not-found': 3, 'too-many-joins': 7 })
  })

  test('is told to a player as what it is, with the seconds to wait', async () => {
    const { url } = startServer({ limits: { wrongCodesPerMinute: 1 } })
    expect(await reasonOf(join(url, 'CCCCC'))).toBe('not-found')
    const error = await settled(join(url, 'CCCCD')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StarwireError)
    expect(error).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: 60 })
  })
})

describe('a school class behind one address', () => {
  test('whose host crashed redials with tickets, and the healthy lobby at the next desk takes guests as before', async () => {
    // One socket asks for all thirty here, so it may say more than one page does.
    const { url, stats } = startServer({ limits: { messageBurst: 10_000 } })
    const crashing = await bareHost(url)
    const guests: Awaited<ReturnType<typeof admitted>>[] = []
    for (let i = 0; i < 30; i++) guests.push(await admitted(url, crashing))
    for (const guest of guests) guest.socket.close()
    crashing.socket.close()
    await until(() => stats().sockets === 0, 'the crash')
    await pass(LEASE_MS)
    const healthy = await bareHost(url)

    const dialer = await bare(url)
    for (let round = 0; round < 10; round++) {
      for (const { ticket } of guests) dialer.say(asks(crashing.lobby.code, { ticket }))
      await until(() => dialer.heard.length === guests.length, 'an answer to each')
      expect(new Set(dialer.heard.splice(0).map((message) => message.type === 'error' && message.code))).toEqual(
        new Set(['not-found']),
      )
    }
    const newcomer = await bare(url)
    newcomer.say(asks(healthy.lobby.code))
    expect(await answer(newcomer)).toBe('joining')
  })

  test('that types the code of a closed lobby by hand has guessed once', async () => {
    const { url } = startServer({ limits: { wrongCodesPerMinute: 2 } })
    const lobby = await bareHost(url)
    const typist = await bare(url)
    for (let i = 0; i < 30; i++) {
      typist.say(asks('CCCCC'))
      expect(await answer(typist)).toBe('not-found')
    }
    typist.say(asks(lobby.lobby.code))
    expect(await answer(typist)).toBe('joining')
  })
})

describe('a ticket', () => {
  test('leads into its lobby though the address may ask nothing else, has an account of its own, and is given anew', async () => {
    const { url } = startServer({ limits: { joinsPerMinute: 1, redialsPerMinute: 2 } })
    const lobby = await bareHost(url)
    const guest = await admitted(url, lobby)
    guest.say(asks(lobby.lobby.code))
    expect(await guest.next('error')).toMatchObject({ code: 'too-many-joins', retryAfterSeconds: 60 })
    guest.heard.splice(0)
    guest.say(asks(lobby.lobby.code, { ticket: guest.ticket }))
    expect(await answer(guest)).toBe('joining')
    const { peer, epoch } = await lobby.next('asked')
    lobby.say({ type: 'admit', peer, epoch })
    const { ticket = '' } = await guest.next('admitted')
    guest.say(asks(lobby.lobby.code, { ticket }))
    expect(await answer(guest)).toBe('joining')
    // The third with a ticket of the same guest.
    guest.say(asks(lobby.lobby.code, { ticket: guest.ticket }))
    expect(await guest.next('error')).toMatchObject({ code: 'too-many-joins', retryAfterSeconds: 30 })
  })

  test('that is forged, expired, for another code, or of a lobby whose code another one has by now, opens nothing', async () => {
    const secret = 'a secret for tests'
    const { url } = startServer({ secret, limits: { wrongCodesPerMinute: 1 } })
    const lobby = await bareHost(url)
    const { ticket } = await admitted(url, lobby)
    const { code } = lobby.lobby
    const guesser = await bare(url)
    guesser.say(asks('CCCCC'))
    expect(await answer(guesser)).toBe('not-found')
    const claim = { code, id: 'another lobby', guest: 'g', expiresAt: Date.UTC(2040, 0, 1) }
    const useless = [
      signTicket(claim, 'a guess'),
      signTicket({ ...claim, expiresAt: Date.UTC(2029, 0, 1) }, secret),
      signTicket({ ...claim, code: 'CCCCD' }, secret),
      `${ticket}x`,
      ticket.slice(0, -1),
      '.',
    ]
    for (const text of useless) {
      guesser.say(asks(code, { ticket: text }))
      expect(await answer(guesser), text).toBe('too-many-joins')
    }
    guesser.say(asks(code, { ticket: signTicket(claim, secret) }))
    expect(await answer(guesser)).toBe('not-found')
  })

  test('comes with the client: whoever joined once comes back by it', async () => {
    const { url } = startServer({ limits: { joinsPerMinute: 1 } })
    const lobby = await bareHost(url)
    const joining = join(url, lobby.lobby.code)
    const { peer, epoch } = await lobby.next('asked')
    lobby.say({ type: 'admit', peer, epoch })
    const { ticket } = (await joining).signals
    expect(await reasonOf(join(url, lobby.lobby.code))).toBe('rate-limited')
    const again = join(url, lobby.lobby.code, 'guest', {}, undefined, { ticket: ticket ?? null })
    const asked = await lobby.next('asked')
    lobby.say({ type: 'admit', peer: asked.peer, epoch: asked.epoch })
    expect((await again).signals.ticket).toBeTruthy()
  })
})

describe('half a join', () => {
  test('gives way: an address with too many ends its own oldest, and who comes alone from elsewhere is asked about', async () => {
    const { url } = startServer({ limits: { attemptsPerLobby: 3 } })
    const lobby = await bareHost(url)
    const from = (address: string) => bare(url, { address })
    const flood: BareSocket[] = []
    for (let i = 0; i < 3; i++) {
      flood.push(await from('203.0.113.7'))
      flood[i]!.say(asks(lobby.lobby.code))
      await lobby.next('asked')
    }
    const honest = await from('198.51.100.1')
    honest.say({ ...asks(lobby.lobby.code), info: 'honest' })
    expect((await lobby.next('asked')).info).toBe('honest')
    await flood[0]!.next('joining')
    expect(await flood[0]!.next('error')).toMatchObject({ code: 'lobby-busy', retryAfterSeconds: 3 })
    await lobby.next('gone')
    expect(honest.errors()).toEqual([])
  })

  test('ends when it was let in and says nothing, and the host hears it; a whole one lives longer, but not for ever', async () => {
    const { url, stats } = startServer()
    const lobby = await bareHost(url)
    const silent = await admitted(url, lobby)
    const speaking = await admitted(url, lobby)
    speaking.say({ type: 'to-host', epoch: speaking.asked.epoch, data: 'offer' })
    await lobby.next('from-guest')
    await pass(HALF_OPEN_MS)
    expect((await silent.next('error')).code).toBe('idle')
    expect((await lobby.next('gone')).peer).toBe(silent.asked.peer)
    await until(() => silent.closed() && stats().sockets === 2, 'closed')
    expect(speaking.errors()).toEqual([])
    await pass(ATTEMPT_MS - HALF_OPEN_MS + 1000)
    expect(speaking.closed()).toBe(true)
    expect(CLOSE_WITHIN_MS).toBeLessThan(HALF_OPEN_MS)
  })
})

describe('sockets of one address', () => {
  test('that said nothing give way to the next one, then guests; hosts stay, and leave room for guests', async () => {
    const { url, stats } = startServer({ limits: { socketsPerAddress: 3, lobbiesPerAddress: 2 } })
    const first = await bareHost(url)
    const idle = await bare(url)
    await bareHost(url)
    const third = await bare(url)
    expect(await idle.next('error')).toMatchObject({ code: 'too-many-sockets', retryAfterSeconds: 30 })
    await until(() => idle.closed(), 'the idle one is closed')
    third.say({ type: 'host', protocol: 1 })
    expect((await third.next('error')).code).toBe('too-many-lobbies')
    third.say(asks(first.lobby.code))
    await third.next('joining')
    const fourth = await bare(url)
    await until(() => third.closed(), 'the guest is closed')
    fourth.say(asks(first.lobby.code))
    await fourth.next('joining')
    expect(stats()).toMatchObject({ hosts: 2, gaveWay: 2 })
  })

  test('that all host turn the next one away, which is told why', async () => {
    const { url, stats } = startServer({ limits: { socketsPerAddress: 1 } })
    await bareHost(url)
    expect(await reasonOf(join(url, 'CCCCC'))).toBe('rate-limited')
    expect(stats()).toMatchObject({ sockets: 1, gaveWay: 0, errors: { 'too-many-sockets': 1 } })
  })
})
