/**
 * Files of a page in its lobby: its own transfers, and on the host's page those that guests send each other through it. Loaded on demand.
 * Transfers are keyed by player and not by host, so they go on when another page becomes the host, or this one.
 *
 * Malformed or excess messages count against whoever sent them.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { FileExchange } from '../../files/exchange.ts'
import { FileLane } from '../../files/file-lane.ts'
import { OFFER_BURST, OFFERS_PER_SECOND } from '../../files/limits.ts'
import { decodeFileMessage, type FileMessage } from '../../files/messages.ts'
import { FileRelay } from '../../files/relay.ts'
import type { FileEnd, FileOffer, FileTransfer } from '../../files/types.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Link } from '../../transport/link.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { FileRoute } from './file-route.ts'

/** Offers of one guest. More than an honest page makes, since a stalled or a new link delivers them at once. */
const MAX_OFFER_BURST = OFFER_BURST + 64
const MAX_OFFERS_PER_SECOND = 2 * OFFERS_PER_SECOND

/**
 * Messages about other files that may come right after a change of host, since the new one had sent them when it was a guest: a window of
 * chunks and a few words.
 */
const MAX_OF_BEFORE = 96

export interface PageFilesOptions {
  readonly platform: Platform
  /** Another page offers a file. False: it is declined. */
  offered(offer: FileOffer<PlayerId>): boolean
}

export class PageFiles {
  private readonly platform: Platform
  private readonly exchange: FileExchange
  private route: FileRoute | null = null
  /** Null on a guest's page. */
  private relay: FileRelay | null = null
  /** Of links that are open, or were a moment ago. */
  private readonly lanes = new Map<Link, FileLane>()
  /** How many more of those may come. */
  private ofBefore = 0
  private readonly offers = new Map<PlayerId, TokenBucket>()
  /** Earlier ids of the host's own player: what was sent to them may still come. */
  private readonly formerMe = new Set<number>()

  constructor({ platform, offered }: PageFilesOptions) {
    this.platform = platform
    this.exchange = new FileExchange({
      platform,
      lane: (player) => this.lane(player),
      tag: (peer) => (this.route?.host ? (this.route.host.me() ?? 0) : peer),
      // A guest leaves it to the host.
      forbids: (size) => this.forbids(size),
      offered: (offer) => offered(offer as FileOffer<PlayerId>),
    })
  }

  /** The page has this role from now on; null: none, until the next call. */
  use(route: FileRoute | null): void {
    // The code of a page that comes to its first role is loaded later.
    if (!route) this.ofBefore = MAX_OF_BEFORE
    this.route = route
    // A link may stay and lead to a page in another role: what was on its way there is not for it any more.
    for (const lane of this.lanes.values()) lane.stop()
    this.lanes.clear()
    this.relay?.close()
    this.relay = null
    this.offers.clear()
    this.formerMe.clear()
    if (!route?.host) return
    const { tookOver, hasSeat } = route.host
    this.relay = new FileRelay({
      ...{ tookOver, hasSeat: (player: number) => hasSeat(player as PlayerId) },
      lane: (player) => this.lane(player),
      forbids: (size) => this.forbids(size),
    })
  }

  private lane(player: number): FileLane | null {
    const link = this.route?.link(player as PlayerId) ?? null
    if (!link) return null
    const known = this.lanes.get(link)
    if (known) return known
    for (const other of this.lanes.keys()) if (!other.open) this.lanes.delete(other)
    const lane = new FileLane(link)
    this.lanes.set(link, lane)
    return lane
  }

  private forbids(size: number): FileEnd | null {
    const { policy } = this.route?.host ?? {}
    if (policy === false) return 'forbidden'
    return policy && size > policy.maxBytes ? 'too-large' : null
  }

  /** Offers a file to others. */
  share(file: Blob, to: readonly PlayerId[], name: string): FileTransfer<PlayerId>[] {
    return to.map((player) => this.exchange.share(file, player, name) as FileTransfer<PlayerId>)
  }

  /** A bulk message about files, of a guest or (null) of the host. */
  hear(from: PlayerId | null, bytes: Uint8Array): void {
    const message = decodeFileMessage(bytes)
    if (message && this.isHonest(from, message)) return
    if (message && from === null && this.ofBefore > 0) this.ofBefore--
    else this.route?.nonsense(from)
  }

  private isHonest(from: PlayerId | null, message: FileMessage): boolean {
    if (from === null || !this.relay) return this.exchange.hear(message.peer, message)
    if (message.kind === 'offer' && !this.mayOffer(from)) return false
    return this.isMine(message.peer) ? this.exchange.hear(from, message) : this.relay.hear(from, message)
  }

  private isMine(peer: number): boolean {
    return peer === this.route?.host?.me() || this.formerMe.has(peer)
  }

  private mayOffer(from: PlayerId): boolean {
    const budget = this.offers.get(from) ?? new TokenBucket(MAX_OFFERS_PER_SECOND, MAX_OFFER_BURST)
    this.offers.set(from, budget)
    return budget.take(this.platform.now())
  }

  /** On a guest's page: the link to the host is there again, or to another host. */
  resume(): void {
    this.exchange.resume()
  }

  /** On the host's page: a guest sits, for the first time or again. */
  arrived(player: PlayerId): void {
    this.exchange.offerAgain(player)
    this.relay?.arrived(player)
  }

  /** On the host's page: a guest's link is lost. */
  away(player: PlayerId): void {
    this.relay?.away(player)
  }

  /** On the host's page: a seat is free. `now`: whoever had it has this seat instead. */
  gone(player: PlayerId, now: PlayerId | null): void {
    this.relay?.gone(player, now)
    this.exchange.gone(player, now)
    this.offers.delete(player)
  }

  /** These players have seats, and nobody else. */
  keep(players: ReadonlySet<PlayerId>): void {
    this.exchange.keep(players)
  }

  /** This page's player has another seat, which is another player to all others. */
  reseated(from: PlayerId): void {
    this.formerMe.add(from)
    this.exchange.begoneAll()
  }

  close(): void {
    this.exchange.close()
    this.relay?.close()
  }
}
