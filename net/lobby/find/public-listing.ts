/**
 * A lobby's entry in the public list, on its host's page. Most lobbies are never listed, so the code for it (`own-listing.ts`) is loaded
 * with the first `list`. Until then this only remembers how to reach the server.
 */
import type { Timers } from '../../platform/platform.ts'
import type { HostListing } from '../../signaling/host-listing.ts'
import type { ListingRequest } from '../../signaling/listing-messages.ts'
import type { HostPart } from '../../signaling/signals.ts'
import type { AnyGame } from '../../world/game.ts'
import { onDemand } from '../on-demand.ts'
import type { Listed, ListRefusal } from './listed-types.ts'
import type { ListableLobby } from './own-listing.ts'

const ownListing = onDemand(() => import('./own-listing.ts'))

/**
 * Checks what the developer gives, on whatever page.
 * @throws (rejects) TypeError, RangeError for what cannot be listed; StarwireError when the code cannot be loaded.
 */
export async function checkListed(what: string, listed: Listed): Promise<void> {
  const { textsOf } = await ownListing()
  textsOf(what, listed, null)
}

export class PublicListing implements HostPart {
  private readonly game: AnyGame
  private readonly timers: Timers
  private say: ((message: ListingRequest) => void) | null = null
  private entry: HostListing | null = null

  constructor(game: AnyGame, timers: Timers) {
    this.game = game
    this.timers = timers
  }

  /**
   * Lists the lobby, changes how it is listed, or takes it off with null.
   * @throws (rejects) TypeError, RangeError for what cannot be listed.
   */
  async list(lobby: ListableLobby, listed: Listed | null): Promise<ListRefusal | null> {
    if (listed === null && !this.entry) return null
    const { followLobby, readListed } = await ownListing()
    const host = lobby.roster.find(({ host: isHost }) => isHost)?.name ?? null
    const wanted = listed && readListed('lobby.list', listed, this.game, host)
    if (lobby.state === 'ended') return 'ended'
    if (!this.entry) {
      this.entry = followLobby(lobby, this.timers)
      if (this.say) this.entry.online(this.say)
    }
    return this.entry.list(wanted)
  }

  /** Another page hosts the lobby, and lists it. */
  forget(): void {
    void this.entry?.list(null)
    this.entry = null
  }

  online(say: (message: ListingRequest) => void): void {
    this.say = say
    this.entry?.online(say)
  }

  offline(): void {
    this.say = null
    this.entry?.offline()
  }

  hear(text: string): void {
    this.entry?.hear(text)
  }
}
