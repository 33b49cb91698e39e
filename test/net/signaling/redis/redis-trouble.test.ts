/** What a service does when its Redis is away, hangs, forgets everything, or holds what is not ours. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from '../../../../net/redis.ts'
import { facts, listing, query } from '../list-support.ts'
import { bare, bareGuest, bareHost, host, join, reasonOf, startServer, until } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix, openClient, openService, untilReady } from './support.ts'

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const lobby = { code: 'K7DPX', id: 'one', holder: 'process0.host', term: 1 }

/** The sentence with which a promise rejects. */
const sentenceOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

describe('a Redis that is gone', () => {
  test('leaves open sockets alone; joins read signaling-down with a sentence; when it is back, knowing nothing, lobbies are', {
    tags: ['long'],
    timeout: 40_000,
  }, async () => {
    const own = await startRedis()
    const warnings: string[] = []
    try {
      const service = await openService(own, { warn: (sentence) => warnings.push(sentence) })
      const { url, signaling } = await startServer({ redis: service, log: (_, sentence) => warnings.push(sentence) })
      const made = await host(url)
      const { code } = made.signals
      await join(url, code)
      await own.stop()
      expect(await signaling.isReady()).toBe(false)
      expect(await reasonOf(join(url, code))).toBe('signaling-down')
      expect(await reasonOf(host(url))).toBe('signaling-down')
      const asking = await bare(url)
      asking.say({ type: 'join', protocol: 1, code, info: '' })
      expect(await asking.next('error')).toMatchObject({
        ...{ code: 'unavailable', message: 'The server cannot do that at the moment.' },
      })
      expect(made.online).toEqual([])
      await own.start()
      await untilReady(service)
      expect(await signaling.isReady()).toBe(true)
      // The next pong renews the lease; Redis does not know the lobby, so its host comes back by its token.
      await until(() => made.online.at(-1) === true, 'the host is back', 15_000)
      await join(url, code)
      expect(made.lost).toEqual([])
      expect(warnings.join(' ')).toContain('Redis does not answer')
    } finally {
      await own.stop()
    }
  })

  test('when the service starts is waited for, and messages between processes arrive once it is there', async () => {
    const own = await startRedis()
    await own.stop()
    const prefix = newPrefix()
    const services = [0, 1].map(() => connectRedis({ url: own.url, prefix }))
    try {
      const [first, second] = await Promise.all(services.map((service) => startServer({ redis: service })))
      expect(await first?.signaling.isReady()).toBe(false)
      await own.start()
      for (const service of services) await untilReady(service)
      const lobbyHost = await bareHost(first?.url ?? '')
      await bareGuest(second?.url ?? '', lobbyHost, lobbyHost.lobby.code)
    } finally {
      for (const service of services) service.close()
      await own.stop()
    }
  })

  test('hangs: commands end after two seconds, and go on when it goes on', async () => {
    const own = await startRedis()
    try {
      const { store } = await openService(own)
      own.freeze()
      expect(await sentenceOf(store.get('K7DPX'))).toContain('does not answer')
      own.thaw()
      expect(await store.create(lobby, 1000)).toBe('created')
    } finally {
      own.thaw()
      await own.stop()
    }
  })
})

