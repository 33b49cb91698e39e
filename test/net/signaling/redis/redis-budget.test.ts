/** What addresses do, counted for all processes together. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../../net/signaling/server/limits.ts'
import { bare, bareHost, startServer, until } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix, openClient, openService } from './support.ts'

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const limits = { ...defaultLimits, joinsPerMinute: 20, wrongCodesPerMinute: 10 }
const mark = (address: string): string => `mark of ${address}`

async function budgets() {
  const prefix = newPrefix()
  const services = [await openService(redis, { prefix }), await openService(redis, { prefix })] as const
  return { prefix, budgets: services.map((service) => service.budget(limits, mark)) }
}

describe('the budget of an address', () => {
  test('is one for all processes, lets a burst through, and tells how long to wait: some seconds', async () => {
    const { budgets: both } = await budgets()
    const waits: number[] = []
    for (let i = 0; i < 30; i++) waits.push((await both[i % 2]?.take('joins', '198.51.100.7', 1)) ?? -1)
    const taken = waits.filter((wait) => wait === 0).length
    // A minute's tokens, and those of the short windows that have passed.
    expect(taken).toBeGreaterThanOrEqual(20)
    expect(taken).toBeLessThan(30)
    expect(waits.at(-1)).toBeGreaterThan(0)
    expect(waits.at(-1)).toBeLessThanOrEqual(6000)
    expect(await both[0]?.take('joins', '198.51.100.8', 1)).toBe(0)
  })

  test('can be looked at without taking of it', async () => {
    const { budgets: both } = await budgets()
    for (let i = 0; i < 20; i++) expect(await both[0]?.wait('wrongCodes', 'a', 1)).toBe(0)
    for (let i = 0; i < 12; i++) await both[i % 2]?.take('wrongCodes', 'a', 1)
    expect(await both[0]?.wait('wrongCodes', 'a', 1)).toBeGreaterThan(0)
    expect(await both[1]?.wait('wrongCodes', 'a', 1)).toBeGreaterThan(0)
  })

  test('shows Redis no address, and leaves nothing there for long', async () => {
    const prefix = newPrefix()
    const service = await openService(redis, { prefix })
    const { url } = await startServer({ redis: service, trustProxy: true })
    const socket = await bare(url, { 'x-forwarded-for': '203.0.113.77' })
    socket.say({ type: 'join', protocol: 1, code: 'CCCCC', info: '' })
    await socket.next('error')
    const client = openClient(redis)
    const keys = await client.keys(`${prefix}*`)
    expect(keys.some((key) => key.includes('limit:'))).toBe(true)
    const texts = await Promise.all(keys.map(async (key) => `${key} ${await client.dump(key)}`))
    expect(texts.join(' ')).not.toContain('203.0.113.77')
    for (const key of keys.filter((each) => each.includes('limit:')))
      expect(await client.pttl(key), key).toBeGreaterThan(0)
  })

  test('of guesses is shared: who tries codes at two processes gets no more of them than at one', async () => {
    const prefix = newPrefix()
    const services = [await openService(redis, { prefix }), await openService(redis, { prefix })]
    const servers = await Promise.all(services.map((service) => startServer({ redis: service, limits })))
    const sockets = await Promise.all(servers.map(({ url }) => bare(url)))
    const digits = '23456789CDFHJKMNPRTVWX'
    for (let i = 0; i < 40; i++)
      sockets[i % 2]?.say({ type: 'join', protocol: 1, code: `CC${digits[i % 22]}${i < 22 ? 'C' : 'D'}C`, info: '' })
    await until(
      () => sockets.every(({ heard }) => heard.filter(({ type }) => type === 'error').length === 20),
      'all answers',
    )
    const found = sockets.flatMap((socket) => socket.errors()).filter((code) => code === 'not-found').length
    expect(found).toBeGreaterThanOrEqual(10)
    // Ten, one of the short window, and one for each process that looked at the same moment.
    expect(found).toBeLessThanOrEqual(14)
  })

  test('is each process’s own while Redis is away', async () => {
    const own = await startRedis()
    const service = await openService(own)
    const budget = service.budget(limits, mark)
    await own.stop()
    expect(await budget.take('joins', 'a', 1)).toBe(0)
    expect(await budget.wait('joins', 'a', 1)).toBe(0)
  })
})

test('a host of one process is found by guests of another, whose joins are counted together', async () => {
  const prefix = newPrefix()
  const services = [await openService(redis, { prefix }), await openService(redis, { prefix })]
  const servers = await Promise.all(services.map((service) => startServer({ redis: service, limits })))
  const lobby = await bareHost(servers[0]?.url ?? '')
  const sockets = await Promise.all(servers.map(({ url }) => bare(url)))
  for (let i = 0; i < 60; i++) sockets[i % 2]?.say({ type: 'join', protocol: 1, code: lobby.lobby.code, info: '' })
  await until(
    () =>
      sockets.reduce(
        (sum, { heard }) => sum + heard.filter(({ type }) => type === 'joining' || type === 'error').length,
        0,
      ) >= 60,
    'all answers',
  )
  const joins = sockets.flatMap(({ heard }) => heard).filter(({ type }) => type === 'joining').length
  expect(joins).toBeGreaterThanOrEqual(20)
  expect(joins).toBeLessThan(30)
})
