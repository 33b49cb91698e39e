/** All that a service of many processes keeps in Redis, as one thing: lobbies, the public list, messages, what addresses do. */
import type { CommonBudget } from '../budget.ts'
import type { SignalingLimits } from '../limits.ts'
import { randomName } from '../random-names.ts'
import { type ServerPlatform, thisProcess } from '../server-platform.ts'
import type { LobbyStore } from '../store.ts'
import { RedisBudget } from './redis-budget.ts'
import { RedisClient } from './redis-client.ts'
import { RedisList } from './redis-list.ts'
import { RedisStore } from './redis-store.ts'

/** Characters of a birth: 72 bits of chance. */
const BIRTH_LENGTH = 12

export interface RedisServiceOptions {
  /** `redis://`, `rediss://` (TLS) or `redis+sentinel://`; see `readRedisAddress`. */
  readonly url: string
  /** Before every key: services that share a Redis have different ones. Default `starwire:`. */
  readonly prefix?: string
  /** Lobbies in all, of the whole service. Default 1,000,000. */
  readonly maxLobbies?: number
  /** Hears what an operator should know, in sentences without passwords. Default: nobody. */
  readonly warn?: (sentence: string) => void
  /** Time and chance for tests. Default: those of this process. */
  readonly platform?: ServerPlatform
}

export interface RedisService {
  readonly store: LobbyStore
  /** @param markOf stands for an address, the same in every process; Redis is shown no address. */
  budget(limits: SignalingLimits, markOf: (address: string) => string): CommonBudget
  /** Whether Redis answers at this moment. */
  isReady(): Promise<boolean>
  close(): void
}

/**
 * Connects to Redis, and comes back to it by itself whenever it is away. Nothing waits for it: until it is there, the store
 * rejects, and the server says `unavailable`.
 * @throws Error with a sentence for the operator when the url is none.
 */
export function connectRedis(options: RedisServiceOptions): RedisService {
  const { url, prefix = 'starwire:', maxLobbies = 1_000_000, warn = () => {}, platform = thisProcess } = options
  const client = new RedisClient({ url, prefix, platform, warn })
  const newBirth = (): string => randomName(platform, BIRTH_LENGTH)
  const list = new RedisList({ client, newBirth, warn, now: () => platform.now() })
  return {
    store: new RedisStore({ client, list, maxLobbies }),
    budget: (limits, markOf) => new RedisBudget({ client: client.commands, prefix, limits, markOf }),
    async isReady() {
      if (!client.isReady) return false
      try {
        await client.ping()
        return true
      } catch {
        return false
      }
    },
    close: () => client.close(),
  }
}
