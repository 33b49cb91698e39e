/**
 * The lobby store of a service of many processes, on one Redis. What is atomic stands in `scripts.ts`; here its answers are
 * checked: what is no answer of ours rejects, and the server says `unavailable`.
 *
 * Messages between processes go by publish and subscribe, one channel for each process. Not by streams: a signal is worth
 * nothing after some seconds, guests ask again each second, and who was replaced learns it at the next renewal. So a lost
 * message costs a second at most, while a stream would have to be trimmed, read from a position that somebody keeps, and
 * cleaned up after each process. A text to a socket of this process does not go through Redis.
 */
import * as v from 'valibot'
import type { Listing, LobbyFacts } from '../../listing.ts'
import type { ListQuery } from '../../listing-messages.ts'
import { keyHashForm } from '../../takeover-messages.ts'
import {
  type Address,
  type ClaimOutcome,
  type Heir,
  type HeirClaim,
  type HeirKey,
  type ListPage,
  type Lobby,
  type LobbyStore,
  processOf,
  type Renewal,
  type Reservation,
  type ReserveOutcome,
  type Takeover,
  type Tenure,
} from '../store.ts'
import type { RedisClient, Reply } from './redis-client.ts'
import type { RedisList } from './redis-list.ts'

export interface RedisStoreOptions {
  readonly client: RedisClient
  readonly list: RedisList
  /** Lobbies in all, of the whole service. */
  readonly maxLobbies: number
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const wholeText = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))
const heirSchema = v.strictObject({
  seat: whole,
  keyHash: v.pipe(v.string(), v.regex(keyHashForm)),
  socket: v.nullable(v.string()),
})
const heirsText = v.pipe(v.string(), v.parseJson(), v.array(heirSchema))
const orNull = <T extends string>(text: T | ''): T | null => (text === '' ? null : text)

const record = v.strictObject({
  id: v.string(),
  holder: v.pipe(v.string(), v.transform(orNull)),
  vacancy: v.pipe(v.picklist(['', 'gone', 'lost', 'handed']), v.transform(orNull)),
  epoch: wholeText,
  term: wholeText,
  lives: wholeText,
  heirs: heirsText,
  reserved: v.pipe(
    v.string(),
    v.transform((text) => text || 'null'),
    v.parseJson(),
    v.nullable(
      v.pipe(
        v.strictObject({ seat: whole, keyHash: v.string(), epoch: whole, till: whole }),
        v.transform(({ seat, keyHash, epoch }) => ({ seat, keyHash, epoch })),
      ),
    ),
  ),
  takenBy: v.pipe(
    v.string(),
    v.transform((text) => text || 'null'),
    v.parseJson(),
    v.nullable(v.strictObject({ seat: whole, keyHash: v.string() })),
  ),
})
const flatRecord = v.array(v.string())

const takeover = v.tuple([v.picklist(['held', 'replaced', 'taken', 'full']), v.string()])
const claimed = v.tuple([v.picklist(['claimed', 'host-lives', 'replaced', 'no-heir', 'lost']), v.string()])

function read<T>(schema: v.GenericSchema<unknown, T>, reply: unknown): T {
  const result = v.safeParse(schema, reply)
  if (result.success) return result.output
  throw new Error('Redis does not answer as it should: its answer is none of this version of Starwire.')
}

export class RedisStore implements LobbyStore {
  readonly #options: RedisStoreOptions
  readonly #processes = new Map<string, (to: Address, text: string) => boolean>()

  constructor(options: RedisStoreOptions) {
    this.#options = options
  }

  async create(tenure: Tenure, leaseMs: number): Promise<'created' | 'taken' | 'full'> {
    const reply = await this.#run('create', tenure, leaseMs, this.#options.maxLobbies)
    return read(v.picklist(['created', 'taken', 'full']), reply)
  }

  async takeBack(tenure: Tenure, leaseMs: number, takenBy?: HeirKey): Promise<Takeover> {
    const { seat = '', keyHash = '' } = takenBy ?? {}
    const reply = await this.#run('takeBack', tenure, leaseMs, this.#options.maxLobbies, seat, keyHash)
    const [outcome, previous] = read(takeover, reply)
    return outcome === 'held' ? { outcome, previous: orNull(previous) } : { outcome }
  }

  async renew(tenure: Tenure, epoch: number | null, leaseMs: number): Promise<Renewal> {
    const reply = await this.#run('renew', tenure, leaseMs, epoch ?? '')
    return read(v.picklist(['renewed', 'replaced', 'taken', 'lost']), reply)
  }

