/**
 * The public list of a service of many processes: each process keeps a copy of the games that are looked at, and brings it
 * up to date with what has changed since, in one round trip for each look. So a page of the list costs Redis next to nothing,
 * however many lobbies there are, and comes from the same index as in memory.
 *
 * Invariant: a copy is of one `birth` of the data, and holds all changes up to its serial. Answers come in the order of their
 * questions, over one connection, so no older one replaces a newer one.
 */
import * as v from 'valibot'
import type { ListQuery } from '../../listing-messages.ts'
import { listedFields } from '../../listing-messages.ts'
import { codeField } from '../../parse-message.ts'
import { ListIndex } from '../list-index.ts'
import type { ListedLobby, ListPage } from '../store.ts'
import type { RedisClient } from './redis-client.ts'

/** Games of which a copy is kept; the one that was looked at longest ago goes first. */
const MAX_COPIES = 100

/** Copies that nobody looks at are forgotten: half of the time for which Redis remembers how far its log goes back. */
const COPY_MS = 30 * 60_000

const listed = v.strictObject({ ...listedFields, code: codeField, id: v.string(), holder: v.string() })

const changes = v.tuple([v.string(), v.string(), v.picklist(['all', 'changes']), v.array(v.string())])

interface Copy {
  readonly birth: string
  readonly serial: number
  readonly index: ListIndex
  readonly usedAt: number
}

export interface RedisListOptions {
  readonly client: RedisClient
  now(): number
  /** A new birth, in case that Redis has none. */
  newBirth(): string
  warn(sentence: string): void
}

export class RedisList {
  readonly #options: RedisListOptions
  readonly #copies = new Map<string, Copy>()

  constructor(options: RedisListOptions) {
    this.#options = options
  }

  async find(query: ListQuery): Promise<ListPage> {
    const { client, newBirth, now } = this.#options
    const { game } = query
    const asked = this.#copies.get(game)
    const isKnown = asked !== undefined && now() - asked.usedAt < COPY_MS
    const since = isKnown ? [asked.birth, asked.serial] : ['', 0]
    const reply = v.safeParse(changes, await client.run('changes', '', '', '', 0, game, ...since, newBirth()))
    if (!reply.success) throw new Error('Redis does not answer as it should: it gave no list of lobbies.')
    const [birth, serial, kind, flat] = reply.output
    const index = kind === 'changes' ? (this.#copies.get(game)?.index ?? new ListIndex()) : new ListIndex()
    for (let i = 0; i < flat.length; i += 2) this.#change(index, flat[i] ?? '', flat[i + 1] ?? '')
    this.#keep(game, { birth, serial: Number(serial), index, usedAt: now() })
    return index.page(query)
  }

  #change(index: ListIndex, code: string, entry: string): void {
    const lobby = entry === '' ? null : readEntry(entry)
    if (lobby !== null && lobby.code === code) return index.put(lobby)
    index.remove(code)
    if (entry !== '') this.#options.warn('Redis holds a listed lobby that is none; it is left out.')
  }

  #keep(game: string, copy: Copy): void {
    this.#copies.delete(game)
    // Names of games come from pages: nothing is kept of those that nobody plays.
    if (copy.index.size === 0) return
    this.#copies.set(game, copy)
    for (const oldest of this.#copies.keys()) {
      if (this.#copies.size <= MAX_COPIES) break
      this.#copies.delete(oldest)
    }
  }
}

function readEntry(text: string): ListedLobby | null {
  const [, order = '', json = ''] = /^(\d{1,15}) (.*)$/s.exec(text) ?? []
  try {
    const result = v.safeParse(listed, JSON.parse(json))
    return result.success ? { ...result.output, order: Number(order) } : null
  } catch {
    return null
  }
}
