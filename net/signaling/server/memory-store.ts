/** The lobby store of a service that is one process: everything in memory, gone with it. */
import type { Listing, LobbyFacts } from '../listing.ts'
import type { ListQuery } from '../listing-messages.ts'
import { ListIndex } from './list-index.ts'
import { type Address, type Claim, type ListPage, type Lobby, type LobbyStore, processOf } from './store.ts'

export interface MemoryStoreOptions {
  /** Lobbies in all. A lobby takes about 1 kB with its socket, a listed one 1 kB more. */
  maxLobbies: number
  now(): number
}

export function createMemoryStore(options: MemoryStoreOptions): LobbyStore {
  return new MemoryStore(options)
}

interface Entry {
  readonly lobby: Lobby
  readonly expiresAt: number
}

type Deliver = (to: Address, text: string) => boolean

/** Invariant: the list holds only lobbies whose lease ran when they were looked at last, under their present holder. */
class MemoryStore implements LobbyStore {
  readonly #options: MemoryStoreOptions
  /** In the order in which their leases end: all leases are equally long, and a renewed lobby moves to the back. */
  readonly #lobbies = new Map<string, Entry>()
  readonly #list = new ListIndex()
  readonly #processes = new Map<string, Deliver>()
  #listedSoFar = 0

  constructor(options: MemoryStoreOptions) {
    this.#options = options
  }

  async create(lobby: Lobby, leaseMs: number): Promise<'created' | 'taken' | 'full'> {
    this.#dropExpired()
    if (this.#find(lobby.code) !== null) return 'taken'
    if (this.#isFull) return 'full'
    this.#put(lobby, leaseMs)
    return 'created'
  }

  async takeBack(lobby: Lobby, leaseMs: number): Promise<Claim> {
    this.#dropExpired()
    const found = this.#find(lobby.code)
    if (found !== null && found.id !== lobby.id) return { outcome: 'taken' }
    if (found === null && this.#isFull) return { outcome: 'full' }
    if (found?.holder !== lobby.holder) this.#list.remove(lobby.code)
    this.#put(lobby, leaseMs)
    return { outcome: 'held', previous: found?.holder ?? null }
  }

  async renew(lobby: Lobby, leaseMs: number): Promise<boolean> {
    if (!this.#holds(lobby)) return false
    this.#put(lobby, leaseMs)
    return true
  }

  async release(lobby: Lobby): Promise<void> {
    const entry = this.#lobbies.get(lobby.code)
    if (entry === undefined || !this.#holds(lobby)) return
    this.#list.remove(lobby.code)
    // In its place: the lease runs on.
    this.#lobbies.set(lobby.code, { ...entry, lobby: { ...lobby, holder: null } })
  }

  async delete(lobby: Lobby): Promise<void> {
    if (this.#holds(lobby)) this.#remove(lobby.code)
  }

  async get(code: string): Promise<Lobby | null> {
    return this.#find(code)
  }

  async list(lobby: Lobby, listing: Listing, facts: LobbyFacts): Promise<boolean> {
    const { code, id, holder } = lobby
    if (holder === null || !this.#holds(lobby)) return false
    const order = this.#list.get(code)?.order ?? ++this.#listedSoFar
    this.#list.put({ ...listing, ...facts, code, id, holder, order })
    return true
  }

  async unlist(lobby: Lobby): Promise<void> {
    if (this.#holds(lobby)) this.#list.remove(lobby.code)
  }

  async find(query: ListQuery): Promise<ListPage> {
    this.#dropExpired()
    return this.#list.page(query)
  }

  async listen(process: string, deliver: Deliver): Promise<() => Promise<void>> {
    this.#processes.set(process, deliver)
    return async () => {
      this.#processes.delete(process)
    }
  }

  async send(to: Address, text: string): Promise<boolean> {
    return this.#processes.get(processOf(to))?.(to, text) ?? false
  }

  get #isFull(): boolean {
    return this.#lobbies.size >= this.#options.maxLobbies
  }

  #dropExpired(): void {
    const now = this.#options.now()
    for (const [code, { expiresAt }] of this.#lobbies) {
      if (expiresAt > now) return
      this.#remove(code)
    }
  }

  #find(code: string): Lobby | null {
    const entry = this.#lobbies.get(code)
    return entry !== undefined && entry.expiresAt > this.#options.now() ? entry.lobby : null
  }

  #holds({ code, id, holder }: Lobby): boolean {
    const found = this.#find(code)
    return found !== null && found.id === id && found.holder === holder
  }

  #put(lobby: Lobby, leaseMs: number): void {
    this.#lobbies.delete(lobby.code)
    this.#lobbies.set(lobby.code, { lobby, expiresAt: this.#options.now() + leaseMs })
  }

  #remove(code: string): void {
    this.#lobbies.delete(code)
    this.#list.remove(code)
  }
}
