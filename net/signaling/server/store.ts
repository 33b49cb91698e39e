/**
 * What the signalling server keeps, and how processes of one service reach each other's sockets. Everything is async and
 * every text is a string, so that a networked store (Redis: SET NX PX, PEXPIRE, PUBLISH) can stand in for the memory one.
 */

import type { Listing, LobbyFacts } from '../listing.ts'
import type { ListQuery } from '../listing-messages.ts'

/** Names one socket of one server process: `process.socket`, both random. A host knows its guests by these names. */
export type Address = string

export interface Lobby {
  readonly code: string
  /** Tells this lobby from a later one of the same code; the host's token is for this id. */
  readonly id: string
  /** Who holds the lobby; null while its host's socket is gone and the lease still runs. */
  readonly holder: Address | null
}

export type Claim = { outcome: 'held'; previous: Address | null } | { outcome: 'taken' } | { outcome: 'full' }

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
  /** Creates the lobby for `leaseMs` if nobody has its code. */
  create(lobby: Lobby, leaseMs: number): Promise<'created' | 'taken' | 'full'>
  /** Gives the lobby to a new holder, creating it if its lease ran out; refuses when another lobby has the code. */
  takeBack(lobby: Lobby, leaseMs: number): Promise<Claim>
  /** Lengthens the lease to `leaseMs` from now; false when this holder does not hold this lobby any more. */
  renew(lobby: Lobby, leaseMs: number): Promise<boolean>
  /**
   * The holder's socket is gone: the lobby stays for the rest of its lease, and leaves the public list. Does nothing for
   * anybody but the holder.
   */
  release(lobby: Lobby): Promise<void>
  /** Removes the lobby. Does nothing for anybody but the holder. */
  delete(lobby: Lobby): Promise<void>
  /** The lobby of a code whose lease runs, or null. */
  get(code: string): Promise<Lobby | null>
  /**
   * Puts the lobby into the public list, or changes it there; false for anybody but its holder. It leaves the list with its
   * lease, with `release` and `delete`, and when another holder takes it back.
   */
  list(lobby: Lobby, listing: Listing, facts: LobbyFacts): Promise<boolean>
  /** Takes the lobby off the public list. Does nothing for anybody but the holder. */
  unlist(lobby: Lobby): Promise<void>
  /**
   * A page of the public list, by the rules and in the order of `list-query.ts`. Lobbies that change between two pages may
   * be missed or seen twice; all others stand in exactly one.
   */
  find(query: ListQuery): Promise<ListPage>
  /** Hands over every text that is sent to a socket of this process, in order per sender. */
  listen(process: string, deliver: (to: Address, text: string) => boolean): Promise<() => Promise<void>>
  /** Sends a text to a socket of any process. False when nobody is there; a networked store may be wrong about the socket. */
  send(to: Address, text: string): Promise<boolean>
}

export function processOf(address: Address): string {
  return address.slice(0, address.indexOf('.'))
}
