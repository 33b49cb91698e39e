/**
 * What addresses do, counted in Redis for all processes together, by rate-limiter-flexible. It counts in windows, and a
 * window's end is a long wait. So there are two for each account: a tenth of a minute's tokens in a short window, and a whole
 * minute's in a long one for those who come at once, such as a class. In the long run an address has its budget and a tenth;
 * who has used up all waits some seconds.
 *
 * Redis sees no address: accounts are named by marks of addresses. While Redis is away, nothing is counted here, and each
 * process's own accounts go on.
 */
import type { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Common, CommonBudget } from '../budget.ts'
import type { SignalingLimits } from '../limits.ts'

/** The short window, in seconds, at least; a small budget has a longer one, in which there is a token. */
const WINDOW_S = 6

/** The long window, in seconds. */
const BURST_WINDOW_S = 600

export interface RedisBudgetOptions {
  readonly client: Redis
  readonly prefix: string
  readonly limits: SignalingLimits
  /** Stands for an address, the same in every process. */
  markOf(address: string): string
}

interface Windows {
  readonly short: RateLimiterRedis
  readonly long: RateLimiterRedis
}

const limitOf = (limits: SignalingLimits): Record<Common, number> => ({
  lobbies: limits.lobbiesPerMinute,
  joins: limits.joinsPerMinute,
  wrongCodes: limits.wrongCodesPerMinute,
  redialsOfAddress: limits.redialsPerAddress,
  finds: limits.findsPerMinute,
})

export class RedisBudget implements CommonBudget {
  readonly #options: RedisBudgetOptions
  readonly #windows = new Map<string, Windows>()

  constructor(options: RedisBudgetOptions) {
    this.#options = options
  }

  async take(what: Common, address: string, factor: number): Promise<number> {
    const { short, long } = this.#windowsOf(what, factor)
    const mark = this.#options.markOf(address)
    try {
      const first = await consume(short, mark)
      return first === 0 ? 0 : Math.min(first, await consume(long, mark))
    } catch {
      return 0
    }
  }

  async wait(what: Common, address: string, factor: number): Promise<number> {
    const { short, long } = this.#windowsOf(what, factor)
    const mark = this.#options.markOf(address)
    try {
      const windows = [short, long]
      const spent = await this.#options.client.mget(windows.map((window) => window.getKey(mark)))
      if (windows.some(({ points }, i) => Number(spent[i] ?? 0) < points)) return 0
      const all = await Promise.all(windows.map((window) => window.get(mark)))
      return Math.min(...all.map((known) => (known === null || known.remainingPoints > 0 ? 0 : known.msBeforeNext)))
    } catch {
      return 0
    }
  }

  #windowsOf(what: Common, factor: number): Windows {
    const key = `${what}:${factor}`
    const known = this.#windows.get(key)
    if (known) return known
    const perMinute = limitOf(this.#options.limits)[what] * factor
    const windows = {
      short: this.#window(`${key}:s`, shortWindow(perMinute)),
      long: this.#window(`${key}:l`, longWindow(perMinute)),
    }
    this.#windows.set(key, windows)
    return windows
  }

  #window(name: string, { points, duration }: { points: number; duration: number }): RateLimiterRedis {
    const { client, prefix } = this.#options
    return new RateLimiterRedis({
      ...{ storeClient: client, keyPrefix: `${prefix}limit:${name}`, points, duration, rejectIfRedisNotReady: true },
    })
  }
}

function shortWindow(perMinute: number): { points: number; duration: number } {
  const points = Math.max(perMinute > 0 ? 1 : 0, Math.floor((perMinute * WINDOW_S) / 60))
  return { points, duration: perMinute > 0 ? Math.ceil((points * 60) / perMinute) : 60 }
}

const longWindow = (perMinute: number) => ({ points: Math.floor(perMinute), duration: BURST_WINDOW_S })

/** Ms until there is a token; 0 when one was taken. */
async function consume(window: RateLimiterRedis, mark: string): Promise<number> {
  try {
    await window.consume(mark)
    return 0
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext)
    throw refused
  }
}
