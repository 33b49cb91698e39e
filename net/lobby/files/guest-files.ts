/** Files on a guest's page. All go over the link to the host, which relays those for other guests. Loaded on demand. */
import { FileExchange } from '../../files/exchange.ts'
import { FileLane } from '../../files/file-lane.ts'
import { decodeFileMessage } from '../../files/messages.ts'
import type { FileOffer, FileTransfer } from '../../files/types.ts'
import type { Chance, Timers } from '../../platform/platform.ts'
import type { Link } from '../../transport/link.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { FileHooks, FileSide } from './lobby-files.ts'

export interface GuestFilesOptions extends FileHooks {
  readonly platform: Timers & Chance
  /** The link to the host, as it is now. */
  link(): Link
}

export class GuestFiles implements FileSide {
  private readonly options: GuestFilesOptions
  private readonly exchange: FileExchange
  private lane: FileLane

  constructor(options: GuestFilesOptions) {
    this.options = options
    this.lane = new FileLane(options.link())
    this.exchange = new FileExchange({
      platform: options.platform,
      lane: () => this.lane,
      tag: (peer) => peer,
      offered: (offer) => options.offered(offer as FileOffer<PlayerId>),
      // The host checks what this lobby allows.
      forbids: () => null,
    })
  }

  share(file: Blob, to: readonly PlayerId[], name: string): FileTransfer<PlayerId>[] {
    return to.map((player) => this.exchange.share(file, player, name) as FileTransfer<PlayerId>)
  }

  hear(_from: PlayerId | null, bytes: Uint8Array): void {
    const message = decodeFileMessage(bytes)
    if (!message || !this.exchange.hear(message.peer, message)) this.options.nonsense(null)
  }

  resume(): void {
    this.lane = new FileLane(this.options.link())
    this.exchange.resume()
  }

  away(): void {}

  gone(player: PlayerId): void {
    this.exchange.gone(player)
  }

  close(): void {
    this.exchange.close()
  }
}