  async release(tenure: Tenure, why: 'gone' | 'lost'): Promise<readonly Heir[]> {
    return read(heirsText, await this.#run('release', tenure, why))
  }

  async delete(tenure: Tenure): Promise<void> {
    await this.#run('delete', tenure)
  }

  async get(code: string): Promise<Lobby | null> {
    return readLobby(code, await this.#options.client.run('get', code))
  }

  async setHeirs(tenure: Tenure, epoch: number, heirs: readonly HeirKey[]): Promise<readonly Heir[] | null> {
    const named = JSON.stringify(heirs.map(({ seat, keyHash }) => ({ seat, keyHash })))
    return readHeirs(await this.#run('setHeirs', tenure, epoch, named))
  }

  async attach(code: string, { seat, keyHash }: HeirKey, socket: Address): Promise<Lobby | null> {
    return readLobby(code, await this.#options.client.run('attach', code, '', socket, 0, seat, keyHash))
  }

  async transfer(tenure: Tenure, seat: number, epoch: number): Promise<readonly Heir[] | null> {
    return readHeirs(await this.#run('transfer', tenure, seat, epoch))
  }

  async reserve({ epoch, seat, keyHash, lives, ...claim }: HeirClaim, forMs: number): Promise<ReserveOutcome> {
    const reply = await this.#run('reserve', { ...claim, term: epoch }, forMs, seat, keyHash, lives)
    return read(v.picklist(['reserved', 'host-lives', 'replaced', 'no-heir', 'lost']), reply)
  }

  async giveBack(code: string, { epoch, seat, keyHash }: Reservation): Promise<void> {
    await this.#options.client.run('giveBack', code, '', '', epoch, seat, keyHash)
  }

  async claim({ epoch, seat, keyHash, lives, ...claim }: HeirClaim, leaseMs: number): Promise<ClaimOutcome> {
    const reply = await this.#run('claim', { ...claim, term: epoch }, leaseMs, seat, keyHash, lives)
    const [outcome, previous] = read(claimed, reply)
    return outcome === 'claimed' ? { outcome, previous: orNull(previous) } : { outcome }
  }

  async list(tenure: Tenure, listing: Listing, facts: LobbyFacts): Promise<boolean> {
    const { code, id, holder } = tenure
    const entry = JSON.stringify({ ...listing, ...facts, code, id, holder })
    return read(v.picklist([0, 1]), await this.#run('list', tenure, listing.game, entry)) === 1
  }

  async unlist(tenure: Tenure): Promise<void> {
    await this.#run('unlist', tenure)
  }

  find(query: ListQuery): Promise<ListPage> {
    return this.#options.list.find(query)
  }

  async announce(process: string, url: string, forMs: number): Promise<void> {
    await this.#options.client.run('announce', process, url, '', 0, forMs)
  }

  async whereIs(process: string): Promise<string | null> {
    return orNull(read(v.string(), await this.#options.client.run('whereIs', process, '', '', 0)))
  }

  async listen(process: string, deliver: (to: Address, text: string) => boolean): Promise<() => Promise<void>> {
    this.#processes.set(process, deliver)
    const stop = this.#options.client.listen(channelOf(process), (message) => {
      const space = message.indexOf(' ')
      if (space > 0) deliver(message.slice(0, space), message.slice(space + 1))
    })
    return () => {
      this.#processes.delete(process)
      return stop()
    }
  }

  async send(to: Address, text: string): Promise<boolean> {
    const process = processOf(to)
    const here = this.#processes.get(process)
    if (here) return here(to, text)
    return (await this.#options.client.publish(channelOf(process), `${to} ${text}`)) > 0
  }

  #run(
    name: Parameters<RedisClient['run']>[0],
    { code, id, holder, term }: Tenure,
    ...more: (string | number)[]
  ): Promise<Reply> {
    return this.#options.client.run(name, code, id, holder, term, ...more)
  }
}

const channelOf = (process: string): string => `to:${process}`

/** Empty for nobody's. */
function readHeirs(reply: Reply): readonly Heir[] | null {
  return reply === '' ? null : read(heirsText, reply)
}

/** Names and values, one after the other; none when there is no lobby. */
function readLobby(code: string, reply: Reply): Lobby | null {
  const flat = read(flatRecord, reply)
  if (flat.length === 0) return null
  const pairs = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]] as const)
  return { code, ...read(record, Object.fromEntries(pairs)) }
}
