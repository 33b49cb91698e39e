/** The lobby store of a service that is one process: everything in memory, gone with it. */
import type { Listing, LobbyFacts } from '../listing.ts'
import type { ListQuery } from '../listing-messages.ts'
import { TOKEN_MS } from './limits.ts'
import { ListIndex } from './list-index.ts'
import {
  type Address,
  type ClaimOutcome,
  type Heir,
  type HeirClaim,
  type HeirKey,
  isTakenBy,
  type ListPage,
  type Lobby,
  type LobbyStore,
  processOf,
  type Renewal,
  type Reservation,
  type ReserveOutcome,
  type Takeover,
  type Tenure,
} from './store.ts'

/** Terms of lobbies that had an heir for a host, kept beyond their leases; 100 bytes each. The oldest goes first. */
const MAX_PAST_TERMS = 100_000

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
  /** Until when the lobby is reserved. */
  readonly reservedUntil: number
}

type Deliver = (to: Address, text: string) => boolean

/** Invariant: the list holds only lobbies whose lease ran when they were looked at last, under their present holder. */
class MemoryStore implements LobbyStore {
  readonly #options: MemoryStoreOptions
  /** In the order in which their leases end: all leases are equally long, and a renewed lobby moves to the back. */
  readonly #lobbies = new Map<string, Entry>()
  /** The newest term of each lobby that changed hosts, by the lobby's id, the oldest change first. */
  readonly #terms = new Map<string, { readonly term: number; readonly until: number }>()
  readonly #list = new ListIndex()
  readonly #processes = new Map<string, Deliver>()
  readonly #places = new Map<string, { readonly url: string; readonly until: number }>()
  #listedSoFar = 0

  constructor(options: MemoryStoreOptions) {
    this.#options = options
  }

