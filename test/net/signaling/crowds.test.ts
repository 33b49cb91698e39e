/** Thousands of sockets that do nothing, and codes tried one after the other: what it costs others, and what it yields. In virtual time. */
import { describe, expect, test } from 'vitest'
import { CODE_ALPHABET, CODE_LENGTH } from '../../../net/signaling/code.ts'
import { createBudget } from '../../../net/signaling/server/budget.ts'
import { defaultLimits, IDLE_MS, LEASE_MS } from '../../../net/signaling/server/limits.ts'
import { manualClock } from './support.ts'
import { bareGuest, bareHost, newPage, pass, startServer, theWorld, until } from './virtual-support.ts'

const CROWD = 5000

/** Sockets that open and say nothing. */
function openCrowd(url: string, addressOf: (i: number) => string) {
  return Array.from({ length: CROWD }, (_, i) => {
    const { page, WebSocket } = newPage({ address: addressOf(i) })
    return { page, socket: new WebSocket(url) }
  })
}

const elsewhere = { address: 'elsewhere' }

describe('five thousand idle sockets', () => {
  test('of one address hold no more than its share, keep nobody else out, and are gone after ten seconds', async () => {
    const server = startServer()
    const lobby = await bareHost(server.url, elsewhere)
    openCrowd(server.url, () => 'one address')
    await pass(100)
    expect(server.stats().sockets).toBeLessThanOrEqual(defaultLimits.socketsPerAddress + 1)
    await bareGuest(server.url, lobby, lobby.lobby.code, elsewhere)
    // Their own neighbours get in, too: who has said nothing gives way.
    await bareGuest(server.url, lobby, lobby.lobby.code, { address: 'one address' })
    await pass(IDLE_MS + 3000)
    expect(server.stats()).toMatchObject({ hosts: 1 })
    expect(server.stats().sockets).toBeLessThanOrEqual(3)
  })

  test('of many addresses, on a server that is full of them, make room for whoever comes', async () => {
    const server = startServer({ limits: { sockets: 1000 } })
    openCrowd(server.url, (i) => `address ${i}`)
    await pass(100)
    expect(server.stats().gaveWay).toBeGreaterThan(0)
    const lobby = await bareHost(server.url, elsewhere)
    await bareGuest(server.url, lobby, lobby.lobby.code, elsewhere)
    await pass(IDLE_MS + 3000)
    expect(server.stats()).toMatchObject({ hosts: 1, guests: 1 })
    expect(server.stats().sockets).toBe(2)
  })

  test('that lost their network without a word are cut, and leave nothing', async () => {
    const server = startServer()
    for (const { page } of openCrowd(server.url, (i) => `address ${i % 100}`)) theWorld().internet.cut(page)
    await pass(100)
    const { timers } = server
    await pass(LEASE_MS + 6000)
    await until(() => server.stats().sockets === 0, 'no socket')
    expect(server.timers).toBeLessThanOrEqual(timers)
  })
})

test('hosts make no room for idle sockets, and a server that is full of them says so', async () => {
  const server = startServer({ limits: { sockets: 3 } })
  for (let i = 0; i < 3; i++) await bareHost(server.url, { address: `host ${i}` })
  const { WebSocket } = newPage(elsewhere)
  const told: string[] = []
  new WebSocket(server.url).addEventListener('message', ({ data }) => told.push(String(data)))
  await until(() => told.length > 0, 'a word')
  expect(told[0]).toContain('server-full')
  expect(server.stats().hosts).toBe(3)
})

test('trying codes yields one in four hours of one address, with a thousand lobbies open', async () => {
  const clock = manualClock()
  const budget = createBudget(defaultLimits, clock.now)
  const from = { address: '198.51.100.7', wider: null }
  let tried = 0
  const HOURS = 4
  // Once a second it asks as often as it may.
  for (let second = 0; second < HOURS * 3600; second++) {
    clock.advance(1000)
    while ((await budget.waitToGuess(from)) === 0 && (await budget.takeOf('joins', from)) === 0)
      await budget.guessedWrong(from, `${tried++}`)
  }
  const perHour = defaultLimits.wrongCodesPerMinute * 60
  expect(tried).toBeLessThanOrEqual(HOURS * perHour + defaultLimits.wrongCodesPerMinute)
  const hits = (tried * 1000) / CODE_ALPHABET.length ** CODE_LENGTH
  expect(hits).toBeLessThan(1)
})

test('what SECURITY.md says of the cost of trying codes follows from the limits', () => {
  const codes = CODE_ALPHABET.length ** CODE_LENGTH
  const perMinute = defaultLimits.wrongCodesPerMinute
  expect(codes).toBe(5_153_632)
  // Some lobby, by one address: hours with a thousand lobbies, minutes with a hundred thousand.
  expect(codes / 1000 / perMinute / 60).toBeCloseTo(4.3, 1)
  expect(codes / 100_000 / perMinute).toBeCloseTo(2.6, 1)
  // By a thousand addresses: seconds for one, and hits a second.
  expect((codes / 1000 / perMinute / 1000) * 60).toBeCloseTo(15.5, 1)
  expect((perMinute * 1000 * 100_000) / codes / 60).toBeCloseTo(6.5, 1)
  // One lobby: half of all codes, in days and in hours.
  expect(codes / 2 / perMinute / 1440).toBeCloseTo(89.5, 1)
  expect(codes / 2 / perMinute / 1000 / 60).toBeCloseTo(2.1, 1)
})
