/**
 * Files on the host's page: those of its own player, and those that guests send each other through it. Loaded on demand. Malformed or
 * excess messages count against the guest who sent them.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { FileExchange } from '../../files/exchange.ts'
import { FileLane } from '../../files/file-lane.ts'
import { OFFER_BURST, OFFERS_PER_SECOND } from '../../files/limits.ts'
import { decodeFileMessage, type FileMessage } from '../../files/messages.ts'
import { FileRelay } from '../../files/relay.ts'
import type { FileEnd, FileOffer, FileTransfer } from '../../files/types.ts'
import type { Chance, Timers } from '../../platform/platform.ts'
import type { Link } from '../../transport/link.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { FileHooks, FilePolicy, FileSide } from './lobby-files.ts'

/** Offers of one guest. More than an honest page makes, since a stalled or a new link delivers them at once. */
const MAX_OFFER_BURST = OFFER_BURST + 64
const MAX_OFFERS_PER_SECOND = 2 * OFFERS_PER_SECOND

export interface HostFilesOptions extends FileHooks {
  readonly platform: Timers & Chance
  /** The host's own player, whose id may change; null: it has none. */
  readonly me: () => PlayerId | null
  readonly policy: FilePolicy
  /** The link of a guest who has a seat; null while they are away. */
  link(player: PlayerId): Link | null
}

export class HostFiles implements FileSide {
  private readonly options: HostFilesOptions
  private readonly exchange: FileExchange
  private readonly relay: FileRelay
  private readonly lanes = new Map<number, FileLane>()
  private readonly offers = new Map<PlayerId, TokenBucket>()

  constructor(options: HostFilesOptions) {
    const { me, policy, platform, offered } = options
    this.options = options
    const lane = (player: number) => this.lane(player as PlayerId)
    const forbids = (size: number): FileEnd | null => {
      if (policy === false) return 'forbidden'
      return size > policy.maxBytes ? 'too-large' : null
    }
    this.exchange = new FileExchange({
      ...{ platform, lane, forbids, tag: () => me() ?? 0 },
      offered: (offer) => offered(offer as FileOffer<PlayerId>),
    })
    this.relay = new FileRelay({ lane, forbids })
  }

  private lane(player: PlayerId): FileLane | null {
    const link = this.options.link(player)
    const known = this.lanes.get(player)
    if (!link || known?.link === link) return link && (known ?? null)
    const lane = new FileLane(link)
    this.lanes.set(player, lane)
    return lane
  }

  share(file: Blob, to: readonly PlayerId[], name: string): FileTransfer<PlayerId>[] {
    return to.map((player) => this.exchange.share(file, player, name) as FileTransfer<PlayerId>)
  }

  hear(from: PlayerId | null, bytes: Uint8Array): void {
    if (from === null) return
    const message = decodeFileMessage(bytes)
    if (!message || !this.isAllowed(from, message) || !this.pass(from, message)) this.options.nonsense(from)
  }

  private pass(from: PlayerId, message: FileMessage): boolean {
    return message.peer === this.options.me() ? this.exchange.hear(from, message) : this.relay.hear(from, message)
  }

  private isAllowed(from: PlayerId, { kind }: FileMessage): boolean {
    if (kind !== 'offer') return true
    const budget = this.offers.get(from) ?? new TokenBucket(MAX_OFFERS_PER_SECOND, MAX_OFFER_BURST)
    this.offers.set(from, budget)
    const isAllowed = budget.take(this.options.platform.now())
    return isAllowed
  }

  resume(): void {}

  away(player: PlayerId): void {
    this.relay.away(player)
    this.lanes.delete(player)
  }

  gone(player: PlayerId): void {
    this.relay.gone(player)
    this.exchange.gone(player)
    this.lanes.delete(player)
    this.offers.delete(player)
  }

  close(): void {
    this.exchange.close()
    this.relay.close()
    this.lanes.clear()
  }
}