  async create(tenure: Tenure, leaseMs: number): Promise<'created' | 'taken' | 'full'> {
    this.#dropExpired()
    if (this.#find(tenure.code) !== null) return 'taken'
    if (this.#isFull) return 'full'
    this.#put(newLobby(tenure), leaseMs)
    return 'created'
  }

  async takeBack(tenure: Tenure, leaseMs: number, takenBy: HeirKey | null = null): Promise<Takeover> {
    this.#dropExpired()
    const { code, id, holder, term } = tenure
    const found = this.#find(code)
    if (found !== null && found.id !== id) return { outcome: 'taken' }
    const newestTerm = found?.term ?? this.#terms.get(id)?.term ?? term
    if (term < newestTerm) return { outcome: 'replaced' }
    if (found === null && this.#isFull) return { outcome: 'full' }
    if (found?.holder !== holder) this.#list.remove(code)
    const isSameHost = found !== null && found.term === term
    const kept = isSameHost ? { ...found, holder, vacancy: null } : newLobby(tenure)
    this.#put({ ...kept, takenBy, lives: (found?.lives ?? 0) + 1 }, leaseMs)
    return { outcome: 'held', previous: found?.holder ?? null }
  }

  async renew(tenure: Tenure, epoch: number | null, leaseMs: number): Promise<Renewal> {
    const found = this.#find(tenure.code)
    if (found === null) return this.#isOver(tenure) ? 'replaced' : 'lost'
    if (found.id !== tenure.id) return 'taken'
    if (found.holder !== tenure.holder) return 'replaced'
    const shown = epoch === null ? {} : { epoch: Math.max(found.epoch, epoch), lives: found.lives + 1, takenBy: null }
    const isOver = epoch !== null && found.reserved !== null && epoch > found.reserved.epoch
    this.#put({ ...found, ...shown, ...(isOver && { reserved: null }) }, leaseMs)
    return 'renewed'
  }

  async release(tenure: Tenure, why: 'gone' | 'lost'): Promise<readonly Heir[]> {
    const held = this.#held(tenure)
    if (held === null) return []
    this.#list.remove(tenure.code)
    this.#change({ ...held, holder: null, vacancy: why })
    return held.heirs
  }

  async delete(tenure: Tenure): Promise<void> {
    if (this.#held(tenure)) this.#remove(tenure.code)
  }

  async get(code: string): Promise<Lobby | null> {
    return this.#find(code)
  }

  async setHeirs(tenure: Tenure, epoch: number, heirs: readonly HeirKey[]): Promise<readonly Heir[] | null> {
    const held = this.#held(tenure)
    if (held === null) return null
    const named = heirs.map((heir) => ({ ...heir, socket: heirIn(held, heir)?.socket ?? null }))
    const next = { ...held, epoch: Math.max(held.epoch, epoch), heirs: named }
    this.#change(next)
    return held.heirs.filter((heir) => heirIn(next, heir) === undefined)
  }

  async attach(code: string, heir: HeirKey, socket: Address): Promise<Lobby | null> {
    const found = this.#find(code)
    const known = found === null ? undefined : heirIn(found, heir)
    if (found === null || known === undefined) return null
    const heirs = found.heirs.map((each) => (each === known ? { ...each, socket } : each))
    return this.#change({ ...found, heirs })
  }

  async transfer(tenure: Tenure, seat: number, epoch: number): Promise<readonly Heir[] | null> {
    const held = this.#held(tenure)
    const named = held?.heirs.find((heir) => heir.seat === seat)
    if (held === null || named === undefined || epoch <= held.epoch) return null
    const heirs = [named, ...held.heirs.filter((heir) => heir !== named)]
    this.#list.remove(held.code)
    this.#change({ ...held, heirs, epoch, term: epoch, lives: held.lives + 1, holder: null, vacancy: 'handed' })
    this.#noteTerm(held.id, epoch)
    return heirs
  }

  async reserve(claim: HeirClaim, forMs: number): Promise<ReserveOutcome> {
    const { code, seat, keyHash, epoch } = claim
    const found = this.#find(code)
    if (found === null) return 'lost'
    const refusal = refusalOf(found, claim)
    if (refusal === 'reserved') return 'replaced'
    if (refusal !== null) return refusal
    this.#change({ ...found, reserved: { seat, keyHash, epoch } }, this.#options.now() + forMs)
    return 'reserved'
  }

  async giveBack(code: string, reservation: Reservation): Promise<void> {
    const found = this.#find(code)
    if (found !== null && isFor(found, reservation)) this.#change({ ...found, reserved: null })
  }

  async claim(claim: HeirClaim, leaseMs: number): Promise<ClaimOutcome> {
    const { code, id, holder, epoch, seat, keyHash } = claim
    const found = this.#find(code)
    if (found === null) return { outcome: 'lost' }
    if (found.id === id && found.holder === holder && found.term === epoch)
      return { outcome: 'claimed', previous: null }
    if (isTakenBy(found, claim)) {
      this.#list.remove(code)
      this.#put({ ...found, holder, vacancy: null }, leaseMs)
      return { outcome: 'claimed', previous: found.holder }
    }
    const refusal = refusalOf(found, claim)
    if (refusal !== null) return { outcome: refusal === 'reserved' ? 'host-lives' : refusal }
    this.#list.remove(code)
    const heirs = found.heirs.filter((heir) => heir.seat !== seat)
    const taken = { ...newLobby({ code, id, holder, term: epoch }), heirs, takenBy: { seat, keyHash } }
    this.#put({ ...taken, lives: found.lives + 1 }, leaseMs)
    this.#noteTerm(id, epoch)
    return { outcome: 'claimed', previous: found.holder }
  }

  async list(tenure: Tenure, listing: Listing, facts: LobbyFacts): Promise<boolean> {
    const { code, id, holder } = tenure
    if (this.#held(tenure) === null) return false
    const order = this.#list.get(code)?.order ?? ++this.#listedSoFar
    this.#list.put({ ...listing, ...facts, code, id, holder, order })
    return true
  }

  async unlist(tenure: Tenure): Promise<void> {
    if (this.#held(tenure)) this.#list.remove(tenure.code)
  }

  async find(query: ListQuery): Promise<ListPage> {
    this.#dropExpired()
    return this.#list.page(query)
  }

  async announce(process: string, url: string, forMs: number): Promise<void> {
    const now = this.#options.now()
    for (const [name, { until }] of this.#places) if (until <= now) this.#places.delete(name)
    this.#places.set(process, { url, until: now + forMs })
  }

  async whereIs(process: string): Promise<string | null> {
    const place = this.#places.get(process)
    return place !== undefined && place.until > this.#options.now() ? place.url : null
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
    for (const [id, { until }] of this.#terms) {
      if (until > now) break
      this.#terms.delete(id)
    }
    for (const [code, { expiresAt }] of this.#lobbies) {
      if (expiresAt > now) return
      this.#remove(code)
    }
  }

  #find(code: string): Lobby | null {
    const entry = this.#lobbies.get(code)
    if (entry === undefined || entry.expiresAt <= this.#options.now()) return null
    const { lobby, reservedUntil } = entry
    return lobby.reserved === null || reservedUntil > this.#options.now() ? lobby : { ...lobby, reserved: null }
  }

  /** The lobby, if this is who holds it. */
  #held({ code, id, holder }: Tenure): Lobby | null {
    const found = this.#find(code)
    return found !== null && found.id === id && found.holder === holder ? found : null
  }

  #isOver({ id, term }: Tenure): boolean {
    return (this.#terms.get(id)?.term ?? term) > term
  }

  #noteTerm(id: string, term: number): void {
    this.#terms.delete(id)
    this.#terms.set(id, { term, until: this.#options.now() + TOKEN_MS })
    for (const oldest of this.#terms.keys()) {
      if (this.#terms.size <= MAX_PAST_TERMS) break
      this.#terms.delete(oldest)
    }
  }

  #put(lobby: Lobby, leaseMs: number): void {
    const reservedUntil = this.#lobbies.get(lobby.code)?.reservedUntil ?? 0
    this.#lobbies.delete(lobby.code)
    this.#lobbies.set(lobby.code, { lobby, expiresAt: this.#options.now() + leaseMs, reservedUntil })
  }

  /** In its place: the lease runs on. */
  #change(lobby: Lobby, reservedUntil?: number): Lobby {
    const entry = this.#lobbies.get(lobby.code)
    const until = reservedUntil ?? entry?.reservedUntil ?? 0
    if (entry !== undefined) this.#lobbies.set(lobby.code, { ...entry, lobby, reservedUntil: until })
    return lobby
  }

  #remove(code: string): void {
    this.#lobbies.delete(code)
    this.#list.remove(code)
  }
}

function newLobby({ code, id, holder, term }: Tenure): Lobby {
  return { code, id, holder, vacancy: null, epoch: term, term, lives: 0, heirs: [], reserved: null, takenBy: null }
}

function isFor({ reserved }: Lobby, { seat, keyHash, epoch }: Reservation): boolean {
  return reserved?.seat === seat && reserved.keyHash === keyHash && reserved.epoch === epoch
}

/** Why an heir does not get the lobby; null: it does. `reserved`: for another one, in this epoch or a higher one. */
function refusalOf(found: Lobby, claim: HeirClaim): ReserveOutcome | null {
  const { id, epoch, lives } = claim
  if (found.id !== id) return 'lost'
  if (found.vacancy === 'handed' ? epoch < found.epoch : epoch <= found.epoch) return 'replaced'
  if (isFor(found, claim)) return null
  if (heirIn(found, claim) === undefined) return 'no-heir'
  if (found.reserved !== null && epoch <= found.reserved.epoch) return 'reserved'
  return found.lives === lives ? null : 'host-lives'
}

function heirIn({ heirs }: Lobby, { seat, keyHash }: HeirKey): Heir | undefined {
  return heirs.find((heir) => heir.seat === seat && heir.keyHash === keyHash)
}
