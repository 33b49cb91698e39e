/**
 * The connection to Redis: scripts and messages out, answers or errors back, and a second connection that listens.
 *
 * Invariants: a command is sent once or rejects. It neither waits for Redis to come back nor is it repeated after a drop: its
 * first try may have worked, and a page gets its answer now. Both connections come back by themselves, for ever.
 */
import { Redis, type RedisOptions } from 'ioredis'
import type { Cancel } from '../../../platform/platform.ts'
import type { ServerPlatform } from '../server-platform.ts'
import { type RedisTarget, readRedisAddress } from './redis-address.ts'
import { OTHER_FORMAT, type ScriptName, scripts, scriptText } from './scripts.ts'

/** Redis answers in less than a millisecond; after so many ms it hangs, or the way to it does. */
const COMMAND_WITHIN_MS = 2_000

const CONNECT_WITHIN_MS = 3_000

/** The listening connection is asked for life so often, in ms: on a way that went dead nothing else would tell. */
const LISTENING_PING_MS = 5_000

/** Between two tries to come back, in ms: from the first to the longest. */
const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 2_000

/** The same trouble is told once in so many ms. */
const WARN_EVERY_MS = 30_000

type Options = Omit<RedisOptions, 'replyMapping'>

export interface RedisClientOptions {
  readonly url: string
  readonly prefix: string
  readonly platform: ServerPlatform
  warn(sentence: string): void
}

export type Reply = string | number | null | readonly Reply[]

type Command = (...given: (string | number)[]) => Promise<Reply>

/**
 * Sends all commands of one turn of the event loop with one call to the system: hundreds of sockets ask at the same time, and each
 * call costs more than what is sent.
 */
class BatchingRedis extends Redis {
  #corked: Redis['stream'] | null = null

  override sendCommand(...given: Parameters<Redis['sendCommand']>): ReturnType<Redis['sendCommand']> {
    if (this.#corked === null && this.status === 'ready') {
      const { stream } = this
      stream.cork()
      this.#corked = stream
      setImmediate(() => {
        this.#corked = null
        stream.uncork()
      })
    }
    return super.sendCommand(...given)
  }
}

export class RedisClient {
  readonly commands: Redis
  readonly #options: RedisClientOptions
  readonly #listening: Redis
  readonly #channels = new Map<string, (text: string) => void>()
  #cancelPing: Cancel = () => {}
  #warnedAt = Number.NEGATIVE_INFINITY

  /** @throws Error with a sentence for the operator when the url is none. */
  constructor(options: RedisClientOptions) {
    this.#options = options
    const target = readRedisAddress(options.url)
    this.commands = this.#connect(target, {
      ...{ commandTimeout: COMMAND_WITHIN_MS, enableOfflineQueue: false },
      ...{ autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    })
    for (const name of Object.keys(scripts) as ScriptName[])
      this.commands.defineCommand(`starwire_${name}`, { numberOfKeys: 1, lua: scriptText(name) })
    // Subscriptions wait for the connection, and are made again with every new one.
    this.#listening = this.#connect(target, { maxRetriesPerRequest: null, autoResubscribe: true })
    this.#listening.on('message', (channel: string, text: string) => this.#channels.get(channel)?.(text))
    this.#pingLater()
  }

  get isReady(): boolean {
    return this.commands.status === 'ready' && this.#listening.status === 'ready'
  }

  /** Runs a script. Rejects with a sentence when Redis does not answer, or answers with an error. */
  async run(name: ScriptName, ...given: (string | number)[]): Promise<Reply> {
    const command = (this.commands as unknown as Record<string, Command>)[`starwire_${name}`]
    if (!command) throw new Error(`There is no script ${name}.`)
    try {
      return await command.call(this.commands, this.#options.prefix, ...given)
    } catch (error) {
      throw new Error(this.#sentence(error))
    }
  }

  /** How many processes heard it. */
  async publish(channel: string, text: string): Promise<number> {
    try {
      return await this.commands.publish(`${this.#options.prefix}${channel}`, text)
    } catch (error) {
      throw new Error(this.#sentence(error))
    }
  }

  /** Hears what is published on a channel from now on, or from when Redis is there. */
  listen(channel: string, hear: (text: string) => void): () => Promise<void> {
    const name = `${this.#options.prefix}${channel}`
    this.#channels.set(name, hear)
    this.#listening.subscribe(name).catch((error: unknown) => this.#trouble(error))
    return async () => {
      this.#channels.delete(name)
      if (this.#listening.status === 'ready') await this.#listening.unsubscribe(name).catch(() => {})
    }
  }

  async ping(): Promise<void> {
    await this.commands.ping()
  }

  close(): void {
    this.#cancelPing()
    this.commands.disconnect()
    this.#listening.disconnect()
  }

  #connect(target: RedisTarget, more: Options): Redis {
    const options: Options = {
      ...(target as Options),
      ...more,
      connectTimeout: CONNECT_WITHIN_MS,
      keepAlive: 10_000,
      retryStrategy: (tries) => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 10)),
    }
    const redis = new BatchingRedis(options)
    redis.on('error', (error: unknown) => this.#trouble(error))
    return redis
  }

  #pingLater(): void {
    this.#cancelPing = this.#options.platform.after(LISTENING_PING_MS, () => {
      this.#pingListening().finally(() => this.#pingLater())
    })
  }

  async #pingListening(): Promise<void> {
    if (this.#listening.status !== 'ready') return
    let cancel: Cancel = () => {}
    const late = new Promise<'late'>((resolve) => {
      cancel = this.#options.platform.after(COMMAND_WITHIN_MS, () => resolve('late'))
    })
    const outcome = await Promise.race([late, this.#listening.ping().catch(() => 'late')])
    cancel()
    if (outcome === 'late') this.#listening.disconnect(true)
  }

  #trouble(error: unknown): void {
    const now = this.#options.platform.now()
    if (now - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now
    this.#options.warn(this.#sentence(error))
  }

  #sentence(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error)
    const [, format] = new RegExp(`${OTHER_FORMAT} (\\S*)`).exec(text) ?? []
    if (format === undefined) return `Redis does not answer as it should: ${text}`
    return `Redis holds keys of another version of Starwire (${format.slice(0, 20)}): give this service a prefix or a database of its own, or stop the other version.`
  }
}
