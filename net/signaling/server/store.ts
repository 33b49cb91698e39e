/**
 * What the signalling server keeps, and how processes of one service reach each other's sockets. Everything is async and
 * every text is a string, so that a networked store can stand in for the memory one. `memory-store.ts` serves one process,
 * `redis/redis-store.ts` many.
 *
 * WHO HOSTS. A lobby has one holder at a time: the socket of its host. The epoch of a lobby counts its hosts and its
 * matches, and never goes back. The term of a holder is the epoch in which its page became the host: by creating the lobby,
 * or by taking it over as an heir. A host token names the term.
 *
 * Invariants, each by one atomic operation:
 *   - Of two that want the same epoch, one gets it.
 *   - A holder of an older term changes nothing, and hears `replaced` whenever it renews or comes back. So it learns of it
 *     also when the message that says so was lost.
 *   - An heir is one by a holder's word alone. After a takeover the other heirs stay until the new holder names its own: it may die first.
 *   - A claim fails when the host has shown life since the lobby was looked at (`lives`), unless the lobby is reserved for it.
 *   - A reservation is signalling's vote: one for an epoch. It changes nothing for the host, who may go on once it is given back.
 *   - The newest term outlives the lease, as long as older tokens do.
 */

import type { Listing, LobbyFacts } from '../listing.ts'
import type { ListQuery } from '../listing-messages.ts'

/** Names one socket of one server process: `process.socket`, both random. A host knows its guests by these names. */
export type Address = string

/** Somebody who holds a lobby, or did: as it names itself in all that it asks of the store. */
export interface Tenure {
  readonly code: string
  /** Tells this lobby from a later one of the same code; the host's token is for this id. */
  readonly id: string
  readonly holder: Address
  readonly term: number
}

/** One who may claim the lobby: a seat, and the hash of a key that its page alone has. */
export interface HeirKey {
  readonly seat: number
  readonly keyHash: string
}

export interface Heir extends HeirKey {
  /** The heir's socket, if it has shown one. */
  readonly socket: Address | null
}

/**
 * Why a lobby has no holder. `gone`: the host's socket was closed by its own end. `lost`: its server closed it or stops, which
 * says nothing of the host. `handed`: the host gave the lobby to the first heir.
 */
export type Vacancy = 'gone' | 'lost' | 'handed'

export interface Lobby {
  readonly code: string
  readonly id: string
  /** Who holds the lobby; null while its host's socket is gone and the lease still runs. */
  readonly holder: Address | null
  readonly vacancy: Vacancy | null
  readonly epoch: number
  readonly term: number
  /** Counts the host's signs of life. */
  readonly lives: number
  readonly heirs: readonly Heir[]
  /** Signalling's vote for an heir who has not won yet; null: it is given to nobody. */
  readonly reserved: Reservation | null
  /** The heir that took the lobby over in this term, and may not have heard of it: its core has shown no life since. Null: there is none. */
  readonly takenBy: HeirKey | null
}

/** The lobby is kept for this heir in this epoch, until they claim it, give it back, or `RESERVED_MS` are over. */
export interface Reservation extends HeirKey {
  readonly epoch: number
}

/** `replaced`: somebody else is the host, in a newer term. `taken`: another lobby has the code. `full`: no room. */
export type Takeover = { outcome: 'held'; previous: Address | null } | { outcome: 'replaced' | 'taken' | 'full' }

/** `lost`: the store does not know the lobby any more; its host may take it back. */
export type Renewal = 'renewed' | 'replaced' | 'taken' | 'lost'

/** What an heir asks for. */
export interface HeirClaim extends HeirKey {
  readonly code: string
  readonly id: string
  /** The heir's socket, which is to hold the lobby. */
  readonly holder: Address
  /** The epoch in which the heir wants to be the host. */
  readonly epoch: number
  /** `lives` of the lobby as it was before the host was asked whether it lives. */
  readonly lives: number
}

/** `host-lives`: the host showed life meanwhile. `replaced`: that epoch is over. `no-heir`: the host names others by now. */
export type ClaimOutcome =
  | { outcome: 'claimed'; previous: Address | null }
  | { outcome: 'host-lives' | 'replaced' | 'no-heir' | 'lost' }

/** As of a claim. */
export type ReserveOutcome = 'reserved' | 'host-lives' | 'replaced' | 'no-heir' | 'lost'

/** A lobby in the public list, as its host last told it. */
export interface ListedLobby extends Listing, LobbyFacts {
  readonly code: string
  readonly id: string
  readonly holder: Address
  /** Higher than that of every lobby that was listed before, by whichever process. It stays while the lobby stays listed. */
  readonly order: number
}

export interface ListPage {
  readonly lobbies: readonly ListedLobby[]
  /** For `cursor` of the next query; null when there is no more. */
  readonly cursor: string | null
}

