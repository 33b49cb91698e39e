/** What the tests with Redis share: services of one test, below a prefix of their own, which close with it. */
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { connectRedis, type RedisService, type RedisServiceOptions } from '../../../../net/redis.ts'
import { until } from '../support.ts'
import type { RedisProcess } from './redis-process.ts'

let opened = 0
export const newPrefix = (): string => `test${++opened}:`

export async function openService(redis: RedisProcess, more: Partial<RedisServiceOptions> = {}): Promise<RedisService> {
  const service = connectRedis({ url: redis.url, prefix: newPrefix(), ...more })
  onTestFinished(() => service.close())
  await untilReady(service)
  return service
}

export async function untilReady(service: RedisService, withinMs = 10_000): Promise<void> {
  let ready = false
  const ask = async (): Promise<void> => {
    ready = await service.isReady()
  }
  await until(() => (ready ? true : void ask()), 'Redis', withinMs)
}

/** A client that writes and reads what it likes. */
export function openClient(redis: RedisProcess): Redis {
  const client = new Redis(redis.url)
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}