describe('a Redis that holds what is not ours', () => {
  test('of another version is left alone, with a sentence', async () => {
    const prefix = newPrefix()
    const client = openClient(redis)
    await client.set(`${prefix}format`, '99')
    const warnings: string[] = []
    const { store } = await openService(redis, { prefix, warn: (sentence) => warnings.push(sentence) })
    const before = await client.keys(`${prefix}*`)
    for (const call of [
      store.create(lobby, 1000),
      store.get('K7DPX'),
      store.find(query()),
      store.renew(lobby, 1, 1000),
    ])
      expect(await sentenceOf(call)).toContain('keys of another version of Starwire (99)')
    expect(await client.keys(`${prefix}*`)).toEqual(before)
    const { url } = await startServer({ store })
    expect(await reasonOf(host(url))).toBe('signaling-down')
  })

  test.each([
    ['another kind of key', async (client: ReturnType<typeof openClient>, key: string) => client.set(key, 'x')],
    [
      'a hash of something else',
      async (client: ReturnType<typeof openClient>, key: string) => client.hset(key, 'a', 'b'),
    ],
    [
      'a lobby with nonsense in it',
      async (client: ReturnType<typeof openClient>, key: string) =>
        client.hset(key, {
          ...{ id: 'one', holder: 'process0.host', vacancy: '', epoch: '-1', term: 'x', lives: '1e99' },
          heirs: '{"seat":"no"}',
        }),
    ],
  ])('as %s is refused: every call ends with a sentence, and the server answers unavailable', async (_, poison) => {
    const prefix = newPrefix()
    const client = openClient(redis)
    await poison(client, `${prefix}lobby:K7DPX`)
    const { store } = await openService(redis, { prefix })
    expect(await sentenceOf(store.get('K7DPX'))).toContain('does not answer as it should')
    const { url } = await startServer({ store })
    expect(await reasonOf(join(url, 'K7DPX'))).toBe('signaling-down')
    const other = await bareHost(url)
    await bareGuest(url, other, other.lobby.code)
  })

  test('in one entry of the list leaves that entry out, and shows the others', async () => {
    const prefix = newPrefix()
    const client = openClient(redis)
    const warnings: string[] = []
    const { store } = await openService(redis, { prefix, warn: (sentence) => warnings.push(sentence) })
    await store.create(lobby, 60_000)
    await store.list(lobby, listing(), facts())
    for (const [code, entry] of [
      ['CCCCC', 'x'],
      ['DDDDD', '7 {"title":7}'],
      ['FFFFF', `8 ${JSON.stringify({ ...listing(), ...facts(), code: 'HHHHH', id: 'a', holder: 'b' })}`],
    ] as const)
      await client.hset(`${prefix}list:tag`, code, entry)
    expect((await store.find(query())).lobbies.map(({ code }) => code)).toEqual(['K7DPX'])
    expect(warnings[0]).toContain('a listed lobby that is none')
  })
})

test('a list that changed more often than the log tells is read anew, and shows what is there', async () => {
  const prefix = newPrefix()
  const first = await openService(redis, { prefix })
  const second = await openService(redis, { prefix })
  const codes = ['CCCCC', 'DDDDD', 'FFFFF']
  for (const code of codes) {
    await first.store.create({ ...lobby, code, id: code }, 60_000)
    await first.store.list({ ...lobby, code, id: code }, listing(), facts())
  }
  expect((await second.store.find(query())).lobbies).toHaveLength(3)
  const coming = { ...lobby, code: 'HHHHH', id: 'H' }
  await first.store.create(coming, 60_000)
  for (let i = 0; i < 120; i++) {
    const code = `H${'23456789CDFHJKMNPRTVWX'[i % 22]}${'23456789CDFHJKMNPRTVWX'[Math.floor(i / 22)]}HH`
    await first.store.create({ ...lobby, code, id: code }, 60_000)
    await first.store.list({ ...lobby, code, id: code }, listing(), facts())
    await first.store.delete({ ...lobby, code, id: code })
  }
  await first.store.delete({ ...lobby, code: 'CCCCC', id: 'CCCCC' })
  await first.store.list(coming, listing(), facts())
  expect((await second.store.find(query())).lobbies.map(({ code }) => code)).toEqual(['DDDDD', 'FFFFF', 'HHHHH'])
})

test('a Redis that lost its data, and has as many changes again, is not taken for the one before', async () => {
  const own = await startRedis()
  try {
    const { store } = await openService(own)
    await store.create(lobby, 60_000)
    await store.list(lobby, listing(), facts())
    expect((await store.find(query())).lobbies).toHaveLength(1)
    await openClient(own).flushall()
    const other = { ...lobby, code: 'CCCCC', id: 'two' }
    await store.create(other, 60_000)
    await store.list(other, listing(), facts())
    expect((await store.find(query())).lobbies.map(({ code }) => code)).toEqual(['CCCCC'])
  } finally {
    await own.stop()
  }
})

test('a Redis with a password and a database is used by its address, and a wrong password is told without it', async () => {
  const own = await startRedis('--requirepass', 'topsecret')
  try {
    const url = own.url.replace('redis://', 'redis://:topsecret@')
    const { store } = await openService(own, { url: `${url}/5` })
    expect(await store.create(lobby, 1000)).toBe('created')
    const warnings: string[] = []
    const wrong = connectRedis({
      url: url.replace('topsecret', 'topguess'),
      warn: (sentence) => warnings.push(sentence),
    })
    await until(() => warnings.length > 0, 'a warning')
    wrong.close()
    expect(warnings.join(' ')).not.toMatch(/topsecret|topguess/)
  } finally {
    await own.stop()
  }
})