/** Methods may reject when the store is out of reach; the server then answers `unavailable` and goes on. */
export interface LobbyStore {
  /** Creates the lobby for `leaseMs`, in the epoch of its term, if nobody has its code. */
  create(tenure: Tenure, leaseMs: number): Promise<'created' | 'taken' | 'full'>
  /**
   * Gives the lobby to another socket of the same host, and creates it if the store does not know it. A lobby of a lower
   * term is one that a store without memory has from an older host: it is taken over. `takenBy`: by a forgotten heir, as by a claim. Default:
   * by its host.
   */
  takeBack(tenure: Tenure, leaseMs: number, takenBy?: HeirKey): Promise<Takeover>
  /**
   * Lengthens the lease to `leaseMs` from now. `epoch`: the host's own, where it says so, which counts as a sign of its life;
   * null when only its socket lives.
   */
  renew(tenure: Tenure, epoch: number | null, leaseMs: number): Promise<Renewal>
  /**
   * The holder's socket is gone: the lobby stays for the rest of its lease, and leaves the public list. Returns the heirs,
   * for them to be told. Does nothing for anybody but the holder.
   */
  release(tenure: Tenure, why: 'gone' | 'lost'): Promise<readonly Heir[]>
  /** Removes the lobby. Does nothing for anybody but the holder. */
  delete(tenure: Tenure): Promise<void>
  /** The lobby of a code whose lease runs, or null. */
  get(code: string): Promise<Lobby | null>
  /**
   * Names the heirs anew, in the host's epoch. Returns those who are heirs no more; null for anybody but the holder. An heir
   * that stays keeps its socket.
   */
  setHeirs(tenure: Tenure, epoch: number, heirs: readonly HeirKey[]): Promise<readonly Heir[] | null>
  /** An heir shows its socket. Null when it is no heir of a lobby with this code. */
  attach(code: string, heir: HeirKey, socket: Address): Promise<Lobby | null>
  /**
   * The living host hands the lobby to the heir of this seat, who is the host of `epoch` once it claims. The holder's term is
   * over at once. Returns the heirs, the named one first. Null for anybody but the holder, for a seat that is no heir's, and
   * for an epoch that is not new.
   */
  transfer(tenure: Tenure, seat: number, epoch: number): Promise<readonly Heir[] | null>
  /**
   * Reserves the lobby for an heir for `forMs`, as a claim would take it over. A claim of anybody else for this epoch or a lower one
   * waits (`host-lives`), and a reservation is refused (`replaced`). A host who shows life in a higher epoch ends it.
   */
  reserve(claim: HeirClaim, forMs: number): Promise<ReserveOutcome>
  /** The heir gives its reservation back. */
  giveBack(code: string, reservation: Reservation): Promise<void>
  /**
   * An heir takes the lobby over. Said again by the socket that holds it, it is `claimed` again; by another socket of the same heir, too,
   * until the host's core has shown life: the answer may have been lost with the first socket.
   */
  claim(claim: HeirClaim, leaseMs: number): Promise<ClaimOutcome>
  /**
   * Puts the lobby into the public list, or changes it there; false for anybody but its holder. It leaves the list with its
   * lease, with `release` and `delete`, and when another holder gets it.
   */
  list(tenure: Tenure, listing: Listing, facts: LobbyFacts): Promise<boolean>
  /** Takes the lobby off the public list. Does nothing for anybody but the holder. */
  unlist(tenure: Tenure): Promise<void>
  /**
   * A page of the public list, by the rules and in the order of `list-query.ts`. Lobbies that change between two pages may
   * be missed or seen twice; all others stand in exactly one.
   */
  find(query: ListQuery): Promise<ListPage>
  /** Says where other processes reach this one, for so many ms. */
  announce(process: string, url: string, forMs: number): Promise<void>
  /** Where a process said that it is reached, or null. */
  whereIs(process: string): Promise<string | null>
  /** Hands over every text that is sent to a socket of this process, in order per sender. */
  listen(process: string, deliver: (to: Address, text: string) => boolean): Promise<() => Promise<void>>
  /** Sends a text to a socket of any process. False when nobody is there; a networked store may be wrong about the socket. */
  send(to: Address, text: string): Promise<boolean>
}

/** Whether this heir has taken the lobby over already, in the same epoch. */
export function isTakenBy(
  { id, term, takenBy }: Lobby,
  { seat, keyHash, ...claim }: Omit<HeirClaim, 'code' | 'holder' | 'lives'>,
): boolean {
  return id === claim.id && term === claim.epoch && takenBy?.seat === seat && takenBy.keyHash === keyHash
}

export function processOf(address: Address): string {
  return address.slice(0, address.indexOf('.'))
}
