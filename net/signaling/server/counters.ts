/** What one process counts of its sockets and lobbies, for its operator. */
import { type ListingRefusal, listingRefusals } from '../listing-messages.ts'
import { type ErrorCode, errorCodes } from '../protocol.ts'
import { type Cut, type LobbyEvent, lobbyEvents } from './connection.ts'
import type { Sockets } from './sockets.ts'

export interface CoreStats {
  /** Open sockets. */
  sockets: number
  /** Sockets that host a lobby. */
  hosts: number
  /** Sockets that are joining or have joined. */
  guests: number
  /** Sockets of pages that may take their lobby over. */
  heirs: number
  /** Sockets that look at the public list. */
  finders: number
  /** Lobbies of this process in the public list. */
  listed: number
  /** How often a listing was refused, by the reason. */
  listingsRefused: Record<ListingRefusal, number>
  /** How often each kind of error was answered. */
  errors: Record<ErrorCode, number>
  /** What happened to lobbies. */
  events: Record<LobbyEvent, number>
  /** Sockets cut without a word: reading too slowly, not answering pings, flooding. */
  cut: Record<Cut, number>
  /** Sockets closed because another one came and there was no room. */
  gaveWay: number
}

export class Counters {
  readonly #errors = zeros(errorCodes)
  readonly #listingsRefused = zeros(listingRefusals)
  readonly #events = zeros(lobbyEvents)
  readonly #cut: Record<Cut, number> = { slow: 0, silent: 0, flood: 0 }
  #gaveWay = 0

  count(what: ErrorCode | Cut): void {
    if (what === 'slow' || what === 'silent' || what === 'flood') this.#cut[what]++
    else this.#errors[what]++
  }

  note(event: LobbyEvent): void {
    this.#events[event]++
  }

  countListing(refusal: ListingRefusal): void {
    this.#listingsRefused[refusal]++
  }

  countGivenWay(): void {
    this.#gaveWay++
  }

  stats(sockets: Sockets): CoreStats {
    return {
      sockets: sockets.size,
      hosts: sockets.count('host'),
      guests: sockets.count('guest'),
      heirs: sockets.count('heir'),
      finders: sockets.count('finder'),
      listed: sockets.countListed(),
      listingsRefused: { ...this.#listingsRefused },
      errors: { ...this.#errors },
      events: { ...this.#events },
      cut: { ...this.#cut },
      gaveWay: this.#gaveWay,
    }
  }
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>
}
