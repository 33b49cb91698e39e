/** What a join costs Redis, in commands: the figures that docs/operating.md plans a service by. */
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareGuest, bareHost, manualClock, startServer } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix, openClient, openService } from './support.ts'

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** From the code to the end of the guest's socket, with an offer and an answer. */
async function join(lobbyHost: Awaited<ReturnType<typeof bareHost>>, guestUrl: string): Promise<void> {
  const guest = await bareGuest(guestUrl, lobbyHost, lobbyHost.lobby.code)
  const { peer, epoch } = guest.asked
  lobbyHost.say({ type: 'admit', peer, epoch })
  await guest.next('admitted')
  guest.say({ type: 'to-host', epoch, data: 'an offer' })
  await lobbyHost.next('from-guest')
  lobbyHost.say({ type: 'to-guest', peer, epoch, data: 'an answer' })
  await guest.next('from-host')
  guest.socket.close()
  await lobbyHost.next('gone')
}

/** Commands since the last question: those of processes, not those inside of scripts. */
async function asked(client: Redis): Promise<{ questions: number; messages: number }> {
  const stats = await client.info('commandstats')
  await client.config('RESETSTAT')
  const calls = (command: string): number => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
  return { questions: calls('eval') + calls('evalsha') + calls('mget'), messages: calls('publish') }
}

test.each([
  ['at one process: three questions', 0, { questions: 3, messages: 0 }],
  ['at two processes: five messages more', 1, { questions: 3, messages: 5 }],
])('a join with host and guest %s', { tags: ['long'] }, async (_, guestAt, cost) => {
  const prefix = newPrefix()
  const urls: string[] = []
  for (let i = 0; i < 2; i++) {
    const service = await openService(redis, { prefix })
    // Without renewals of leases, which a sweep asks for.
    const { url } = await startServer({ redis: service, secret: 'a secret of both', platform: manualClock() })
    urls.push(url)
  }
  const lobbyHost = await bareHost(urls[0] ?? '')
  const guestUrl = urls[guestAt] ?? ''
  const client = openClient(redis)
  // Scripts are loaded by the first.
  await join(lobbyHost, guestUrl)
  await asked(client)
  await join(lobbyHost, guestUrl)
  expect(await asked(client)).toEqual(cost)
})
